"""What lies ahead of a person in the database: taken back, barred by papers, signed by a number.

Fate cancels the planned road at once, for whoever holds; the organiser alone ends what was asked of
the desks ahead. A person without an account signs with a number that the own end has made, and the
number is counted here, where nobody can try it twice at a time.
"""

from __future__ import annotations

from typing import Final

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"
MOST_TRIES: Final = 5

CLEARANCE_KEYS = f"""
create function house.key_reach_of_clearance(p_row bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin return (select reach from repatriation_clearance where id = p_row); end $body$;
insert into house.owner_kind values ('clearance', 'key_reach_of_clearance');
revoke all on function house.key_reach_of_clearance(bigint, text, integer) from public;

-- Asked for an own person only: else a second asking would tell that somebody has asked before.
create function house.guard_asking() returns trigger language plpgsql {_DEFINER} as $body$
begin
  perform 1 from repatriation_returnee
    where id = new.returnee_id and organiser_agency_id = new.organiser_agency_id
      and organiser_agency_id = house.current_agency();
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  return new;
end $body$;
create trigger house_guard_asking before insert on repatriation_clearance
  for each row execute function house.guard_asking();
revoke all on function house.guard_asking() from public;
"""

PLANNED_ROAD = f"""
-- Nobody travels on for whom somebody has said that she left, is missing or died; a stretch for
-- which one end has signed already is not planned but happening, and waits for the other end.
create function house.cancel_planned() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_traveller t set state = 'withdrawn' from repatriation_passage g
    where g.traveller_id = t.id and g.returnee_id = new.id
      and t.state in ('planned', 'asked', 'accepted')
      and (new.state <> 'missing' or not exists (select 1 from repatriation_handover o
        where o.leg_id = t.leg_id and t.id = any(o.present)
          and (o.giver_signed_at is not null or o.receiver_signed_at is not null)));
  return null;
end $body$;
create trigger house_cancel_planned after update of state on repatriation_returnee
  for each row when (old.state is distinct from new.state
    and new.state in ('left', 'missing', 'died'))
  execute function house.cancel_planned();

-- The organiser takes one person off one leg that has not happened: the packet's key is destroyed,
-- the request ends, the desk keeps no place. The request that ended, if one was open.
create function house.take_off(p_traveller uuid, p_at timestamptz) returns bigint
language plpgsql {_DEFINER} as $body$
declare t record; v_state text;
begin
  select r.* into t from repatriation_traveller r join repatriation_leg l on l.id = r.leg_id
    where r.id = p_traveller and l.organiser_agency_id = house.current_agency()
    for update of r;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  if t.state in ('handed', 'passed_on', 'ended') then
    raise exception 'this leg lies behind' using errcode = 'RK403';
  end if;
  if t.state <> 'withdrawn' and exists (select 1 from repatriation_handover o
      where o.leg_id = t.leg_id and t.id = any(o.present)
        and (o.giver_signed_at is not null or o.receiver_signed_at is not null)) then
    raise exception 'between hands' using errcode = 'RK403';
  end if;
  update repatriation_traveller set state = 'withdrawn' where id = t.id and state <> 'withdrawn';
  select state into v_state from referrals_request
    where id = t.asked_request and sender_agency_id = house.current_agency() for update;
  if v_state is null or not house.request_open(v_state) then return null; end if;
  delete from foundation_datakey where subject in
    (select id from referrals_packet where request_id = t.asked_request);
  update referrals_packet set destroyed_at = p_at, destroy_reason = 'cancelled'
    where request_id = t.asked_request and destroyed_at is null;
  update referrals_request set state = 'cancelled', ended_at = p_at, version = version + 1
    where id = t.asked_request;
  return t.asked_request;
end $body$;

-- As before, and now also the papers of a leg that leaves the country.
create or replace function house.bar_travellers() returns trigger
language plpgsql {_DEFINER} as $body$
begin
  update repatriation_traveller t
    set hold_back = case when l.homeward and new.obstacle <> '' then new.obstacle
                         when l.abroad then new.papers else '' end
    from repatriation_passage g, repatriation_leg l
    where g.traveller_id = t.id and g.returnee_id = new.id and l.id = t.leg_id
      and (l.homeward or l.abroad)
      and t.state in ('planned', 'asked', 'accepted', 'refused');
  return null;
end $body$;
drop trigger house_bar on repatriation_returnee;
create trigger house_bar after update on repatriation_returnee
  for each row when ((old.obstacle, old.papers) is distinct from (new.obstacle, new.papers))
  execute function house.bar_travellers();

revoke all on function house.cancel_planned(), house.take_off(uuid, timestamptz) from public;
grant execute on function house.take_off(uuid, timestamptz) to {APP};
grant update (embassy_told_on, travel_paper) on repatriation_returnee to {APP};
"""

SIGNING = f"""
-- A side has signed when its hour stands: by its own account, or by its own number.
create or replace function house.signed_over(p_traveller uuid) returns timestamptz
language sql stable {_DEFINER} as $body$
  select greatest(g.at, r.at) from
    (select min(h.giver_signed_at) as at from repatriation_traveller t
      join repatriation_handover h on h.leg_id = t.leg_id and t.id = any(h.present)
      where t.id = p_traveller and h.giver_signed_at is not null) g,
    (select min(h.receiver_signed_at) as at from repatriation_traveller t
      join repatriation_handover h on h.leg_id = t.leg_id and t.id = any(h.present)
      where t.id = p_traveller and h.receiver_signed_at is not null) r
    where g.at is not null and r.at is not null $body$;

-- An end makes the number for its own escort; a new one ends the last.
create function house.make_pin(p_leg bigint, p_side text, p_salt bytea, p_digest bytea,
  p_at timestamptz) returns void language plpgsql {_DEFINER} as $body$
begin
  perform 1 from repatriation_leg where id = p_leg and house.current_agency() = (case p_side
    when 'giver' then giver_agency_id when 'receiver' then receiver_agency_id end) for update;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  update repatriation_pin set ended_at = p_at
    where leg_id = p_leg and side = p_side and ended_at is null;
  insert into repatriation_pin (leg_id, side, salt, digest, tries, made_at, made_by)
    values (p_leg, p_side, p_salt, p_digest, 0, p_at, house.current_actor());
end $body$;

-- Typed on the other end's screen: right, it signs for its side of these minutes and is used up;
-- wrong, it counts, and the fifth time it ends. False is no error, so that the count stands.
create function house.sign_by_pin(p_handover uuid, p_side text, p_pin text, p_signed timestamptz,
  p_at timestamptz, p_sealed bytea) returns boolean language plpgsql {_DEFINER} as $body$
declare h record; p record;
begin
  select o.*, l.giver_agency_id, l.receiver_agency_id into h from repatriation_handover o
    join repatriation_leg l on l.id = o.leg_id
    where o.id = p_handover and house.current_agency() in (l.giver_agency_id, l.receiver_agency_id)
    for update of o;
  if not found or p_side not in ('giver', 'receiver') then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if (case p_side when 'giver' then h.giver_signed_at else h.receiver_signed_at end) is not null then
    raise exception 'signed already' using errcode = 'RK403';
  end if;
  select * into p from repatriation_pin
    where leg_id = h.leg_id and side = p_side and ended_at is null for update;
  if not found then return false; end if;
  if sha256(p.salt || convert_to(p_pin, 'UTF8')) <> p.digest then
    update repatriation_pin set tries = tries + 1,
        ended_at = case when tries + 1 >= {MOST_TRIES} then p_at end where id = p.id;
    return false;
  end if;
  update repatriation_pin set ended_at = p_at, handover_id = h.id where id = p.id;
  if p_side = 'giver' then
    update repatriation_handover set giver_signed_at = p_signed, giver_recorded_at = p_at,
      giver_how = 'pin', giver_sealed = p_sealed where id = h.id;
  else
    update repatriation_handover set receiver_signed_at = p_signed, receiver_recorded_at = p_at,
      receiver_how = 'pin', receiver_sealed = p_sealed where id = h.id;
  end if;
  return true;
end $body$;

-- As before; and no hour of signing without its account, for a number signs by its function only.
create or replace function house.guard_handover() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
declare l record; who integer; actor integer;
begin
  if current_user <> '{APP}' then return new; end if;
  who := house.current_agency(); actor := house.current_actor();
  select giver_agency_id, receiver_agency_id into l from repatriation_leg where id = new.leg_id;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  if who not in (l.giver_agency_id, l.receiver_agency_id)
      or (tg_op = 'INSERT' and (new.written_by <> actor
        or new.giver_user_id is not null or new.receiver_user_id is not null
        or new.giver_signed_at is not null or new.receiver_signed_at is not null
        or exists (select 1 from unnest(new.present || new.absent) t where not exists (
          select 1 from repatriation_traveller where id = t and leg_id = new.leg_id))))
      or (tg_op = 'UPDATE' and (
        ((new.giver_user_id, new.giver_signed_at)
            is distinct from (old.giver_user_id, old.giver_signed_at)
          and (old.giver_signed_at is not null or who <> l.giver_agency_id
            or new.giver_user_id is distinct from actor))
        or ((new.receiver_user_id, new.receiver_signed_at)
            is distinct from (old.receiver_user_id, old.receiver_signed_at)
          and (old.receiver_signed_at is not null or who <> l.receiver_agency_id
            or new.receiver_user_id is distinct from actor)))) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;

revoke all on function house.make_pin(bigint, text, bytea, bytea, timestamptz),
  house.sign_by_pin(uuid, text, text, timestamptz, timestamptz, bytea) from public;
grant execute on function house.make_pin(bigint, text, bytea, bytea, timestamptz),
  house.sign_by_pin(uuid, text, text, timestamptz, timestamptz, bytea) to {APP};
"""

CLEARANCES = f"""
-- The investigators answer for themselves; the organiser asks and takes back. What they answer
-- goes to the organiser's row in the same moment.
create function house.guard_clearance() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
begin
  if current_user <> '{APP}' then return new; end if;
  if (new.answer, new.needed_until, new.answered_at, new.answered_by) is distinct from
      (old.answer, old.needed_until, old.answered_at, old.answered_by)
      and (house.current_agency() <> old.agency_id or old.ended_at is not null
        or new.answered_by is distinct from house.current_actor()) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  if new.ended_at is distinct from old.ended_at
      and house.current_agency() <> old.organiser_agency_id then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_clearance before update on repatriation_clearance
  for each row execute function house.guard_clearance();

create function house.take_up_clearance() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_returnee set version = version + 1,
      clearance = case new.answer when 'given' then 'given' else 'refused' end
    where id = new.returnee_id and organiser_agency_id = new.organiser_agency_id
      and clearance in ('asked', 'refused');
  return null;
end $body$;
create trigger house_take_up after update of answer, answered_at on repatriation_clearance
  for each row when (new.answer <> '' and new.answered_at is distinct from old.answered_at)
  execute function house.take_up_clearance();

revoke all on function house.guard_clearance(), house.take_up_clearance() from public;
"""
