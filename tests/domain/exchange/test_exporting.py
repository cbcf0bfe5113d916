"""Exports from asking to fetching: two persons, one recipient, one fetch, no child, no name."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pyrage
import pytest
from tests.codings import codings
from tests.domain.exchange import scene as scenes
from tests.domain.exchange.scene import NAMES, Scene, rows_of, scalar
from tests.people import Cast
from tests.rows import as_owner

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, OwnException
from rangkul.access.roles import roles_with
from rangkul.custody.reading import ReadingStopped
from rangkul.exchange import operations, policy, queries, workflow
from rangkul.exchange.columns import COLUMNS
from rangkul.exchange.queries import Narrowed
from rangkul.foundation import agekeys, hour
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import exports as jobs
from rangkul.trail import queries as trail

FOR_ONE = "exports-for-one-recipient"
FOR_ONE_SAYS = (
    "A table leaves encrypted to the key of one confirmed recipient; no other key opens it, and "
    "database, files and key ring together do not give it back."
)


_watched: list[list[str]] = []
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _hear(event: str, told: tuple[Any, ...]) -> None:
    if event == "open" and _watched and isinstance(told[2], int) and told[2] & _WRITES:
        _watched[-1].append(str(told[0]))


sys.addaudithook(_hear)


@contextmanager
def watching() -> Iterator[list[str]]:
    """Every path that this process opens for writing meanwhile, temporary files too."""
    _watched.append([])
    try:
        yield _watched[-1]
    finally:
        _watched.pop()


@pytest.fixture
def scene(committed_db: None, cast: Cast) -> Scene:
    return scenes.make_scene(cast)


def test_what_leaves_is_the_list_without_anybody_in_it(scene: Scene) -> None:
    row = scene.made()
    assert (row.state, row.rows, row.left_children) == (workflow.READY, 4, 1)
    plain = scene.opened(scene.fetch(row))
    rows = rows_of(plain)
    assert len(rows) == 4
    assert [name for name in NAMES if name in plain.decode()] == []
    (first, *_others) = rows
    assert first["Nomor kasus"].startswith("RK-")
    assert first["Kabupaten atau kota"] == "33.74 Kota Semarang"
    assert first["Kelompok usia"]
    assert first["Hari berjalan"] == "0"
    assert scene.again(row).state == workflow.FETCHED


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        (Narrowed(state="open"), 4), (Narrowed(state="closed"), 0), (Narrowed(category="kpo"), 0),
        (Narrowed(risk="tinggi"), 0), (Narrowed(desk_id=1), 0),
    ],
)  # fmt: skip
def test_it_is_narrowed_as_the_list_is(scene: Scene, narrowed: Narrowed, count: int) -> None:
    with acting(scene.maker):
        assert len(queries.weigh(scene.maker, narrowed).case_ids) == count


def test_a_period_is_that_of_the_agencys_own_days(scene: Scene) -> None:
    with acting(scene.maker):
        today = hour.now().astimezone(queries.zone_of(scene.maker)).date()
        inside = queries.weigh(scene.maker, Narrowed(since=today, until=today))
        before = queries.weigh(scene.maker, Narrowed(until=today.replace(year=today.year - 1)))
    assert (len(inside.case_ids), len(before.case_ids)) == (4, 0)


@pytest.mark.promise(FOR_ONE, chapter="web", sentence=FOR_ONE_SAYS)
def test_only_its_recipient_opens_it(scene: Scene, figure: Callable[[str], None]) -> None:
    row = scene.made(form="xlsx")
    kept = bytes(scalar("select content_sealed from exchange_exportfile where export_id = %s",
                        row.id))  # fmt: skip
    opened = 0
    for _ in range(100):
        try:
            pyrage.decrypt(kept, [pyrage.x25519.Identity.generate()])
        except pyrage.DecryptError:
            continue
        opened += 1
    sheet = openpyxl.load_workbook(io.BytesIO(scene.opened(kept))).worksheets[0]
    number = str(sheet.cell(2, 2).value)
    assert number.startswith("RK-")
    hidden = kept.lower()
    found = [word for word in (number, "Kota Semarang") if any(c in hidden for c in codings(word))]
    assert (opened, found) == (0, [])
    fetched = scene.fetch(row)
    assert fetched == kept
    assert scalar("select count(*) from exchange_exportfile") == 0
    figure("0 of 100 other keys opened it; 0 bytes of it kept after it was fetched")


@pytest.mark.planted(FOR_ONE)
def test_a_second_key_on_it_is_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the house keeps a key of its own on every file."""
    ours = pyrage.x25519.Identity.generate()
    monkeypatch.setattr(
        agekeys, "seal",
        lambda content, key: pyrage.encrypt(
            content, [pyrage.x25519.Recipient.from_str(key), ours.to_public()]
        ),
    )  # fmt: skip
    content = scene.fetch(scene.made())
    assert content is not None
    assert len(pyrage.decrypt(content, [ours])) > 0


@pytest.mark.promise(
    "nothing-plain-on-disk", chapter="web",
    sentence="While a table is made, sealed and fetched, nothing readable of it is written into "
    "any file.",
)  # fmt: skip
@pytest.mark.parametrize("form", list(workflow.FORMS))
def test_no_file_is_opened_while_it_is_made(
    scene: Scene, form: str, figure: Callable[[str], None]
) -> None:
    row = scene.ask(form=form)
    with watching() as written:
        scenes.work(row)
    assert written == []
    assert scene.opened(scene.fetch(row))
    figure(f"0 files opened for writing while a {form} was made")


@pytest.mark.planted("nothing-plain-on-disk")
def test_the_usual_way_of_making_a_workbook_is_seen() -> None:
    """Planted: openpyxl writes each sheet into a temporary file."""
    with watching() as written:
        openpyxl.Workbook().save(io.BytesIO())
    assert written != []


def test_a_recipient_is_usable_only_after_a_second_person(scene: Scene, cast: Cast) -> None:
    other = str(pyrage.x25519.Identity.generate().to_public())
    with acting(cast.sinta):
        row = operations.add_recipient(new=scene.new(key=other), by=cast.sinta, at=hour.now())
    with pytest.raises(InvalidInput) as refused:
        scene.ask(recipient_id=row.id)
    assert refused.value.errors == {"recipient": "unknown"}
    with acting(cast.sinta), pytest.raises(Forbidden):
        operations.confirm_recipient(
            recipient_id=row.id, compared=True, by=cast.sinta, at=hour.now()
        )
    both = replace(cast.wahyuni, roles=cast.wahyuni.roles | {"admin_lembaga"})
    third = str(pyrage.x25519.Identity.generate().to_public())
    with acting(both):
        own = operations.add_recipient(new=scene.new(key=third), by=both, at=hour.now())
        with pytest.raises(OwnException):
            operations.confirm_recipient(recipient_id=own.id, compared=True, by=both, at=hour.now())


def test_a_secret_key_is_refused_and_nowhere_kept(scene: Scene, cast: Cast, caplog: Any) -> None:
    secret = str(pyrage.x25519.Identity.generate())
    with acting(cast.sinta), pytest.raises(InvalidInput) as refused:
        operations.add_recipient(new=scene.new(key=secret), by=cast.sinta, at=hour.now())
    assert refused.value.errors == {"key": "secret"}
    assert secret not in str(refused.value) + caplog.text
    for key, why in (("age1nonsense", "unknown"), ("", "required"), (scene.new().key, "known")):
        with acting(cast.sinta), pytest.raises(InvalidInput) as again:
            operations.add_recipient(new=scene.new(key=key), by=cast.sinta, at=hour.now())
        assert again.value.errors == {"key": why}


def test_beyond_the_own_agency_an_article_is_named(scene: Scene, cast: Cast) -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    with acting(cast.sinta), pytest.raises(InvalidInput) as refused:
        operations.add_recipient(
            new=scene.new(key=key, ground="task", article=" "), by=cast.sinta, at=hour.now()
        )
    assert refused.value.errors == {"article": "required"}


def test_nobody_else_fetches_it_and_nobody_twice(scene: Scene, cast: Cast) -> None:
    row = scene.made()
    with pytest.raises(Forbidden):
        scene.fetch(row, by=cast.ratih)
    with pytest.raises(NotReachable):
        scene.fetch(row, by=cast.marten)
    assert scene.fetch(row)
    with pytest.raises(IllegalMove):
        scene.fetch(row)


def test_what_nobody_fetches_is_destroyed(scene: Scene) -> None:
    late, ended = scene.made(), scene.made()
    assert scene.fetch(late, hours=25) is None
    assert (scene.again(late).state, scene.again(late).why) == ("destroyed", "expired")
    with system("retention"):
        operations.end_exports(at=hour.now() + timedelta(hours=25))
    assert (scene.again(ended).state, scene.again(ended).why) == ("destroyed", "expired")
    assert scalar("select count(*) from exchange_exportfile") == 0
    assert scalar("select count(*) from trail_act where name = 'export.destroyed'") == 2


def test_three_a_day_and_none_while_reading_is_stopped(scene: Scene) -> None:
    for _ in range(workflow.MOST_IN_A_DAY):
        scene.ask()
    with pytest.raises(policy.ExportBarred, match="too_many"):
        scene.ask()
    with as_owner() as owner:
        owner.execute(
            "insert into custody_readingstop (id, agency_id, user_id, measure, hours, count, "
            "stopped_at, verdict) values (%s, %s, %s, 'other', 1, 60, now(), '')",
            [uuid4(), scene.maker.agency_id, scene.maker.user_id],
        )
    with pytest.raises(ReadingStopped):
        scene.ask()


def test_a_large_one_waits_for_another_supervisor(
    scene: Scene, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "MOST_ROWS_ALONE", 3)
    row = scene.ask()
    assert row.state == workflow.WAITING
    scenes.work(row)
    assert scene.again(row).state == workflow.WAITING
    with acting(scene.maker), pytest.raises(OwnException):
        operations.approve_export(export_id=row.id, by=scene.maker, at=hour.now())
    told = Event("export.waits", "export", str(row.id), row.agency_id, row.asked_by)
    jobs.tell_second(told)
    jobs.tell_second(told)
    waits = "select count(*) from alerts_alert where kind = 'export.waits' and ended_at is null"
    assert scalar(waits) == 1
    second = _another_supervisor(cast)
    with acting(second):
        operations.approve_export(export_id=row.id, by=second, at=hour.now())
    jobs.let_rest(replace(told, name="export.approved"))
    assert scalar(waits) == 0
    scenes.work(row)
    assert scene.again(row).state == workflow.READY


def _another_supervisor(cast: Cast) -> Any:
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = '{penyelia}' where id = %s",
            [cast.nining.membership_id],
        )
    return replace(cast.nining, roles=frozenset({"penyelia"}))


def test_one_that_grew_beyond_its_word_makes_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = scene.ask()
    monkeypatch.setattr(workflow, "MOST_ROWS_ALONE", 3)
    scenes.work(row)
    assert (scene.again(row).state, scene.again(row).why) == ("destroyed", "grown")


def test_a_form_sent_twice_asks_once(scene: Scene) -> None:
    token = uuid4()
    assert scene.ask(token=token).id == scene.ask(token=token).id


def test_a_worker_that_died_is_followed_by_another(scene: Scene) -> None:
    row = scene.ask()
    with acting(scene.maker):
        operations.begin_export(export_id=row.id, by=scene.maker, at=hour.now())
    scenes.work(row)
    assert scene.again(row).state == workflow.READY
    scenes.work(row)
    assert scalar("select count(*) from exchange_exportcase where export_id = %s", row.id) == 4


def test_the_files_trail_shows_that_it_left(scene: Scene) -> None:
    row = scene.made()
    scene.fetch(row)
    with acting(scene.cast.ratih):
        names = {doer.name for doer in trail.list_doers(scene.cast.ratih, scene.case_ids[0])}
        child = {doer.name for doer in trail.list_doers(scene.cast.ratih, scene.child_id)}
    assert {"export.made", "export.fetched"} <= names
    assert not {name for name in child if name.startswith("export.")}


def test_no_column_can_name_anybody() -> None:
    """The list is short on purpose; a new column is a decision (docs/decisions/0021-exports.md)."""
    page = (Path(__file__).parents[3] / "docs" / "decisions" / "0021-exports.md").read_text()
    assert [name for name in COLUMNS if f"`{name}`" not in page] == []


def test_the_database_knows_the_same_role_as_the_table_of_roles() -> None:
    """``house.export_why`` and ``house.supervises`` name it, for they ask nothing of the code."""
    assert {role.code for role in roles_with(Permission.EXPORT_CASES)} == {"penyelia"}
    assert {role.code for role in roles_with(Permission.KEEP_RECIPIENTS)} == {"admin_lembaga"}
