"""Risalah: what was said and decided, signed by the chair, never changed; addenda are added."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.conferences import events, paper, queries, workflow
from rangkul.conferences.models import Conference, Minutes
from rangkul.conferences.operations.words import MOST_MINUTES, check_words, common_key
from rangkul.conferences.queries import ConferenceView
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.typesetting import typeset
from rangkul.trail.operations import record


class NotTheChair(RangkulError):
    """Only the person in the chair signs the minutes."""

    code = "not_the_chair"

    message_id = "Risalah ditandatangani oleh pemimpin rapat."
    message_en = "The minutes are signed by the person who chaired."

    def __init__(self) -> None:
        super().__init__(self.message_en)


@transaction.atomic
def sign_minutes(
    *, conference_id: int, body: str, expected_version: int, by: Actor, at: datetime
) -> Minutes:
    """Sign the minutes: who came, agenda and decisions as they stand, and the chair's words.

    The digest of all that goes into the trail. Raises ``Forbidden``, ``NotReachable``,
    ``NotTheChair``, ``IllegalMove``, ``StaleForm``, ``InvalidInput``.
    """
    row = _lock_chaired(conference_id, by)
    check_version(expected=expected_version, found=row.version)
    row.state = workflow.CONFERENCE.check("sign", row.state).target
    _check(body, row, by)
    view = queries.view(by, row.id)
    made = _sign(row, 1, paper.signed_text(view, body.strip()), by=by, at=at)
    row.version += 1
    row.save(update_fields=["state", "version"])
    _record(events.MINUTES_SIGNED, row, made, by=by, at=at)
    return made


@transaction.atomic
def add_addendum(*, conference_id: int, body: str, by: Actor, at: datetime) -> Minutes:
    """Correct or complete signed minutes: what was signed stays, this is signed beside it."""
    row = _lock_chaired(conference_id, by)
    if row.state != workflow.MINUTED:
        raise InvalidInput({"body": "not_signed"})
    _check(body, row, by)
    number = Minutes.objects.filter(conference=row).count() + 1
    text: dict[str, object] = {"body": body.strip(), "of": queries.conference_number(row.id)}
    made = _sign(row, number, text, by=by, at=at)
    _record(events.ADDENDUM_SIGNED, row, made, by=by, at=at)
    return made


def _lock_chaired(conference_id: int, by: Actor) -> Conference:
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    if row.chair_user_id != by.user_id:
        raise NotTheChair
    return row


def _check(body: str, row: Conference, by: Actor) -> None:
    case_ids = queries.case_ids_of(by, row.id)
    errors = check_words({"body": body}, case_ids, by=by, most=MOST_MINUTES)
    if errors:
        raise InvalidInput(errors)


def _sign(
    row: Conference, number: int, text: dict[str, object], *, by: Actor, at: datetime
) -> Minutes:
    signed = json.dumps(text, ensure_ascii=False, sort_keys=True)
    minutes_id = new_id()
    return Minutes.objects.create(
        id=minutes_id, conference=row, number=number, signed_at=at, signed_by=by.user_id,
        body_sealed=vault.seal(common_key(row), queries.minutes_place(minutes_id), signed),
        digest=hashlib.sha256(signed.encode()).digest(),
    )  # fmt: skip


def _record(name: str, row: Conference, made: Minutes, *, by: Actor, at: datetime) -> None:
    for case_id in queries.case_ids_of(by, row.id):
        record(
            by=by, at=at, name=name, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"number": made.number, "sha256": bytes(made.digest).hex()},
        )  # fmt: skip


@transaction.atomic
def print_minutes(*, conference_id: int, by: Actor, at: datetime) -> bytes:
    """The signed minutes with their addenda as PDF, for anyone at the table; recorded.

    Raises ``NotReachable`` (none signed yet, or not visible).
    """
    view: ConferenceView = queries.view(by, conference_id)
    if not view.minutes:
        raise NotReachable("no minutes yet")
    record(
        by=by, at=at, name=events.MINUTES_PRINTED, subject_kind="conference",
        subject_id=conference_id, case_id=view.case_ids[0] if view.case_ids else None,
    )  # fmt: skip
    language = (get_language() or "id")[:2]
    data = paper.paper(view, language=language, title=_("Minutes of a case conference"))
    return typeset("rangkul.conferences", "minutes.typ", data)
