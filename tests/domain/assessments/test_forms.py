"""A version of a form: uploaded whole or not at all, tried, published for good, retired."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from tests.people import NOW, Cast, owner_url
from tests.unit.assessments.forms import RISK, SETTINGS, ask, workbook

from rangkul.access.policy import Forbidden
from rangkul.assessments import events, operations, queries
from rangkul.assessments.models import FormVersion
from rangkul.assessments.problems import FormRefused
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.models import Act


@pytest.fixture
def keeper(db: None, cast: Cast) -> Iterator[Cast]:
    with acting(cast.sinta):
        yield cast


def uploaded(cast: Cast, **settings: str) -> FormVersion:
    return operations.upload_form(
        data=workbook(RISK, settings=SETTINGS | settings), name="uji.xlsx", by=cast.sinta, at=NOW
    )


def published(cast: Cast, **settings: str) -> FormVersion:
    form = uploaded(cast, **settings)
    operations.start_test(form_id=form.id, by=cast.sinta, at=NOW)
    return operations.publish_form(form_id=form.id, by=cast.sinta, at=NOW)


def test_the_way_of_a_version(keeper: Cast) -> None:
    form = uploaded(keeper)
    assert (form.state, form.code, form.version, form.title_id) == (
        "draft", "uji", "1", "Formulir uji",
    )  # fmt: skip
    with pytest.raises(IllegalMove):
        operations.publish_form(form_id=form.id, by=keeper.sinta, at=NOW)
    operations.start_test(form_id=form.id, by=keeper.sinta, at=NOW)
    with pytest.raises(NotReachable):
        queries.get_published("uji", agency_id=keeper.sinta.agency_id)
    operations.publish_form(form_id=form.id, by=keeper.sinta, at=NOW)
    found = queries.get_published("uji", agency_id=keeper.sinta.agency_id)
    assert found.id == form.id
    assert found.xform.startswith("<?xml")
    retired = operations.retire_form(form_id=form.id, by=keeper.sinta, at=NOW)
    assert retired.retired_by == keeper.sinta.user_id
    with pytest.raises(NotReachable):
        queries.get_published("uji", agency_id=keeper.sinta.agency_id)
    names = Act.objects.filter(subject_kind="form").order_by("id").values_list("name", flat=True)
    assert set(names) == {
        events.FORM_UPLOADED, events.FORM_TESTED, events.FORM_PUBLISHED, events.FORM_RETIRED,
    }  # fmt: skip


def test_a_newer_version_leads_and_the_former_stays_open(keeper: Cast) -> None:
    first = published(keeper)
    second = published(keeper, version="2")
    agency = keeper.sinta.agency_id
    assert queries.get_published("uji", agency_id=agency).id == second.id
    assert queries.get_form(keeper.sinta, first.id).state == "published"


def test_a_draft_makes_room_and_a_published_version_never(keeper: Cast) -> None:
    first = uploaded(keeper)
    second = uploaded(keeper)
    assert [form.id for form in queries.list_forms(keeper.sinta) if form.code == "uji"] == [
        second.id
    ]
    assert first.id != second.id
    operations.start_test(form_id=second.id, by=keeper.sinta, at=NOW)
    operations.publish_form(form_id=second.id, by=keeper.sinta, at=NOW)
    with pytest.raises(FormRefused) as refused:
        uploaded(keeper)
    assert [problem.code for problem in refused.value.problems] == ["version_taken"]


def test_what_is_refused_leaves_nothing(keeper: Cast) -> None:
    before = FormVersion.objects.count()
    for data, name in (
        (workbook([ask("text", "a", relevant="${b} = 1"), ask("text", "b", relevant="${a} = 1")]),
         "uji.xlsx"),
        (workbook([ask("text", "a", relevant="random() = 1")]), "uji.xlsx"),
        (workbook([ask("text", "a")], reasons=[{"name": "x", "when": "${zz} = 1"}]), "uji.xlsx"),
        (workbook([ask("text", "a")], settings=SETTINGS | {"form_id": "rk01_triase"}), "uji.xlsx"),
        (b"PK\x03\x04", "uji.xlsx"),
    ):  # fmt: skip
        with pytest.raises(FormRefused) as refused:
            operations.upload_form(data=data, name=name, by=keeper.sinta, at=NOW)
        for problem in refused.value.problems:
            assert problem.text_id != problem.text_en
    assert FormVersion.objects.count() == before
    assert not Act.objects.filter(subject_kind="form").exists()


def test_only_a_keeper_and_only_the_own(keeper: Cast) -> None:
    form = uploaded(keeper)
    for actor in (keeper.ratih, keeper.wahyuni, keeper.joko):
        with pytest.raises(Forbidden):
            operations.upload_form(data=b"", name="x", by=actor, at=NOW)
        with pytest.raises(Forbidden):
            operations.start_test(form_id=form.id, by=actor, at=NOW)
    with acting(keeper.dorce):
        for act in (operations.start_test, operations.publish_form, operations.retire_form):
            with pytest.raises(NotReachable):
                act(form_id=form.id, by=keeper.dorce, at=NOW)
        house = queries.get_published("rk01_triase")
        with pytest.raises(NotReachable):
            operations.retire_form(form_id=house.id, by=keeper.dorce, at=NOW)
        assert form.id not in {each.id for each in queries.list_forms(keeper.dorce)}


@pytest.mark.parametrize(
    "change",
    [
        "xform = xform || ' '", "workbook = ''", "version = '9'", "title_id = 'lain'",
        "agency_id = null", "state = 'draft'", "published_at = now()", "xform_sha256 = ''",
    ],
)  # fmt: skip
def test_a_published_version_cannot_be_changed_by_anybody(keeper: Cast, change: str) -> None:
    form = published(keeper)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update assessments_formversion set {change} where id = %s", [form.id])
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("delete from assessments_formversion where id = %s", [form.id])


def test_not_even_by_the_owner(cast: Cast) -> None:
    with (
        psycopg.connect(owner_url()) as owner,
        pytest.raises(psycopg.DatabaseError, match="never changes"),
    ):
        owner.execute("update assessments_formversion set xform = '' where agency_id is null")


def test_the_houses_forms_stand_published_and_load_once(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        shipped = [form for form in queries.list_forms(cast.ratih) if form.agency_id is None]
        assert len(shipped) >= 12
        assert {form.state for form in shipped} == {"published"}
        for form in shipped:
            read = queries.read_form(queries.get_published(form.code))
            assert read.form.languages == ("id", "en")
            assert read is queries.read_form(queries.get_published(form.code))


def test_three_hundred_questions_are_published_in_time(keeper: Cast) -> None:
    rows = [ask("select_one yt", "q0")]
    rows += [ask("select_one yt", f"q{n}", relevant=f"${{q{n - 1}}} = 'ya'") for n in range(1, 300)]
    data = workbook(rows)
    began = time.process_time()
    form = operations.upload_form(data=data, name="uji.xlsx", by=keeper.sinta, at=NOW)
    operations.start_test(form_id=form.id, by=keeper.sinta, at=NOW)
    operations.publish_form(form_id=form.id, by=keeper.sinta, at=NOW)
    taken = time.process_time() - began
    assert taken < 3
