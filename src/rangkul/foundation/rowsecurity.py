"""The one generator of row security: every policy, trigger and grant is written here.

A migration names its table's kind in the same file that creates the table:

* ``case``: the row belongs to a case; it carries ``case_id``, ``audience``, ``audience_agency_id``
  and gets a ``reach int[]`` that only triggers and custody functions write;
* ``agency``: the row belongs to one agency (``agency_id``);
* ``pair``: the row is shared by ``sender_agency_id``, who makes it, and ``receiver_agency_id``;
* any other registered owner kind (``request``): the row takes its owner's reach, or what
  ``house.new_<kind>_row`` makes of the columns named as ``arguments`` (a leg: its three agencies).

``Open`` names the tables that carry no survivor data, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from rangkul.foundation.roles import APP, READER
from rangkul.foundation.scope import SYSTEM_PURPOSES

_MINE = "(select house.current_agency())"
_PURPOSE = "(select house.current_purpose())"
_DEFINER = "language plpgsql security definer set search_path = house, public, pg_temp"


class _SqlOperation(Operation):
    """A migration step that is only SQL; it cannot be undone, because security is not undone."""

    reduces_to_sql = True
    reversible = True
    elidable = False

    def statements(self) -> Sequence[str]:
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models' state does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        # Foreign keys made earlier in this migration wait for its end, and a table with waiting
        # triggers cannot be altered.
        schema_editor.execute("set constraints all immediate")
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The table goes with its policies."""


class Secure(_SqlOperation):
    """Turn row security on for ``table`` and grant the app exactly what it needs."""

    def __init__(
        self,
        table: str,
        kind: str,
        *,
        insert: bool = True,
        update: Sequence[str] = (),
        delete: bool = False,
        owner: str | None = None,
        arguments: Sequence[str] = (),
        siblings: Mapping[str, str] | None = None,
        system: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.table, self.kind = table, kind
        self.insert, self.update, self.delete = insert, tuple(update), delete
        self.owner = owner or f"{kind}_id"
        self.arguments = tuple(arguments) or (self.owner,)
        self.siblings = dict(siblings or {})
        self.system = {name: tuple(commands) for name, commands in (system or {}).items()}
        unknown = set(self.system) - SYSTEM_PURPOSES
        if unknown:
            raise ValueError(f"{table}: no such system scope: {sorted(unknown)}")
        forbidden = {"reach", "case_id", "audience", "audience_agency_id", "agency_id", self.owner}
        forbidden |= set(self.arguments)
        if kind != "agency" and forbidden & set(self.update):
            raise ValueError(f"{table}: the app may not move a row between owners")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        keywords: dict[str, Any] = {"insert": self.insert, "update": self.update}
        keywords |= {"delete": self.delete, "owner": self.owner, "arguments": self.arguments}
        keywords |= {"siblings": self.siblings, "system": self.system}
        return "Secure", [self.table, self.kind], keywords

    def describe(self) -> str:
        return f"Secure the rows of {self.table} by {self.kind}"

    def statements(self) -> list[str]:
        made = [f"alter table {self.table} enable row level security"]
        if self.kind == "agency":
            mine = f"{_MINE} = {self.owner}"
        else:
            mine = f"{_MINE} = any(reach)"
            made += self._reach()
        made += self._policies(mine)
        made += self._grants()
        made += self._siblings()
        return made

    def _reach(self) -> list[str]:
        function = f"house.reach_{self.table}"
        if self.kind == "case":
            reached = "house.new_case_row(new.case_id, new.audience, new.audience_agency_id)"
        elif self.kind == "pair":
            reached = "house.new_pair_row(new.sender_agency_id, new.receiver_agency_id)"
        else:
            handed = ", ".join(f"new.{column}" for column in self.arguments)
            reached = f"house.new_{self.kind}_row({handed})"
        exempt = [name for name, commands in self.system.items() if "insert" in commands]
        demand = "(house.current_agency() = any(new.reach)) is not true"
        if exempt:
            names = ", ".join(f"'{name}'" for name in exempt)
            demand = f"house.current_purpose() not in ({names}) and {demand}"
        return [
            f"alter table {self.table} add column reach integer[] not null",
            f"create function {function}() returns trigger {_DEFINER} as $body$ begin "
            f"new.reach := coalesce({reached}, '{{}}'); "
            f"if {demand} then "
            "raise exception 'parent not reachable' using errcode = 'RK404'; end if; "
            "return new; end $body$",
            f"revoke all on function {function}() from public",
            f"create trigger house_reach before insert on {self.table} "
            f"for each row execute function {function}()",
            "insert into house.owned_table (name, kind, owner) values "
            f"('{self.table}', '{self.kind}', '{self.owner}')",
        ]

    def _policies(self, mine: str) -> list[str]:
        made = [f"create policy mine_select on {self.table} for select to {APP} using ({mine})"]
        if self.insert:
            made.append(
                f"create policy mine_insert on {self.table} for insert to {APP} with check ({mine})"
            )
        if self.update:
            made.append(
                f"create policy mine_update on {self.table} for update to {APP} "
                f"using ({mine}) with check ({mine})"
            )
        if self.delete:
            made.append(
                f"create policy mine_delete on {self.table} for delete to {APP} using ({mine})"
            )
        for name, commands in self.system.items():
            made += _admitted(self.table, name, commands)
        return made

    def _grants(self) -> list[str]:
        made = [
            f"revoke all on {self.table} from public, {APP}, {READER}",
            f"grant select on {self.table} to {APP}",
        ]
        commands = {c for commands in self.system.values() for c in commands}
        if self.insert or "insert" in commands:
            made.append(f"grant insert on {self.table} to {APP}")
            made.append(_sequence_grant(self.table))
        if self.update:
            made.append(f"grant update ({', '.join(self.update)}) on {self.table} to {APP}")
        if self.delete or "delete" in commands:
            made.append(f"grant delete on {self.table} to {APP}")
        return made

    def _siblings(self) -> list[str]:
        """A reference to another row of the same owner: a foreign owner's row cannot be named.

        Foreign-key checks ignore row security, so the owner is part of the key.
        """
        made = []
        for column, target in self.siblings.items():
            made.append(
                f"do $body$ begin if not exists (select 1 from pg_constraint where conname = "
                f"'{target}_owner_key') then alter table {target} add constraint "
                f"{target}_owner_key unique ({self.owner}, id); end if; end $body$"
            )
            made.append(
                f"alter table {self.table} add constraint {self.table}_{column}_sibling "
                f"foreign key ({self.owner}, {column}) references {target} ({self.owner}, id) "
                "deferrable initially deferred"
            )
        return made


def _admitted(table: str, purpose: str, commands: Sequence[str]) -> list[str]:
    """One policy for each command that a system scope may use on a table."""
    condition = f"{_PURPOSE} = '{purpose}'"
    clauses = {
        "select": f"using ({condition})",
        "insert": f"with check ({condition})",
        "update": f"using ({condition}) with check ({condition})",
        "delete": f"using ({condition})",
    }
    return [
        f"create policy {purpose}_{command} on {table} for {command} to {APP} {clauses[command]}"
        for command in commands
    ]


class Admit(_SqlOperation):
    """Let a system scope use a table that was secured before; the app's grants stay as they are."""

    def __init__(self, table: str, purpose: str, commands: Sequence[str]) -> None:
        if purpose not in SYSTEM_PURPOSES:
            raise ValueError(f"{table}: no such system scope: {purpose}")
        self.table, self.purpose, self.commands = table, purpose, tuple(commands)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "Admit", [self.table, self.purpose, self.commands], {}

    def describe(self) -> str:
        return f"Let the scope {self.purpose} {', '.join(self.commands)} on {self.table}"

    def statements(self) -> list[str]:
        return _admitted(self.table, self.purpose, self.commands)


class Lend(_SqlOperation):
    """Let an emergency's scope read the borrowed case's rows of a table, and never write them.

    The second generated policy: ``house.current_borrowed()`` is the case of a grant that stands and
    runs, or the query is refused; under every other scope it is NULL and admits nothing. ``only``
    narrows it further.
    """

    def __init__(self, table: str, *, column: str = "case_id", only: str = "") -> None:
        self.table, self.column, self.only = table, column, only

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "Lend", [self.table], {"column": self.column, "only": self.only}

    def describe(self) -> str:
        return f"Lend rows of {self.table} in an emergency"

    def statements(self) -> list[str]:
        narrowed = f" and {self.only}" if self.only else ""
        return [
            f"create policy emergency_select on {self.table} for select to {APP} "
            f"using ({self.column} = (select house.current_borrowed()){narrowed})"
        ]


class Close(_SqlOperation):
    """Close rows that belong to a case to whoever is related to its survivor or suspect.

    Restrictive, so that no other policy opens them again. ``column`` may be empty in a row;
    ``when`` says which rows of a mixed table belong to a case at all.
    """

    def __init__(self, table: str, *, column: str = "case_id", when: str = "") -> None:
        self.table, self.column, self.when = table, column, when

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "Close", [self.table], {"column": self.column, "when": self.when}

    def describe(self) -> str:
        return f"Close {self.table} to whoever is related"

    def statements(self) -> list[str]:
        free = f"coalesce({self.column}, 0) <> all ((select house.current_closed())::bigint[])"
        if self.when:
            free = f"not ({self.when}) or {free}"
        return [
            statement
            for command in ("select", "update", "delete")
            for statement in (
                f"drop policy if exists closed_{command} on {self.table}",
                f"create policy closed_{command} on {self.table} as restrictive for {command} "
                f"to {APP} using ({free})",
            )
        ]


class Open(_SqlOperation):
    """Grant the app its commands on a table without survivor data; ``reason`` says why none."""

    def __init__(
        self,
        table: str,
        commands: Sequence[str],
        *,
        reason: str,
        own_agency_writes: str | None = None,
    ) -> None:
        self.table, self.commands, self.reason = table, tuple(commands), reason
        self.own_agency_writes = own_agency_writes

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        keywords = {"reason": self.reason, "own_agency_writes": self.own_agency_writes}
        return "Open", [self.table, self.commands], keywords

    def describe(self) -> str:
        return f"Grant {', '.join(self.commands)} on {self.table}"

    def statements(self) -> list[str]:
        made = [
            f"revoke all on {self.table} from public, {APP}, {READER}",
            f"grant {', '.join(self.commands)} on {self.table} to {APP}",
            "insert into house.open_table (name, reason) values "
            f"('{self.table}', '{self.reason.replace(chr(39), chr(39) * 2)}') "
            "on conflict (name) do update set reason = excluded.reason",
        ]
        if "insert" in self.commands:
            made.append(_sequence_grant(self.table))
        if self.own_agency_writes:
            mine = f"{_MINE} = {self.own_agency_writes}"
            made += [
                f"alter table {self.table} enable row level security",
                f"create policy all_select on {self.table} for select to {APP} using (true)",
                f"create policy mine_insert on {self.table} for insert to {APP} with check ({mine})",
                f"create policy mine_update on {self.table} for update to {APP} "
                f"using ({mine}) with check ({mine})",
                f"create policy mine_delete on {self.table} for delete to {APP} using ({mine})",
            ]
        return made


def _sequence_grant(table: str) -> str:
    """For columns that draw from a sequence by their default, as a library's may.

    Identity columns, which all of ours are, need no right on their sequence; with one the app
    could read there how many rows everybody has.
    """
    return (
        "do $body$ declare s text; begin for s in select pg_get_serial_sequence(attrelid::regclass"
        "::text, attname) from pg_attribute where attrelid = "
        f"'{table}'::regclass and attnum > 0 and not attisdropped and attidentity = '' "
        "loop continue when s is null; "
        f"execute format('grant usage on sequence %s to {APP}', s); end loop; end $body$"
    )
