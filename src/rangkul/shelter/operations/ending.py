"""Leaving, by plan or not, and never having come. The beds are free at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import operations as referrals
from rangkul.referrals import workflow as referral_workflow
from rangkul.shelter import events, policy, queries, sealed, workflow
from rangkul.shelter.models import Admission, Stay
from rangkul.shelter.operations.free import hold, publish
from rangkul.shelter.operations.ours import check_discreet, may_move, record_act, request_of
from rangkul.shelter.operations.staying import (
    COMPANION,
    HEALTH,
    REVIEW,
    SEARCH,
    SUBJECT,
    lock,
    save,
    some,
    touch,
)

_MOST_WORDS: Final = 600
_SERVED = (referral_workflow.DONE, "served", "")
_PARTLY = (referral_workflow.DONE, "served_partly", "")

OUTCOME_OF: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "home": _SERVED,
        "family": _SERVED,
        "own_place": _SERVED,
        "repatriation": _SERVED,
        "other_shelter": _PARTLY,
        "hospital": _PARTLY,
        "own_wish": (referral_workflow.NOT_DONE, "own_wish", ""),
        # What cannot be said in a line is said by telephone: "higher" asks for the call today.
        "missing": (referral_workflow.NOT_DONE, "not_reached", "higher"),
        "died": (referral_workflow.DONE, "served_partly", "higher"),
        "did_not_come": (referral_workflow.NOT_DONE, "did_not_come", ""),
        "other_place": (referral_workflow.NOT_DONE, "served_elsewhere", ""),
    }
)
"""How a stay ended → (result, outcome or reason, change of danger) for the desk that sent her."""


@transaction.atomic
def discharge(
    *, admission_id: int, stay_ids: Sequence[int], destination: str, expected_version: int,
    by: Actor, at: datetime, whereto: str = "", words: str = "",
) -> Admission:  # fmt: skip
    """A planned leaving. ``whereto`` is sealed and stays here; ``words`` go to the sender."""
    if destination not in workflow.DESTINATIONS:
        raise InvalidInput({"destination": "unknown" if destination else "required"})
    return _leave(
        "discharge", admission_id, stay_ids, destination, expected_version, by=by, at=at,
        whereto=whereto, words=words,
    )  # fmt: skip


@transaction.atomic
def lose(
    *, admission_id: int, stay_ids: Sequence[int], how: str, expected_version: int, by: Actor,
    at: datetime, whereto: str = "", words: str = "",
) -> Admission:  # fmt: skip
    """Left by own wish, missing or died: from anywhere in a stay, the place may be unknown.

    Nobody is held. Who is missing is searched for by this house: the clock runs three days (rk10).
    """
    if how not in workflow.LOSSES:
        raise InvalidInput({"how": "unknown" if how else "required"})
    return _leave(
        "lose", admission_id, stay_ids, how, expected_version, by=by, at=at, whereto=whereto,
        words=words,
    )  # fmt: skip


@transaction.atomic
def miss(
    *, admission_id: int, stay_ids: Sequence[int], reason: str, expected_version: int, by: Actor,
    at: datetime,
) -> Admission:  # fmt: skip
    """They did not come: the beds are free again, and the sender is told."""
    admission = lock(admission_id, expected_version, by)
    if reason not in workflow.MISS_REASONS:
        raise InvalidInput({"reason": "unknown" if reason else "required"})
    hold(admission.desk_id, by=by)
    stays = some(admission, stay_ids, "miss")
    for stay in stays:
        stay.state = workflow.STAY_MOVES.check("miss", stay.state).target
        stay.ending, stay.ended_at = reason, at
        save(stay, "state", "ending", "ended_at")
    touch(admission)
    record_act(
        events.STAY_ENDED, admission, by=by, at=at, reason=reason,
        detail={"stays": [stay.id for stay in stays]},
    )  # fmt: skip
    close_if_over(admission, by=by, at=at)
    publish(admission.desk_id, by=by, at=at)
    return admission


@transaction.atomic
def end_search(
    *, admission_id: int, result: str, expected_version: int, by: Actor, at: datetime
) -> Admission:
    """The search for somebody who went missing is over."""
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.lock_admission(policy.at_own_desk(by), admission_id)
    check_version(expected=expected_version, found=admission.version)
    if not admission.searching:
        raise IllegalMove("end_search", admission.state)
    if result not in workflow.SEARCH_RESULTS:
        raise InvalidInput({"result": "unknown" if result else "required"})
    _end_search(admission, result, by=by, at=at)
    return admission


def close_if_over(admission: Admission, *, by: Actor, at: datetime, words: str = "") -> None:
    """Once nobody of the admission has a bed any more: it is over, and the sender hears how."""
    stays = queries.list_stays(admission)
    if any(stay.state in workflow.LIVE for stay in stays):
        return
    admission.state = workflow.ADMISSION_MOVES.check("end", admission.state).target
    admission.ended_at = at
    admission.version += 1
    admission.save(update_fields=["state", "ended_at", "version"])
    _stop_clocks(admission, by=by, at=at)
    _report(admission, stays[0].ending, words, by=by, at=at)


@transaction.atomic
def follow_road(*, admission_id: int, how: str, by: Actor, at: datetime) -> Admission:
    """What was said of her on the way home, as it stands now: her own bed is free at once.

    ``how`` is one of ``LOSSES``, or "" where she is not lost any more. A search belongs to whoever
    holds her on the road: none starts here, and one that runs here goes over to it. The children
    who came along keep their beds until somebody says where they are. Again: nothing more happens.
    Raises ``Forbidden``, ``NotReachable``.
    """
    require(by.roles, Permission.KEEP_STAYS)
    admission = queries.lock_admission(policy.at_own_desk(by), admission_id)
    if admission.searching:
        _end_search(admission, workflow.ON_THE_ROAD, by=by, at=at)
    survivor = queries.list_stays(admission)[:1]
    if how in workflow.LOSSES and survivor and survivor[0].state in workflow.LIVE:
        return _leave(
            "lose", admission_id, [survivor[0].id], how, admission.version, by=by, at=at,
            whereto="", words="", from_road=True,
        )  # fmt: skip
    return admission


def _end_search(admission: Admission, result: str, *, by: Actor, at: datetime) -> None:
    admission.searching = False
    admission.version += 1
    admission.save(update_fields=["searching", "version"])
    end = clocks.void if result == workflow.ON_THE_ROAD else clocks.meet
    end(subject_kind=SUBJECT, subject_id=admission.id, procedures=[SEARCH], by=by, at=at)
    record_act(events.SEARCH_ENDED, admission, by=by, at=at, reason=result, on_case=True)


def _leave(
    move: str, admission_id: int, stay_ids: Sequence[int], ending: str, expected_version: int,
    *, by: Actor, at: datetime, whereto: str, words: str, from_road: bool = False,
) -> Admission:  # fmt: skip
    admission = lock(admission_id, expected_version, by)
    if len(whereto) > _MOST_WORDS:
        raise InvalidInput({"whereto": "too_long"})
    if len(words) > _MOST_WORDS:
        raise InvalidInput({"words": "too_long"})
    check_discreet(words, by)
    hold(admission.desk_id, by=by)
    stays = some(admission, stay_ids, move)
    for stay in stays:
        stay.state = workflow.STAY_MOVES.check(move, stay.state).target
        stay.ending, stay.ended_at = ending, at
        stay.whereto_sealed = _sealed(stay, admission, whereto)
        save(stay, "state", "ending", "ended_at", "whereto_sealed")
    touch(admission)
    if ending == "missing" and not from_road:
        _search(admission, by=by, at=at)
    if ending in workflow.LOSSES and not from_road:
        post(Event(events.STAY_LOST, SUBJECT, str(admission.id), by.agency_id, by.user_id))
    record_act(
        events.STAY_ENDED, admission, by=by, at=at, reason=ending, on_case=True,
        detail={"stays": [stay.id for stay in stays]},
    )  # fmt: skip
    close_if_over(admission, by=by, at=at, words=words)
    publish(admission.desk_id, by=by, at=at)
    return admission


def _sealed(stay: Stay, admission: Admission, whereto: str) -> bytes | None:
    if not whereto.strip():
        return None
    return sealed.seal(
        stay.agency_id, admission.subject, DataClass.LOCATION, sealed.whereto_place(stay),
        whereto.strip(),
    )  # fmt: skip


def _search(admission: Admission, *, by: Actor, at: datetime) -> None:
    admission.searching = True
    admission.save(update_fields=["searching"])
    clocks.start(
        procedure=SEARCH, subject_kind=SUBJECT, subject_id=admission.id,
        area=network.get_agency(by.agency_id).area_id, by=by, at=at, desk_id=admission.desk_id,
        risk=admission.risk,
    )  # fmt: skip


def _stop_clocks(admission: Admission, *, by: Actor, at: datetime) -> None:
    """The stay's clocks are met by its end; what was still to do for her has lost its reason."""
    stay = [*set(workflow.STAY_PROCEDURES.values()), REVIEW]
    clocks.meet(subject_kind=SUBJECT, subject_id=admission.id, procedures=stay, by=by, at=at)
    clocks.void(
        subject_kind=SUBJECT, subject_id=admission.id, procedures=[HEALTH, COMPANION], by=by, at=at
    )


def _report(admission: Admission, ending: str, words: str, *, by: Actor, at: datetime) -> None:
    request = request_of(admission, by)
    result, code, change = OUTCOME_OF[ending]
    done = result == referral_workflow.DONE
    if request is None or not may_move(request, "finish" if done else "give_up"):
        return
    referrals.report_outcome(
        request_id=request.id, result=result, outcome=code if done else "",
        reason="" if done else code, risk_change=change, words=words,
        expected_version=request.version, by=by, at=at,
    )  # fmt: skip
