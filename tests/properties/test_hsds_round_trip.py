"""What the directory says in HSDS can be read back: the same entry, by tables and by JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people import NOW

from rangkul.exchange.hsds import bringing, files, package
from rangkul.exchange.hsds.mapping import Setting
from rangkul.network.entries import DeskDetails, Entry, Offer
from rangkul.network.hours import check_hours
from rangkul.network.models import Agency, Desk
from rangkul.network.queries import DeskEntry
from rangkul.reference.services import SERVICES, ServiceCode

AREAS = ("53.71", "53", "33.74", "81", "ID")
SIGNS = st.characters(
    exclude_categories=("C", "Zl", "Zp"), exclude_characters="\x85"
)  # what a field of a form can hold


def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    text = st.text(SIGNS, min_size=least, max_size=most).map(lambda said: said.strip())
    return st.one_of(text, st.sampled_from(["=1+1", "'a", "@b", "-", "+x", 'a;b,c"d'])).filter(
        lambda said: len(said) >= least
    )


@st.composite
def hours(draw: Any) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for day in draw(st.sets(st.sampled_from("1234567"))):
        marks = sorted(draw(st.sets(st.integers(0, 48), min_size=2, max_size=4)))
        clocks = [f"{mark // 2:02d}:{mark % 2 * 30:02d}" for mark in marks]
        found[day] = [list(pair) for pair in zip(clocks[::2], clocks[1::2], strict=False)]
    return check_hours(found)


@st.composite
def entries(draw: Any) -> Entry:
    services = draw(st.lists(st.sampled_from([str(code) for code in SERVICES]), unique=True))
    ages = [sorted(draw(st.tuples(st.integers(0, 120), st.integers(0, 200)))) for _ in services]
    offers = tuple(
        Offer(code, draw(st.sampled_from(["", "P", "L"])), low, high, draw(st.booleans()))
        for code, (low, high) in zip(services, ages, strict=True)
    )
    takes = draw(st.booleans())
    place = ServiceCode.HUNIAN not in services and draw(st.booleans())
    always = draw(st.booleans())
    details = DeskDetails(
        name=draw(words(40, 1)), phone=draw(words(30)),
        whatsapp=draw(st.from_regex(r"\+?[0-9][0-9 ().-]{2,20}[0-9]", fullmatch=True)),
        languages=tuple(draw(st.lists(st.sampled_from(["ind", "inl", "sibi"]), unique=True))),
        serves=tuple(draw(st.lists(st.sampled_from(AREAS), unique=True, max_size=3)))
        if services or takes else (),
        accessible=draw(st.booleans()), takes_reports=takes, active=draw(st.booleans()),
        listed=draw(st.booleans()), capacity=draw(st.none() | st.integers(0, 90)),
        latitude=draw(st.floats(-11, 6)) if place else None,
        longitude=draw(st.floats(95, 141)) if place else None,
        website=draw(st.sampled_from(["", "https://uji.example/a?b=c"])),
        address=draw(words(60)) if place else "", access_notes=draw(words(60)),
        hours_note=draw(words(60)),
    )  # fmt: skip
    return Entry(details, always, {} if always else draw(hours()), offers)


def told(entry: Entry, area: str) -> DeskEntry:
    agency = Agency(id=1, code="uji", name="Lembaga", short_name="Lembaga", kind="uptd_ppa",
                    level="kab_kota", area_id=area)  # fmt: skip
    desk = Desk(id=7, agency=agency, code="uji.meja", name=entry.details.name,
                changed_at=NOW, confirmed_at=NOW - timedelta(days=3))  # fmt: skip
    return DeskEntry(desk, entry)


def as_read(entry: Entry, area: str) -> dict[str, Any]:
    """An entry as any reader must understand it: its own area is the same as none."""
    serves = entry.details.serves
    return replace(
        entry, details=replace(entry.details, serves=() if serves == (area,) else serves)
    ).values()


BLANK = Entry(DeskDetails(name="Kosong"))


@pytest.mark.parametrize("form", ["json", "csv"])
@settings(max_examples=120, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(entry=entries(), area=st.sampled_from(["53.71", "33.74"]))
def test_what_is_told_is_read_back(committed_db: None, form: str, entry: Entry, area: str) -> None:
    one = told(entry, area)
    setting = Setting.of([one], at=NOW)
    content = (
        package.json_file([one], setting)
        if form == "json"
        else package.zipped(package.csv_files([one], setting))
    )
    brought = files.read(content, "berkas")
    same = bringing.plan(brought, [one], by=None)
    assert same.remarks == []
    assert same.changes == []
    # Into a desk of which nothing is known yet: all of it arrives.
    (change,) = bringing.plan(brought, [told(BLANK, area)], by=None).changes or [None]
    arrived = change.entry if change else BLANK
    assert arrived.values() == as_read(entry, area)
    again = told(arrived, area)
    assert package.json_file([again], setting) == package.json_file([one], setting)
    assert package.csv_files([again], setting) == package.csv_files([one], setting)


def test_a_reader_that_loses_a_field_is_told(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = Entry(DeskDetails(name="Meja", whatsapp="0840 1", access_notes="Ramp"))
    one = told(entry, "53.71")
    content = package.json_file([one], Setting.of([one], at=NOW))
    monkeypatch.setattr(bringing._Reader, "_phones", lambda self, details: details)
    (change,) = bringing.plan(files.read(content, ""), [told(BLANK, "53.71")], by=None).changes
    assert change.entry.values() != as_read(entry, "53.71")
