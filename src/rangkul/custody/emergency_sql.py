"""Emergency access in the database: who may borrow a case, for how long, and who judges it.

Grants and steps are inserted by the app and never changed by it; what a row says of person, agency,
hour and lead is written by triggers from the signed scope, whatever was sent.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP, READER

_DEFINER = "security definer set search_path = house, public, pg_temp"

GRANTS = f"""
-- The right rests while a borrowing waits longer than a day for its review, and after a verdict
-- that it was not justified until a supervisor of the own agency gives it back.
create function house.emergency_suspended(p_user integer) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (
    select 1 from custody_emergencygrant g where g.user_id = p_user and (
      (g.opened_at < clock_timestamp() - interval '24 hours' and not exists (
        select 1 from custody_emergencystep s where s.grant_id = g.id
          and s.step in ('justified', 'unjustified')))
      or (exists (select 1 from custody_emergencystep s
            where s.grant_id = g.id and s.step = 'unjustified')
          and not exists (select 1 from custody_emergencystep s
            where s.grant_id = g.id and s.step = 'restored')))) $body$;

-- What the acting person should know before asking: does the right rest, how many wait for review.
create function house.emergency_standing() returns table (suspended boolean, waiting integer)
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  return query select house.emergency_suspended(who.actor), (select count(*)::integer
    from custody_emergencygrant g where g.user_id = who.actor and not exists (
      select 1 from custody_emergencystep s where s.grant_id = g.id
        and s.step in ('justified', 'unjustified')));
end $body$;

create function house.guard_emergency_grant() returns trigger
language plpgsql {_DEFINER} as $body$
declare who house.scope_value := house.scope(); v_lead integer; v_now timestamptz;
begin
  if who.purpose <> 'work' or not exists (select 1 from network_membership m
      where m.id = who.membership
        and m.roles && array['pendamping', 'penyelia']::varchar[]) then
    raise exception 'not a companion''s or supervisor''s act' using errcode = 'RK403';
  end if;
  if new.agency_id is distinct from who.agency then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  -- Two at once come one after the other.
  perform pg_advisory_xact_lock(4, who.actor);
  select lead_agency_id into v_lead from custody_case where id = new.case_id for share;
  if not found or new.case_id = any(house.current_closed()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if house.emergency_suspended(who.actor) then
    raise exception 'the right rests until a review' using errcode = 'RK403';
  end if;
  if (select waiting from house.emergency_standing()) >= 5 then
    raise exception 'five wait for review' using errcode = 'RK403';
  end if;
  if house.borrowing_live(new.case_id, who.actor, who.agency) then
    raise exception 'borrowed already' using errcode = 'RK409';
  end if;
  v_now := clock_timestamp();
  new.user_id := who.actor;
  new.lead_agency_id := v_lead;
  new.opened_at := v_now;
  new.ends_at := v_now + make_interval(mins => new.minutes);
  new.nth := 1 + (select count(*) from custody_emergencygrant
    where user_id = who.actor and case_id = new.case_id);
  return new;
end $body$;
create trigger house_guard_grant before insert on custody_emergencygrant
  for each row execute function house.guard_emergency_grant();

-- Whether this person's borrowing of this case stands and runs: asked each time a scope is checked.
create or replace function house.borrowing_live(p_case bigint, p_actor integer, p_agency integer)
returns boolean language sql stable {_DEFINER} as $body$
  select exists (
    select 1 from custody_emergencygrant g
    where g.case_id = p_case and g.user_id = p_actor and g.agency_id = p_agency
      and g.opened_at <= clock_timestamp() and g.ends_at > clock_timestamp()
      and g.ends_at <= g.opened_at + interval '60 minutes'
      and not exists (select 1 from custody_emergencystep s
        where s.grant_id = g.id and s.step in ('ended', 'unjustified')))
    and not exists (select 1 from custody_relation r
      where r.case_id = p_case and r.user_id = p_actor and r.lifted_at is null) $body$;

create function house.guard_emergency_step() returns trigger
language plpgsql {_DEFINER} as $body$
declare
  who house.scope_value := house.scope(); g custody_emergencygrant; allowed boolean;
  is_lead boolean; another boolean;
begin
  select * into g from custody_emergencygrant where id = new.grant_id for share;
  if not found or who.purpose <> 'work' or who.agency not in (g.agency_id, g.lead_agency_id)
      or new.agency_id is distinct from g.agency_id
      or g.case_id = any(house.current_closed()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  another := who.actor <> g.user_id;
  is_lead := another and who.agency = g.lead_agency_id and house.supervises();
  allowed := case new.step
    when 'words' then not another
    when 'answered' then not another and exists (select 1 from custody_emergencystep s
      where s.grant_id = g.id and s.step = 'asked')
    when 'ended' then not another or house.supervises()
    when 'restored' then another and who.agency = g.agency_id and house.supervises()
      and exists (select 1 from custody_emergencystep s
        where s.grant_id = g.id and s.step = 'unjustified')
    else is_lead end;
  if not allowed then
    raise exception 'not this person''s step' using errcode = 'RK403';
  end if;
  new.lead_agency_id := g.lead_agency_id;
  new.by_agency_id := who.agency;
  new.by_user_id := who.actor;
  new.at := clock_timestamp();
  return new;
end $body$;
create trigger house_guard_step before insert on custody_emergencystep
  for each row execute function house.guard_emergency_step();

-- Neither is ever rewritten, by whomever; only the lead is carried along when custody moves.
create function house.emergencies_are_kept() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'lead_agency_id' = to_jsonb(old) - 'lead_agency_id' then
    return new;
  end if;
  raise exception 'a borrowing is kept as it was' using errcode = 'RK403';
end $body$;
create trigger house_kept before update or delete on custody_emergencygrant
  for each row execute function house.emergencies_are_kept();
create trigger house_kept before update or delete on custody_emergencystep
  for each row execute function house.emergencies_are_kept();

create function house.carry_emergencies() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update custody_emergencygrant set lead_agency_id = new.lead_agency_id where case_id = new.id;
  update custody_emergencystep s set lead_agency_id = new.lead_agency_id
    from custody_emergencygrant g where g.id = s.grant_id and g.case_id = new.id;
  update foundation_datakey k
    set reach = array(select distinct a from unnest(array[g.agency_id, new.lead_agency_id]) a
      order by a)
    from custody_emergencygrant g
    where k.owner_kind = 'emergency' and k.owner_id = g.id and g.case_id = new.id;
  return null;
end $body$;
create trigger house_carry_emergencies after update of lead_agency_id on custody_case
  for each row when (old.lead_agency_id is distinct from new.lead_agency_id)
  execute function house.carry_emergencies();

create function house.key_reach_of_emergency(p_grant bigint, p_audience text, p_agency integer)
returns integer[] language sql stable {_DEFINER} as $body$
  select array(select distinct a from custody_emergencygrant g,
    unnest(array[g.agency_id, g.lead_agency_id]) a where g.id = p_grant order by a) $body$;
insert into house.owner_kind values ('emergency', 'key_reach_of_emergency');

-- What of the cover is lent: how great the danger is and whom to call, nothing of what happened.
create function house.borrowed_cover() returns table (pseudonym text, risk text,
  risk_at timestamptz, is_child boolean, age_band text, languages text[], worker_sex text,
  state text, lead integer, companions integer[])
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  return query select f.pseudonym::text, f.risk::text, f.risk_at, f.is_child, f.age_band::text,
      f.languages::text[], f.worker_sex::text, f.state::text, c.lead_agency_id,
      array(select a.user_id from custody_assignment a where a.case_id = c.id
        and a.agency_id = c.lead_agency_id and a.until is null order by a.part, a.since)
    from custody_case c join cases_casefile f on f.case_id = c.id where c.id = who.borrowed;
end $body$;

-- Nobody writes into the record of a case that is not theirs; a borrower into the borrowed one's.
drop policy own_cases on trail_act;
create policy own_cases on trail_act as restrictive for insert to {APP} with check (
  case_id is null or (select house.current_purpose()) not in ('work', 'emergency')
  or house.has_case_access(case_id) or case_id = (select house.current_borrowed()));
create policy emergency_insert on trail_act for insert to {APP} with check (
  case_id = (select house.current_borrowed()) and purpose = (select house.current_purpose())
  and agency_id = (select house.borrowing_agency())
  and actor_id = (select house.current_actor()) and xid = (select house.act_number()));

revoke all on custody_emergencygrant, custody_emergencystep from public, {APP}, {READER};
grant select, insert on custody_emergencygrant, custody_emergencystep to {APP};
alter table custody_emergencygrant enable row level security;
alter table custody_emergencystep enable row level security;
"""

# Under an emergency's scope no agency is the acting one; the trail still says who borrowed.
BORROWING_AGENCY = f"""
create function house.borrowing_agency() returns integer
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin return case when who.borrowed is not null then who.agency end; end $body$;
"""

_MINE = "(select house.current_agency())"

POLICIES = "".join(
    f"""
create policy mine_select on {table} for select to {APP} using ({_MINE} = agency_id);
create policy lead_select on {table} for select to {APP} using ({_MINE} = lead_agency_id);
create policy mine_insert on {table} for insert to {APP} with check ({_MINE} = agency_id);
create policy lead_insert on {table} for insert to {APP} with check ({_MINE} = lead_agency_id);
create policy tick_select on {table} for select to {APP}
  using ((select house.current_purpose()) = 'tick');
"""
    for table in ("custody_emergencygrant", "custody_emergencystep")
)

RIGHTS = f"""
revoke all on function house.emergency_suspended(integer),
  house.emergency_standing(), house.guard_emergency_grant(), house.guard_emergency_step(),
  house.emergencies_are_kept(), house.carry_emergencies(),
  house.key_reach_of_emergency(bigint, text, integer), house.borrowed_cover(),
  house.borrowing_agency(), house.borrowing_live(bigint, integer, integer) from public;
grant execute on function house.emergency_standing(), house.borrowed_cover(),
  house.borrowing_agency() to {APP};
"""
