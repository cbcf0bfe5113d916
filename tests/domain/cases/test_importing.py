"""Rows become files: read as people write, compared with what is known, taken over once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.domain.cases.books import HEAD, ROW
from tests.people import NOW, Cast

from rangkul.access.policy import Forbidden
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.imports import reading
from rangkul.cases.imports.checking import Checked, Defaults, check_rows
from rangkul.cases.imports.columns import NOTE, guess_columns
from rangkul.cases.imports.rows import ImportRow
from rangkul.cases.imports.sealed import ListUnreadable, open_list, seal_list
from rangkul.cases.imports.workbook import Table
from rangkul.clocks import queries as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people import operations as people
from rangkul.people import queries as people_queries

pytestmark = pytest.mark.usefixtures("committed_db")
ZONE = ZoneInfo("Asia/Jakarta")


def table(*rows: list[str], head: list[str] | None = None) -> Table:
    """A list as it was read."""
    return Table("Data", head or HEAD, list(enumerate(rows, start=2)), set(), set())


def checked(
    actor: Actor, read: Table, fixes: dict[tuple[str, str], str] | None = None
) -> list[Checked]:
    """What the rows of a list say."""
    defaults = Defaults("33.74", "ktk", actor.user_id)
    with acting(actor):
        return check_rows(
            actor, read, guess_columns(read.header), defaults=defaults, fixes=fixes or {}, at=NOW
        )


def take(actor: Actor, rows: list[ImportRow], list_id: UUID) -> cases.ImportOutcome:
    """Take rows over, in one transaction."""
    with acting(actor):
        return cases.import_rows(rows=rows, list_id=list_id, zone=ZONE, by=actor, at=NOW)


def row(line: int, **values: Any) -> ImportRow:
    """A row of the supervisor's list."""
    return ImportRow(line, "33.74", ("ktk",), 9013, **values)


# -- reading ----------------------------------------------------------------------------------


def test_a_row_is_read_as_people_write(cast: Cast) -> None:
    (found,) = checked(cast.wahyuni, table(ROW))
    assert not found.errors
    assert found.row == ImportRow(
        line=2, area="33.74", categories=("ktk",), companion_id=9013, name="Kenanga Wiratmi",
        nik="3374016403980001", phone="6281234567890", sex="P", kinds=("fisik", "psikis"),
        born="1998-03-24", note="Datang bersama bibi.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "band", "child"),
    [("13", "13_17", True), ("17 th", "13_17", True), ("18", "18_24", False), ("0", "0_5", True)],
)
def test_an_age_on_the_list_is_the_group_on_the_cover(
    cast: Cast, cell: str, band: str, child: bool
) -> None:
    (found,) = checked(cast.wahyuni, table(["Kenanga", cell], head=["Nama korban", "Umur"]))
    assert found.row is not None
    carried = ImportRow.from_plain(found.row.to_plain())
    taken = take(cast.wahyuni, [carried], uuid4())
    with acting(cast.wahyuni):
        file = case_queries.get_file(cast.wahyuni, taken.opened[0][1])
    assert (file.age_band, file.is_child) == (band, child)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1998-03-24", date(1998, 3, 24)), ("24/03/1998", date(1998, 3, 24)),
        ("24-3-1998", date(1998, 3, 24)), ("24 Maret 1998", date(1998, 3, 24)),
        ("24 Mar 1998", date(1998, 3, 24)), ("35878", date(1998, 3, 24)),
        ("1998-03-24T00:00:00", date(1998, 3, 24)), ("24/03/98", None), ("31/02/1998", None),
        ("Maret", None), ("19980324", None), ("", None),
    ],
)  # fmt: skip
def test_dates_in_every_shape(written: str, read: date | None) -> None:
    assert reading.read_date(written) == read


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("NIK", "33740164"), ("Tgl Lahir", "kira-kira 1990"), ("Tgl Lahir", "01/01/2090"),
     ("No. HP", "tidak punya"), ("Umur", "dewasa"), ("Kab/Kota", "Antah Berantah")],
)  # fmt: skip
def test_nothing_is_lost_for_being_badly_written(cast: Cast, heading: str, cell: str) -> None:
    (found,) = checked(cast.wahyuni, table(["Kenanga", cell], head=["Nama", heading]))
    assert found.row is not None
    assert f"{heading}: {cell}" in found.row.note
    assert [remark.code for remark in found.remarks] == ["unreadable"]


def test_a_column_that_fits_nowhere_becomes_the_note(cast: Cast) -> None:
    read = table(["Kenanga", "biru"], head=["Nama", "Warna kesukaan"])
    (found,) = checked(cast.wahyuni, read)
    assert found.row is not None
    assert found.row.note == "Warna kesukaan: biru"


def test_a_word_that_no_list_knows_is_offered_its_nearest_and_can_be_fixed(cast: Cast) -> None:
    read = table(["Kenanga", "fisk, ngawur"], head=["Nama", "Jenis Kekerasan"])
    (found,) = checked(cast.wahyuni, read)
    assert found.row is not None
    assert [(r.code, r.value) for r in found.remarks] == [
        ("unknown_word", "fisk"), ("unknown_word", "ngawur"),
    ]  # fmt: skip
    assert found.row.kinds == ()
    with acting(cast.wahyuni):
        assert reading.nearest("jenis_kekerasan", "fisk") == "fisik"
        assert reading.nearest("jenis_kekerasan", "ngawur") == ""
    fixes = {("kinds", "fisk"): "fisik", ("kinds", "ngawur"): ""}
    (found,) = checked(cast.wahyuni, read, fixes)
    assert found.row is not None
    assert found.row.kinds == ("fisik",)
    assert found.remarks == []
    assert "ngawur" in found.row.note


def test_a_place_is_found_by_code_and_by_name(cast: Cast) -> None:
    with acting(cast.wahyuni):
        areas = reading.Areas()
        assert areas.find("33.74") == "33.74"
        assert areas.find("Kota Semarang") == "33.74"
        assert areas.find("99.99") == ""


def test_what_is_too_long_is_an_error(cast: Cast) -> None:
    read = table(["Kenanga", "x" * 4_000], head=["Nama", "Catatan"])
    read.cut.add((2, 1))
    (found,) = checked(cast.wahyuni, read)
    assert found.row is None
    assert [error.code for error in found.errors] == ["too_long"]


def test_a_number_that_lost_its_last_digits_is_not_trusted(cast: Cast) -> None:
    read = table(["Kenanga", "3374016403980000"], head=["Nama", "NIK"])
    read.lossy.add((2, 1))
    (found,) = checked(cast.wahyuni, read)
    assert found.row is not None
    assert found.row.nik == ""
    assert "3374016403980000" in found.row.note


# -- doubles ----------------------------------------------------------------------------------


def test_doubles_inside_the_list(cast: Cast) -> None:
    other = ["Kenanga Wiratmi", "", "", "P", "", "24/03/1998", ""]
    spelt = ["Kenanga  Wiratmie", "3374016403980001", "", "P", "", "", ""]
    someone = ["Anggrek Lestiani", "", "", "P", "", "", ""]
    found = checked(cast.wahyuni, table(ROW, other, spelt, someone))
    assert [line.is_double for line in found] == [False, True, True, False]


def test_doubles_among_the_agencys_own_files_and_nobody_elses(cast: Cast) -> None:
    first = checked(cast.wahyuni, table(ROW))[0].row
    assert first is not None
    take(cast.wahyuni, [first], uuid4())
    again = checked(cast.wahyuni, table(["Lain Orang", ROW[1], "", "", "", "", ""],
                                        ["Kenanga Wiratmi", "", "", "", "", "", ""],
                                        ["Anggrek Lestiani", "", "", "", "", "", ""]))  # fmt: skip
    assert [[r.code for r in line.remarks] for line in again] == [
        ["double_number"], ["double_name"], [],
    ]  # fmt: skip
    # Another agency learns nothing of it.
    assert not any(line.is_double for line in checked(cast.marten, table(ROW)))


# -- taking over ------------------------------------------------------------------------------


def test_a_row_becomes_a_whole_file(cast: Cast) -> None:
    (found,) = checked(cast.wahyuni, table(ROW))
    assert found.row is not None
    ((line, case_id),) = take(cast.wahyuni, [found.row], uuid4()).opened
    with acting(cast.wahyuni):
        file = case_queries.get_file(cast.wahyuni, case_id)
        assert line == 2
        assert (file.categories, file.violence_kinds, file.sex) == (
            ["ktk"],
            ["fisik", "psikis"],
            "P",
        )
        assert case_queries.list_notes(cast.wahyuni, case_id)[0].body == "Datang bersama bibi."
        opened = people.open_identity(
            case_id=case_id, reason="menghubungi", by=cast.wahyuni, at=NOW
        )
        assert opened[0].identity.full_name == "Kenanga Wiratmi"
        assert people_queries.search_names(cast.wahyuni, "Kenanga Wiratmi") == [case_id]
        # The first hours lie behind: one clock, not five.
        assert [c.procedure for c in clocks.list_case(cast.wahyuni, case_id)] == [
            "assessment_completed"
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "select name from trail_act where case_id = %s and name in "
                "('file.opened', 'file.imported')", [case_id],
            )  # fmt: skip
            assert sorted(cursor.fetchall()) == [("file.imported",), ("file.opened",)]


@pytest.mark.parametrize(
    ("stated", "held"), [("rendah", "sedang"), ("", "sedang"), ("sedang", "sedang"),
                         ("tinggi", "tinggi")]
)  # fmt: skip
def test_what_was_not_asked_is_not_safe(cast: Cast, stated: str, held: str) -> None:
    ((_, case_id),) = take(cast.wahyuni, [row(2, name="Kenanga", risk=stated)], uuid4()).opened
    with acting(cast.wahyuni):
        assert case_queries.get_file(cast.wahyuni, case_id).risk == held


def test_a_row_is_taken_once_however_often_it_is_sent(cast: Cast) -> None:
    list_id = uuid4()
    first = take(cast.wahyuni, [row(2, name="Kenanga"), row(3, name="Anggrek")], list_id)
    again = take(cast.wahyuni, [row(2, name="Kenanga"), row(4, name="Dahlia")], list_id)
    assert again.known == (first.opened[0],)
    assert [line for line, _ in again.opened] == [4]


def test_one_bad_row_leaves_none_behind(cast: Cast) -> None:
    list_id = uuid4()
    rows = [row(2, name="Kenanga"), row(3, nik="123")]
    with pytest.raises(cases.RowRefused) as fault:
        take(cast.wahyuni, rows, list_id)
    assert fault.value.line == 3
    assert take(cast.wahyuni, rows[:1], list_id).known == ()


def test_only_those_who_may_bring_a_list(cast: Cast) -> None:
    for actor in (cast.ratih, cast.joko, cast.sinta, cast.bagas):
        with pytest.raises(Forbidden):
            take(actor, [row(2, name="Kenanga")], uuid4())


# -- the list between two steps ---------------------------------------------------------------


def test_the_carried_list_is_ciphertext_for_one_person_and_some_hours(cast: Cast) -> None:
    from datetime import timedelta

    carried = seal_list("table", {"rows": [[2, ["Kenanga"]]]}, by=cast.wahyuni, at=NOW)
    assert "Kenanga" not in carried
    assert open_list("table", carried, by=cast.wahyuni, at=NOW)["rows"] == [[2, ["Kenanga"]]]
    for kind, actor, at in (
        ("work", cast.wahyuni, NOW),
        ("table", cast.marten, NOW),
        ("table", cast.nining, NOW),
        ("table", cast.wahyuni, NOW + timedelta(hours=13)),
    ):
        with pytest.raises(ListUnreadable):
            open_list(kind, carried, by=actor, at=at)


@pytest.mark.parametrize("altered", ["", "x", "AAAA", "!!!!"])
def test_an_altered_list_does_not_open(cast: Cast, altered: str) -> None:
    carried = seal_list("table", {"rows": []}, by=cast.wahyuni, at=NOW)
    faulty = carried[:40] + "A" * 8 + carried[48:] if altered == "x" else altered
    with pytest.raises(ListUnreadable):
        open_list("table", faulty, by=cast.wahyuni, at=NOW)


def test_an_unknown_heading_is_left_to_the_person() -> None:
    assert guess_columns(["Kolom A"]) == [NOTE]
