"""Conflict of interest in the database: a file is closed to whoever is related, at that second.

``house.current_closed()`` is asked once in a query by the restrictive policies that
``rowsecurity.Close`` writes; no other way of seeing a row, emergency access included, opens it.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"

SUPERVISES = f"""
create function house.supervises() returns boolean language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  return who.purpose = 'work' and exists (select 1 from network_membership m
    where m.id = who.membership and 'penyelia' = any(m.roles));
end $body$;

revoke all on function house.supervises() from public;
"""

CLOSED = f"""
create function house.current_closed() returns bigint[]
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if who.actor = 0 then return '{{}}'; end if;
  return array(select case_id from custody_relation
    where user_id = who.actor and lifted_at is null);
end $body$;

-- What hangs on those cases by a number of its own: packets, reports, offers of transfer.
create function house.current_closed_of(p_kind text) returns bigint[]
language plpgsql stable {_DEFINER} as $body$
declare closed bigint[] := house.current_closed();
begin
  if cardinality(closed) = 0 then return '{{}}'; end if;
  return case p_kind
    when 'case' then closed
    when 'request' then array(select request_id from referrals_referral
      where case_id = any(closed) and request_id is not null)
    when 'report' then array(select id from reports_report where case_id = any(closed))
    when 'transfer' then array(select transfer_id from referrals_transferend
      where case_id = any(closed))
    when 'emergency' then array(select id from custody_emergencygrant
      where case_id = any(closed))
    else '{{}}'::bigint[] end;
end $body$;

create or replace function house.has_case_access(p_case bigint) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from custody_caseaccess
    where case_id = p_case and agency_id = house.current_agency() and until is null)
    and not p_case = any(house.current_closed()) $body$;

create or replace function house.require_lead(p_case bigint) returns void
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if who.purpose <> 'work' or p_case = any(house.current_closed())
      or not exists (select 1 from custody_caseaccess where case_id = p_case
        and agency_id = who.agency and basis = 'lead' and until is null) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
end $body$;

create function house.guard_relation() returns trigger language plpgsql {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if who.purpose <> 'work' then
    raise exception 'a person declares it' using errcode = 'RK403';
  end if;
  if tg_op = 'INSERT' then
    if new.agency_id is distinct from who.agency
        or not house.has_case_access(new.case_id) or not exists (select 1 from network_membership m
        where m.agency_id = who.agency and m.user_id = new.user_id and m.until is null) then
      raise exception 'parent not reachable' using errcode = 'RK404';
    end if;
    if new.user_id <> who.actor and not house.supervises() then
      raise exception 'for oneself, or by a supervisor' using errcode = 'RK403';
    end if;
    new.declared_by := who.actor;
    new.declared_at := clock_timestamp();
    new.lifted_at := null;
    new.lifted_by := null;
    new.lift_reason := '';
    return new;
  end if;
  if not house.has_case_access(old.case_id) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if old.lifted_at is not null or new.lift_reason = '' or who.actor = old.user_id
      or not house.supervises() then
    raise exception 'another person, a supervisor, once' using errcode = 'RK403';
  end if;
  new.lifted_at := clock_timestamp();
  new.lifted_by := who.actor;
  return new;
end $body$;
create trigger house_guard_relation before insert or update on custody_relation
  for each row execute function house.guard_relation();

-- Whoever is related carries the case no more, in any agency.
create function house.unassign_related() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update custody_assignment set until = new.declared_at
    where case_id = new.case_id and user_id = new.user_id and until is null;
  return null;
end $body$;
create trigger house_unassign after insert on custody_relation
  for each row execute function house.unassign_related();

-- And is not given it again.
create function house.guard_assigned() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if new.until is null and exists (select 1 from custody_relation r where r.case_id = new.case_id
      and r.user_id = new.user_id and r.lifted_at is null) then
    raise exception 'related to the case' using errcode = 'RK409';
  end if;
  return new;
end $body$;
create trigger house_guard_related before insert or update on custody_assignment
  for each row execute function house.guard_assigned();

revoke all on function house.current_closed(), house.current_closed_of(text),
  house.guard_relation(), house.unassign_related(), house.guard_assigned() from public;
grant execute on function house.current_closed(), house.current_closed_of(text) to {APP};
"""

_KEYS = " ".join(
    f"when '{kind}' then (select house.current_closed_of('{kind}'))"
    for kind in ("case", "request", "report", "transfer", "emergency")
)
_REQUESTS = "(select house.current_closed_of('request'))::bigint[]"
_CASES = "(select house.current_closed())::bigint[]"
_CASE_NAMES = "(select house.current_closed())::bigint[]::text[]"

# Tables whose tie to a case is another than a column ``case_id``: (table, condition of a free row).
_OTHERS = (
    ("foundation_datakey", f"owner_id <> all (case owner_kind {_KEYS} else '{{}}'::bigint[] end)"),
    ("referrals_request", f"id <> all ({_REQUESTS})"),
    ("referrals_packet", f"request_id <> all ({_REQUESTS})"),
    ("referrals_message", f"request_id <> all ({_REQUESTS})"),
    (
        "people_sameperson",
        f"first_case_id <> all ({_CASES}) and second_case_id <> all ({_CASES})",
    ),
    ("alerts_alert", f"about_kind <> 'case' or about_id <> all ({_CASE_NAMES})"),
)

OTHERS = "".join(
    f"create policy closed_{command} on {table} as restrictive for {command} to {APP} "
    f"using ({free});\n"
    for table, free in _OTHERS
    for command in ("select", "update", "delete")
)

# Every case-owned table that stands by now, in one go; a later one closes itself with ``Close``.
EVERY_CASE_TABLE = f"""
do $body$ declare t record; c text; begin
  for t in select name from house.owned_table where kind = 'case' order by name loop
    continue when exists (select 1 from pg_policies
      where tablename = t.name and policyname = 'closed_select');
    foreach c in array array['select', 'update', 'delete'] loop
      execute format('create policy closed_%1$s on %2$I as restrictive for %1$s to {APP} using '
        '(coalesce(case_id, 0) <> all ((select house.current_closed())::bigint[]))', c, t.name);
    end loop;
  end loop;
end $body$;
"""
