"""The minutes as text to be signed, and as the paper that is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from rangkul.conferences import workflow
from rangkul.conferences.queries import ConferenceView, MinutesView, SeatView
from rangkul.network.reasons import say_moment
from rangkul.reference.zones import zone_of


def signed_text(view: ConferenceView, body: str) -> dict[str, object]:
    """Everything that the signature covers, as plain data; no case number and no name of hers."""
    row = view.conference
    return {
        "number": view.number,
        "title": view.details.title,
        "starts_at": row.starts_at.isoformat(),
        "held_at": row.held_at.isoformat() if row.held_at else "",
        "lead": row.lead_agency.short_name,
        "seats": [
            {"agency": each.seat.agency.short_name, "who": _who(each),
             "attended": bool(each.seat.attended)}
            for each in view.seats
        ],
        "agenda": [{"kind": item.kind, "words": words} for item, words in view.agenda],
        "decisions": [
            {"words": each.words, "agency": each.decision.owner_agency.short_name,
             "owner": each.owner or _desk(each.decision.owner_desk),
             "due_at": each.decision.due_at.isoformat()}
            for each in view.decisions
        ],
        "body": body,
    }  # fmt: skip


def _who(each: SeatView) -> str:
    return each.name or _desk(each.seat.desk)


def _desk(desk: Any) -> str:
    return str(desk.name) if desk is not None else ""


def paper(view: ConferenceView, *, language: str, title: str) -> dict[str, object]:
    """What ``minutes.typ`` reads: the signed words, never what was changed since."""
    first, *later = view.minutes
    signed = first.body
    return {
        "title": title,
        "language": language,
        "name": signed["title"],
        "number": view.number,
        "sender": signed["lead"],
        "when": _moment(view),
        "labels": {
            "present": _("Present"), "absent": _("Absent"), "agenda": _("Agenda"),
            "decisions": _("Decisions"), "minutes": _("Minutes of the conference"),
             "none": _("Nothing was decided."),
        },
        "present": [_line(seat) for seat in _rows(signed["seats"]) if seat["attended"]],
        "absent": [_line(seat) for seat in _rows(signed["seats"]) if not seat["attended"]],
        "agenda": [
            f"{workflow.AGENDA[item['kind']]}: {item['words']}" for item in _rows(signed["agenda"])
        ],
        "decisions": [
            [d["words"], f"{d['owner']}, {d['agency']}" if d["owner"] else d["agency"],
             _day(d["due_at"])]
            for d in _rows(signed["decisions"])
        ],
        "body": signed["body"],
        "signature": _signature(first),
        "addenda": [
            {"title": _("Addendum %(number)s") % {"number": each.minutes.number - 1},
             "body": each.body["body"], "signature": _signature(each)}
            for each in later
        ],
        "foot": _("Confidential, for the agencies at the table. %(number)s")
        % {"number": view.number},
    }  # fmt: skip


def _rows(found: object) -> Sequence[Mapping[str, Any]]:
    return cast(Sequence[Mapping[str, Any]], found)


def _line(seat: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (seat["who"], seat["agency"]) if part)


def _day(moment: str) -> str:
    return format_date(datetime.fromisoformat(moment), "j M Y")


def _moment(view: ConferenceView) -> str:
    row = view.conference
    return say_moment(row.starts_at, ZoneInfo(zone_of(row.lead_agency.area_id)))


def _signature(each: MinutesView) -> str:
    return _("Signed by %(name)s on %(day)s. SHA-256 %(digest)s") % {
        "name": each.signer,
        "day": format_date(each.minutes.signed_at, "j M Y"),
        "digest": bytes(each.minutes.digest).hex(),
    }
