"""The order of desks: nobody is sent where she cannot be taken, and nothing is a black box."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.network.duty import Cover, OnDuty
from rangkul.network.ranking import (
    Candidate,
    Coverage,
    Need,
    Step,
    Suggestions,
    SurvivorFacts,
    coverage,
    distance_km,
    rank,
    refusals,
    ring,
)
from rangkul.network.reasons import ReasonCode
from rangkul.reference.calendar import WorkingCalendar
from rangkul.reference.services import SERVICES

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
OFFICE = {str(day): [["08:00", "16:00"]] for day in range(1, 6)}
HERE = "62.71.03"
CALENDAR = WorkingCalendar()

DESK = Candidate(
    desk_id=1, desk_name="Layanan", agency_id=1, agency_name="Puskesmas", agency_kind="puskesmas",
    area_code="62.71.03", area_name="Jekan Raya", confirmed=True, serves=("62.71",), sex="",
    age_min=0, age_max=200, residents_only=False, accessible=True, languages=("ind",),
    capacity=None, free_places=None, free_places_at=None, always_open=False, hours=OFFICE,
    latitude=None, longitude=None, phone="",
)  # fmt: skip
WOMAN = SurvivorFacts(age_years=27, is_child=False, sex="P", area_code="62.71.01")
NEED = Need("medis", MONDAY_NINE, HERE)
COVERED = Cover(1, (OnDuty(5, 6, "P"),), None)


def order(*desks: Candidate, need: Need = NEED, person: SurvivorFacts = WOMAN, covers=None):
    return rank(desks, need, person, calendar=CALENDAR, covers=covers or {}, limit=50)


def codes(found: Suggestions) -> set[ReasonCode]:
    return {reason.code for reason in found.ranked[0].reasons}


areas = st.sampled_from(["62.71.03", "62.71.01", "62.71", "62.02", "62", "31.71", "31", "53.02"])
candidates = st.builds(
    Candidate,
    desk_id=st.integers(1, 10_000),
    desk_name=st.sampled_from(["A", "B"]),
    agency_id=st.integers(1, 50),
    agency_name=st.just("x"),
    agency_kind=st.just("lsm"),
    area_code=areas,
    area_name=st.just("x"),
    confirmed=st.booleans(),
    serves=st.lists(st.one_of(areas, st.just("ID")), max_size=2).map(tuple),
    sex=st.sampled_from(["", "P", "L"]),
    age_min=st.integers(0, 30),
    age_max=st.integers(30, 200),
    residents_only=st.booleans(),
    accessible=st.booleans(),
    languages=st.sampled_from([(), ("ind",), ("ind", "nij")]),
    capacity=st.none(),
    free_places=st.one_of(st.none(), st.integers(0, 4)),
    free_places_at=st.none(),
    always_open=st.booleans(),
    hours=st.sampled_from([{}, OFFICE, {"7": [["00:00", "24:00"]]}]),
    latitude=st.one_of(st.none(), st.floats(-10, 5)),
    longitude=st.one_of(st.none(), st.floats(95, 141)),
    phone=st.just(""),
)
people = st.builds(
    SurvivorFacts,
    age_years=st.one_of(st.none(), st.integers(0, 90)),
    is_child=st.booleans(),
    sex=st.sampled_from(["", "P", "L"]),
    area_code=st.one_of(st.just(""), areas),
    needs_access=st.booleans(),
    languages=st.sampled_from([(), ("ind",), ("nij",)]),
    worker_sex=st.sampled_from(["", "P", "L"]),
)
needs = st.builds(
    Need,
    service=st.sampled_from([str(code) for code in SERVICES]),
    at=st.integers(0, 334 * 24 * 60).map(lambda past: NEW_YEAR + timedelta(minutes=past)),
    near_area=st.one_of(st.just(""), areas),
    near_point=st.one_of(st.none(), st.just((-2.2, 113.9))),
)


def cannot_take(desk: Candidate, person: SurvivorFacts) -> bool:
    """The rule said again, without the code that is tested."""
    if person.age_years is not None:
        wrong_age = not desk.age_min <= person.age_years <= desk.age_max
    elif person.is_child:
        wrong_age = desk.age_min > 17
    else:
        wrong_age = desk.age_max < 18
    wrong_sex = {desk.sex, person.sex} == {"P", "L"}
    served = desk.serves or (desk.area_code,)
    home = person.area_code
    at_home = not home or any(
        s == "ID" or f"{home}.".startswith(f"{s}.") or f"{s}.".startswith(f"{home}.")
        for s in served
    )
    return (
        wrong_age
        or wrong_sex
        or (desk.residents_only and not at_home)
        or (person.needs_access and not desk.accessible)
    )


@given(desks=st.lists(candidates, max_size=8), person=people, need=needs)
def test_a_desk_that_cannot_take_the_person_is_never_ranked(
    desks: list[Candidate], person: SurvivorFacts, need: Need
) -> None:
    found = order(*desks, need=need, person=person)
    assert not any(cannot_take(s.candidate, person) for s in found.ranked)
    assert all(cannot_take(h.candidate, person) and h.reasons for h in found.hidden)
    assert len(found.ranked) + len(found.hidden) == len(desks)


@given(desks=st.lists(candidates, max_size=8), person=people, need=needs)
def test_the_order_is_explained_by_its_steps(
    desks: list[Candidate], person: SurvivorFacts, need: Need
) -> None:
    ranked = order(*desks, need=need, person=person).ranked
    for above, below in itertools.pairwise(ranked):
        first = next((s for s in Step if above.standing[s] != below.standing[s]), None)
        assert first is None or above.standing[first] < below.standing[first]
        assert below.behind_by == first
    assert [s.place for s in ranked] == list(range(1, len(ranked) + 1))


@given(desk=candidates, person=people, need=needs)
def test_nothing_good_ever_sends_a_desk_down(
    desk: Candidate, person: SurvivorFacts, need: Need
) -> None:
    """Confirmed, open, near, with a free place: never below the same desk without one of these."""
    best = replace(
        desk, desk_id=1, desk_name="Z", confirmed=True, always_open=True,
        area_code=need.near_area or desk.area_code, serves=("ID",), free_places=1,
        languages=("ind", "nij"), latitude=-2.2, longitude=113.9,
    )  # fmt: skip
    other = replace(desk, desk_id=2, desk_name="A")
    covers = {1: Cover(1, (OnDuty(1, 1, "P"), OnDuty(2, 2, "L")), None)}
    found = order(other, best, need=need, person=person, covers=covers)
    places = {s.desk_id: s.place for s in found.ranked}
    if 1 in places and 2 in places:
        first, second = (next(s for s in found.ranked if s.desk_id == n) for n in (1, 2))
        # A point is finer than a border: only like is compared with like.
        if (first.distance_km is None) == (second.distance_km is None):
            assert places[1] < places[2] or first.standing == second.standing
        steps = [s for s in Step if s is not Step.DISTANCE]
        assert all(first.standing[s] <= second.standing[s] for s in steps)


@given(desks=st.lists(candidates, min_size=1, max_size=5), person=people, need=needs)
def test_every_reason_has_words_in_the_present_language(
    desks: list[Candidate], person: SurvivorFacts, need: Need
) -> None:
    found = order(*desks, need=need, person=person)
    for shown in (*found.ranked, *found.hidden):
        for reason in shown.reasons:
            if "languages" not in reason.params:
                assert reason.text
                assert "%(" not in reason.text


def test_open_when_needed_means_before_the_answer_is_due() -> None:
    evening = Need("medis", datetime(2026, 11, 23, 13, tzinfo=UTC), HERE)
    assert ReasonCode.OPENS_LATE in codes(order(DESK, need=evening))
    patient = replace(evening, service="vokasi")
    assert ReasonCode.OPENS_IN_TIME in codes(order(DESK, need=patient))


def test_each_step_decides_before_the_next() -> None:
    steps = [
        (Step.ELIGIBILITY, replace(DESK, serves=("31",))),
        (Step.OPEN, replace(DESK, hours={})),
        (Step.PLACE, replace(DESK, free_places=0)),
        (Step.DISTANCE, replace(DESK, area_code="62.71.01")),
        (Step.CONFIRMED, replace(DESK, confirmed=False)),
    ]
    desks = [replace(desk, desk_id=n + 2) for n, (_, desk) in enumerate(steps)]
    found = order(*desks, DESK)
    assert [s.desk_id for s in found.ranked] == [1, 6, 5, 4, 3, 2]
    assert [s.behind_by for s in found.ranked] == [
        None, Step.CONFIRMED, Step.DISTANCE, Step.PLACE, Step.OPEN, Step.ELIGIBILITY,
    ]  # fmt: skip


def test_somebody_on_duty_counts_and_so_does_whom_she_would_rather_see() -> None:
    person = replace(WOMAN, worker_sex="P")
    other = replace(DESK, desk_id=2, desk_name="A")
    found = order(DESK, other, person=person, covers={1: COVERED})
    assert [s.desk_id for s in found.ranked] == [1, 2]
    assert {ReasonCode.ON_DUTY, ReasonCode.WORKER_SEX} <= codes(found)
    against = {reason.code for reason in found.ranked[1].reasons_against}
    assert {ReasonCode.NO_COVER, ReasonCode.WORKER_SEX_MISSING} <= against


@pytest.mark.parametrize(
    ("desk", "person", "reason"),
    [
        (replace(DESK, age_min=12, age_max=17), WOMAN, ReasonCode.WRONG_AGE),
        (replace(DESK, sex="L"), WOMAN, ReasonCode.WRONG_SEX),
        (
            replace(DESK, residents_only=True, serves=("31",)),
            WOMAN,
            ReasonCode.RESIDENTS_ONLY,
        ),
        (
            replace(DESK, accessible=False),
            replace(WOMAN, needs_access=True),
            ReasonCode.NOT_ACCESSIBLE,
        ),
    ],
)
def test_a_hidden_desk_says_why(desk: Candidate, person: SurvivorFacts, reason: ReasonCode) -> None:
    assert [r.code for r in refusals(desk, person)] == [reason]
    assert refusals(DESK, person) == () or reason is ReasonCode.NOT_ACCESSIBLE


def test_what_is_not_known_hides_nothing_but_is_said() -> None:
    nobody = SurvivorFacts(age_years=None, is_child=True, sex="", area_code="")
    desk = replace(DESK, age_min=12, age_max=17, sex="P", residents_only=True)
    found = order(desk, person=nobody)
    unsure = {ReasonCode.AGE_UNSURE, ReasonCode.SEX_UNSURE, ReasonCode.RESIDENCE_UNSURE}
    assert unsure <= codes(found)


@pytest.mark.parametrize(
    ("band", "is_child", "ages"),
    [
        ("13_17", True, (13, 17)), ("0_5", True, (0, 5)), ("18_24", False, (18, 24)),
        ("60_plus", False, (60, 200)), ("", True, (0, 17)),
    ],
)  # fmt: skip
def test_the_age_group_bounds_an_unknown_age(
    band: str, is_child: bool, ages: tuple[int, int]
) -> None:
    person = SurvivorFacts(None, is_child=is_child, sex="", area_code="", age_band=band)
    assert person.ages == ages


def test_a_desk_for_the_young_is_hidden_from_the_old_and_unsure_for_nobody_in_its_bounds() -> None:
    desk = replace(DESK, age_min=12, age_max=17)
    old = SurvivorFacts(None, is_child=False, sex="P", area_code="", age_band="45_59")
    young = SurvivorFacts(None, is_child=True, sex="P", area_code="", age_band="13_17")
    assert [r.code for r in refusals(desk, old)] == [ReasonCode.WRONG_AGE]
    assert refusals(desk, young) == ()
    assert ReasonCode.AGE_UNSURE not in codes(order(desk, person=young))


def test_areas_hold_what_lies_in_them_and_no_namesake_of_their_code() -> None:
    assert coverage("62.71.03", ["62.71"]) is Coverage.FULLY
    assert coverage("62", ["62.71"]) is Coverage.PARTLY
    assert coverage("62.7", ["62.71"]) is Coverage.NONE
    assert coverage("94", ["ID"]) is Coverage.FULLY


def test_rings_and_kilometres() -> None:
    assert [ring(HERE, code) for code in ("62.71.03", "62.71.01", "62.02.01", "31.71")] == [
        0, 1, 2, 3,
    ]  # fmt: skip
    assert ring("", "31") == 3
    # Jakarta to Surabaya, as the map has it.
    assert distance_km((-6.2, 106.8), (-7.25, 112.75)) == pytest.approx(668, abs=8)
