"""The shelter's own SQL: whose its keys are, and what must be true of every bed and stay."""

from __future__ import annotations

from rangkul.custody.sql import guard_case
from rangkul.foundation.roles import APP

# A key of a shelter reaches the agency that keeps it, whoever leads the resident's case. The
# trigger of the key store refuses a key made for anyone but the acting agency.
KEYS = """
create function house.key_reach_of_shelter(p_owner bigint, p_audience text, p_agency integer)
returns integer[] language sql immutable security definer
set search_path = house, public, pg_temp as $body$ select array[p_owner::integer] $body$;
revoke all on function house.key_reach_of_shelter(bigint, text, integer) from public;
insert into house.owner_kind values ('shelter', 'key_reach_of_shelter');
"""

GUARDS = (
    guard_case("shelter_admission", when="new.case_id is not null")
    + """
-- An admission names only a request that came to this agency's own desk; a foreign one is refused
-- before any key tells that it exists.
create function house.guard_admission_request() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if new.request_id is not null and not exists (select 1 from referrals_request
      where id = new.request_id and receiver_agency_id = house.current_agency()
        and receiver_desk_id = new.desk_id and service = 'hunian') then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_request before insert on shelter_admission
  for each row execute function house.guard_admission_request();

-- Nobody is put into a closed bed, nor into a bed of another house than the admission's; and a bed
-- in which somebody sleeps is not closed under her.
create function house.guard_stay_bed() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare b record; h bigint;
begin
  -- Another agency's house is not told from none.
  if new.agency_id is distinct from house.current_agency() then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if new.ended_at is not null then return new; end if;
  select shelter_bed.closed_at, shelter_room.house_id into b from shelter_bed
    join shelter_room on shelter_room.id = shelter_bed.room_id
    where shelter_bed.id = new.bed_id for share of shelter_bed;
  select house_id into h from shelter_admission where id = new.admission_id;
  if b.closed_at is not null or b.house_id is distinct from h then
    raise exception 'bed not usable' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_bed before insert or update of bed_id, ended_at on shelter_stay
  for each row execute function house.guard_stay_bed();

create function house.guard_bed_closing() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if exists (select 1 from shelter_stay where bed_id = new.id and ended_at is null) then
    raise exception 'bed in use' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_closing before update of closed_at on shelter_bed
  for each row when (new.closed_at is not null) execute function house.guard_bed_closing();

revoke all on function house.guard_admission_request(), house.guard_stay_bed(),
  house.guard_bed_closing() from public;
"""
)

ANSWERS = """
-- As before; but an ending is looked at by nobody's agency: what the sender takes back ends a stay.
create or replace function house.guard_stay_bed() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare b record; h bigint;
begin
  if tg_op = 'UPDATE' and new.ended_at is not null then return new; end if;
  -- Another agency's house is not told from none.
  if new.agency_id is distinct from house.current_agency() then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if new.ended_at is not null then return new; end if;
  select shelter_bed.closed_at, shelter_room.house_id into b from shelter_bed
    join shelter_room on shelter_room.id = shelter_bed.room_id
    where shelter_bed.id = new.bed_id for share of shelter_bed;
  select house_id into h from shelter_admission where id = new.admission_id;
  if b.closed_at is not null or b.house_id is distinct from h then
    raise exception 'bed not usable' using errcode = 'RK403';
  end if;
  return new;
end $body$;

-- A house says yes by giving a bed, after its conflict check: no other page answers for it.
create function house.guard_shelter_answer() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if exists (select 1 from shelter_house where open and desk_id = new.receiver_desk_id
        and agency_id = new.receiver_agency_id)
      and not exists (select 1 from shelter_admission where request_id = new.id
        and state = 'placed' and conflict = 'none') then
    raise exception 'a shelter answers by its own admission' using errcode = 'RK409';
  end if;
  return new;
end $body$;
create trigger house_guard_shelter before update of state on referrals_request
  for each row when (new.service = 'hunian' and old.state in ('sent', 'asked')
    and new.state in ('accepted', 'partly_accepted'))
  execute function house.guard_shelter_answer();

-- What the sender takes back keeps no bed: those who had not come yet are off the beds in the same
-- moment, and the desk shows the places. Who lives in the house goes on living there.
create function house.free_kept_beds() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare a record; v_free integer;
begin
  select * into a from shelter_admission
    where request_id = new.id and state = 'placed' and arrived_at is null for update;
  if not found then return null; end if;
  update shelter_stay set state = 'ended', ending = 'taken_back',
      ended_at = coalesce(new.ended_at, clock_timestamp()), version = version + 1
    where admission_id = a.id and state = 'expected';
  update shelter_admission set state = 'over', reason = 'taken_back',
      ended_at = coalesce(new.ended_at, clock_timestamp()), version = version + 1 where id = a.id;
  select count(*) into v_free from shelter_bed b join shelter_room r on r.id = b.room_id
    join shelter_house h on h.id = r.house_id
    where h.desk_id = a.desk_id and h.agency_id = a.agency_id and h.open and b.closed_at is null
      and not exists (select 1 from shelter_stay where bed_id = b.id and ended_at is null);
  update network_desk set free_places = least(v_free, capacity)
    where id = a.desk_id and free_places is not null;
  return null;
end $body$;
create trigger house_free_beds after update of state on referrals_request
  for each row when (new.service = 'hunian' and old.state is distinct from new.state
    and new.state in ('withdrawn', 'cancelled', 'expired', 'moved'))
  execute function house.free_kept_beds();

revoke all on function house.guard_shelter_answer(), house.free_kept_beds() from public;
"""
FAMILY = f"grant update (family) on shelter_admission to {APP};"

# [local] A quarter of an hour is enough to tell a driver the way; who works in the house needs no
# second person, for she sleeps there.
LOOKS = """
create function house.guard_place_look() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare who house.scope_value := house.scope(); v_desk integer;
begin
  if who.purpose <> 'work' then
    raise exception 'a person asks' using errcode = 'RK403';
  end if;
  select desk_id into v_desk from shelter_house
    where id = new.house_id and agency_id = who.agency;
  if not found or new.agency_id is distinct from who.agency then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  if tg_op = 'INSERT' then
    new.asked_by := who.actor;
    new.asked_at := clock_timestamp();
    new.verdict := '';
    new.decided_by := null;
    new.decided_at := null;
    new.readable_until := null;
    return new;
  end if;
  if old.verdict <> '' or new.verdict = '' or who.actor = old.asked_by
      or not exists (select 1 from network_membership m where m.id = who.membership
        and 'petugas_hunian' = any(m.roles) and v_desk = any(m.desk_ids)) then
    raise exception 'an officer of the house, another person, once' using errcode = 'RK403';
  end if;
  new.decided_by := who.actor;
  new.decided_at := clock_timestamp();
  new.readable_until := case when new.verdict = 'allowed'
    then clock_timestamp() + interval '15 minutes' end;
  return new;
end $body$;
create trigger house_guard_look before insert or update on shelter_placelook
  for each row execute function house.guard_place_look();
revoke all on function house.guard_place_look() from public;
"""
