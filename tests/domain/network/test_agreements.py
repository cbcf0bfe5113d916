"""Agreements as kept: who may write, versions from a day on, the ten provinces as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast
from tests.rows import app_as

from rangkul.access.policy import Forbidden
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.network import operations, policy, queries
from rangkul.network.agreements import Limit, Member, Terms
from rangkul.network.models import AgreementVersion
from rangkul.network.operations import AgreementDetails
from rangkul.network.queries import SurvivorFacts
from rangkul.network.reasons import ReasonCode
from rangkul.trail.models import Act

TODAY = NOW.date()
ONE = timedelta(days=1)
PAIR = (Member(agency_id=SEMARANG), Member(agency_id=KUPANG))
DETAILS = AgreementDetails(
    title="PKS Uji Semarang–Kupang", kind="bilateral", since=TODAY - 30 * ONE,
    until=TODAY + 30 * ONE, source="PKS 1/2026 ps 4", members=PAIR,
    terms=(Terms("medis", payer="origin", accept=Limit(4)),),
)  # fmt: skip


def enter(by: Actor, details: AgreementDetails = DETAILS) -> AgreementVersion:
    return operations.enter_agreement(details=details, by=by, at=NOW)


def between(on: date = TODAY, service: str = "medis") -> list[tuple[int, int]]:
    return [
        (c.agreement_id, c.version)
        for c in queries.agreements_between(SEMARANG, KUPANG, service, on)
        # The forum of ten provinces stands in every database.
        if c.title == DETAILS.title
    ]


def test_entered_by_a_partys_admin_it_covers_within_its_days(db: None, cast: Cast) -> None:
    with acting(cast.sinta):
        made = enter(cast.sinta)
        assert between() == [(made.agreement_id, 1)]
        assert between(TODAY - 30 * ONE) == between(TODAY + 30 * ONE) == between()
        assert between(TODAY - 31 * ONE) == between(TODAY + 31 * ONE) == []
        assert between(service="visum") == []
        act = Act.objects.get(name="network.agreement_entered")
    assert (act.subject_id, act.detail) == (str(made.agreement_id), {"version": 1})


def test_an_unknown_service_or_agency_is_refused(db: None, cast: Cast) -> None:
    with acting(cast.sinta):
        with pytest.raises(ValueError):
            between(service="pijat")
        with pytest.raises(NotReachable):
            queries.agreements_between(SEMARANG, 1, "medis", TODAY)


def test_only_a_party_keeps_it_and_only_with_the_permission(db: None, cast: Cast) -> None:
    strange = replace(DETAILS, members=(Member(agency_id=KUPANG), Member(agency_id=MAKASSAR)))
    with acting(cast.sinta), pytest.raises(policy.NotAMember):
        enter(cast.sinta, strange)
    with acting(cast.ratih), pytest.raises(Forbidden):
        enter(cast.ratih)


def test_for_an_area_a_small_office_cannot_speak(db: None, cast: Cast) -> None:
    forum = replace(DETAILS, members=(Member(area="33"), Member(area="53")))
    with acting(cast.sinta), pytest.raises(policy.NotAMember):
        enter(cast.sinta, forum)


def test_the_net_under_the_rule_refuses_a_stranger_s_version(
    committed_db: None, cast: Cast
) -> None:
    """Planted fault: somebody of Makassar writes a version with the app's own connection."""
    with acting(cast.sinta):
        made = enter(cast.sinta)
    insert = (
        "insert into network_agreementversion (agreement_id, agency_id, number, title, "
        "paper_number, kind, since, end_reason, notes, source, mark, entered_at) values "
        "(%s, %s, 2, 'x', '', 'mou', %s, '', '', 'x', 'local', now())"
    )
    with app_as(cast.andi) as app, pytest.raises(psycopg.Error, match="not a party"):
        app.execute(insert, [made.agreement_id, MAKASSAR, TODAY])
    with app_as(cast.dorce) as app:
        app.execute(insert, [made.agreement_id, KUPANG, TODAY])
    with app_as(cast.andi) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("update network_agreementversion set title = 'y'")


def test_a_term_cannot_be_hung_on_another_s_version(committed_db: None, cast: Cast) -> None:
    with acting(cast.sinta):
        made = enter(cast.sinta)
    with app_as(cast.andi) as app, pytest.raises(psycopg.errors.ForeignKeyViolation):
        app.execute(
            "insert into network_agreementterm (version_id, agency_id, service, residency, payer, "
            "fallback, notes, accept_unit, contact_unit, outcome_unit) values "
            "(%s, %s, 'visum', 'everyone', 'free', false, '', 'hours', 'hours', 'hours')",
            [made.id, MAKASSAR],
        )
        app.execute("set constraints all immediate")


def test_the_other_party_changes_it_from_a_day_on(db: None, cast: Cast) -> None:
    with acting(cast.sinta):
        made = enter(cast.sinta)
    number = made.agreement_id
    later = replace(DETAILS, since=TODAY + 5 * ONE, terms=(Terms("medis", payer="free"),))
    with acting(cast.dorce):
        with pytest.raises(InvalidInput):
            operations.change_agreement(
                agreement_id=number, details=replace(later, since=TODAY - ONE),
                expected_number=1, by=cast.dorce, at=NOW,
            )  # fmt: skip
        operations.change_agreement(
            agreement_id=number, details=later, expected_number=1, by=cast.dorce, at=NOW
        )
        assert between(TODAY + 4 * ONE) == [(number, 1)]
        assert between(TODAY + 5 * ONE) == [(number, 2)]
        with pytest.raises(StaleForm):
            operations.change_agreement(
                agreement_id=number, details=later, expected_number=1, by=cast.dorce, at=NOW
            )


def test_ending_early_needs_a_reason_and_ends_what_was_planned_too(db: None, cast: Cast) -> None:
    with acting(cast.sinta):
        number = enter(cast.sinta).agreement_id
        operations.change_agreement(
            agreement_id=number, details=replace(DETAILS, since=TODAY + 9 * ONE),
            expected_number=1, by=cast.sinta, at=NOW,
        )  # fmt: skip
        with pytest.raises(InvalidInput):
            operations.end_agreement(
                agreement_id=number, last_day=TODAY, reason=" ", expected_number=2,
                by=cast.sinta, at=NOW,
            )  # fmt: skip
        operations.end_agreement(
            agreement_id=number, last_day=TODAY + ONE, reason="Diganti", expected_number=2,
            by=cast.sinta, at=NOW,
        )  # fmt: skip
        assert between(TODAY + ONE) == [(number, 3)]
        assert between(TODAY + 2 * ONE) == between(TODAY + 10 * ONE) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": " "}),
        ("until", {"until": DETAILS.since - ONE}),
        ("kind", {"kind": "lisan"}),
        ("agencies", {"members": PAIR[:1]}),
        ("areas", {"members": (*PAIR, Member(area="99"))}),
        ("terms", {"terms": ()}),
        ("medis", {"terms": (Terms("medis", accept=Limit(4), contact=Limit(2)),)}),
        ("medis", {"terms": (Terms("medis", accept=Limit(0)),)}),
        ("pijat", {"terms": (Terms("pijat"),)}),
    ],
)
def test_what_cannot_stand_is_told_beside_its_field(
    db: None, cast: Cast, field: str, changes: dict
) -> None:
    with acting(cast.sinta), pytest.raises(InvalidInput) as fault:
        enter(cast.sinta, replace(DETAILS, **changes))
    assert field in fault.value.errors


def test_the_ten_provinces_come_as_data_not_confirmed_and_once(
    committed_db: None, cast: Cast
) -> None:
    assert operations.load_agreements(using="owner") == 0
    with acting(cast.ratih):
        (covering,) = queries.agreements_between(SEMARANG, KUPANG, "pemulangan", TODAY)
        assert queries.agreements_between(SEMARANG, MAKASSAR, "pemulangan", TODAY) == []
        (each,) = queries.list_agreements(on=TODAY)
        names = sorted(m.area.name for m in each.row.members.select_related("area"))
    assert (covering.mark, covering.terms.payer) == ("unverified", "origin")
    assert names == [
        "Bali", "Banten", "DI Yogyakarta", "DKI Jakarta", "Jawa Barat", "Jawa Tengah",
        "Jawa Timur", "Lampung", "Nusa Tenggara Barat", "Nusa Tenggara Timur",
    ]  # fmt: skip


OUTSIDE_THE_FORUM = "juru_bahasa"
HERE = (Terms(OUTSIDE_THE_FORUM, payer="origin"),)


def offer(residents_only: bool) -> None:
    """A desk of Kupang that takes residents; somebody else's of Makassar that takes everyone."""
    from rangkul.network.models import DeskService

    for agency, desk in ((KUPANG, 9202), (MAKASSAR, 9301)):
        DeskService.objects.using("owner").create(
            agency_id=agency, desk_id=desk, service=OUTSIDE_THE_FORUM,
            residents_only=residents_only and agency == KUPANG,
        )  # fmt: skip


WOMAN = SurvivorFacts(age_years=27, is_child=False, sex="P", area_code="33.74")


def test_a_desk_under_an_agreement_comes_first_and_says_who_pays(
    committed_db: None, cast: Cast
) -> None:
    offer(residents_only=True)
    with acting(cast.ratih):
        found = queries.suggest_desks(
            cast.ratih, service=OUTSIDE_THE_FORUM, at=NOW, survivor=WOMAN, near_area="33.74"
        )
        assert [s.desk_id for s in found.ranked] == [9301]
        assert [h.desk_id for h in found.hidden] == [9202]
    with acting(cast.sinta):
        enter(cast.sinta, replace(DETAILS, terms=HERE))
    with acting(cast.ratih):
        found = queries.suggest_desks(
            cast.ratih, service=OUTSIDE_THE_FORUM, at=NOW, survivor=WOMAN, near_area="33.74"
        )
    first = next(s for s in found.ranked if s.desk_id == 9202)
    reasons = {r.code: r for r in first.reasons_for}
    assert reasons[ReasonCode.AGREED].params["title"] == DETAILS.title
    assert reasons[ReasonCode.AGREED].params["payer"] in str(reasons[ReasonCode.AGREED])
    assert ReasonCode.AGREED_RESIDENCY in reasons
    assert first.standing["agreement"] == 0
    other = next(s for s in found.ranked if s.desk_id == 9301)
    assert other.standing["agreement"] == 1


def test_residents_only_stays_where_the_agreement_says_so(committed_db: None, cast: Cast) -> None:
    offer(residents_only=True)
    with acting(cast.sinta):
        enter(cast.sinta, replace(DETAILS, terms=(replace(HERE[0], residency="residents"),)))
    with acting(cast.ratih):
        found = queries.suggest_desks(
            cast.ratih, service=OUTSIDE_THE_FORUM, at=NOW, survivor=WOMAN, near_area="33.74"
        )
    assert [h.desk_id for h in found.hidden] == [9202]


def test_a_release_s_code_cannot_be_taken(committed_db: None, cast: Cast) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), app_as(cast.sinta) as app:
        app.execute(
            "insert into network_agreement (code, agency_id) values ('mpu', %s)", [SEMARANG]
        )
