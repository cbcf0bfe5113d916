"""What the database's own catalogue says about who may do what; pure questions, no opinion."""

from __future__ import annotations

from tests.rows import Connection

APP, READER, OWNER = "rangkul_app", "rangkul_reader", "rangkul_owner"

# Columns that say whose a row is. The app may set them on its own new row, never change them.
OWNERSHIP = (
    "case_id", "agency_id", "audience", "audience_agency_id", "reach", "request_id",
    "sender_agency_id", "receiver_agency_id", "lead_agency_id", "owner_kind", "owner_id", "subject",
)  # fmt: skip


def unsecured_tables(connection: Connection) -> list[str]:
    """Tables and views without row security that nobody has named as open, with a reason."""
    rows = connection.execute(
        """
        select c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace
          and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and not exists (select 1 from house.open_table o
                          where o.name = c.relname and length(o.reason) > 10)
          and not (c.relrowsecurity
                   and exists (select 1 from pg_policy p where p.polrelid = c.oid)
                   and c.relkind in ('r', 'p'))
          and not (c.relkind = 'v' and 'security_invoker=true' = any(coalesce(c.reloptions, '{}')))
        order by 1
        """
    ).fetchall()
    return [row[0] for row in rows]


def open_policies(connection: Connection) -> list[str]:
    """Policies of secured tables that let everything through, or bind someone beside the app."""
    rows = connection.execute(
        """
        select p.tablename || '.' || p.policyname from pg_policies p
        where p.schemaname = 'public'
          and not exists (select 1 from house.open_table o where o.name = p.tablename)
          and (coalesce(p.qual, '') || coalesce(p.with_check, '') !~ 'house\\.(current_|has_)'
               or p.roles <> array['rangkul_app']::name[]
               or p.cmd = 'ALL')
        order by 1
        """
    ).fetchall()
    return [row[0] for row in rows]


def movable_ownership(connection: Connection) -> set[tuple[str, str]]:
    """(table, column) where the app may change whose a row of a secured table is."""
    rows = connection.execute(
        """
        select p.table_name, p.column_name from information_schema.column_privileges p
        join pg_class c on c.relname = p.table_name and c.relnamespace = 'public'::regnamespace
        where p.grantee in ('rangkul_app', 'rangkul_reader', 'PUBLIC')
          and p.privilege_type = 'UPDATE' and p.column_name = any(%s) and c.relrowsecurity
          and not exists (select 1 from house.open_table o where o.name = p.table_name)
        """,
        [list(OWNERSHIP)],
    ).fetchall()
    return {(row[0], row[1]) for row in rows}


def reach_without_trigger(connection: Connection) -> list[str]:
    """Tables with a reach that nothing computes on insert, or that custody does not refresh."""
    rows = connection.execute(
        """
        select c.relname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'reach' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and c.relname <> 'custody_case'
          and (not exists (select 1 from pg_trigger t where t.tgrelid = c.oid
                           and t.tgname = 'house_reach' and t.tgenabled = 'O')
               or not a.attnotnull
               or (c.relname <> 'foundation_datakey' and not exists (
                   select 1 from house.owned_table o where o.name = c.relname)))
        order by 1
        """
    ).fetchall()
    return [row[0] for row in rows]


def case_rows_without_reach(connection: Connection) -> list[str]:
    """Tables that carry an audience but are not registered as case-owned.

    An alert's audience is whom it calls; it belongs to one agency and to no case.
    """
    rows = connection.execute(
        """
        select c.relname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'audience' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and c.relname not in ('foundation_datakey', 'alerts_alert')
          and not exists (select 1 from house.owned_table o
                          where o.name = c.relname and o.kind = 'case')
        order by 1
        """
    ).fetchall()
    return [row[0] for row in rows]


def unclosed_tables(connection: Connection) -> list[str]:
    """Tables that know a case and are not closed, for reading and changing, to whoever is related.

    The relations themselves stay open: they say to whom a file is closed.
    """
    rows = connection.execute(
        """
        select c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and c.relrowsecurity and c.relname <> 'custody_relation'
          and (c.relname in ('custody_case', 'foundation_datakey', 'referrals_request')
               or exists (select 1 from pg_attribute a where a.attrelid = c.oid
                          and a.attname in ('case_id', 'first_case_id') and not a.attisdropped))
          and (select count(*) from pg_policy p where p.polrelid = c.oid and not p.polpermissive
               and p.polname in ('closed_select', 'closed_update', 'closed_delete')) < 3
        order by 1
        """
    ).fetchall()
    return [row[0] for row in rows]


def grants(connection: Connection) -> list[str]:
    """Every right of app, reader and PUBLIC on tables, columns, sequences, functions and schemas.

    One line each, sorted: ``who right kind name [(columns)]``, names as text: PostgreSQL's own
    type for them would cut a list of columns after 63 signs.
    """
    rows = connection.execute(
        """
        with held as (
          select a.grantee, a.privilege_type as what, case c.relkind when 'S' then 'sequence'
              when 'v' then 'view' else 'table' end as kind, c.relname::text as name
            from pg_class c, aclexplode(coalesce(c.relacl, acldefault(
              case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner))) a
            where c.relnamespace in ('public'::regnamespace, 'house'::regnamespace)
              and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
          union all
          select a.grantee, a.privilege_type, 'column', c.relname || ' (' ||
              string_agg(t.attname, ', ' order by t.attname) || ')'
            from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
            where c.relnamespace in ('public'::regnamespace, 'house'::regnamespace)
            group by a.grantee, a.privilege_type, c.relname
          union all
          select a.grantee, a.privilege_type, 'function', p.proname || '(' ||
              pg_get_function_identity_arguments(p.oid) || ')'
            from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            where p.pronamespace = 'house'::regnamespace
          union all
          select a.grantee, a.privilege_type, 'schema', n.nspname
            from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
            where n.nspname in ('public', 'house')
        )
        select case when grantee = 0 then 'PUBLIC' else grantee::regrole::text end
               || ' ' || what || ' ' || kind || ' ' || name
        from held where grantee = 0 or grantee::regrole::text in ('rangkul_app', 'rangkul_reader')
        """
    ).fetchall()
    return sorted(row[0] for row in rows)


def definer_functions(connection: Connection) -> list[str]:
    """Names of all security-definer functions outside the system's own schemas."""
    rows = connection.execute(
        "select distinct n.nspname || '.' || p.proname from pg_proc p "
        "join pg_namespace n on n.oid = p.pronamespace "
        "where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 1"
    ).fetchall()
    return [row[0] for row in rows]


def definers_with_open_path(connection: Connection) -> list[str]:
    """Definer functions whose search path a caller could bend: it must be set, pg_temp last."""
    rows = connection.execute(
        "select p.proname from pg_proc p where p.prosecdef and p.pronamespace = "
        "'house'::regnamespace and not 'search_path=house, public, pg_temp' = "
        "any(coalesce(p.proconfig, '{}')) order by 1"
    ).fetchall()
    return [row[0] for row in rows]


def public_house_functions(connection: Connection) -> list[str]:
    """Functions of the house that PUBLIC may execute."""
    rows = connection.execute(
        "select p.proname from pg_proc p where p.pronamespace = 'house'::regnamespace and exists "
        "(select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
        "where a.grantee = 0) order by 1"
    ).fetchall()
    return [row[0] for row in rows]
