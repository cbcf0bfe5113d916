"""The database's own functions for scope and reach, as text for the first migration.

Every security-definer function is listed in ``docs/decisions/0003-definer-functions.md`` with its
reason; a contract test compares the list with the catalogue.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP, OWNER, READER

_DEFINER = "security definer set search_path = house, public, pg_temp"

ROLES_EXIST = f"""
do $body$ begin
  if (select count(*) from pg_roles where rolname in ('{OWNER}', '{APP}', '{READER}')) < 3 then
    raise exception 'the database roles are missing: run "rangkul roles" first (see the operator''s guide)';
  end if;
end $body$;
"""

HOUSE = f"""
create schema house;
revoke all on schema house from public;
grant usage on schema house to {APP}, {READER};
revoke create on schema public from public;
grant usage on schema public to {APP}, {READER};

create table house.scope_key (
  id smallint primary key, inner_pad bytea not null, outer_pad bytea not null, ring text not null);
create table house.owned_table (name text primary key, kind text not null, owner text not null);
create table house.open_table (name text primary key, reason text not null);
revoke all on all tables in schema house from public, {APP}, {READER};

create type house.scope_value as (
  agency integer, actor integer, membership integer, version integer, purpose text);

-- Replaced by the network package, which knows memberships.
create function house.membership_live(p_membership integer, p_version integer, p_actor integer,
  p_agency integer) returns boolean language plpgsql stable as $body$
begin raise exception 'memberships are not installed'; end $body$;

create function house.scope() returns house.scope_value language plpgsql stable {_DEFINER} as $body$
declare
  raw text := current_setting('rangkul.scope', true);
  part text[];
  body text;
  found house.scope_value;
  pads house.scope_key;
begin
  if raw is null or raw = '' then
    raise exception 'scope missing' using errcode = 'RK001';
  end if;
  part := string_to_array(raw, '|');
  if cardinality(part) <> 8 then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'form';
  end if;
  body := left(raw, length(raw) - length(part[8]) - 1);
  select * into pads from house.scope_key where id = 1;
  if pads.id is null or part[8] <> encode(sha256(
      pads.outer_pad || sha256(pads.inner_pad || convert_to(body, 'UTF8'))), 'hex') then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'signature';
  end if;
  if part[6]::bigint < extract(epoch from clock_timestamp()) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'expired';
  end if;
  if part[7]::integer <> pg_backend_pid() then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'another connection';
  end if;
  found := (part[1]::integer, part[2]::integer, part[3]::integer, part[4]::integer, part[5]);
  if found.purpose = 'work' and not house.membership_live(
      found.membership, found.version, found.actor, found.agency) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'membership ended';
  end if;
  return found;
end $body$;

create function house.current_agency() returns integer language plpgsql stable {_DEFINER} as $body$
begin return (house.scope()).agency; end $body$;
create function house.current_actor() returns integer language plpgsql stable {_DEFINER} as $body$
begin return (house.scope()).actor; end $body$;
create function house.current_purpose() returns text language plpgsql stable {_DEFINER} as $body$
begin return (house.scope()).purpose; end $body$;

-- Which ring this database belongs to: the start-up check compares it with the file.
create function house.ring() returns text language sql stable {_DEFINER} as $body$
  select ring from house.scope_key where id = 1 $body$;

revoke all on all functions in schema house from public;
grant execute on function house.scope(), house.current_agency(), house.current_actor(),
  house.current_purpose(), house.ring() to {APP};
grant execute on function house.ring() to {READER};
"""

# The key store takes the reach of each key's owner row; owner kinds register their function.
KEY_STORE = f"""
create table house.owner_kind (kind text primary key, reach_function text not null);
revoke all on house.owner_kind from public, {APP}, {READER};

create function house.key_reach(p_kind text, p_owner bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql {_DEFINER} as $body$
declare f text; found integer[];
begin
  select reach_function into f from house.owner_kind where kind = p_kind;
  if f is null then raise exception 'no owner kind %', p_kind; end if;
  execute format('select house.%I($1, $2, $3)', f) into found using p_owner, p_audience, p_agency;
  return coalesce(found, '{{}}');
end $body$;

alter table foundation_datakey add column reach integer[] not null;
create function house.reach_foundation_datakey() returns trigger language plpgsql {_DEFINER} as $body$
begin
  new.reach := house.key_reach(new.owner_kind, new.owner_id, new.audience, new.audience_agency_id);
  if (house.current_agency() = any(new.reach)) is not true then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_reach before insert on foundation_datakey
  for each row execute function house.reach_foundation_datakey();
revoke all on function house.key_reach(text, bigint, text, integer),
  house.reach_foundation_datakey() from public;

alter table foundation_datakey enable row level security;
create policy mine_select on foundation_datakey for select to {APP}
  using ((select house.current_agency()) = any(reach));
create policy mine_insert on foundation_datakey for insert to {APP}
  with check ((select house.current_agency()) = any(reach));
create policy mine_delete on foundation_datakey for delete to {APP}
  using ((select house.current_agency()) = any(reach));
grant select, insert, delete on foundation_datakey to {APP};
"""

# A scope of ten fields lends one case until an hour; it reaches no agency's files, the own ones not
# either. A scope of eight is what it always was, so that processes of both releases may run while
# one takes over from the other; neither form can be read as the other, for no field holds a bar.
BORROWED_SCOPE = f"""
alter type house.scope_value add attribute borrowed bigint;

-- Replaced by the custody package, which knows the grants.
create function house.borrowing_live(p_case bigint, p_actor integer, p_agency integer)
returns boolean language sql stable as $body$ select false $body$;
revoke all on function house.borrowing_live(bigint, integer, integer) from public;

create or replace function house.scope() returns house.scope_value
language plpgsql stable {_DEFINER} as $body$
declare
  raw text := current_setting('rangkul.scope', true);
  part text[];
  n integer;
  body text;
  found house.scope_value;
  pads house.scope_key;
begin
  if raw is null or raw = '' then
    raise exception 'scope missing' using errcode = 'RK001';
  end if;
  part := string_to_array(raw, '|');
  n := cardinality(part);
  if n not in (8, 10) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'form';
  end if;
  body := left(raw, length(raw) - length(part[n]) - 1);
  select * into pads from house.scope_key where id = 1;
  if pads.id is null or part[n] <> encode(sha256(
      pads.outer_pad || sha256(pads.inner_pad || convert_to(body, 'UTF8'))), 'hex') then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'signature';
  end if;
  if (part[5] = 'emergency') <> (n = 10) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'form';
  end if;
  if part[n - 2]::bigint < extract(epoch from clock_timestamp()) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'expired';
  end if;
  if part[n - 1]::integer <> pg_backend_pid() then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'another connection';
  end if;
  found := (part[1]::integer, part[2]::integer, part[3]::integer, part[4]::integer, part[5],
    case when n = 10 then part[6]::bigint end);
  if found.purpose in ('work', 'emergency') and not house.membership_live(
      found.membership, found.version, found.actor, found.agency) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'membership ended';
  end if;
  if n = 10 and (part[7]::bigint < extract(epoch from clock_timestamp())
      or not house.borrowing_live(found.borrowed, found.actor, found.agency)) then
    raise exception 'scope refused' using errcode = 'RK002', detail = 'borrowing ended';
  end if;
  return found;
end $body$;

create or replace function house.current_agency() returns integer
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  return case when who.borrowed is null then who.agency else 0 end;
end $body$;

create function house.current_borrowed() returns bigint
language plpgsql stable {_DEFINER} as $body$
begin return (house.scope()).borrowed; end $body$;
revoke all on function house.current_borrowed() from public;
grant execute on function house.current_borrowed() to {APP};
"""
