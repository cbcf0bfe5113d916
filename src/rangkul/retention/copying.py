"""Her own copy: what is stored about her, and who did what with it, on paper and in plain words.

Own words and notes are chosen one by one by somebody who has read them; what speaks of others, or
of where a shelter is, cannot be chosen. What is held back is said, with its count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import queries as assessments
from rangkul.cases import queries as cases
from rangkul.consent import queries as consent
from rangkul.consent.policy import CONSENT
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.typesetting import typeset
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode, get_service
from rangkul.referrals import queries as referrals
from rangkul.retention import events, others, queries, workflow
from rangkul.retention.operations import finish_request
from rangkul.retention.operations.receiving import SUBJECT
from rangkul.trail import queries as trail
from rangkul.trail.operations import record
from rangkul.trail.queries import Wanted

CHECKS: Final = ("known", "document", "question")
"""How it was made sure that she is who she says: known in person, a paper, a question."""
_MOST_ACTS: Final = 400
# That somebody reported her is a reporter's secret; who else was described is theirs.
_UNSAID: Final = ("report.", "person.")
_LEFT_IN_TABLES: Final = ("export.fetched",)
Titles = Callable[[str], str]
Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Item:
    """Words that may be given or held back: under a stable key, and why they cannot be given."""

    key: str
    heading: str
    words: str
    own: bool
    barred: bool


def list_items(actor: Actor, case_id: int) -> list[Item]:
    """Every piece of free words in the file, the survivor's own first. Callers record it."""
    found = others.of_case(actor, case_id)
    return [
        Item(key, heading, words, own, others.revealing(actor, found, words))
        for key, heading, words, own in _words(actor, case_id)
        if words.strip()
    ]


def _words(actor: Actor, case_id: int) -> Iterator[tuple[str, str, str, bool]]:
    incident = cases.get_incident(actor, case_id)
    if incident.account_sealed is not None:
        place = cases.incident_place(incident.id)
        text = vault.open_text(bytes(incident.account_sealed), place)
        yield f"account:{incident.id}", _("What happened"), text, True
    for view in cases.list_needs(actor, case_id):
        yield f"need:{view.need.id}", _("Your need"), view.words, True
    for note in cases.list_notes(actor, case_id):
        heading = _("Note of %(day)s") % {"day": _day(note.note.happened_at)}
        yield f"note:{note.note.id}", heading, note.body, False


@transaction.atomic
def open_items(*, request_id: int, by: Actor, at: datetime) -> list[Item]:
    """The words to choose from, opened for whoever carries the file; recorded."""
    require(by.roles, Permission.OPEN_IDENTITY)
    row = queries.get_request(by, request_id)
    if row.kind != workflow.ACCESS or row.state != workflow.GRANTED:
        raise IllegalMove("copy", row.state)
    custody.get_access(by, row.case_id)
    record(
        by=by, at=at, name=events.WORDS_READ, subject_kind=SUBJECT, subject_id=row.id,
        case_id=row.case_id, detail={"for": "copy"},
    )  # fmt: skip
    return list_items(by, row.case_id)


@transaction.atomic
def hand_over_copy(
    *, request_id: int, expected_version: int, chosen: Collection[str], check: str,
    safe_to_carry: bool, titles: Titles, by: Actor, at: datetime,
) -> bytes:  # fmt: skip
    """The copy as PDF, once she was known and it is safe to carry; her request is done with it.

    Words that speak of others are left out whether chosen or not. ``titles`` says what an act of
    the trail is called. Raises ``InvalidInput``, ``StaleForm``. Trail: ``right.copy_handed_over``.
    """
    require(by.roles, Permission.OPEN_IDENTITY)
    errors = {} if check in CHECKS else {"check": "required"}
    if not safe_to_carry:
        errors["safe"] = "required"
    if errors:
        raise InvalidInput(errors)
    row = queries.lock_request(by, request_id)
    check_version(expected=expected_version, found=row.version)
    if row.kind != workflow.ACCESS or row.state != workflow.GRANTED:
        raise IllegalMove("copy", row.state)
    custody.get_access(by, row.case_id)
    items = list_items(by, row.case_id)
    given = [item for item in items if item.key in chosen and not item.barred]
    data = _paper(by, row.case_id, queries.request_number(row.id), given, titles, at)
    data["withheld"] = _withheld(len(items) - len(given))
    record(
        by=by, at=at, name=events.COPY_HANDED_OVER, subject_kind=SUBJECT, subject_id=row.id,
        case_id=row.case_id, reason=check,
        detail={"given": len(given), "withheld": len(items) - len(given)},
    )  # fmt: skip
    finish_request(request_id=row.id, expected_version=None, by=by, at=at)
    return typeset("rangkul.retention", "copy.typ", data | {"language": row.language})


def _withheld(count: int) -> str:
    if not count:
        return _("Nothing of what was written about you was held back from this copy.")
    return _(
        "%(count)s pieces of writing are not in this copy, because they also speak of other people "
        "or were not yet read for it. Ask for them: you will be told why, and where to complain."
    ) % {"count": count}


def _paper(
    actor: Actor, case_id: int, number: str, given: Sequence[Item], titles: Titles, at: datetime
) -> dict[str, object]:
    sections = [
        (_("Who you are to us"), _identity(actor, case_id)),
        (_("Your file"), _cover(actor, case_id)),
        (_("In words"), [(item.heading, item.words) for item in given]),
        (_("Assessments filled in with you"), _assessments(actor, case_id)),
        (_("What you agreed to, and other grounds"), _grounds(actor, case_id)),
        (_("To whom something of it went"), _recipients(actor, case_id)),
    ]
    return {
        "title": _("A copy of what is kept about you"),
        "sender": network.get_agency(actor.agency_id).name,
        "number": number,
        "date": _day(at),
        "lead": _(
            "You have the right to see this (UU 27/2022 art. 32). You may also have it corrected, "
            "stop it, restrict it or have it deleted. Ask the people who gave you this paper."
        ),
        "sections": [{"title": title, "rows": rows} for title, rows in sections if rows],
        "trail_title": _("Who did what with it"),
        "trail": _trail(actor, case_id, titles, at),
        "foot": _("Yours alone. Keep it where nobody else finds it. %(number)s")
        % {"number": number},
    }


def _identity(actor: Actor, case_id: int) -> Rows:
    (opened,) = people.unseal([people.get_survivor(actor, case_id)])
    who, reach, where = opened.identity, opened.contact, opened.location
    born = date_format(who.birth_date, "j F Y") if who.birth_date else ""
    rows = [
        (_("Full name"), who.full_name), (_("Called"), who.called_name), (_("Born"), born),
        (_("NIK"), who.nik), (_("Passport"), who.passport), (_("Telephone"), reach.phone),
        (_("How to reach you"), reach.how), (_("Address"), where.address),
    ]  # fmt: skip
    return [(term, value) for term, value in rows if value]


def _cover(actor: Actor, case_id: int) -> Rows:
    file = cases.get_file(actor, case_id)
    kinds = ", ".join(reference.label("jenis_kekerasan", code) for code in file.violence_kinds)
    rows = [
        (_("Opened"), _day(file.opened_at)),
        (_("Risk, as we judged it"), reference.label("tingkat_risiko", file.risk)),
        (_("Kind of violence"), kinds),
        (_("Area"), reference.get_area(file.area).full_name if file.area else ""),
        (_("Closed"), _day(file.closed_at) if file.closed_at else ""),
        (_("Documents we keep"), str(len(cases.list_attachments(actor, case_id)) or "")),
    ]
    return [(term, value) for term, value in rows if value]


def _assessments(actor: Actor, case_id: int) -> Rows:
    """Every filling that is kept, one in conflict with another too, the newest first."""
    rows = [
        (row.happened_at, _said(known.title_id, known.title_en))
        for row in assessments.list_submissions(actor, case_id)
        if (known := assessments.INSTRUMENTS.get(row.instrument))
    ]
    rows += [
        (row.happened_at, _said(*title)) for row, title in assessments.list_received(actor, case_id)
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    return [(_day(at), title) for at, title in rows]


def _grounds(actor: Actor, case_id: int) -> Rows:
    rows = []
    for basis in consent.list_bases(actor, case_id):
        kind = _("your consent") if basis.letter == CONSENT else _("another ground in law")
        until = basis.withdrawn_at or basis.valid_until
        ended = _("withdrawn %(day)s") if basis.withdrawn_at else _("until %(day)s")
        rows.append((_service(basis.service), f"{kind}, {ended % {'day': _day(until)}}"))
    return rows


def _recipients(actor: Actor, case_id: int) -> Rows:
    """Which agency for which service; a shelter is not named on a paper that may be found."""
    rows = []
    for _referral, request in referrals.list_case(actor, case_id):
        hidden = request.service == ServiceCode.HUNIAN
        to = _("a shelter") if hidden else request.receiver_agency.short_name
        rows.append((_day(request.sent_at), f"{_service(request.service)}: {to}"))
    return rows


def _trail(actor: Actor, case_id: int, titles: Titles, at: datetime) -> Rows:
    """Every act, by agency and day; not which member of the staff, who has a home as well.

    The tables in which the file left the house too; their acts stand on the export, not the case.
    """
    ever = Wanted(datetime(1970, 1, 1, tzinfo=UTC), at, names=_LEFT_IN_TABLES)
    found = trail.list_case(actor, case_id, limit=_MOST_ACTS)
    found += trail.list_acts(actor, case_id, ever, limit=_MOST_ACTS)
    acts = [
        act
        for act in sorted(found, key=lambda act: act.at, reverse=True)
        if not act.name.startswith(_UNSAID)
    ]
    names = network.agency_names(act.agency_id for act in acts if act.agency_id)
    itself = _("Rangkul, by itself")
    return [
        (_day(act.at), f"{titles(act.name)}, {names.get(act.agency_id, itself)}") for act in acts
    ]


def _service(code: str) -> str:
    try:
        service = get_service(code)
    except ValueError:
        return _("Handing the file over")
    return _said(service.label_id, service.label_en)


def _said(text_id: str, text_en: str) -> str:
    return text_en if (get_language() or "id").startswith("en") else text_id


def _day(moment: datetime) -> str:
    return date_format(moment, "j F Y")
