"""Earlier contact: asked for every report, told only to the desks that know the person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.reports import earlier_contact, events, queries
from rangkul.reports.models import EarlierContact
from rangkul.trail.operations import record


@transaction.atomic
def ask_earlier_contact(*, report_id: int, by: Actor, at: datetime) -> earlier_contact.Question:
    """Open who the report is about, for the job that compares; recorded whatever will be found."""
    report = queries.get_report(by, report_id)
    about = queries.unseal_about(report)
    record(
        by=by, at=at, name=events.EARLIER_CONTACT_ASKED, subject_kind="report",
        subject_id=report.id,
    )  # fmt: skip
    return earlier_contact.Question(
        report.id, report.subject, report.agency_id, report.desk_id, earlier_contact.keys_of(about)
    )


@transaction.atomic
def notice_earlier_contact(*, question: earlier_contact.Question, at: datetime) -> None:
    """Tell the desks that know the person, and only them. Runs under the scope *matching*.

    Nothing is returned: whoever asked has nothing to learn from it. Asking twice tells once.
    """
    for agency_id, case_id in earlier_contact.list_holders(question):
        notice_id = question.notice_id(agency_id, case_id)
        if queries.is_noticed(notice_id):
            continue
        made = EarlierContact.objects.bulk_create(
            [
                EarlierContact(
                    id=notice_id, agency_id=agency_id, case_id=case_id, noticed_at=at,
                    asking_agency_id=question.agency_id, asking_desk_id=question.desk_id,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        if queries.is_noticed(made[0].id):
            record(
                by=None, at=at, name=events.EARLIER_CONTACT_NOTICED,
                subject_kind="earlier_contact", subject_id=notice_id, case_id=case_id,
                purpose="matching",
            )  # fmt: skip


@transaction.atomic
def answer_earlier_contact(
    *, notice_id: UUID, answer: str, by: Actor, at: datetime
) -> EarlierContact:
    """The holding desk decides: get in touch with the asking desk, or keep silent.

    Raises ``IllegalMove`` when a colleague has answered already.
    """
    if answer not in (EarlierContact.CONTACT, EarlierContact.SILENT):
        raise InvalidInput({"answer": "unknown"})
    queries.get_earlier_contact(by, notice_id)
    notice = EarlierContact.objects.select_for_update().get(id=notice_id)
    if notice.answered_at is not None:
        raise IllegalMove("answer", notice.answer)
    notice.answered_at, notice.answered_by, notice.answer = at, by.user_id, answer
    notice.save(update_fields=["answered_at", "answered_by", "answer"])
    record(
        by=by, at=at, name=events.EARLIER_CONTACT_ANSWERED, subject_kind="earlier_contact",
        subject_id=notice.id, case_id=notice.case_id, reason=answer,
    )  # fmt: skip
    return notice
