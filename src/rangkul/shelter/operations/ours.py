"""What every act on a stay ends with: its trail record, and what the other desk is told."""

from __future__ import annotations

from datetime import datetime

from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as requests
from rangkul.referrals import workflow as referral_workflow
from rangkul.referrals.models import Request
from rangkul.shelter.keeper import tells_a_house
from rangkul.shelter.models import Admission
from rangkul.trail.operations import record


def record_act(
    name: str, admission: Admission, *, by: Actor, at: datetime, reason: str = "",
    detail: dict[str, object] | None = None, on_case: bool = False,
) -> None:  # fmt: skip
    """The trail of an act on an admission; ``on_case`` also puts it on the own agency's case.

    A case that has meanwhile moved to another agency bears no record of this one any more.
    """
    case_id = admission.case_id if on_case else None
    if case_id is not None and by.agency_id not in custody.list_holders(case_id):
        case_id = None
    record(
        by=by, at=at, name=name, subject_kind="admission", subject_id=admission.id,
        case_id=case_id, reason=reason, detail={"state": admission.state} | (detail or {}),
    )  # fmt: skip


def may_move(request: Request, move: str) -> bool:
    """Whether the request between the desks can still make this move."""
    return any(each.name == move for each in referral_workflow.MOVES.open_from(request.state))


def request_of(admission: Admission, by: Actor) -> Request | None:
    """The request behind an admission as it stands now; ``None`` for the own agency's case."""
    if admission.request_id is None:
        return None
    return requests.get_received(by, admission.request_id)


def tell(admission: Admission, words: str, *, by: Actor, at: datetime) -> None:
    """Write to the sender's desk, if there is one that still listens."""
    request = request_of(admission, by)
    if request is not None and words.strip() and request.state != referral_workflow.WITHDRAWN:
        referrals.write_message(request_id=request.id, words=words, by=by, at=at)


def check_discreet(words: str, by: Actor, *, field: str = "words") -> None:
    """Refuse words for another desk that give away a house. Raises ``InvalidInput``."""
    if words.strip() and (code := tells_a_house(words, by)):
        raise InvalidInput({field: code})
