"""The invented country: the same from the same seed, skewed as life is, and without real people."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from rangkul.access.roles import check_roles
from rangkul.commands.synth import country, rows
from rangkul.commands.synth.country import KINDS, Bases, Country, Task
from rangkul.commands.synth.stories import Storyteller
from rangkul.reference.release import read_areas, read_codes
from rangkul.reference.services import SERVICES

_UNTIL = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
# Columns that hold keys or what keys made, and so differ from run to run.
_RANDOM = {"token", "spelling"}


def _build(agencies: int = 200, staff: int = 600, seed: int = 7) -> Country:
    return country.build(seed=seed, agencies=agencies, staff=staff, bases=Bases())


def _tell(chunks: list[int], *, seed: int = 7) -> dict[str, list[list[str]]]:
    task = Task(seed, 1100, 200, 600, _UNTIL, Bases(), 1)
    teller = Storyteller(task, _build(seed=seed))
    written = {chunk: teller.chunk(chunk) for chunk in chunks}
    return {
        table: [
            value
            for chunk in sorted(written)
            for line in written[chunk][table]
            if (value := _steady(table, line))
        ]
        for table in rows.TABLES
    }


def _steady(table: str, line: str) -> list[str]:
    """A row without what keys made; the key store is all keys."""
    if table == "foundation_datakey":
        return []
    names = rows.TABLES[table].split()
    pairs = zip(names, line.split("\t"), strict=True)
    random = _RANDOM if table == "people_token" else set()
    return [v for name, v in pairs if name not in random and not name.endswith("_sealed")]


def test_the_whole_country_has_its_sizes_and_every_road() -> None:
    land = _build(agencies=3000, staff=10_000)
    assert len(land.agencies) == 3000
    assert sum(len(agency.staff) for agency in land.agencies) == 10_000
    assert all(agency.staff and agency.desks for agency in land.agencies)
    kinds: dict[str, set[str]] = {}
    for agency in land.agencies:
        kinds.setdefault(agency.area, set()).add(agency.kind)
    for area in read_areas("regency"):
        assert kinds[area.code] >= {"dinas_sosial", "uptd_ppa", "polres", "puskesmas"}
    for area in read_areas("province"):
        assert kinds[area.code] >= {"bp3mi", "polda", "lbh"}


def test_every_service_but_the_rare_is_offered_in_every_province() -> None:
    land = _build(agencies=3000, staff=10_000)
    for service in SERVICES:
        offered = land.by_service[service]
        areas = {area.code for area in read_areas("province")} if service != "lpsk" else {""}
        assert areas <= set(offered), service


def test_codes_and_roles_are_known() -> None:
    assert set(KINDS) <= {code.code for code in read_codes("jenis_lembaga")}
    for agency in _build().agencies:
        for member in agency.staff:
            check_roles(member.roles)
            assert set(member.desk_ids) <= {desk.id for desk in agency.desks}


def test_cases_are_skewed_and_the_benchmark_has_its_share() -> None:
    land = _build(agencies=3000, staff=10_000)
    drawn = Counter(land.draw_lead(n / 20_000).id for n in range(20_000))
    assert drawn[land.agencies[0].id] == pytest.approx(300, rel=0.1)
    usual = sorted(drawn.values())
    assert usual[-1] > 15 * usual[len(usual) // 2]
    by_province = Counter(land.by_id[agency].area[:2] for agency in drawn.elements())
    assert by_province["32"] > by_province["33"] > by_province["62"]


@pytest.mark.parametrize("sizes", [(5, 50), (50, 40)])
def test_sizes_that_make_no_country_are_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="needed"):
        _build(*sizes)


def test_the_same_seed_tells_the_same_in_any_order() -> None:
    assert _tell([0, 1, 2]) == _tell([2, 0, 1])


def test_another_seed_tells_something_else() -> None:
    first, second = _tell([0])["cases_casefile"], _tell([0], seed=8)["cases_casefile"]
    assert len(first) == len(second) == country.CHUNK
    assert not {tuple(row) for row in first} & {tuple(row) for row in second}


def test_nothing_happens_after_the_last_moment() -> None:
    told = _tell([2])
    past = {"at", "opened_at", "written_at", "happened_at", "made_at", "sent_at", "recorded_at"}
    looked_at = 0
    for table, lines in told.items():
        if table in ("foundation_datakey", "people_token"):
            continue
        names = [n for n in rows.TABLES[table].split() if not n.endswith("_sealed")]
        for row in lines:
            for name, value in zip(names, row, strict=True):
                if name in past and value != rows.NULL:
                    looked_at += 1
                    assert datetime.fromisoformat(value) <= _UNTIL, (table, name)
    assert looked_at > 1000


def test_words_survive_the_text_form() -> None:
    assert rows.text("a\tb\\c\nd") == r"a\tb\\c\nd"
    assert rows.json_text({"a": 'b"c'}) == r'{"a":"b\\"c"}'
    assert rows.array([]) == "{}"
    assert rows.sealed(b"\x01\xff") == r"\\x01ff"
