"""The open directory: valid by the official schemas, narrowed and paged as described, and silent
about shelters' places, desks that are not shown, and people.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.api import hsds_standard as standard
from tests.api.hsds_scene import HIDDEN, PLACE, Scene, betray, build
from tests.clients import Client
from tests.people import NOW, Cast
from tests.rows import as_owner

from rangkul.exchange.hsds import mapping, package, terms
from rangkul.exchange.hsds.catalogue import words_of
from rangkul.foundation import hour
from rangkul.network import queries as network

BASE = "/api/hsds/v3/"
VALID = "hsds-valid"
SILENT = "hsds-tells-no-place-no-person"
SILENT_SENTENCE = (
    "The open directory never tells where a shelter stands, nor of a desk that is not shown or out "
    "of service, nor any person's name."
)


@pytest.fixture
def scene(cast: Cast, committed_db: None, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(hour, "now", lambda: NOW)
    return build()


def get(path: str, **parameters: Any) -> Any:
    answer = Client().get(f"{BASE}{path}", parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def collected(path: str, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(1, 99):
        page = get(path, page=number, per_page=7, **parameters)
        found += page["contents"]
        if page["last_page"]:
            assert page["total_items"] == len(found)
            return found
    raise AssertionError("endless pages")


# List → (the official schema of an item, of the thing itself, parameters of the full list)
LISTS = {
    "services": ("compiled/service_list.json", ["compiled/service.json"]),
    "service_at_locations": (
        "compiled/service_at_location_list.json",
        # The description names the schema of a service for the link too; the answer fits both.
        ["compiled/service.json", "compiled/service_at_location.json"],
    ),
    "organizations": ("compiled/organization_list.json", ["compiled/organization.json"]),
    "taxonomies": ("taxonomy.json", ["taxonomy.json"]),
    "taxonomy_terms": ("taxonomy_term.json", ["taxonomy_term.json"]),
}


def judged() -> Iterator[tuple[str, Any]]:
    """Every answer of every list and thing with the official schema it must fit."""
    yield "", get("")
    for name, (of_item, of_thing) in LISTS.items():
        for full in ("false", "true"):
            page = get(name, full=full, per_page=500)
            yield f"{name} page", page
            for said in page["contents"]:
                yield of_item, said
        for said in get(name, minimal="true", per_page=500)["contents"]:
            yield of_item, said
        for said in collected(name):
            for path in of_thing:
                yield path, get(f"{name}/{said['id']}")
    for said in get("organizations", per_page=500)["contents"]:
        yield "compiled/organization.json", get(f"organizations/{said['id']}", full_service="true")


def told_against(answers: Iterator[tuple[str, Any]]) -> tuple[int, list[str]]:
    count, found = 0, []
    for path, said in answers:
        count += 1
        if path.endswith(".json"):
            found += standard.faults(path, said)
    return count, found


@pytest.mark.promise(
    VALID, chapter="web",
    sentence="Every answer of the open directory is valid against the official HSDS 3.0 schemas.",
)  # fmt: skip
def test_every_answer_is_valid(scene: Scene, figure: Callable[[str], None]) -> None:
    count, found = told_against(judged())
    assert found == []
    assert count > 300
    figure(f"{count} answers and items of 11 addresses valid, 0 faults")


@pytest.mark.planted(VALID)
@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("services", lambda said: said.pop("name")),
        ("services", lambda said: said.update(status="open")),
        ("services", lambda said: said.update(minimum_age="seventeen")),
        ("services", lambda said: said.update(last_modified="yesterday")),
        ("organizations", lambda said: said.pop("description")),
        ("service_at_locations", lambda said: said["location"].update(location_type="tent")),
        ("service_at_locations", lambda said: said["location"].update(latitude="-10")),
        ("taxonomy_terms", lambda said: said.update(id="medis")),
    ],
)
def test_planted_answer_tampered_with_is_told(
    scene: Scene, name: str, spoil: Callable[[dict[str, Any]], None]
) -> None:
    said = get(name)["contents"][0]
    of_item = LISTS[name][0]
    assert standard.faults(of_item, said) == []
    spoil(said)
    assert standard.faults(of_item, said)


def test_an_empty_directory_is_valid_too(
    cast: Cast, committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_owner() as owner:
        owner.execute("update network_desk set listed = false")
        owner.commit()
    for name in ("services", "service_at_locations", "organizations"):
        page = get(name)
        assert page == {
            "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0, "first_page": True,
            "last_page": True, "empty": True, "contents": [],
        }  # fmt: skip


# -- what is never told -----------------------------------------------------------------------


def everything() -> str:
    """All that the open directory says, by every address, in one text."""
    said = [json.dumps(answer, ensure_ascii=False) for _, answer in judged()]
    archive = zipfile.ZipFile(io.BytesIO(Client().get(f"{BASE}package.zip").content))
    said += [archive.read(name).decode() for name in archive.namelist()]
    said += [
        b"".join(Client().get(f"{BASE}{name}", {"format": "ndjson"})).decode() for name in LISTS
    ]
    return "\n".join(said)


def names() -> list[str]:
    with as_owner() as owner:
        rows = owner.execute("select display_name, username from accounts_user").fetchall()
    return [word for row in rows for word in row if word]


@pytest.mark.promise(SILENT, chapter="web", sentence=SILENT_SENTENCE)
def test_no_place_no_hidden_desk_no_person_is_told(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    betray()
    said, people = everything(), names()
    assert len(people) > 10
    assert "Layanan Uji" in said
    forbidden = [*HIDDEN, *PLACE, *people]
    assert [word for word in forbidden if word in said] == []
    figure(f"0 of {len(forbidden)} planted words in {len(said) // 1024} KB of answers")


@pytest.mark.planted(SILENT)
def test_planted_shelter_taken_for_an_office_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    betray()
    monkeypatch.setattr(mapping, "is_shelter", lambda entry: False)
    said = everything()
    assert [word for word in PLACE if word in said] == list(PLACE[:-1])


@pytest.mark.planted(SILENT)
def test_planted_list_of_all_desks_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "list_listed_entries", lambda *, at: network.list_entries_of(None))
    said = everything()
    assert all(word in said for word in HIDDEN)


# -- how it is asked --------------------------------------------------------------------------


def test_a_desk_is_told_in_full(scene: Scene) -> None:
    said = get(f"services/{mapping.service_id(scene.office.code, 'psikologi')}")
    assert said["name"].endswith(" · Layanan Uji")
    assert (said["maximum_age"], said["status"]) == (17, "active")
    assert "minimum_age" not in said
    assert said["assured_date"] == "2026-02-20"
    assert "alert" not in said
    assert [area["uri"] for area in said["service_areas"]] == [
        "urn:rangkul:wilayah:53.71", "urn:rangkul:wilayah:53",
    ]  # fmt: skip
    (link,) = said["service_at_locations"]
    place = link["location"]
    assert place["addresses"][0]["address_1"] == "Jalan Uji 1"
    assert [phone["number"] for phone in place["phones"]] == ["0840 1000 1", "+62 840 1000 2"]
    assert [each["code"] for each in place["languages"]] == ["ind", "tet"]
    assert place["accessibility"][0]["details"] == "Pintu samping"
    first, second, note = place["schedules"]
    assert (first["byday"], first["opens_at"], first["closes_at"], first["timezone"]) == (
        "MO,TU,WE,TH,FR", "08:00+08:00", "12:00+08:00", 8,
    )  # fmt: skip
    assert second["opens_at"] == "13:00+08:00"
    assert note["notes"] == "Telepon dahulu"
    terms_said = {mark["taxonomy_term"]["name"] for mark in said["attributes"]}
    assert {"Untuk perempuan", "Hanya untuk penduduk wilayahnya"} <= terms_said
    assert said["eligibility_description"].count("/") == 1


def test_a_shelter_is_a_contact_and_never_a_place(scene: Scene) -> None:
    said = get(f"services/{mapping.service_id(scene.shelter.code, 'hunian')}")
    place = said["service_at_locations"][0]["location"]
    assert place["location_type"] == "virtual"
    assert place["phones"][0]["number"] == "0840 1000 3"
    assert not {"addresses", "latitude", "longitude"} & set(place)
    assert "Last confirmed 2025-01-26" in said["alert"]
    assert place["schedules"][0]["closes_at"] == "00:00+07:00"


def ids(path: str, **asked: Any) -> set[str]:
    return {said["id"] for said in collected(path, **asked)}


def test_lists_are_narrowed(scene: Scene) -> None:
    office, shelter = scene.office.code, scene.shelter.code
    mine = {
        mapping.service_id(office, each)
        for each in ("laporan", "psikologi", "bantuan_hukum", "medis")
    }
    owner = mapping.organization_id("hsds-kantor")
    assert ids("services", organization_id=owner) == mine
    assert ids("services", organization_id=owner.upper()) == mine
    assert ids("services", search="kantor UJI medis") == {mapping.service_id(office, "medis")}
    assert ids("services", search="Medical terbuka") == {mapping.service_id(office, "medis")}
    assert ids("services", search="tidak ada yang begini") == set()
    hunian = [terms.term(terms.SERVICE, "hunian", language).id for language in ("id", "en")]
    for term in hunian:
        found = ids("services", taxonomy_term_id=term)
        assert found == {mapping.service_id(shelter, "hunian")}
    assert mine <= ids("services", taxonomy_id=terms.taxonomy_id(terms.SERVICE))
    assert ids("services", taxonomy_id=terms.taxonomy_id(terms.KIND)) == set()
    assert ids("organizations", search="rumah uji") == {mapping.organization_id("hsds-rumah")}
    assert ids("taxonomy_terms", taxonomy_id=terms.taxonomy_id(terms.MARK), search="disab")
    assert ids("taxonomy_terms", parent_id=hunian[0]) == set()
    assert ids("service_at_locations", organization_id=owner) == {
        mapping.at_location_id(office, each)
        for each in ("laporan", "psikologi", "bantuan_hukum", "medis")
    }


def test_a_search_of_thousands_of_words_is_answered_as_quickly(scene: Scene) -> None:
    endless = " ".join(f"{letter}{number}" for number in range(40) for letter in "aiu")
    assert len(words_of(f"Uji UJI {endless}")) == 12
    assert ids("services", search="a " * 200 + "i u e o") == ids("services", search="a i u e o")


def test_only_what_changed_since(scene: Scene) -> None:
    with as_owner() as owner:
        owner.execute("update network_desk set changed_at = '2026-02-01T00:00:00Z'")
        owner.execute(
            "update network_desk set changed_at = '2026-03-01T00:00:00Z' where code = %s",
            [scene.hotline.code],
        )
        owner.commit()
    hotline = {mapping.service_id(scene.hotline.code, "laporan")}
    for moment in ("2026-02-15", "2026-02-15T10:00:00Z", "2026-02-15T10:00:00+07:00",
                   "2026-03-01T00:00:00Z"):  # fmt: skip
        assert ids("services", modified_after=moment) == hotline, moment
    assert ids("services", modified_after="2026-03-01T00:00:01Z") == set()


def test_pages_as_described(scene: Scene) -> None:
    first = get("services", per_page=2)
    assert (first["size"], first["first_page"], first["last_page"]) == (2, True, False)
    assert first["total_pages"] == -(-first["total_items"] // 2)
    last = get("services", per_page=2, page=first["total_pages"])
    assert last["last_page"]
    beyond = get("services", per_page=2, page=first["total_pages"] + 5)
    assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)
    assert get("services", per_page=10_000)["size"] == first["total_items"]
    lines = b"".join(Client().get(f"{BASE}services", {"format": "ndjson"})).splitlines()
    assert len(lines) == first["total_items"]
    assert json.loads(lines[0]) == first["contents"][0]


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("services", "page", "0"), ("services", "page", "x"), ("services", "per_page", "-1"),
        ("services", "page", "9" * 40), ("services", "page", "\u0663"),
        ("services", "full", "perhaps"), ("services", "minimal", "2"),
        ("services", "modified_after", "yesterday"), ("services", "modified_after", "2026-13-01"),
        ("services", "format", "xml"), ("taxonomy_terms", "top_only", "x"),
        ("organizations", "full_service", "x"), ("service_at_locations", "postcode", "57174"),
        ("service_at_locations", "proximity", "1000"),
    ],
)  # fmt: skip
def test_bad_parameters_get_a_sentence(scene: Scene, path: str, parameter: str, value: str) -> None:
    answer = Client().get(f"{BASE}{path}", {parameter: value})
    assert answer.status_code == 400
    (field,) = answer.json()["fields"]
    assert field["field"] == parameter
    assert field["message_id"] != field["message_en"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_unknown_things_are_missing_in_json(scene: Scene) -> None:
    for name in LISTS:
        for unknown in ("x", "00000000-0000-0000-0000-000000000000", "%00", "é"):
            answer = Client().get(f"{BASE}{name}/{unknown}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    hidden = mapping.service_id("hsds-kantor.tersembunyi", "medis")
    assert Client().get(f"{BASE}services/{hidden}").status_code == 404


def test_open_to_all_without_a_cookie(scene: Scene) -> None:
    client = Client()
    answer = client.get(f"{BASE}services", headers={"Origin": "https://peta.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert not client.cookies
    assert "Cookie" not in answer.get("Vary", "")
    asked = client.options(f"{BASE}services")
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    assert client.head(f"{BASE}services").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(Client(enforce_csrf_checks=True), method)(f"{BASE}services")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.get(f"{BASE}services", headers={"Accept-Encoding": "gzip"})[
        "Content-Encoding"
    ] == "gzip"  # fmt: skip


def test_what_is_known_is_not_sent_again(scene: Scene, django_assert_num_queries: Any) -> None:
    client = Client()
    first = client.get(f"{BASE}services")
    tag = first["ETag"]
    assert first["Last-Modified"]
    with django_assert_num_queries(1):
        known = client.get(f"{BASE}services", headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    other = client.get(f"{BASE}services", {"full": "true"}, headers={"If-None-Match": tag})
    assert other.status_code == 200
    with as_owner() as owner:
        owner.execute(
            "update network_desk set phone = '0840 2' where code = %s", [scene.office.code]
        )
        owner.commit()
    with django_assert_num_queries(4):
        changed = client.get(f"{BASE}services", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    link = mapping.at_location_id(scene.office.code, "medis")
    phones = get(f"service_at_locations/{link}")["location"]["phones"]
    assert phones[0]["number"] == "0840 2"


def test_identifiers_never_change() -> None:
    assert mapping.organization_id("pppa-dki") == "c58d8f3a-c539-53d8-ba15-8300dca61c1e"
    assert (
        mapping.service_id("pppa-dki.layanan", "psikologi")
        == "86b30002-e11a-5dbd-993c-d43c75487e07"
    )
    assert mapping.location_id("pppa-dki.layanan") == "3466dd20-3ccf-5a4e-b842-5c42647920bf"


def test_the_package_is_whole_and_has_the_standards_columns(scene: Scene) -> None:
    answer = Client().get(f"{BASE}package.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    rows = {
        table: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
        for table, name in package.FILES.items()
    }
    for table, columns in package.COLUMNS.items():
        official = standard.published()[f"{table}.json"]
        plain = [
            n for n, r in official["properties"].items() if r.get("type") in {"string", "number"}
        ]
        assert list(columns) == plain
        assert package.FILES[table] == official["path"]
        needed = {*official.get("required", ()), *official.get("tabular_required", ())}
        for row in rows[table]:
            assert set(row) == set(columns)
            assert [
                n for n in needed if not row[n] and n not in {"postal_code", "previous_value"}
            ] == []
        assert len({row["id"] for row in rows[table]}) == len(rows[table])
    assert {row["id"] for row in rows["service"]} == ids("services")
    assert all(re.fullmatch(r"[0-9a-f-]{36}", row["id"]) for table in rows for row in rows[table])
    assert json.loads(archive.read("datapackage.json"))["resources"]
