"""Rows for tests of the database's own rules: any table filled by what its catalogue demands.

Nothing here goes through the application: these are the hands of someone who holds the app's
connection and writes SQL.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from psycopg import sql
from tests.people import JATENG, NOW, SERVICE_DESK, app_url, owner_url

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import Scope

Connection = psycopg.Connection[Any]

# Values that a check constraint asks for and a type does not tell.
_CHOSEN: dict[str, dict[str, object]] = {
    "referrals_calloffer": {"state": "called"},
    "referrals_transfer": {"state": "offered"},
    "field_arrival": {"state": "waiting"},
    "alerts_alert": {"audience": "penyelia"},
    "alerts_delivery": {"state": "waiting", "channel": "email"},
    "cases_casefile": {"state": "open", "risk": "rendah"},
    "cases_need": {"state": "planned"},
    "consent_basis": {
        "letter": "a",
        "valid_until": NOW + timedelta(days=90),
    },
    "consent_crossing": {"purpose": "layanan"},
    "consent_evidence": {"kind": "signature"},
    "clocks_clock": {"state": "running"},
    "conferences_conference": {"state": "called", "manner": "place", "lasts_minutes": 60},
    "conferences_proposal": {"state": "waiting"},
    "assessments_proposal": {"answer": ""},
    "referrals_waitingreferral": {"state": "waiting"},
    "conferences_seat": {"state": "invited"},
    "conferences_agendaitem": {"kind": "danger"},
    "conferences_decision": {"state": "open"},
    "conferences_share": {"expires_at": NOW + timedelta(hours=1)},
    "exchange_recipient": {"state": "added", "ground": "own"},
    "exchange_export": {"state": "waiting", "form": "csv"},
    "people_person": {"part": "kin", "state": "current"},
    "people_sameperson": {"first_case_id": 1, "second_case_id": 2},
    "people_token": {"subject_kind": "p", "token": 42},
    "repatriation_clearance": {"answer": ""},
    "retention_request": {"kind": "access", "state": "received"},
    "retention_erasure": {"state": "proposed"},
    "repatriation_returnee": {"state": "waiting", "travel_paper": ""},
    "network_directorychange": {"kind": "edited"},
    "repatriation_traveller": {"state": "planned"},
    "repatriation_visit": {"month": 1, "result": "safe", "reason": ""},
    "reports_report": {"state": "draft"},
    "shelter_house": {"kind": "rumah_aman", "stay_days": 7},
    "shelter_room": {"age_group": "adult", "sex": "P"},
    "shelter_bed": {"kind": "bed", "closed_reason": ""},
    "tidings_line": {"state": "live", "shows": "messages", "ended_why": ""},
    "shelter_admission": {"state": "asked", "reason": "", "conflict": ""},
    "shelter_stay": {"state": "ended", "ending": "home"},
    "shelter_daynote": {"withdraw_reason": ""},
    "shelter_extension": {"days": 1, "refuse_reason": ""},
    "referrals_request": {
        "state": "sent",
        "basis_letter": "a",
        "sent_at": NOW,
        "accept_by": NOW + timedelta(hours=1),
        "first_contact_by": NOW + timedelta(hours=2),
        "outcome_by": NOW + timedelta(hours=3),
    },
}
# Columns with a default of their own, which a row that hangs on this one wants otherwise.
_BESIDES: dict[str, dict[str, object]] = {
    "consent_basis": {"purposes": ["layanan"]},
    "field_arrival": {"content_sealed": b"\x01"},
}
# Parents that the database writes itself, or that name what no row made here would.
_ONE_FOR_ALL = {"repatriation_hold", "shelter_admission", "shelter_stay"}
_BY_TYPE: dict[str, object] = {
    "int2": 1, "int4": 1, "int8": 1, "float8": 0.0, "numeric": 0, "bool": False, "text": "x",
    "varchar": "x", "bpchar": "x", "bytea": b"\x01", "jsonb": "{}", "timestamptz": NOW,
    "date": NOW.date(), "time": NOW.time(), "interval": timedelta(hours=1), "inet": "::1",
}  # fmt: skip


@contextmanager
def app_as(who: Actor | Scope | None) -> Iterator[Connection]:
    """The app's connection in a transaction under this scope; commits when nothing fails."""
    with psycopg.connect(app_url()) as app:
        if who is not None:
            set_scope(app, who)
        yield app


def set_scope(app: Connection, who: Actor | Scope) -> None:
    """Sign the scope for this connection's running transaction."""
    scope = who if isinstance(who, Scope) else Scope.of(who)
    value = scope.sign(
        settings.KEY_RING.scope_secret,
        backend_pid=app.info.backend_pid,
        expires=int(time.time()) + 60,
    )
    app.execute("select set_config('rangkul.scope', %s, true)", [value])


@contextmanager
def as_owner() -> Iterator[Connection]:
    """The owner's connection: what is true, whoever may see it."""
    with psycopg.connect(owner_url()) as owner:
        yield owner


@dataclass(frozen=True, slots=True)
class Column:
    """What the catalogue says of one column that must be given a value."""

    name: str
    type: str
    parent: str | None


def needed_columns(connection: Connection, table: str) -> list[Column]:
    """Columns that are neither nullable, defaulted, generated nor set by the reach trigger."""
    rows = connection.execute(
        """
        select a.attname, t.typname, (
          select c.confrelid::regclass::text from pg_constraint c
          where c.conrelid = a.attrelid and c.contype = 'f'
            and a.attnum = c.conkey[cardinality(c.conkey)]
          order by cardinality(c.conkey) desc limit 1)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
          and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attname <> 'reach'
        order by a.attnum
        """,
        [table],
    ).fetchall()
    return [Column(*row) for row in rows]


def has_column(connection: Connection, table: str, column: str) -> bool:
    """Whether the table has this column."""
    return bool(
        connection.execute(
            "select 1 from pg_attribute where attrelid = %s::regclass and attname = %s "
            "and not attisdropped",
            [table, column],
        ).fetchone()
    )


def add_row(
    connection: Connection, table: str, by: Actor, *, parents: bool = True, **given: Any
) -> object:
    """Insert one row that satisfies the table; returns its primary key.

    ``given`` overrides any column. Rows that it must refer to are made first, of the same case and
    audience, unless ``parents`` is false: then those columns hold a value that names nothing.
    """
    values: dict[str, object] = {}
    for column in needed_columns(connection, table):
        if column.name in given:
            continue
        values[column.name] = _value(connection, table, column, by, given, parents=parents)
    values |= _BESIDES.get(table, {}) | given
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    marks = sql.SQL(", ").join([sql.Placeholder()] * len(values))
    row = connection.execute(
        sql.SQL("insert into {} ({}) values ({}) returning {}").format(
            sql.Identifier(table), names, marks, sql.Identifier(_key(connection, table))
        ),
        list(values.values()),
    ).fetchone()
    assert row is not None
    return row[0]


def _value(
    connection: Connection,
    table: str,
    column: Column,
    by: Actor,
    given: Mapping[str, Any],
    *,
    parents: bool,
) -> object:
    chosen = _CHOSEN.get(table, {})
    if column.name in chosen:
        return chosen[column.name]
    if column.parent in _ONE_FOR_ALL:
        row = connection.execute(
            sql.SQL("select min(id) from {}").format(sql.Identifier(column.parent))
        ).fetchone()
        return row[0] if row else None
    if table == "referrals_transfer" and column.name == "receiver_agency_id":
        # An offer is made to another agency; here to one that takes no part in these tests.
        return JATENG
    if table == "exchange_recipient" and column.name == "key":
        # An agency knows each key once; a row that needs a recipient brings one of its own.
        return uuid4().hex
    if (table, column.name) in {("field_device", "digest"), ("field_arrival", "mark")}:
        # A row that needs a phone, or a filling of one, brings one of its own.
        return uuid4().bytes
    if (table, column.name) == ("field_device", "name"):
        return uuid4().hex[:12]
    if column.parent == "network_agency" or column.name in {"agency_id", "from_agency_id"}:
        return by.agency_id
    if column.parent == "network_desk":
        return SERVICE_DESK[by.agency_id]
    person = column.name.endswith(("user_id", "_by")) and column.type != "timestamptz"
    if column.parent == "accounts_user" or person:
        return by.user_id
    if column.parent == "network_membership":
        return by.membership_id
    if column.parent and parents and column.parent != table and column.name != "case_id":
        inherited: dict[str, Any] = {
            name: value
            for name, value in given.items()
            if name in {"case_id", "audience", "audience_agency_id"}
            and has_column(connection, column.parent, name)
        }
        return add_row(connection, column.parent, by, **inherited)
    if column.type == "uuid":
        return uuid4()
    if column.type.startswith("_"):
        return []
    if column.name == "audience":
        return "case"
    if column.type not in _BY_TYPE:
        raise NotImplementedError(f"tests/rows.py: how is {table}.{column.name} filled?")
    return _BY_TYPE[column.type]


def _key(connection: Connection, table: str) -> str:
    row = connection.execute(
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid "
        "and a.attnum = i.indkey[0] where i.indrelid = %s::regclass and i.indisprimary",
        [table],
    ).fetchone()
    assert row is not None
    return str(row[0])


def secured_tables(connection: Connection) -> list[str]:
    """Every table under row security that the app may read, but for lists and directory data."""
    return [
        row[0]
        for row in connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace "
            "and relkind in ('r', 'p') and relrowsecurity and relname <> all(%s) "
            "and has_table_privilege('rangkul_app', oid, 'select') order by 1",
            [_open_tables()],
        )
    ]


def _open_tables() -> list[str]:
    with as_owner() as owner:
        return [row[0] for row in owner.execute("select name from house.open_table")]


def owned_tables(kind: str | None = None) -> list[tuple[str, str, str]]:
    """(table, kind, owner column) of every table whose reach the database computes."""
    with as_owner() as owner:
        rows = owner.execute(
            "select name, kind, owner from house.owned_table where %s::text is null or kind = %s "
            "order by name",
            [kind, kind],
        ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def open_case(connection: Connection, at: datetime = NOW) -> int:
    """A case led by the connection's acting agency."""
    row = connection.execute("select house.open_case(%s, %s)", [uuid4(), at]).fetchone()
    assert row is not None
    return int(row[0])


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A case of one agency with a row in every secured table."""

    case_id: int
    request_id: int
    report_id: int
    subjects: dict[str, object]


def write_whole_file(by: Actor, receiver_agency: int) -> WholeFile:
    """Fill every secured table with at least one row of ``by``'s case; committed."""
    with app_as(by) as app:
        case_id = open_case(app)
        other_case = open_case(app)
        ids: dict[str, object] = {}
        for table, kind, _ in owned_tables():
            if kind == "case":
                ids[table] = add_row(app, table, by, case_id=case_id, audience="case")
                _add_service_row(app, table, by, case_id)
        request = add_row(
            app, "referrals_request", by,
            sender_agency_id=by.agency_id, receiver_agency_id=receiver_agency,
            receiver_desk_id=SERVICE_DESK[receiver_agency],
        )  # fmt: skip
        # A request stands only on a ground of its case.
        add_row(app, "referrals_referral", by, case_id=case_id, audience="case", request_id=request)
        for table, kind, owner in owned_tables():
            if kind == "request":
                hangs_on: dict[str, Any] = {owner: request}
                ids[table] = add_row(app, table, by, **hangs_on)
        report = add_row(app, "reports_report", by, case_id=case_id)
        first, second = sorted((case_id, other_case))
        special: dict[str, dict[str, Any]] = {
            "people_token": {"ref": case_id},
            "people_sameperson": {"first_case_id": first, "second_case_id": second},
            "custody_assignment": {"case_id": case_id, "part": "companion"},
            "clocks_clock": {"case_id": case_id},
            "shelter_admission": {"case_id": case_id},
        }
        for table, given in special.items():
            ids[table] = add_row(app, table, by, **given)
        # A stay that is over: the bed of a running one has to be in the admission's house.
        ids["shelter_stay"] = add_row(
            app, "shelter_stay", by, admission_id=ids["shelter_admission"], ended_at=NOW
        )
        for owner_kind, owner_id in (("case", case_id), ("request", request), ("report", report)):
            subject = uuid4()
            if owner_kind == "request":
                # A key that another agency reaches stands under what crossed, on a basis.
                add_row(
                    app, "consent_crossing", by, case_id=case_id, audience="case",
                    subject=subject, to_agency_id=receiver_agency,
                )  # fmt: skip
            ids["foundation_datakey"] = add_row(
                app, "foundation_datakey", by, subject=subject,
                owner_kind=owner_kind, owner_id=owner_id, audience="case", created_at=NOW,
            )  # fmt: skip
        app.execute(
            "insert into trail_act (id, at, xid, agency_id, actor_id, purpose, name, subject_kind, "
            "subject_id, case_id, reason, detail, digest) values (%s, %s, house.act_number(), "
            "%s, %s, 'work', 'x', 'case', '1', %s, '', '{}', '')",
            [uuid4(), NOW, by.agency_id, by.user_id, case_id],
        )
        # A person on the way home is held from the first moment; the database itself wrote that.
        held = app.execute("select min(id) from repatriation_hold").fetchone()
        assert held is not None
        ids["repatriation_hold"] = held[0]
        filled = _fill_the_rest(app, by, ids, case_id)
        app.execute("select house.take_reading('case', %s)", [[case_id]])
    with app_as(Scope.system("tick")) as app:
        filled["alerts_delivery"] = add_row(
            app, "alerts_delivery", by, alert_id=filled["alerts_alert"]
        )
    with app_as(Scope.system("matching")) as app:
        # What only the matching writes; it may not read back a row of another agency's.
        values = {"agency_id": by.agency_id, "case_id": case_id, "asking_agency_id": 1}
        app.execute(
            "insert into reports_earliercontact (id, agency_id, case_id, asking_agency_id, "
            "noticed_at, answer) values (%s, %s, %s, %s, %s, '')",
            [uuid4(), *values.values(), datetime(2026, 3, 2, tzinfo=UTC)],
        )
    _watched(by, case_id)
    return WholeFile(case_id, int(str(request)), int(str(report)), ids | filled)


def _watched(by: Actor, case_id: int) -> None:
    """What only triggers and others write: a relation that was lifted, a stop that is over."""
    with as_owner() as owner:
        owner.execute("alter table custody_relation disable trigger house_guard_relation")
        owner.execute(
            "insert into custody_relation (id, agency_id, case_id, user_id, related_to, tie, "
            "declared_at, declared_by, lifted_at, lifted_by, lift_reason) values "
            "(gen_random_uuid(), %s, %s, 1, 'suspect', 'kin', now(), 1, now(), 2, 'mistaken')",
            [by.agency_id, case_id],
        )
        owner.execute("set constraints all immediate")
        owner.execute("alter table custody_relation enable trigger house_guard_relation")
        owner.execute(
            "insert into custody_readingstop (id, agency_id, user_id, measure, hours, count, "
            "stopped_at, verdict) values (gen_random_uuid(), %s, 1, 'other', 1, 60, now(), "
            "'justified')",
            [by.agency_id],
        )


def _add_service_row(app: Connection, table: str, by: Actor, case_id: int) -> None:
    """A row for the agency's own service, where the table allows a second row for a case."""
    with suppress(psycopg.errors.UniqueViolation), app.transaction():
        add_row(
            app, table, by,
            case_id=case_id, audience="service", audience_agency_id=by.agency_id,
        )  # fmt: skip


def _fill_the_rest(
    app: Connection, by: Actor, known: Mapping[str, object], case_id: int
) -> dict[str, object]:
    """Agency-owned tables that need nothing special, so that a new one is never forgotten."""
    filled = {name: known[name] for name in ("shelter_admission",)}
    for table in secured_tables(app):
        if table in known or table in _FILLED_ELSEWHERE:
            continue
        if table == "repatriation_pin":
            filled[table] = _make_pin(app, filled["repatriation_leg"])
            continue
        whose: dict[str, Any] = dict.fromkeys(_WHOSE.get(table, ()), by.user_id)
        if has_column(app, table, "admission_id"):
            # An admission names its request or its case, which no parent made here would.
            whose["admission_id"] = filled["shelter_admission"]
        if table == "repatriation_clearance":
            whose["returnee_id"] = known["repatriation_returnee"]
        if table == "custody_emergencygrant" or table.startswith("retention_"):
            whose |= {"case_id": case_id} if has_column(app, table, "case_id") else {}
        if table == "custody_emergencystep":
            # A borrowing runs already: the same person cannot borrow the same case twice.
            whose |= {"grant_id": filled["custody_emergencygrant"], "step": "words"}
        if table == "alerts_seen":
            # The same call twice is one alert: no second parent can be made for it.
            whose["alert_id"] = filled["alerts_alert"]
        filled[table] = add_row(app, table, by, **whose)
    return filled


def _make_pin(app: Connection, leg: object) -> object:
    """A number for the giver's side of a leg; only the database's own function writes it."""
    app.execute("select house.make_pin(%s, 'giver', %s, %s, %s)", [leg, b"\x01", b"\x02", NOW])
    row = app.execute("select max(id) from repatriation_pin where leg_id = %s", [leg]).fetchone()
    assert row is not None
    return row[0]


# Columns that may be empty, and of which a check wants one filled.
_WHOSE = {"conferences_seat": ("user_id",), "conferences_decision": ("owner_user_id",)}


_FILLED_ELSEWHERE = {
    "alerts_delivery",
    # The file would be closed to whoever fills the tables; nobody inserts a reading.
    "custody_relation", "custody_reading", "custody_readingstop",
    "custody_case", "custody_caseaccess", "referrals_request", "reports_report",
    "reports_earliercontact", "trail_act",
}  # fmt: skip
