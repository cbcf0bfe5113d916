"""A request is sent under the agreement of the day: it sets the deadlines and is kept with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.domain.referrals.scene import DESK, Scene
from tests.people import KUPANG, NOW, SEMARANG, Cast

from rangkul.cases.models import CaseFile
from rangkul.foundation.scope import acting
from rangkul.network import operations as network
from rangkul.network.agreements import Covering, Limit, Member, Terms
from rangkul.network.operations import AgreementDetails
from rangkul.network.queries import suggest_desks
from rangkul.network.ranking import SurvivorFacts
from rangkul.referrals import operations
from rangkul.referrals.operations import default_deadlines

TODAY = NOW.date()


def agree(cast: Cast, **changes: object) -> int:
    values = {
        "title": "PKS Uji", "kind": "bilateral", "since": TODAY, "source": "PKS 1",
        "members": (Member(agency_id=SEMARANG), Member(agency_id=KUPANG)),
        "terms": (
            Terms("medis", payer="receiver", accept=Limit(30), contact=Limit(2, "working_days")),
        ),
    }  # fmt: skip
    details = AgreementDetails(**(values | changes))
    with acting(cast.sinta):
        return network.enter_agreement(details=details, by=cast.sinta, at=NOW).agreement_id


def test_sending_takes_the_agreed_limits_and_keeps_agreement_and_version(
    scene: Scene, cast: Cast
) -> None:
    number = agree(cast)
    with acting(cast.ratih):
        sent = scene.send()
    assert (sent.agreement_id, sent.agreement_version) == (number, 1)
    assert sent.accept_by == NOW + timedelta(hours=30)
    # Two working days from Monday 2 March, to the end of Wednesday in Semarang.
    assert sent.first_contact_by.astimezone(tz=None) > sent.accept_by
    assert sent.first_contact_by.date() == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("area", "midnight"),
    [("33.74", 17), ("53.71", 16), ("91.71", 15)], ids=["WIB", "WITA", "WIT"],
)  # fmt: skip
def test_on_its_last_day_it_speaks_until_midnight_where_the_person_is(
    scene: Scene, cast: Cast, area: str, midnight: int
) -> None:
    """Routing and the clocks of a sending agree about the second in which it ends, and begins."""
    number = agree(cast, until=TODAY)
    with acting(cast.ratih):
        people_at(scene, area)
        basis = scene.consent()
        first = datetime.combine(TODAY - timedelta(days=1), time(midnight), tzinfo=UTC)
        last = datetime.combine(TODAY, time(midnight), tzinfo=UTC)
        for at, speaks in (
            (first - timedelta(seconds=1), False), (first, True),
            (last - timedelta(seconds=1), True), (last, False),
        ):  # fmt: skip
            found = suggest_desks(
                cast.ratih, service="medis", at=at, survivor=SurvivorFacts(30, False, "P", area),
                near_area=area,
            )  # fmt: skip
            (desk,) = [each for each in found.ranked if each.candidate.desk_id == DESK]
            # Outside its days the forum of ten provinces, which has no last day, binds them.
            agreed = desk.candidate.agreement
            assert agreed is not None and (agreed.agreement_id == number) is speaks, at
            if at < NOW:
                continue
            with transaction.atomic():
                sent = operations.send_referral(
                    asked=scene.asked(basis), token=uuid4(), by=cast.ratih, at=at
                )
                assert (sent.agreement_id == number) is speaks, at
                assert (sent.accept_by == at + timedelta(hours=30)) is speaks, at
                transaction.set_rollback(True)


def people_at(scene: Scene, area: str) -> None:
    """The person lives elsewhere, in another zone."""
    CaseFile.objects.filter(case_id=scene.case_id).update(area=area)


def test_without_one_in_force_the_service_s_own_limits_hold(scene: Scene, cast: Cast) -> None:
    agree(cast, since=TODAY + timedelta(days=1), terms=(Terms("rohani", accept=Limit(30)),))
    with acting(cast.ratih):
        sent = scene.send(scene.consent("rohani"))
    assert (sent.agreement_id, sent.agreement_version) == (None, None)
    usual = default_deadlines("rohani", at=NOW, area="33.74")
    assert (sent.accept_by, sent.outcome_by) == (usual.accept_by, usual.outcome_by)


limits = st.none() | st.builds(
    Limit, st.integers(1, 400), st.sampled_from(["hours", "working_days"])
)


@settings(
    max_examples=60, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    accept=limits, contact=limits, outcome=limits,
    service=st.sampled_from(["medis", "hunian", "bantuan_hukum", "vokasi", "layanan_asal"]),
    hours=st.integers(0, 24 * 1000),
)  # fmt: skip
def test_whatever_is_agreed_deadlines_are_in_order(
    db: None,
    accept: Limit | None,
    contact: Limit | None,
    outcome: Limit | None,
    service: str,
    hours: int,
) -> None:
    began = NOW + timedelta(hours=hours)
    terms = Terms(service, accept=accept, contact=contact, outcome=outcome)
    covering = Covering(1, 1, "PKS", terms, TODAY, None, "local", 4)
    due = default_deadlines(service, at=began, area="33.74", covering=covering)
    assert began < due.accept_by <= due.first_contact_by <= due.outcome_by
