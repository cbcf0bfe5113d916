"""The minutes of a hand-over on paper, from desk to desk: assisted travellers, no kind of case."""

from __future__ import annotations

import html
import json
from datetime import datetime, tzinfo
from importlib import resources

import typst
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.foundation.actor import Actor
from rangkul.repatriation import events, queries, workflow
from rangkul.repatriation.models import Handover, Leg
from rangkul.trail.operations import record

_BOX = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200" width="600" height="200"'


@transaction.atomic
def print_minutes(*, handover: Handover, leg: Leg, zone: tzinfo, by: Actor, at: datetime) -> bytes:
    """The minutes as PDF with what was signed so far; hours in ``zone``; printing is recorded."""
    data = minutes_data(handover, leg, zone)
    record(
        by=by, at=at, name=events.MINUTES_PRINTED, subject_kind="handover",
        subject_id=handover.id, detail={"leg": leg.id, "digest": bytes(handover.digest).hex()},
    )  # fmt: skip
    template = resources.files("rangkul.repatriation").joinpath("letter", "minutes.typ")
    made: bytes = typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
    )
    return made


def minutes_data(handover: Handover, leg: Leg, zone: tzinfo) -> dict[str, object]:
    """Everything that stands on the paper: call words, no names, no case, no reason."""
    content = queries.open_minutes(handover)
    labels = {str(k): v for k, v in queries.open_labels(queries.list_travellers(leg)).items()}
    happened = datetime.fromisoformat(content["happened_at"])
    people = [
        [
            str(place),
            labels[item["traveller_id"]].pseudonym,
            _("present") if item["present"] else _("not present"),
            str(workflow.CONDITIONS.get(item["condition"], "")),
            ", ".join(
                part for part in (
                    item["luggage"], *(str(workflow.PAPERS[paper]) for paper in item["papers"])
                ) if part
            ),
        ]
        for place, item in enumerate(content["items"], start=1)
    ]  # fmt: skip
    return {
        "title": _("Minutes of a hand-over"),
        "language": (get_language() or "id")[:2],
        "number": queries.leg_number(leg.id),
        "rows": [
            [_("From"), leg.giver_agency.name],
            [_("To"), f"{leg.receiver_agency.name}, {leg.receiver_desk.name}"],
            [_("Place"), content["place"]],
            [_("Hour"), _hour(happened, zone)],
        ],
        "head": ["", _("Assisted traveller"), _("There"), _("Condition"), _("Luggage and papers")],
        "people": people,
        "signatures": [_signature(handover, side, zone) for side in
                       (workflow.GIVER, workflow.RECEIVER)],
        "foot": _("Digest %(digest)s") % {"digest": bytes(handover.digest).hex()[:32]},
    }  # fmt: skip


def _signature(handover: Handover, side: str, zone: tzinfo) -> dict[str, str]:
    title = _("Gave") if side == workflow.GIVER else _("Received")
    signed = queries.open_signature(handover, side)
    if not signed:
        return {"title": title, "name": "", "when": _("not signed yet"), "svg": ""}
    path = html.escape(signed["strokes"])
    drawing = f'<svg {_BOX}><path d="{path}" fill="none" stroke="black" stroke-width="4"/></svg>'
    ours, theirs = (getattr(handover, f"{side}_{name}_at") for name in ("recorded", "signed"))
    when = _hour(theirs, zone)
    if ours - theirs > workflow.LATE:
        when = _("%(signed)s, received %(recorded)s") % {
            "signed": when, "recorded": _hour(ours, zone)
        }  # fmt: skip
    return {"title": title, "name": signed["name"], "when": when, "svg": drawing if path else ""}


def _hour(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%d-%m-%Y %H.%M")
