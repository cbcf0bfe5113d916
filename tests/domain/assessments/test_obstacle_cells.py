"""What stood in the way, as coordinators learn it: by agency or province, never of few cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from tests.domain.cases.test_fillings import TALK, Desk
from tests.people import NOW, SEMARANG, Cast
from tests.rows import as_owner
from tests.web.files import open_file, signed_in

from rangkul.access.policy import Forbidden
from rangkul.assessments import obstacles
from rangkul.assessments.migrations import __name__ as migrations
from rangkul.assessments.obstacles import Cell, list_cells
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

CODE = "obstacles-tell-of-nobody"
SENTENCE = (
    "Coordinators learn what stood in the way of assessing by place and number only, and no number "
    "below five is told or can be reckoned from those that are."
)


def log(by: Actor, *kinds: str) -> None:
    """One file more of ``by``'s agency, in which these kinds were met this day."""
    today = (hour.now() - NOW) / timedelta(hours=1)
    Desk(by, open_file(by)).fill(
        "rk12_hambatan", TALK | {"macam": " ".join(kinds), "tahap": "hunian"}, hours=today
    )


def cells(by: Actor, days: int = 30) -> list[Cell]:
    with acting(by):
        return list_cells(by, days=days)


def seen_by_coordinators(cast: Cast) -> tuple[list[Cell], list[Cell]]:
    """Five files and four in Central Java, two in NTT: what its and the nation's people learn."""
    for place in range(5):
        log(cast.ratih, "bahasa", *(["penuh"] if place else []))
    for _each in range(2):
        log(cast.yohana, "bahasa")
    return cells(cast.retno), cells(cast.hendra)


@pytest.mark.promise(CODE, chapter="walls", sentence=SENTENCE)
def test_few_are_kept_back_and_cannot_be_reckoned(
    cast: Cast, figure: Callable[[str], None]
) -> None:
    province, nation = seen_by_coordinators(cast)
    assert province == [Cell("", "bahasa", 5), Cell(str(SEMARANG), "bahasa", 5)]
    # The nation's total less the one province told would be the two cases of the other.
    assert nation == [Cell("33", "bahasa", 5)]
    assert cells(cast.filmon) == []
    figure("3 of 3 cells below five, and the total that would tell one, were kept back")


@pytest.mark.planted(CODE)
def test_a_database_that_tells_of_few_is_seen(cast: Cast) -> None:
    """Planted: the limit is one."""
    with as_owner() as owner:
        [[text]] = owner.execute(
            "select pg_get_functiondef('house.obstacle_cells(integer)'::regprocedure)"
        ).fetchall()
        assert text.count("< 5") == 1
        assert text.count(">= 5") == 3
        owner.execute(text.replace("< 5", "< 1").replace(">= 5", ">= 1"))
    province, nation = seen_by_coordinators(cast)
    assert Cell(str(SEMARANG), "penuh", 4) in province
    assert Cell("53", "bahasa", 2) in nation


def test_nobody_else_is_told_and_only_of_three_stretches(cast: Cast) -> None:
    seen_by_coordinators(cast)
    for actor in (cast.ratih, cast.wahyuni, cast.sinta):
        with pytest.raises(Forbidden):
            cells(actor)
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("select * from house.obstacle_cells(30)")
            assert cursor.fetchall() == []
    assert cells(cast.retno, days=90) == cells(cast.retno)
    assert cells(cast.retno, days=31) == []


def test_the_database_knows_the_answers_that_the_house_knows() -> None:
    """The function was made of the constants as they were: a change needs a migration."""
    from importlib import import_module

    made = import_module(f"{migrations}.0005_obstacle_cells")
    assert obstacles.SEEN == made._SEEN
    assert obstacles.STRETCHES == (30, 90, 365)


def test_the_page_says_where_and_what_is_kept_back(cast: Cast) -> None:
    there = "/asesmen/hambatan/wilayah/"
    chief = signed_in(cast.retno)
    assert "Nothing was met often enough" in chief.get(there).content.decode()
    seen_by_coordinators(cast)
    page = chief.get(there, {"hari": "30"}).content.decode()
    assert "Language" in page
    assert "(5)" in page
    assert "Full" not in page
    whole = signed_in(cast.hendra).get(there).content.decode()
    assert "kept back" in whole
    assert "Jawa Tengah (5)" in whole
    assert "Nusa Tenggara Timur" not in whole
    assert signed_in(cast.ratih).get(there).status_code == 403
