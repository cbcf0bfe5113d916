"""A desk where nobody is on duty shows before anything goes there, by whichever way it goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import Cast
from tests.rows import as_owner
from tests.web.files import signed_in

from rangkul.custody import queries as custody
from rangkul.foundation.scope import acting
from rangkul.people import operations as people_operations
from rangkul.people import queries as people
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request

BAN = "hubungi_keluarga"
LATER = timezone.now() + timedelta(days=30)


@pytest.fixture
def scene(db: None, cast: Cast) -> Scene:
    """The case and its desks."""
    seed_desks()
    with acting(cast.ratih):
        return make_scene(cast)


@contextmanager
def nobody_at(desk: int) -> Iterator[None]:
    """The desk's roster ended yesterday; afterwards it is as it was."""
    with as_owner() as owner:
        shifts = owner.execute(
            "select id, ends_at from network_dutyshift where desk_id = %s", [desk]
        ).fetchall()
        owner.execute(
            "update network_dutyshift set ends_at = now() - interval '1 day' where desk_id = %s",
            [desk],
        )
    try:
        yield
    finally:
        with as_owner() as owner:
            for shift, ends_at in shifts:
                owner.execute(
                    "update network_dutyshift set ends_at = %s where id = %s", [ends_at, shift]
                )


def _requests(scene: Scene) -> list[str]:
    with acting(scene.sender):
        return sorted(Request.objects.values_list("state", flat=True))


def test_several_needs_at_once_name_the_desk_without_anybody(scene: Scene) -> None:
    with acting(scene.sender):
        basis = operations.record_ground(
            case_id=scene.case_id, ground=scene.ground("medis", valid_until=LATER), by=scene.sender,
            at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
        need = str(scene.need("medis"))
    url = f"/kasus/{custody.case_number(scene.case_id)}/rujukan/bersama/"
    sender = signed_in(scene.sender)
    sent: dict[str, object] = {
        "need": [need], "reach": "Ratih", "token": uuid4(), f"desk-{need}": DESK,
        f"basis-{need}": basis.id, f"asked-{need}": "Tolong diperiksa",
    }  # fmt: skip
    with nobody_at(DESK):
        page = sender.post(url, sent | {"step": "show"}).content.decode()
        assert "Nobody is entered as on duty at" in page
        assert "nobody on duty now" in page
        sent[f"seen-{need}"] = page.split(f'name="seen-{need}" value="')[1].split('"')[0]
        refused = sender.post(url, sent | {"step": "send"})
        assert refused.status_code == 422
        assert "Say so below, or choose another." in refused.content.decode()
        assert _requests(scene) == []
        known = sender.post(url, sent | {"step": "send", f"uncovered-{need}": "on"})
    assert known.status_code == 302
    assert _requests(scene) == ["sent"]


def test_the_packets_of_a_plan_carry_how_to_reach_and_what_not_to_do(scene: Scene) -> None:
    with acting(scene.sender):
        known = people.unseal(people.list_people(scene.sender, scene.case_id))
        survivor = next(one for one in known if one.person.part == "survivor")
        people_operations.change_person(
            person_id=survivor.person.id, expected_version=survivor.person.version,
            identity=survivor.identity, contact=survivor.contact, location=survivor.location,
            sex=survivor.person.sex, birth_year=survivor.person.birth_year,
            relation=survivor.person.relation, contact_allowed=survivor.person.contact_allowed,
            contact_bans=[BAN], by=scene.sender, at=timezone.now(),
        )  # fmt: skip
        basis = operations.record_ground(
            case_id=scene.case_id, ground=scene.ground("medis", valid_until=LATER), by=scene.sender,
            at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
        need = str(scene.need("medis"))
    url = f"/kasus/{custody.case_number(scene.case_id)}/rujukan/bersama/"
    page = signed_in(scene.sender).post(url, {
        "need": [need], "reach": "Ratih", f"desk-{need}": DESK, f"basis-{need}": basis.id,
        f"asked-{need}": "Tolong diperiksa", "step": "show",
    }).content.decode()  # fmt: skip
    assert "Do not tell the family" in page


def test_asking_another_desk_instead_says_that_nobody_is_there(scene: Scene) -> None:
    now = timezone.now()
    ground = scene.ground(
        "medis", valid_until=LATER, recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,)
    )
    with acting(scene.sender):
        basis = operations.record_ground(
            case_id=scene.case_id, ground=ground, by=scene.sender, at=now - timedelta(days=1)
        )
        request = operations.send_referral(
            asked=scene.asked(basis), token=uuid4(), by=scene.sender,
            at=now - timedelta(hours=1), uncovered_ok=True,
        )  # fmt: skip
    number = queries.packet_number(request.id)
    sender = signed_in(scene.sender)
    sent = {"version": request.version, "token": uuid4(), "desk": SECOND_DESK}
    assert "Nobody is entered as on duty" not in sender.get(f"/rujukan/{number}/").content.decode()
    with nobody_at(SECOND_DESK):
        assert "Nobody is entered as on duty" in sender.get(f"/rujukan/{number}/").content.decode()
        told = sender.post(f"/rujukan/{number}/pindah/", sent, follow=True).content.decode()
        assert "Nobody is on duty at that desk now." in told
        assert _requests(scene) == ["sent"]
        moved = sender.post(f"/rujukan/{number}/pindah/", sent | {"uncovered_ok": "on"})
    assert moved.status_code == 302
    assert _requests(scene) == ["moved", "sent"]
