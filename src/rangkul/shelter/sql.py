"""The shelter's own SQL: whose its keys are, and what must be true of every bed and stay."""

from __future__ import annotations

from rangkul.custody.sql import guard_case

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
