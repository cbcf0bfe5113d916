"""Letters on paper: a neutral slip for a bag, and the full packet from desk to desk.

A paper in a bag outlives every destroyed key: the slip holds appointment, place and the packet's
number, and its QR code that number's address, which asks for sign-in and nothing else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

import segno
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation import outgoing
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.typesetting import typeset
from rangkul.reference.zones import local_date
from rangkul.referrals import discretion, events, queries, sheet
from rangkul.referrals.operations import OpenPacket
from rangkul.trail.operations import record

MOST_WORDS = 160
# What a slip that somebody may find must not say, in either language.
TELLING = (
    "kekerasan", "korban", "penyintas", "polisi", "kepolisian", "visum", "lpsk", "trafficking",
    "perdagangan orang", "tppo", "uptd", "ppa", "rumah aman", "shelter", "psikolog", "rehabilitasi",
    "bantuan hukum", "lbh", "violence", "victim", "survivor", "police", "abuse", "legal aid",
    "psychologist", "rape", "perkosaan", "kasus",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """What the neutral letter says: words of the sender, checked before they are printed."""

    when: str
    place: str
    bring: str = ""

    def errors(self) -> dict[str, str]:
        """Field → code for what must not stand on paper; empty when the slip may be printed."""
        texts = {"when": self.when, "place": self.place, "bring": self.bring}
        errors = {name: "required" for name in ("when", "place") if not texts[name].strip()}
        errors |= {name: "too_long" for name, text in texts.items() if len(text) > MOST_WORDS}
        found = discretion.find(texts, discretion.Secrets())
        telling = {name: "telling" for name, text in texts.items() if tells(text)}
        return telling | found | errors


def tells(text: str) -> bool:
    """Whether the words give away what kind of help this is."""
    words = f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
    return any(f" {word} " in words for word in TELLING)


@transaction.atomic
def print_slip(
    *, request_id: int, slip: Slip, safe_to_carry: bool, address: str, by: Actor, at: datetime
) -> bytes:
    """The neutral letter as PDF, once somebody said that it is safe to carry; recorded.

    ``address`` is where the QR code leads: the packet's number and sign-in. Raises
    ``InvalidInput`` when it was not asked, or when the words tell too much.
    """
    require(by.roles, Permission.PRINT_LETTERS)
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    words = {"when": slip.when, "place": slip.place, "bring": slip.bring}
    errors = slip.errors() | outgoing.leaving(words, by)
    errors |= {} if safe_to_carry else {"safe": "required"}
    if errors:
        raise InvalidInput(errors)
    number = queries.packet_number(request.id)
    record(
        by=by, at=at, name=events.LETTER_PRINTED, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id, reason="aman_dibawa", detail={"letter": "neutral"},
    )  # fmt: skip
    return _pdf("neutral.typ", slip_data(slip, number, address))


@transaction.atomic
def print_full(*, opened: OpenPacket, address: str, by: Actor, at: datetime) -> bytes:
    """The packet that this desk has just opened, as a letter; recorded."""
    require(by.roles, Permission.ANSWER_PACKETS)
    record(
        by=by, at=at, name=events.FULL_LETTER_PRINTED, subject_kind="request",
        subject_id=opened.request.id, detail={"letter": "full"},
    )  # fmt: skip
    return _pdf("full.typ", full_data(opened, address, at))


def slip_data(slip: Slip, number: str, address: str) -> dict[str, object]:
    """Everything that stands on the neutral letter."""
    rows = [(_("When"), slip.when), (_("Where"), slip.place), (_("Please bring"), slip.bring)]
    return {
        "title": _("Appointment"),
        "language": _language(),
        "rows": [row for row in rows if row[1]],
        "number": number,
        "hint": _("Show this number at the counter. Nothing else is needed."),
        "qr": qr_svg(address),
    }


def full_data(opened: OpenPacket, address: str, at: datetime) -> dict[str, object]:
    """Everything that stands on the full letter."""
    content, number = opened.content, queries.packet_number(opened.request.id)
    return {
        "title": _("Referral"),
        "language": _language(),
        "sender": ", ".join(part for part in (content.from_agency, content.from_desk) if part),
        "to": f"{content.to_agency}, {content.to_desk}",
        "number": number,
        "date": local_date(at, opened.request.sender_agency.area_id).isoformat(),
        "rows": [(row.term, row.value) for row in sheet.rows(content)],
        "withheld_label": _("Withheld:"),
        "withheld": ", ".join(sheet.withheld_words(content.withheld, content.service)),
        "signature": _("Received by the desk named above. Not to be passed on."),
        "foot": _("Confidential, from desk to desk. %(number)s") % {"number": number},
        "qr": qr_svg(address),
    }


def qr_svg(text: str) -> str:
    """The QR code of a text as SVG, black on white."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out, kind="svg", border=2, xmldecl=False
    )
    return out.getvalue().decode()


def _pdf(name: str, data: dict[str, object]) -> bytes:
    return typeset("rangkul.referrals", name, data)


def _language() -> str:
    return (get_language() or "id")[:2]
