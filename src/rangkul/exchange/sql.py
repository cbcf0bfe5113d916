"""Exports in the database: two persons, one maker, and withdrawal that reaches them at once.

Whatever takes a case out of somebody's hands (a withdrawn consent, a restriction, an erasure, a
conflict of interest, an access that ends) destroys, in its own transaction, the prepared files that
hold the case. ``house.export_why`` says the same again when a file is fetched.
"""

from __future__ import annotations

from typing import Final

from rangkul.foundation.roles import APP

_DEFINER: Final = "security definer set search_path = house, public, pg_temp"
_LIVE: Final = "('waiting', 'queued', 'making', 'ready')"

GUARDS: Final = f"""
create function house.guard_recipient() returns trigger language plpgsql {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if tg_op = 'INSERT' then
    if new.added_by <> who.actor or new.state <> 'added' then
      raise exception 'a person adds it, another confirms it' using errcode = 'RK403';
    end if;
    return new;
  end if;
  if old.state = 'ended' then
    raise exception 'somebody was first' using errcode = 'RK409';
  end if;
  if new.state = 'confirmed' and old.state <> 'confirmed' and (old.added_by = who.actor
      or new.confirmed_by is distinct from who.actor or not house.supervises()) then
    raise exception 'another person, a supervisor, confirms' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_recipient before insert or update on exchange_recipient
  for each row execute function house.guard_recipient();

-- Asked by one person for herself; large ones let through by a second one; fetched by whoever asked,
-- while nothing stands in the way; what is over stays over.
create function house.guard_export() returns trigger language plpgsql {_DEFINER} as $body$
declare who house.scope_value;
begin
  if tg_op = 'INSERT' then
    who := house.scope();
    if who.purpose <> 'work' or new.asked_by <> who.actor
        or new.state not in ('waiting', 'queued') or new.approved_by is not null
        or (new.state = 'queued' and new.expected > 1000) then
      raise exception 'a person asks, for herself' using errcode = 'RK403';
    end if;
    return new;
  end if;
  if old.state in ('fetched', 'destroyed') and new.state <> old.state then
    raise exception 'somebody was first' using errcode = 'RK409';
  end if;
  if new.state = old.state or new.state = 'destroyed' then
    if new.approved_by is distinct from old.approved_by then
      raise exception 'another supervisor lets it through' using errcode = 'RK403';
    end if;
    return new;
  end if;
  who := house.scope();
  if new.state = 'queued' and (old.state <> 'waiting' or old.asked_by = who.actor
      or new.approved_by is distinct from who.actor or not house.supervises()) then
    raise exception 'another supervisor lets it through' using errcode = 'RK403';
  end if;
  if new.state in ('making', 'ready', 'fetched') and old.asked_by <> who.actor then
    raise exception 'in the name of whoever asked' using errcode = 'RK403';
  end if;
  if new.state = 'fetched' and (old.state <> 'ready' or house.export_why(old.id) <> '') then
    raise exception 'its ground is gone' using errcode = 'RK005';
  end if;
  return new;
end $body$;
create trigger house_guard_export before insert or update on exchange_export
  for each row execute function house.guard_export();

-- Only an export of one's own agency takes a case in.
create function house.guard_exportcase() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if not exists (select 1 from exchange_export e
      where e.id = new.export_id and e.agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_exportcase before insert on exchange_exportcase
  for each row execute function house.guard_exportcase();
revoke all on function house.guard_recipient(), house.guard_export(), house.guard_exportcase()
  from public;
"""

GROUNDS: Final = f"""
-- Her last word: a consent was taken back, and none was given since.
create function house.consent_taken_back(p_case bigint) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from consent_basis b where b.case_id = p_case and b.letter = 'a'
    and b.withdrawn_at is not null and not exists (select 1 from consent_basis n
      where n.case_id = p_case and n.letter = 'a' and n.withdrawn_at is null
        and n.recorded_at >= b.withdrawn_at)) $body$;

-- Which of these cases no export takes in, and why; only of cases that the acting agency holds.
create function house.export_barred(p_cases bigint[]) returns table (barred_case bigint, why text)
language sql stable {_DEFINER} as $body$
  select found.id, found.w from (select c as id, case
      when coalesce((select f.is_child from cases_casefile f where f.case_id = c), true) then 'child'
      when house.case_restricted(c) then 'restricted'
      when house.consent_taken_back(c) then 'withdrawn' end as w
    from unnest(p_cases) c where house.has_case_access(c)) found where found.w is not null $body$;

-- Why a prepared export may not be given out now; '' where it may.
create function house.export_why(p_export bigint) returns text
language plpgsql stable {_DEFINER} as $body$
declare e exchange_export;
begin
  select * into e from exchange_export where id = p_export;
  if not found then return 'missing'; end if;
  if not exists (select 1 from network_membership m join accounts_user u on u.id = m.user_id
      where m.agency_id = e.agency_id and m.user_id = e.asked_by and u.is_active
        and (m.until is null or m.until > clock_timestamp()) and 'penyelia' = any(m.roles)) then
    return 'left';
  end if;
  if not exists (select 1 from exchange_recipient r
      where r.id = e.recipient_id and r.state = 'confirmed') then
    return 'recipient_ended';
  end if;
  return coalesce((select w from (select case
      when exists (select 1 from retention_erasure r where r.case_id = x.case_id
        and r.state not in ('proposed', 'taken_back')) then 'erased'
      when not exists (select 1 from custody_caseaccess a where a.case_id = x.case_id
        and a.agency_id = e.agency_id and a.until is null) then 'custody'
      when exists (select 1 from custody_relation r where r.case_id = x.case_id
        and r.user_id = e.asked_by and r.lifted_at is null) then 'conflict'
      when house.case_restricted(x.case_id) then 'restricted'
      when house.consent_taken_back(x.case_id) or exists (select 1 from consent_basis b
        where b.case_id = x.case_id and b.letter = 'a' and b.withdrawn_at >= e.asked_at)
        then 'withdrawn'
      when exists (select 1 from cases_casefile f where f.case_id = x.case_id and f.is_child)
        then 'child' end as w
    from exchange_exportcase x where x.export_id = p_export) found where w is not null limit 1), '');
end $body$;

-- The same for the app, of its own agency's exports.
create function house.export_obstacle(p_export bigint) returns text
language sql stable {_DEFINER} as $body$
  select coalesce((select house.export_why(e.id) from exchange_export e
    where e.id = p_export and e.agency_id = house.current_agency()), 'missing') $body$;

revoke all on function house.consent_taken_back(bigint), house.export_barred(bigint[]),
  house.export_why(bigint), house.export_obstacle(bigint) from public;
grant execute on function house.export_barred(bigint[]), house.export_obstacle(bigint) to {APP};
"""

FOLLOWING: Final = f"""
create function house.spoil_exports(p_case bigint, p_why text, p_user integer, p_agency integer)
returns void language sql {_DEFINER} as $body$
  with gone as (update exchange_export e
      set state = 'destroyed', why = p_why, ended_at = clock_timestamp()
    where e.state in {_LIVE} and (p_user is null or e.asked_by = p_user)
      and (p_agency is null or e.agency_id = p_agency)
      and exists (select 1 from exchange_exportcase x
        where x.export_id = e.id and x.case_id = p_case)
    returning e.id)
  delete from exchange_exportfile f using gone where f.export_id = gone.id $body$;

create function house.follow_into_exports() returns trigger language plpgsql {_DEFINER} as $body$
begin
  case tg_table_name
    when 'consent_basis' then
      perform house.spoil_exports(new.case_id, 'withdrawn', null, null);
    when 'retention_restriction' then
      perform house.spoil_exports(new.case_id, 'restricted', null, null);
    when 'retention_erasure' then
      perform house.spoil_exports(new.case_id, 'erased', null, null);
    when 'custody_relation' then
      perform house.spoil_exports(new.case_id, 'conflict', new.user_id, null);
    when 'custody_caseaccess' then
      perform house.spoil_exports(new.case_id, 'custody', null, new.agency_id);
    when 'cases_casefile' then
      perform house.spoil_exports(new.case_id, 'child', null, null);
  end case;
  return null;
end $body$;
create trigger house_follow_exports after update of withdrawn_at on consent_basis for each row
  when (new.letter = 'a' and old.withdrawn_at is null and new.withdrawn_at is not null)
  execute function house.follow_into_exports();
create trigger house_follow_exports after insert on retention_restriction for each row
  execute function house.follow_into_exports();
create trigger house_follow_exports after update of state on retention_erasure for each row
  when (old.state = 'proposed' and new.state = 'destroyed')
  execute function house.follow_into_exports();
create trigger house_follow_exports after insert on custody_relation for each row
  execute function house.follow_into_exports();
create trigger house_follow_exports after update of until on custody_caseaccess for each row
  when (old.until is null and new.until is not null)
  execute function house.follow_into_exports();
create trigger house_follow_exports after update of is_child on cases_casefile for each row
  when (new.is_child and not old.is_child) execute function house.follow_into_exports();

create function house.follow_recipient() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update exchange_export set state = 'destroyed', why = 'recipient_ended',
    ended_at = clock_timestamp() where recipient_id = new.id and state in {_LIVE};
  delete from exchange_exportfile f using exchange_export e
    where e.id = f.export_id and e.recipient_id = new.id and e.state = 'destroyed';
  return null;
end $body$;
create trigger house_follow_recipient after update of state on exchange_recipient for each row
  when (old.state <> 'ended' and new.state = 'ended') execute function house.follow_recipient();

-- The tick's: ends what was not fetched in time or lost its ground, and tells what ended since.
create function house.end_exports(p_at timestamptz)
returns table (ended_export bigint, ended_agency integer, ended_why text)
language plpgsql {_DEFINER} as $body$
declare e record;
begin
  if house.current_purpose() <> 'retention' then
    raise exception 'the tick alone ends what is over' using errcode = 'RK403';
  end if;
  for e in select x.*, house.export_why(x.id) as now_why from exchange_export x
      where x.noted_at is null and x.state <> 'fetched'
        and (x.state = 'destroyed' or x.expires_at <= p_at
          or x.asked_at <= p_at - interval '24 hours' and x.state <> 'ready'
          or house.export_why(x.id) <> '')
      order by x.id limit 200 for update of x skip locked loop
    ended_export := e.id;
    ended_agency := e.agency_id;
    ended_why := case when e.state = 'destroyed' then e.why
      else coalesce(nullif(e.now_why, ''), 'expired') end;
    update exchange_export set state = 'destroyed', why = ended_why, noted_at = p_at,
      ended_at = coalesce(ended_at, p_at) where id = e.id;
    delete from exchange_exportfile where export_id = e.id;
    return next;
  end loop;
end $body$;
revoke all on function house.spoil_exports(bigint, text, integer, integer),
  house.follow_into_exports(), house.follow_recipient(), house.end_exports(timestamptz)
  from public;
grant execute on function house.end_exports(timestamptz) to {APP};
"""

# The exports that held a case stand in its trail: one act for all their rows, joined here.
CASE_ACTS: Final = f"""
create function house.case_exports(p_case bigint) returns text[]
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return '{{}}'; end if;
  return array(select export_id::text from exchange_exportcase where case_id = p_case);
end $body$;

create function house.hanging_acts(p_case bigint) returns setof trail_act
language sql stable {_DEFINER} as $body$
  select * from trail_act where subject_kind = 'request' and name = 'packet.opened'
    and subject_id = any(house.case_packets(p_case)) and case_id is null
  union all
  select * from trail_act where subject_kind = 'export'
    and name in ('export.made', 'export.fetched')
    and subject_id = any(house.case_exports(p_case)) and case_id is null $body$;

create or replace function house.case_acts(p_case bigint, p_actor integer, p_names text[],
  p_from timestamptz, p_until timestamptz, p_limit integer) returns setof trail_act
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return; end if;
  return query (
    select * from trail_act where case_id = p_case
      and at >= p_from and at < p_until
      and (p_actor = 0 or actor_id = p_actor)
      and (cardinality(p_names) = 0 or name = any(p_names))
    order by at desc limit p_limit)
  union all (
    select * from house.hanging_acts(p_case)
      where at >= p_from and at < p_until
      and (p_actor = 0 or actor_id = p_actor)
      and (cardinality(p_names) = 0 or name = any(p_names))
    order by at desc limit p_limit)
  order by at desc limit p_limit;
end $body$;

create or replace function house.case_doers(p_case bigint)
returns table (actor integer, agency integer, name text, acts bigint)
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return; end if;
  return query select a.actor_id, a.agency_id, a.name::text, count(*) from trail_act a
    where a.case_id = p_case group by 1, 2, 3
  union all select a.actor_id, a.agency_id, a.name::text, count(*)
    from house.hanging_acts(p_case) a group by 1, 2, 3;
end $body$;
revoke all on function house.case_exports(bigint), house.hanging_acts(bigint) from public;
"""
