"""What a file begins with: codes that a list holds, an age that cannot make a child an adult."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.people import NOW, Cast

from rangkul.assessments.answers import Answers
from rangkul.cases import operations, queries
from rangkul.cases.operations import IncidentFacts, Opening
from rangkul.custody.models import Case
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.people import operations as people
from rangkul.people import queries as people_queries
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person

OPENING = Opening(area="33.74", categories=("ktk",), triage=Answers.of({}))
INCIDENT = IncidentFacts()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area": "99.99"}, "area"),
        ({"flags": ("besok",)}, "flags"),
        ({"violence_kinds": ("kabut",)}, "violence_kinds"),
        ({"languages": ("klingon",)}, "languages"),
        ({"worker_sex": "siapa"}, "worker_sex"),
        ({"sex": "Q"}, "sex"),
        ({"contact_bans": ("bernapas",)}, "contact_bans"),
        ({"incident": replace(INCIDENT, place_kinds=("bulan",))}, "place_kinds"),
        ({"incident": replace(INCIDENT, area="99.99")}, "incident_area"),
        ({"incident": replace(INCIDENT, transit_areas=("33.74", "99"))}, "transit_areas"),
        ({"incident": replace(INCIDENT, destination_country="??")}, "destination_country"),
        ({"incident": replace(INCIDENT, precision="abad")}, "precision"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_file_is_not_opened_with_it(
    db: None, cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with acting(cast.ratih), pytest.raises(InvalidInput) as caught:
        operations.open_file(opening=replace(OPENING, **changes), by=cast.ratih, at=NOW)
    assert caught.value.errors == {field: "unknown"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("place_kinds", ["bulan"]), ("process", ["sulap"]), ("means", ["sulap"]),
        ("purpose", ["sulap"]), ("area", "99.99"), ("origin_area", "99.99"),
        ("transit_areas", ["99.99"]), ("destination_area", "99.99"),
        ("destination_country", "??"), ("precision", "abad"),
    ],
)  # fmt: skip
def test_the_incident_does_not_take_it(db: None, cast: Cast, name: str, value: object) -> None:
    with acting(cast.ratih):
        file = operations.open_file(opening=OPENING, by=cast.ratih, at=NOW)
        with pytest.raises(InvalidInput) as caught:
            operations.change_incident(
                case_id=file.case_id, expected_version=1, values={name: value}, account=None,
                by=cast.ratih, at=NOW,
            )  # fmt: skip
        assert caught.value.errors == {name: "unknown"}
        assert queries.get_incident(cast.ratih, file.case_id).version == 1


PERSON: dict[str, Any] = {
    "identity": Identity(), "contact": Contact(), "location": Location(), "sex": "",
    "birth_year": None, "relation": "", "contact_allowed": None, "contact_bans": (),
}  # fmt: skip
WRONG = [
    ("relation", "sahabat_karib_uji", "unknown"), ("relation", "suami_istri", "unknown"),
    ("sex", "Q", "unknown"), ("contact_bans", ("bernapas",), "unknown"),
    ("birth_year", 1800, "impossible"), ("birth_year", NOW.year + 1, "impossible"),
    ("location", Location(area="99.99"), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_nobody_is_added_or_changed_with_it(
    db: None, cast: Cast, name: str, value: object, code: str
) -> None:
    field = "area" if name == "location" else name
    with acting(cast.ratih):
        file = operations.open_file(opening=OPENING, by=cast.ratih, at=NOW)
        case = Case.objects.get(id=file.case_id)
        with pytest.raises(InvalidInput) as caught:
            people.add_person(
                case=case, part=Person.KIN, by=cast.ratih, at=NOW, **(PERSON | {name: value})
            )
        assert caught.value.errors == {field: code}
        survivor = people_queries.get_survivor(cast.ratih, file.case_id)
        with pytest.raises(InvalidInput) as caught:
            people.change_person(
                person_id=survivor.id, expected_version=1, by=cast.ratih, at=NOW,
                **(PERSON | {name: value}),
            )  # fmt: skip
        assert caught.value.errors == {field: code}


def test_a_code_that_left_its_list_does_not_stop_other_changes(
    db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rangkul.reference import queries as reference

    with acting(cast.ratih):
        file = operations.open_file(opening=OPENING, by=cast.ratih, at=NOW)
        kin = people.add_person(
            case=Case.objects.get(id=file.case_id), part=Person.KIN, by=cast.ratih, at=NOW,
            relation="ibu_kandung",
        )  # fmt: skip
        monkeypatch.setattr(reference, "is_code", lambda list_name, code: False)
        changed = people.change_person(
            person_id=kin.id, expected_version=1, by=cast.ratih, at=NOW,
            **(PERSON | {"relation": "ibu_kandung", "sex": "P"}),
        )  # fmt: skip
    assert (changed.relation, changed.sex) == ("ibu_kandung", "P")


@pytest.mark.parametrize(
    ("changes", "band", "child"),
    [
        ({"age": 13}, "13_17", True),
        ({"age": 17, "age_on": date(2025, 3, 2)}, "18_24", False),
        ({"age": 17, "age_on": date(2025, 3, 3)}, "13_17", True),
        ({"birth_year": 2008}, "13_17", True),
        ({"birth_year": 2007}, "18_24", False),
        ({"age": 30, "is_child": True}, "25_44", True),
        ({"flags": ("diduga_anak",)}, "", True),
        ({"age": 12, "is_child": False}, "6_12", True),
    ],
    ids=str,
)
def test_in_doubt_a_child(
    db: None, cast: Cast, changes: dict[str, Any], band: str, child: bool
) -> None:
    with acting(cast.ratih):
        file = operations.open_file(opening=replace(OPENING, **changes), by=cast.ratih, at=NOW)
    assert (file.age_band, file.is_child) == (band, child)


@pytest.mark.parametrize("age", [-1, 126])
def test_an_age_that_cannot_be_is_refused(db: None, cast: Cast, age: int) -> None:
    with acting(cast.ratih), pytest.raises(InvalidInput) as caught:
        operations.open_file(opening=replace(OPENING, age=age), by=cast.ratih, at=NOW)
    assert caught.value.errors == {"age": "impossible"}
