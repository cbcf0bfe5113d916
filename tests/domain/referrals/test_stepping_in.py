"""An agreement lets another desk step in where one is silent: by the version of that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, SERVICE_DESK, owner_url

from rangkul.cases import queries as cases
from rangkul.consent import operations as consent
from rangkul.consent.models import Basis
from rangkul.foundation.scope import acting
from rangkul.network import operations as network
from rangkul.network import queries as directory
from rangkul.network.agreements import Limit, Member, Terms
from rangkul.network.operations import AgreementDetails
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request
from rangkul.trail.models import Act

MAKASSAR_DESK = SERVICE_DESK[MAKASSAR]
TODAY = NOW.date()
DAY = timedelta(days=1)
BOTH = (Member(agency_id=SEMARANG), Member(agency_id=KUPANG))
ALL_THREE = (*BOTH, Member(agency_id=MAKASSAR))


@pytest.fixture(autouse=True)
def third_desk(scene: Scene) -> Iterator[None]:
    """A desk of a third agency that offers medical care as well."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) select %s, %s, 'medis', '', 0, 200, false, true where not "
            "exists (select 1 from network_deskservice where desk_id = %s and service = 'medis')",
            [MAKASSAR, MAKASSAR_DESK, MAKASSAR_DESK],
        )
    yield


def _details(
    since: date, *, steps_in: bool, members: tuple[Member, ...] = ALL_THREE
) -> AgreementDetails:
    return AgreementDetails(
        title="PKS Uji", kind="forum", since=since, source="PKS 1", members=members,
        terms=(Terms("medis", accept=Limit(30), fallback=steps_in),),
    )  # fmt: skip


def _agree(scene: Scene, *, steps_in: bool, members: tuple[Member, ...] = ALL_THREE) -> int:
    by = scene.cast.sinta
    with acting(by):
        details = _details(TODAY, steps_in=steps_in, members=members)
        made = network.enter_agreement(details=details, by=by, at=NOW)
    return made.agreement_id


def _change(scene: Scene, agreement: int, since: date, *, steps_in: bool) -> None:
    by = scene.cast.sinta
    with acting(by):
        network.change_agreement(
            agreement_id=agreement, details=_details(since, steps_in=steps_in), expected_number=1,
            by=by, at=NOW,
        )  # fmt: skip


def _sent(scene: Scene, basis: Basis | None = None) -> Request:
    """Due in the morning of Tuesday, 30 hours after Monday 2 March."""
    with acting(scene.sender):
        return scene.send(basis or scene.consent(recipient_desk_id=DESK))


def _pass_on(scene: Scene, request: Request, at: datetime | None = None) -> operations.PassedOn:
    with acting(scene.sender):
        return operations.pass_on(
            request_id=request.id, by=scene.sender, at=at or request.accept_by + timedelta(hours=1)
        )


def _by_law(scene: Scene) -> Basis:
    """A ground of the law that names no desk: it covers whoever gives the service."""
    with acting(scene.sender):
        ground = scene.other_ground("d", "medis")
        basis = operations.record_ground(
            case_id=scene.case_id, ground=ground, by=scene.sender, at=NOW
        )
    with acting(scene.cast.wahyuni):
        return consent.approve_basis(basis_id=basis.id, by=scene.cast.wahyuni, at=NOW)


def test_the_desk_that_steps_in_is_called_first_and_gets_no_packet_without_consent(
    scene: Scene,
) -> None:
    _agree(scene, steps_in=True)
    found = _pass_on(scene, _sent(scene))
    assert found.moved is None
    # The silent agency's other desk steps in too: nobody else could be called there.
    assert {o.receiver_desk_id for o in found.called[:2]} == {SECOND_DESK, MAKASSAR_DESK}


def test_where_the_ground_is_the_law_s_the_packet_goes_along(scene: Scene) -> None:
    agreement = _agree(scene, steps_in=True)
    request = _sent(scene, _by_law(scene))
    moved = _pass_on(scene, request).moved
    connection.check_constraints()
    assert moved is not None
    # Somebody is on duty at the second desk of Kupang, nobody in Makassar.
    assert moved.receiver_desk_id == SECOND_DESK
    assert (moved.agreement_id, moved.agreement_version) == (agreement, 1)
    with acting(scene.sender):
        request.refresh_from_db()
        assert request.state == "moved"
        referral = queries.get_referral(scene.sender, moved.id)
        assert [r.id for r in queries.chain_of(scene.sender, referral)] == [moved.id, request.id]


def test_a_desk_that_she_agreed_to_comes_before_the_agreement_s(scene: Scene) -> None:
    _agree(scene, steps_in=True)
    with acting(scene.sender):
        basis = scene.consent(recipient_desk_id=DESK, fallback_desk_ids=(MAKASSAR_DESK,))
    moved = _pass_on(scene, _sent(scene, basis)).moved
    assert moved is not None
    assert moved.receiver_desk_id == MAKASSAR_DESK


@pytest.mark.parametrize(
    ("first", "second", "since", "steps_in"),
    [
        # The second version begins on the day on which the answer is due, or the day after.
        (False, True, TODAY + DAY, True),
        (False, True, TODAY + 2 * DAY, False),
        (True, False, TODAY + DAY, False),
        (True, False, TODAY + 2 * DAY, True),
    ],
)
def test_the_version_of_the_day_decides_not_that_of_the_sending(
    scene: Scene, first: bool, second: bool, since: date, steps_in: bool
) -> None:
    agreement = _agree(scene, steps_in=first)
    _change(scene, agreement, since, steps_in=second)
    request = _sent(scene, _by_law(scene))
    assert request.agreement_version == 1
    found = _pass_on(scene, request)
    assert (found.moved is not None) is steps_in
    if found.moved is not None:
        assert found.moved.agreement_version == (2 if second else 1)


def test_only_members_step_in(scene: Scene) -> None:
    _agree(scene, steps_in=True, members=BOTH)
    with acting(scene.sender):
        found = directory.suggest_stand_ins(
            scene.sender, service="medis", at=NOW, near_area="33.74", silent_agency=KUPANG,
            survivor=operations.survivor_of(
                cases.get_file(scene.sender, scene.case_id)
            ),
        ).ranked  # fmt: skip
    assert {each.desk_id for each in found} == {DESK, SECOND_DESK}


def test_without_the_clause_nobody_steps_in(scene: Scene) -> None:
    _agree(scene, steps_in=False)
    found = _pass_on(scene, _sent(scene))
    assert [o.receiver_desk_id for o in found.called] == [MAKASSAR_DESK]


def test_the_trail_tells_by_which_agreement_desks_were_called(scene: Scene) -> None:
    _agree(scene, steps_in=True)
    _pass_on(scene, _sent(scene))
    with acting(scene.cast.wahyuni):
        act = Act.objects.get(name="call.made")
    assert sorted(act.detail["stand_in"]) == sorted([SECOND_DESK, MAKASSAR_DESK])
