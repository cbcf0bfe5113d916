"""Emergency access: what it lends, what ends it, and every way around that fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from tests.domain.custody.lending import (
    AREA,
    NAME,
    backdate,
    borrow,
    case,
    insert_grant,
    lent_scope,
    read_lent,
    take_step,
)
from tests.people import KUPANG, SEMARANG, Cast, app_url
from tests.rows import app_as, as_owner
from tests.web.files import open_file

from rangkul.access.policy import Forbidden
from rangkul.custody import closing, emergency, queries
from rangkul.custody.emergency import EmergencyOver
from rangkul.custody.models import EmergencyGrant
from rangkul.foundation import hour, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import Borrowed, Scope, acting, borrowing
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.models import Act

__all__ = ["case"]

LENDS = (
    "Emergency access lends one case: who the person is, how to reach and not reach them, how "
    "great the danger is; nothing of what happened, no notes, no papers, no other case."
)
ENDS = (
    "Emergency access ends by itself after at most an hour, and at once with its early end, with "
    "the membership and with a verdict against it; the database refuses every query after that."
)
FORGED = "No forged, altered or borrowed scope value opens a case in an emergency."


_SECURED = (
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
    "and relrowsecurity and relname not in (select name from house.open_table) "
    "and has_table_privilege('rangkul_app', oid, 'select') order by 1"
)


def _tables() -> list[str]:
    with as_owner() as owner:
        return [row[0] for row in owner.execute(_SECURED)]


def _seen(scope: Actor | Scope, case_id: int) -> dict[str, int]:
    """Table → rows that the app sees under this scope, of the tables with any."""
    found = {}
    with app_as(scope) as app:
        for table in _tables():
            row = app.execute(f"select count(*) from {table}").fetchone()
            if row and row[0]:
                found[table] = row[0]
    return found


# -- what it lends ----------------------------------------------------------------------------


@pytest.mark.promise("emergency-lends-little", chapter="emergency", sentence=LENDS)
def test_it_lends_who_the_person_is_and_no_more(
    case: int, cast: Cast, figure: Callable[[str], None]
) -> None:
    grant = borrow(cast.ratih, case)
    lent = read_lent(cast.ratih, grant)
    assert [(p.person.part, p.identity.full_name) for p in lent.people] == [
        ("survivor", NAME), ("suspect", "Bromo Uji"),
    ]  # fmt: skip
    assert lent.people[0].contact.phone.endswith("81234567801")
    assert lent.cover.lead_agency_id == KUPANG
    assert lent.cover.companions == [cast.yohana.user_id]
    seen = _seen(lent_scope(cast.ratih, case), case)
    assert set(seen) == {"people_person", "foundation_datakey"}
    with app_as(lent_scope(cast.ratih, case)) as app:
        rows = app.execute("select distinct data_class from foundation_datakey").fetchall()
        assert {row[0] for row in rows} == {"identity", "contact"}
    figure(
        f"2 of {len(_tables())} secured tables answer, 2 of {len(DataClass)} classes of keys open"
    )


@pytest.mark.planted("emergency-lends-little")
def test_planted_a_policy_too_wide_is_seen(case: int, cast: Cast) -> None:
    borrow(cast.ratih, case)
    with as_owner() as owner:
        owner.execute(
            "create policy emergency_select on cases_casefile for select to rangkul_app "
            "using (case_id = (select house.current_borrowed()))"
        )
        owner.commit()
    assert "cases_casefile" in _seen(lent_scope(cast.ratih, case), case)


def test_without_it_nothing_is_seen_and_nothing_is_written(case: int, cast: Cast) -> None:
    with acting(cast.ratih), pytest.raises(NotReachable):
        queries.get_access(cast.ratih, case)
    borrow(cast.ratih, case)
    # The grant alone opens nothing to an ordinary scope.
    with app_as(cast.ratih) as app:
        assert app.execute("select count(*) from people_person").fetchone() == (0,)
    with app_as(lent_scope(cast.ratih, case)) as app:
        for statement in (
            "update people_person set contact_bans = '{}'",
            "delete from foundation_datakey",
        ):
            assert app.execute(statement).rowcount == 0
        with pytest.raises(psycopg.Error):
            app.execute("select house.open_case(gen_random_uuid(), now())")


def test_the_own_agencys_files_are_not_seen_through_it(case: int, cast: Cast) -> None:
    own = open_file(cast.ratih).case_id
    borrow(cast.ratih, case)
    with app_as(lent_scope(cast.ratih, case)) as app:
        rows = app.execute("select distinct case_id from people_person").fetchall()
    assert rows == [(case,)]
    assert own != case


# -- forged -----------------------------------------------------------------------------------


def _refused(value: Callable[[int], str]) -> str | None:
    """What the database says to a scope's value; ``None`` when people of a case can be read."""
    with psycopg.connect(app_url()) as app:
        app.execute("select set_config('rangkul.scope', %s, true)", [value(app.info.backend_pid)])
        try:
            row = app.execute("select count(*) from people_person").fetchone()
        except psycopg.Error as fault:
            return str(fault.diag.message_detail)
    return None if row and row[0] else "empty"


def _sign(scope: Scope, pid: int, secret: bytes | None = None) -> str:
    return scope.sign(
        secret or settings.KEY_RING.scope_secret, backend_pid=pid,
        expires=int(hour.seconds()) + 60,
    )  # fmt: skip


def _forgeries(cast: Cast, case: int, other: int) -> dict[str, Callable[[int], str]]:
    soon = hour.now() + timedelta(minutes=10)
    ratih, nining = cast.ratih, cast.nining

    def changed(place: int, value: str) -> Callable[[int], str]:
        def make(pid: int) -> str:
            parts = _sign(Scope.borrowing(ratih, case, soon), pid).split("|")
            parts[place] = value
            return "|".join(parts)

        return make

    def ordinary(pid: int) -> str:
        return _sign(Scope(SEMARANG, ratih.user_id, ratih.membership_id, 1, "emergency"), pid)

    def widened(pid: int) -> str:
        return _sign(
            Scope(SEMARANG, ratih.user_id, ratih.membership_id, 1, "work", Borrowed(case, soon)),
            pid,
        )

    return {
        "another case's number": changed(5, str(other)),
        "a later end": changed(6, str(int(soon.timestamp()) + 86_400)),
        "another person": changed(1, str(nining.user_id)),
        "another secret": lambda pid: _sign(Scope.borrowing(ratih, case, soon), pid, b"x" * 32),
        "signed, another case": lambda pid: _sign(Scope.borrowing(ratih, other, soon), pid),
        "signed, a colleague": lambda pid: _sign(Scope.borrowing(nining, case, soon), pid),
        "signed, its end passed": lambda pid: _sign(
            Scope.borrowing(ratih, case, hour.now() - timedelta(seconds=5)), pid
        ),
        "another connection": lambda pid: _sign(Scope.borrowing(ratih, case, soon), pid + 1),
        "eight fields": ordinary,
        "ordinary work with a case": widened,
        "nine fields": lambda pid: _sign(Scope.borrowing(ratih, case, soon), pid).replace(
            "|emergency|", "|"
        ),
    }  # fmt: skip


@pytest.mark.promise("emergency-not-forged", chapter="emergency", sentence=FORGED)
def test_no_forged_scope_lends_anything(
    case: int, cast: Cast, figure: Callable[[str], None]
) -> None:
    other = open_file(cast.yohana, area="53.71").case_id
    borrow(cast.ratih, case)
    answers = {name: _refused(make) for name, make in _forgeries(cast, case, other).items()}
    assert None not in answers.values(), answers
    assert _refused(lambda pid: _sign(lent_scope(cast.ratih, case), pid)) is None
    figure(f"0 of {len(answers)} forgeries read a row")


@pytest.mark.planted("emergency-not-forged")
def test_planted_a_database_that_asks_for_no_grant_is_found(case: int, cast: Cast) -> None:
    other = open_file(cast.yohana, area="53.71").case_id
    with as_owner() as owner:
        owner.execute(
            "create or replace function house.borrowing_live(p_case bigint, p_actor integer, "
            "p_agency integer) returns boolean language sql stable as $$ select true $$"
        )
        owner.commit()
    answers = {name: _refused(make) for name, make in _forgeries(cast, case, other).items()}
    assert None in answers.values()


# -- ends -------------------------------------------------------------------------------------


def _end_by_hand(grant: EmergencyGrant, cast: Cast) -> None:
    take_step(cast.ratih, grant, "ended", "")


def _end_by_time(grant: EmergencyGrant, cast: Cast) -> None:
    backdate(grant, timedelta(minutes=31))


def _end_membership(grant: EmergencyGrant, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute(
            "update network_membership set until = now() - interval '1 second' where id = %s",
            [cast.ratih.membership_id],
        )
        owner.commit()


def _end_by_verdict(grant: EmergencyGrant, cast: Cast) -> None:
    take_step(cast.marten, grant, "unjustified")


def _end_by_relation(grant: EmergencyGrant, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute("alter table custody_relation disable trigger house_guard_relation")
        owner.execute(
            "insert into custody_relation (id, agency_id, case_id, user_id, related_to, tie, "
            "declared_at, declared_by, lift_reason) values (gen_random_uuid(), %s, %s, %s, "
            "'suspect', 'kin', now(), %s, '')",
            [SEMARANG, grant.case_id, cast.ratih.user_id, cast.wahyuni.user_id],
        )
        owner.commit()


_ENDINGS = (_end_by_hand, _end_by_time, _end_membership, _end_by_verdict, _end_by_relation)


@pytest.mark.promise("emergency-ends", chapter="emergency", sentence=ENDS)
@pytest.mark.parametrize("ending", _ENDINGS)
def test_it_ends_for_every_query(
    case: int, cast: Cast, figure: Callable[[str], None], ending: Callable[..., None]
) -> None:
    grant = borrow(cast.ratih, case)
    assert grant.ends_at - grant.opened_at == timedelta(minutes=30)
    with app_as(lent_scope(cast.ratih, case)) as running:
        assert running.execute("select count(*) from people_person").fetchone() == (2,)
        ending(grant, cast)
        # The tab that is open, the page that is half read: the next query is refused.
        with pytest.raises(psycopg.Error) as refused:
            running.execute("select count(*) from people_person")
        assert refused.value.sqlstate == "RK002"
    figure(f"{len(_ENDINGS)} ways of ending, refused at the very next query in each")


@pytest.mark.planted("emergency-ends")
def test_planted_a_grant_without_end_is_found(case: int, cast: Cast) -> None:
    grant = borrow(cast.ratih, case)
    with as_owner() as owner:
        source = owner.execute(
            "select pg_get_functiondef('house.borrowing_live(bigint,integer,integer)'"
            "::regprocedure)"
        ).fetchone()
        assert source is not None
        owner.execute(source[0].replace("g.ends_at > clock_timestamp()", "true"))
        owner.commit()
    backdate(grant, timedelta(minutes=31))
    with app_as(lent_scope(cast.ratih, case)) as app:
        assert app.execute("select count(*) from people_person").fetchone() == (2,)


def test_a_borrowing_longer_than_an_hour_is_refused_by_the_database(case: int, cast: Cast) -> None:
    with acting(cast.ratih), pytest.raises(InvalidInput) as refused:
        emergency.open_emergency(
            number=queries.case_number(case), reason="before_me", words="x", minutes=61,
            area=AREA, by=cast.ratih, at=hour.now(),
        )  # fmt: skip
    assert refused.value.errors == {"minutes": "unknown"}
    with app_as(cast.ratih) as app, pytest.raises(psycopg.errors.CheckViolation):
        insert_grant(app, case, minutes=61)


def test_what_a_grant_says_is_written_by_the_database(case: int, cast: Cast) -> None:
    with app_as(cast.ratih) as app:
        insert_grant(app, case, user=cast.nining.user_id)
        row = app.execute(
            "select user_id, lead_agency_id, ends_at - opened_at, ends_at > now() + interval '1 h' "
            "from custody_emergencygrant"
        ).fetchone()
        assert row == (cast.ratih.user_id, KUPANG, timedelta(minutes=30), False)
    for statement in (
        "update custody_emergencygrant set minutes = 60",
        "delete from custody_emergencygrant",
        "update custody_emergencystep set step = 'justified'",
    ):
        with app_as(cast.ratih) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


@pytest.mark.parametrize("login", ["joko", "laras", "bagas", "sinta", "retno"])
def test_only_companions_and_supervisors_borrow(case: int, cast: Cast, login: str) -> None:
    actor = cast.everyone()[login]
    with pytest.raises(Forbidden):
        borrow(actor, case)
    with app_as(actor) as app, pytest.raises(psycopg.Error) as refused:
        app.execute(
            "insert into custody_emergencygrant (agency_id, lead_agency_id, case_id, user_id, "
            "reason, minutes, nth, subject, opened_at, ends_at) values (%s, %s, %s, 1, 'x', 30, 1,"
            " gen_random_uuid(), now(), now())",
            [actor.agency_id, actor.agency_id, case],
        )
    assert refused.value.sqlstate == "RK403"


def test_two_at_once_are_one_and_a_later_one_counts(case: int, cast: Cast) -> None:
    first = borrow(cast.ratih, case)
    assert borrow(cast.ratih, case).id == first.id
    take_step(cast.ratih, first, "ended", "")
    with pytest.raises(EmergencyOver):
        read_lent(cast.ratih, first)
    assert borrow(cast.ratih, case).nth == 2


def test_a_number_of_no_case_and_a_slip_are_told(case: int, cast: Cast) -> None:
    def asked(number: str) -> dict[str, str]:
        with acting(cast.ratih), pytest.raises(InvalidInput) as refused:
            emergency.open_emergency(
                number=number, reason="before_me", words="x", minutes=30, area=AREA,
                by=cast.ratih, at=hour.now(),
            )  # fmt: skip
        return refused.value.errors

    assert asked(queries.case_number(case + 100)) == {"number": "unknown"}
    assert asked("RK-0000-0001") == {"number": "mistyped"}
    assert asked(queries.case_number(open_file(cast.ratih).case_id)) == {"number": "visible"}


def test_what_is_lent_cannot_be_used_to_write_keys(case: int, cast: Cast) -> None:
    grant = borrow(cast.ratih, case)
    with borrowing(cast.ratih, case, grant.ends_at):
        assert Act.objects.count() == 0
        assert closing.related_among([case], cast.ratih.user_id, SEMARANG) == set()
        with pytest.raises(Exception, match="not reachable"):
            vault.new_key(Owner("case", case), uuid4(), DataClass.HEALTH)
            vault.key_for(Owner("case", case), uuid4(), DataClass.HEALTH)
