"""Jejak akses: who opened what, narrowed by person, kind and day, and quick in a long trail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

import pytest
from tests.domain.referrals.scene import make_scene, seed_desks
from tests.people import NOW, Cast
from tests.rows import as_owner
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.foundation.scope import acting
from rangkul.referrals import operations as answering
from rangkul.trail import queries as trail

# How many acts of others stand around; a measurement by hand takes millions.
_AROUND: Final = int(os.environ.get("RANGKUL_TRAIL_ACTS", "60000"))
_OF_CASE: Final = 10_000
QUICK = "The access trail of a case with 10,000 acts stands on the screen within two seconds."

_ACTS: Final = (
    "insert into trail_act (id, at, xid, agency_id, actor_id, purpose, name, subject_kind, "
    "subject_id, case_id, reason, detail, digest) select gen_random_uuid(), "
    "now() - n * interval '1 minute', 1, 9001, 9011 + n %% 4, 'work', "
    "(array['identity.opened', 'notes.read', 'need.changed', 'packet.opened'])[1 + n %% 4], "
    "'case', n::text, {case}, '', '{{}}', '' from generate_series(1, %s) n"
)


@pytest.fixture
def file(committed_db: None, cast: Cast) -> CaseFile:
    return open_file(cast.ratih)


def _write(case: str, count: int) -> None:
    with as_owner() as owner:
        owner.execute(_ACTS.format(case=case), [count])
        owner.commit()


def _around() -> None:
    """Acts on a thousand other cases."""
    _write("1000000 + n %% 1000", _AROUND)
    with as_owner() as owner:
        owner.execute("analyze trail_act")
        owner.commit()


def _seconds(file: CaseFile, cast: Cast, query: str) -> float:
    client = signed_in(cast.wahyuni)
    client.get("/")
    begin = time.perf_counter()
    answer = client.get(f"/kasus/{number_of(file)}/jejak/{query}")
    assert answer.status_code == 200
    return time.perf_counter() - begin


@pytest.mark.promise("trail-page-quick", chapter="trail", sentence=QUICK)
def test_ten_thousand_acts_stand_within_two_seconds(
    file: CaseFile, cast: Cast, figure: Callable[[str], None]
) -> None:
    _around()
    _write(str(file.case_id), _OF_CASE)
    queries = ("", "?apa=baca", f"?siapa={cast.nining.user_id}", "?hari=2026-01-05", "?apa=darurat")
    slowest = max(_seconds(file, cast, query) for query in queries)
    assert slowest < 2
    figure(
        f"{slowest:.2f} s for the slowest of {len(queries)} ways of asking, {_OF_CASE:,} acts of "
        f"the case among {_AROUND + _OF_CASE:,}"
    )


@pytest.mark.planted("trail-page-quick")
def test_planted_without_its_index_the_page_reads_the_whole_trail(
    file: CaseFile, cast: Cast
) -> None:
    _around()
    _write(str(file.case_id), 50)
    ask = "explain select * from trail_act where case_id = %s order by at desc limit 300"
    case = [file.case_id]
    with as_owner() as owner:
        plan = "\n".join(row[0] for row in owner.execute(ask, case))
        assert "act_case" in plan
        owner.execute("drop index act_case")
        assert "Seq Scan" in "\n".join(row[0] for row in owner.execute(ask, case))


def test_the_choices_narrow_it(file: CaseFile, cast: Cast) -> None:
    _write(str(file.case_id), 40)
    client = signed_in(cast.wahyuni)
    address = f"/kasus/{number_of(file)}/jejak/"

    def rows(query: str) -> int:
        return client.get(address + query).content.decode().count('data-label="When"')

    everything = rows("")
    assert everything > 40
    assert rows("?apa=baca") == 30
    assert rows(f"?siapa={cast.nining.user_id}") == 10
    assert rows("?hari=1999-01-01") == 0
    assert rows("?apa=darurat") == 0
    for nonsense in ("?hari=gestern", "?siapa=x", "?siapa=99999999999", "?apa=<b>"):
        assert rows(nonsense) == everything
    shown = client.get(address).content.decode()
    assert "Ratih Wulandari Uji (" in shown


def test_a_reading_of_the_packet_elsewhere_stands_there(committed_db: None, cast: Cast) -> None:
    """The desk that received a packet bears no case; the holders read there that it was opened."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        request = scene.send()
    with acting(scene.receiver):
        answering.open_packet(request_id=request.id, by=scene.receiver, at=NOW)
    number = custody.case_number(scene.case_id)
    shown = signed_in(cast.wahyuni).get(f"/kasus/{number}/jejak/?apa=baca").content.decode()
    assert "Packet opened" in shown
    assert "Melki" in shown
    with acting(cast.andi):
        assert trail.list_doers(cast.andi, scene.case_id) == []
