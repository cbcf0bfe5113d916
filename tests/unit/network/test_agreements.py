"""Membership, validity, versions and precedence of agreements, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rangkul.network.agreements import (
    WORKING_DAYS,
    Limit,
    Member,
    Party,
    Terms,
    Version,
    coverings,
    expires_soon,
    in_order,
    of_the_day,
)

DAY = date(2026, 3, 2)
ONE = timedelta(days=1)
JAKARTA = Party(1, "31.71", "rumah_sakit")
KUPANG = Party(2, "53.71", "uptd_ppa")
KUPANG_TOO = Party(3, "53.71", "rumah_sakit")
PAPUA = Party(4, "94.71", "uptd_ppa")
AREAS = (Member(area="31"), Member(area="53"))
FORUM = Version(
    agreement_id=1, number=1, title="Forum", since=DAY, until=DAY + 9 * ONE, members=AREAS,
    terms=(Terms("medis", payer="finder"),),
)  # fmt: skip


def found(*versions: Version, sender: Party = JAKARTA, receiver: Party = KUPANG,
          service: str = "medis", on: date = DAY) -> list[int]:  # fmt: skip
    return [c.agreement_id for c in coverings(versions, sender, receiver, service, on)]


@pytest.mark.parametrize(
    ("on", "covers"),
    [(DAY - ONE, False), (DAY, True), (DAY + 9 * ONE, True), (DAY + 10 * ONE, False)],
)
def test_first_and_last_day_count_and_no_other(on: date, covers: bool) -> None:
    assert found(FORUM, on=on) == ([1] if covers else [])


def test_both_must_be_members_and_the_service_agreed() -> None:
    assert found(FORUM, receiver=PAPUA) == found(FORUM, sender=PAPUA) == []
    assert found(FORUM, service="visum") == []


def test_an_area_binds_its_agencies_towards_others_not_among_themselves() -> None:
    assert found(FORUM, sender=KUPANG, receiver=KUPANG_TOO) == []
    bound = replace(FORUM, members=(Member(area="53", among_themselves=True),))
    assert found(bound, sender=KUPANG, receiver=KUPANG_TOO) == [1]


def test_nothing_is_agreed_with_oneself() -> None:
    bound = replace(FORUM, members=(Member(area="53", among_themselves=True),))
    assert found(bound, sender=KUPANG, receiver=KUPANG) == []


def test_an_area_is_no_prefix_of_letters() -> None:
    nearby = Party(9, "5.3", "uptd_ppa")
    assert Member(area="53").closeness(nearby) == 0
    assert Member(area="53.7").closeness(KUPANG) == 0


def test_kinds_narrow_an_area() -> None:
    clinics = replace(FORUM, members=(Member(area="31"), Member(area="53", kinds=("rumah_sakit",))))
    assert found(clinics, receiver=KUPANG) == []
    assert found(clinics, receiver=KUPANG_TOO) == [1]


def test_a_later_version_speaks_from_its_day_and_the_older_never_again() -> None:
    second = replace(FORUM, number=2, since=DAY + 3 * ONE, terms=(Terms("visum"),))
    assert found(FORUM, second, on=DAY + 2 * ONE) == [1]
    assert found(FORUM, second, on=DAY + 3 * ONE) == []
    assert found(FORUM, second, service="visum", on=DAY + 3 * ONE) == [1]
    ended = replace(FORUM, number=3, since=DAY + ONE, until=DAY + ONE)
    assert of_the_day([FORUM, second, ended], DAY + 5 * ONE) == []


def test_the_closest_first_then_the_newest() -> None:
    named = replace(
        FORUM, agreement_id=2, since=DAY - 100 * ONE,
        members=(Member(agency_id=1), Member(agency_id=2)),
    )  # fmt: skip
    half = replace(FORUM, agreement_id=3, members=(Member(agency_id=1), Member(area="53")))
    newer = replace(FORUM, agreement_id=4, since=DAY + ONE)
    narrow = (Member(area="31"), Member(area="53", kinds=("uptd_ppa",)))
    kinds = replace(FORUM, agreement_id=5, members=narrow)
    assert found(FORUM, newer, kinds, half, named, on=DAY + ONE) == [2, 3, 5, 4, 1]


def test_soon_is_near_and_not_over() -> None:
    assert expires_soon(DAY, DAY)
    assert expires_soon(DAY + 90 * ONE, DAY)
    assert not expires_soon(DAY + 91 * ONE, DAY)
    assert not expires_soon(DAY - ONE, DAY)
    assert not expires_soon(None, DAY)


def test_limits_of_one_unit_may_not_run_backwards() -> None:
    assert in_order((Limit(2), None, Limit(2)))
    assert not in_order((Limit(4), Limit(2), None))
    assert in_order((Limit(40), Limit(2, WORKING_DAYS), Limit(48)))
