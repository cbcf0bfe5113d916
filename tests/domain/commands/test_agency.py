"""A system without the demonstration: `rangkul init` once, then `rangkul agency` for all the rest.

The real commands in a home of their own; nothing is shared with the other tests. `init` runs as a
process that ends; the many calls of `agency` are answered by one process that stays.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from rangkul.commands.demo_data.entries import read_agencies
from rangkul.commands.server import Instance
from rangkul.foundation.roles import OWNER

pytestmark = pytest.mark.xdist_group("agency-command")

PASSWORD = "sungai-biru-tenang-72"
FIRST = ("--username", "sari", "--name", "Sari Uji", "--agency", "Dinas Sosial Uji")


# Answers each line of words (JSON) with what the command returned, said and complained.
ANSWERING = """
import contextlib, io, json, sys
from rangkul.commands.cli import main
for line in sys.stdin:
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = main(json.loads(line))
    print(json.dumps([code, said.getvalue(), complained.getvalue()]), flush=True)
"""


def environment(home: Path) -> dict[str, str]:
    """That of somebody who has set nothing but where Rangkul lives."""
    inherited = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("RANGKUL_", "DJANGO_", "DATABASE_", "PYTEST_", "EMPTY"))
    }  # fmt: skip
    return inherited | {"RANGKUL_HOME": str(home), "RANGKUL_INIT_PASSWORD": PASSWORD}


def call(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`rangkul words…` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rangkul.commands.cli", *words], env=environment(home),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@dataclass
class House:
    """An installed system and what its commands answer."""

    home: Path
    instance: Instance
    first_try: subprocess.CompletedProcess[str]
    made: subprocess.CompletedProcess[str]
    ran_on: tuple[bool, bool]
    answering: subprocess.Popen[str]

    def ask(self, *words: str) -> tuple[int, str, str]:
        """What a command returns, says and complains."""
        assert self.answering.stdin is not None
        assert self.answering.stdout is not None
        self.answering.stdin.write(json.dumps(words) + "\n")
        self.answering.stdin.flush()
        code, said, complained = json.loads(self.answering.stdout.readline())
        return code, said, complained

    def done(self, *words: str) -> str:
        """What a command says that must succeed."""
        code, said, complained = self.ask(*words)
        assert code == 0, complained
        return said

    def refused(self, *words: str) -> str:
        """The one sentence of a command that must be refused."""
        code, said, complained = self.ask(*words)
        assert (code, said) == (1, ""), said + complained
        (line,) = complained.strip().splitlines()
        assert line.startswith("rangkul: ")
        return line

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with self.instance.server.connect(OWNER, "rangkul") as owner:
            return owner.execute(statement, values).fetchall()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """`rangkul init` on nothing at all, first wrongly; then the server stays up for the others."""
    home = Path(tempfile.mkdtemp(prefix="rangkul-uji-"))
    # As root the database runs as another user, who must be able to come this way.
    home.chmod(0o711)
    pid = home / "trial" / "pg" / "postmaster.pid"
    instance = Instance("trial", home, {"fsync": "off"})
    try:
        wrong = call(home, "init", *FIRST, "--area", "99.99")
        first = pid.exists()
        made = call(home, "init", *FIRST, "--area", "62", "--directory")
        ran_on = first, pid.exists()
        instance.start()
        with subprocess.Popen(
            [sys.executable, "-c", ANSWERING], env=environment(home), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        ) as answering:  # fmt: skip
            yield House(home, instance, wrong, made, ran_on, answering)
            assert answering.stdin is not None
            answering.stdin.close()
    finally:
        instance.server.stop(force=True)
        shutil.rmtree(home, ignore_errors=True)


def test_a_wrong_area_ends_with_its_sentence_and_leaves_nothing(house: House) -> None:
    assert house.first_try.returncode == 1
    assert house.first_try.stderr.splitlines()[-1] == (
        "rangkul: area: There is no area with the code 99.99."
    )
    assert "Traceback" not in house.first_try.stderr
    # Had it left the person behind, the second call would have been refused.
    assert house.made.returncode == 0, house.made.stderr


def test_the_embedded_database_ends_with_the_command(house: House) -> None:
    assert house.ran_on == (False, False)
    # One that runs already is used, and left running.
    assert "pkm-dki" in call(house.home, "agency", "list", "pkm-dki").stdout
    assert (house.home / "trial" / "pg" / "postmaster.pid").exists()


def test_the_first_agency_bears_codes_that_the_lists_hold(house: House) -> None:
    (row,) = house.rows(
        "select a.kind, a.level, a.area_id, m.roles, u.must_change_password, "
        "exists (select 1 from reference_code c where c.list_id = 'jenis_lembaga' "
        "and c.code = a.kind and c.is_current), "
        "exists (select 1 from reference_code c where c.list_id = 'tingkat_lembaga' "
        "and c.code = a.level and c.is_current) "
        "from network_agency a join network_membership m on m.agency_id = a.id "
        "join accounts_user u on u.id = m.user_id where a.code = 'lembaga-pertama'"
    )
    assert row == ("dinas_sosial", "provinsi", "62", ["admin_lembaga"], False, True, True)
    assert "already" in house.refused("init", *FIRST, "--area", "62.71")


def test_the_shipped_directory_comes_unconfirmed_without_people_or_inventions(
    house: House,
) -> None:
    shipped = {entry.code: entry.invented for entry in read_agencies()}
    codes = {code for (code,) in house.rows("select code from network_agency")}
    assert {code for code, invented in shipped.items() if not invented} <= codes
    assert not {code for code, invented in shipped.items() if invented} & codes
    assert house.rows("select count(*) from network_agency where confirmed_on is not null") == [
        (0,)
    ]
    assert house.rows("select count(*) from accounts_user where is_demo") == [(0,)]
    assert "agencies of the shipped directory stand" in house.done("agency", "directory")
    assert {code for (code,) in house.rows("select code from network_agency")} == codes


def test_a_second_agency_gets_its_first_admin_with_a_password_for_one_time(house: House) -> None:
    told = house.done(
        "agency", "add", "uptd-uji-kapuas", "--agency", "UPTD PPA Uji Kapuas", "--kind",
        "uptd_ppa", "--area", "62.03", "--username", "rina", "--name", "Rina Uji",
    )  # fmt: skip
    (password,) = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", told)
    (row,) = house.rows(
        "select a.id, a.level, m.roles, u.password, u.must_change_password "
        "from network_agency a join network_membership m on m.agency_id = a.id "
        "join accounts_user u on u.id = m.user_id where u.username = 'rina'"
    )
    assert row[1:3] == ("kab_kota", ["admin_lembaga"])
    assert check_password(password, row[3])
    assert row[4] is True
    acts = house.rows(
        "select name, actor_id, purpose, digest is not null from trail_act "
        "where agency_id = %s order by at, name", row[0],
    )  # fmt: skip
    assert acts == [
        ("network.agency_founded", None, "outside", True),
        ("network.role_given", None, "outside", True),
    ]
    listed = house.done("agency", "list", "uptd-uji-kapuas")
    assert "1 people" in listed
    assert "no admin" not in listed

    # The same once more; the same name for somebody else; a second admin over the first's head.
    again = ("--kind", "uptd_ppa", "--area", "62.03", "--agency", "Lain")
    who = ("--username", "rini", "--name", "Rini Uji")
    assert "stands already" in house.refused("agency", "add", "uptd-uji-kapuas", *again, *who)
    taken = ("--username", "rina", "--name", "Rina Lain")
    assert "is taken" in house.refused("agency", "add", "uptd-uji-lain", *again, *taken)
    assert "has an admin" in house.refused("agency", "admin", "uptd-uji-kapuas", *who)
    known = {name for (name,) in house.rows("select username from accounts_user")}
    assert "rini" not in known
    assert house.rows("select 1 from network_agency where code = 'uptd-uji-lain'") == []


def test_an_agency_of_the_directory_gets_its_first_admin(house: House) -> None:
    assert "no admin" in house.done("agency", "list", "dinsos-lampung")
    house.done("agency", "admin", "dinsos-lampung", "--username", "wawan", "--name", "Wawan Uji")
    assert "no admin" not in house.done("agency", "list", "dinsos-lampung")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--kind", "dinsos"), "dinsos is no kind of agency"),
        (("--level", "province"), "province is no level of an agency"),
        (("--kind", "polres", "--area", "62"), ""),
        (("--parent", "tidak-ada"), "no agency has the code tidak-ada"),
        (("--name", "", "--username", "siapa"), "nobody is called siapa"),
    ],
)
def test_what_no_list_holds_is_refused_with_a_sentence(
    house: House, changes: tuple[str, ...], said: str
) -> None:
    start = {
        "--agency": "Lembaga Uji", "--kind": "uptd_ppa", "--area": "62.03", "--username": "tono",
        "--name": "Tono Uji",
    } | dict(zip(changes[::2], changes[1::2], strict=True))  # fmt: skip
    words = [word for pair in start.items() for word in pair]
    if said:
        assert said in house.refused("agency", "add", "lembaga-uji", *words)
        assert house.rows("select 1 from network_agency where code = 'lembaga-uji'") == []
    else:
        # The only level at which a polres works, whatever its area.
        house.done("agency", "add", "polres-uji", *words)
        assert house.rows("select level from network_agency where code = 'polres-uji'") == [
            ("kab_kota",)
        ]


def test_roles_from_above_are_given_and_taken(house: House) -> None:
    house.done(
        "agency", "add", "gugus-uji", "--agency", "Gugus Tugas Uji", "--kind", "gugus_tugas",
        "--level", "nasional", "--area", "31", "--username", "lestari", "--name", "Lestari Uji",
    )  # fmt: skip
    give, take = ("agency", "give", "gugus-uji"), ("agency", "take", "gugus-uji")
    who = ("--username", "hari")
    house.done(*give, "koordinator_nasional", *who, "--name", "Hari Uji")
    house.done(*give, "administrator_sistem", "--username", "budi", "--name", "Budi Uji")
    held = "select m.roles, m.version, m.until is null from network_membership m "
    held += "join accounts_user u on u.id = m.user_id where u.username = %s"
    assert house.rows(held, "hari") == [(["koordinator_nasional"], 1, True)]
    assert house.rows(held, "budi") == [(["administrator_sistem"], 1, True)]
    # A case role is the agency's own, and a regency coordinates no province.
    assert "agency's own admin" in house.refused(*give, "pendamping", *who)
    house.done(
        "agency", "add", "uptd-uji-lamandau", "--agency", "UPTD PPA Uji Lamandau", "--kind",
        "uptd_ppa", "--area", "62.09", "--username", "teguh", "--name", "Teguh Uji",
    )  # fmt: skip
    assert "beyond your agency" in house.refused(
        "agency", "give", "uptd-uji-lamandau", "koordinator_provinsi", *who
    )
    assert "ratu" in house.refused(*give, "ratu", *who)
    house.done(*take, "koordinator_nasional", *who)
    ((roles, version, stands),) = house.rows(held, "hari")
    assert (roles, version, stands) == (["koordinator_nasional"], 2, False)
    assert "nobody of this name holds" in house.refused(*take, "koordinator_nasional", *who)
    acts = house.rows(
        "select t.name, t.detail->>'role' from trail_act t join network_agency a "
        "on a.id = t.agency_id where a.code = 'gugus-uji' and t.subject_kind = 'membership' "
        "order by t.at"
    )
    assert acts == [
        ("network.role_given", "admin_lembaga"),
        ("network.role_given", "koordinator_nasional"),
        ("network.role_given", "administrator_sistem"),
        ("network.role_taken", "koordinator_nasional"),
    ]


def test_an_agency_ends_and_goes_on(house: House) -> None:
    code = "bp3mi-lampung"
    house.done("agency", "end", code, "--last-day", "2030-06-30")
    assert "last day 2030-06-30" in house.done("agency", "list", code)
    house.done("agency", "resume", code)
    assert "last day" not in house.done("agency", "list", code)
    assert "has no last day" in house.refused("agency", "resume", code)
    assert "--last-day is missing" in house.refused("agency", "end", code)
    acts = house.rows(
        "select t.name, t.detail->>'last_day' from trail_act t join network_agency a "
        "on a.id = t.agency_id where a.code = %s order by t.at", code,
    )  # fmt: skip
    assert acts == [("network.agency_ended", "2030-06-30"), ("network.agency_goes_on", None)]


def test_without_any_system_the_command_says_how_to_make_one() -> None:
    home = Path(tempfile.mkdtemp(prefix="rangkul-uji-"))
    try:
        got = call(home, "agency", "list")
        assert got.returncode == 1
        assert "rangkul init" in got.stderr
        assert not list(home.rglob("postmaster.pid"))
    finally:
        shutil.rmtree(home, ignore_errors=True)
