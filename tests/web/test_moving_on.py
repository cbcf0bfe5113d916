"""A silent request is passed on by hand: what stops it is a sentence, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import KUPANG, SEMARANG, Cast
from tests.rows import as_owner
from tests.web.files import signed_in

from rangkul.consent import operations as consent
from rangkul.custody import queries as custody
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import acting
from rangkul.network import operations as network
from rangkul.network.agreements import Member, Terms
from rangkul.network.operations import AgreementDetails
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request

DAY = timedelta(days=1)


@pytest.fixture
def scene(db: None, cast: Cast) -> Scene:
    """A case and the desks that can be asked."""
    seed_desks()
    with acting(cast.ratih):
        return make_scene(cast)


def _send(
    scene: Scene, *, until: datetime, letter: str = "a", desk: int | None = DESK,
    others: tuple[int, ...] = (SECOND_DESK,),
) -> Request:  # fmt: skip
    """Sent five days ago on a ground of twenty days ago that stands until ``until``."""
    now = timezone.now()
    desks: dict[str, Any] = {"recipient_desk_id": desk, "fallback_desk_ids": others}
    ground = (
        scene.ground(valid_until=until, **desks) if letter == "a"
        else scene.other_ground(letter, "medis", valid_until=until, **desks)
    )  # fmt: skip
    at = now - (20 * DAY if letter == "a" else 5 * DAY)
    with acting(scene.sender):
        basis = operations.record_ground(
            case_id=scene.case_id, ground=ground, by=scene.sender, at=at
        )
        return operations.send_referral(
            asked=scene.asked(basis), token=uuid4(), by=scene.sender, at=now - 5 * DAY,
            uncovered_ok=True,
        )  # fmt: skip


def _pass_on(scene: Scene, request: Request) -> tuple[int, str]:
    """What the sender reads after pressing the button."""
    sent = {"version": request.version, "token": uuid4(), "desk": SECOND_DESK}
    number = queries.packet_number(request.id)
    answer = signed_in(scene.sender).post(f"/rujukan/{number}/pindah/", sent, follow=True)
    return answer.status_code, answer.content.decode()


def _stands(scene: Scene, request: Request) -> bool:
    """Whether the first request waits as before, with its packet's key."""
    with acting(scene.sender):
        request.refresh_from_db()
        keys = DataKey.objects.filter(subject=queries.packet_of(request).id).count()
        return request.state == "sent" and keys == 1 and Request.objects.count() == 1


def test_with_its_consent_over_the_person_is_asked_first(scene: Scene) -> None:
    request = _send(scene, until=timezone.now() - timedelta(hours=1))
    status, page = _pass_on(scene, request)
    assert status == 200
    assert "time is over. Ask the person again; nothing has changed so far." in page
    assert _stands(scene, request)
    # The way on: the same desk with a new consent, in place of this request.
    number, case = queries.packet_number(request.id), custody.case_number(scene.case_id)
    way = f"/kasus/{case}/rujukan/baru/?layanan=medis&amp;desk={SECOND_DESK}&amp;ganti={number}"
    assert way in page
    assert f"/rujukan/{number}/pindah/" not in page
    assert signed_in(scene.sender).get(way.replace("&amp;", "&")).status_code == 200


def test_a_ground_that_nobody_reviewed_says_so(scene: Scene) -> None:
    request = _send(scene, until=timezone.now() + 30 * DAY, letter="d")
    status, page = _pass_on(scene, request)
    assert status == 200
    assert "Nobody has looked at this ground within 24 hours." in page
    assert _stands(scene, request)


def test_a_desk_that_was_not_agreed_to_says_so(scene: Scene) -> None:
    request = _send(scene, until=timezone.now() + 30 * DAY, others=())
    status, page = _pass_on(scene, request)
    assert (status, "Consent was given for another desk." in page) == (200, True)
    assert _stands(scene, request)


def test_a_desk_that_closed_says_so(scene: Scene) -> None:
    request = _send(scene, until=timezone.now() + 30 * DAY)
    with as_owner() as owner:
        owner.execute("update network_desk set active = false where id = %s", [SECOND_DESK])
    try:
        status, page = _pass_on(scene, request)
    finally:
        with as_owner() as owner:
            owner.execute("update network_desk set active = true where id = %s", [SECOND_DESK])
    assert (status, "does not offer this service any more" in page) == (200, True)
    assert _stands(scene, request)


def test_while_the_consent_stands_one_press_is_enough(scene: Scene) -> None:
    request = _send(scene, until=timezone.now() + 30 * DAY)
    number = queries.packet_number(request.id)
    page = signed_in(scene.sender).get(f"/rujukan/{number}/").content.decode()
    assert f"/rujukan/{number}/pindah/" in page
    status, page = _pass_on(scene, request)
    assert (status, "the other desk is asked" in page) == (200, True)
    with acting(scene.sender):
        request.refresh_from_db()
    assert request.state == "moved"


@pytest.mark.parametrize("letter", ["a", "d"])
def test_the_sender_reads_by_which_agreement_another_desk_steps_in(
    scene: Scene, letter: str
) -> None:
    with acting(scene.cast.sinta):
        network.enter_agreement(
            by=scene.cast.sinta, at=timezone.now(),
            details=AgreementDetails(
                title="PKS Layanan Uji", kind="bilateral", source="PKS 1",
                since=(timezone.now() - 9 * DAY).date(), terms=(Terms("medis", fallback=True),),
                members=(Member(agency_id=SEMARANG), Member(agency_id=KUPANG)),
            ),
        )  # fmt: skip
    desk = DESK if letter == "a" else None
    request = _send(
        scene, until=timezone.now() + 30 * DAY, letter=letter, desk=desk, others=()
    )  # fmt: skip
    if letter == "d":
        with acting(scene.cast.wahyuni):
            consent.approve_basis(
                basis_id=queries.get_referral(scene.cast.wahyuni, request.id).basis_id,
                by=scene.cast.wahyuni, at=timezone.now(),
            )  # fmt: skip
    with acting(scene.sender):
        moved = operations.pass_on(request_id=request.id, by=scene.sender, at=timezone.now()).moved
    assert (moved is not None) is (letter == "d")
    number = queries.packet_number(moved.id if moved else request.id)
    page = signed_in(scene.sender).get(f"/rujukan/{number}/").content.decode()
    if moved:
        assert "this one steps in, as agreed in PKS Layanan Uji" in page
    else:
        assert "steps in by PKS Layanan Uji" in page
