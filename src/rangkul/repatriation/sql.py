"""Holding in the database: who holds a person moves only when both ends of a hand-over signed.

The acts cross agencies: a transit shelter does not see the returnee, the organiser does not sign
for the desk at home. Each function below verifies the signed scope and the caller's side, and a
check at commit counts: on the way a person has exactly one holder, off it none, with a named end.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"

REACH = f"""
-- A leg reaches its organiser, who alone makes it, and its two ends.
create function house.new_route_row(p_organiser integer, p_giver integer, p_receiver integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin
  if p_organiser is distinct from house.current_agency() then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return array(select distinct a from unnest(array[p_organiser, p_giver, p_receiver]) a order by a);
end $body$;

create function house.leg_reach(p_leg bigint) returns integer[]
language plpgsql stable {_DEFINER} as $body$
begin return (select reach from repatriation_leg where id = p_leg); end $body$;
create function house.new_leg_row(p_leg bigint) returns integer[]
language plpgsql stable {_DEFINER} as $body$
begin return house.leg_reach(p_leg); end $body$;
create function house.key_reach_of_leg(p_leg bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin return house.leg_reach(p_leg); end $body$;
insert into house.owner_kind values ('leg', 'key_reach_of_leg');

create function house.key_reach_of_group(p_group bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin return (select array[agency_id] from repatriation_group where id = p_group); end $body$;
insert into house.owner_kind values ('group', 'key_reach_of_group');

-- A hold reaches the organiser, who held before, and who holds; a visit the organiser and the holder.
create function house.new_hold_row(p_organiser integer, p_from integer, p_agency integer)
returns integer[] language sql stable {_DEFINER} as $body$
  select array(select distinct a from unnest(array[p_organiser, p_from, p_agency]) a order by a)
$body$;
create function house.new_visit_row(p_hold bigint) returns integer[]
language plpgsql stable {_DEFINER} as $body$
begin
  return (select array(select distinct a from unnest(array[organiser_agency_id, agency_id]) a
      order by a) from repatriation_hold
    where id = p_hold and agency_id = house.current_agency() and until is null);
end $body$;

revoke all on function house.new_route_row(integer, integer, integer), house.leg_reach(bigint),
  house.new_leg_row(bigint), house.key_reach_of_leg(bigint, text, integer),
  house.key_reach_of_group(bigint, text, integer),
  house.new_hold_row(integer, integer, integer), house.new_visit_row(bigint) from public;
"""

HOLDING = f"""
-- Who enters the way home is held by the organiser from that moment.
create function house.begin_hold() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if new.organiser_agency_id is distinct from house.current_agency() or new.state <> 'waiting' then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  insert into repatriation_hold (returnee_id, organiser_agency_id, from_agency_id, agency_id,
      position, state, since, how)
    values (new.id, new.organiser_agency_id, new.organiser_agency_id, new.organiser_agency_id,
      0, new.state, new.state_at, '');
  return null;
end $body$;
create trigger house_begin_hold after insert on repatriation_returnee
  for each row execute function house.begin_hold();

-- Counted when the transaction ends: one holder on the way, none off it.
create function house.check_held() returns trigger language plpgsql {_DEFINER} as $body$
declare v_returnee bigint; v_state text; v_live integer;
begin
  v_returnee := case when tg_table_name = 'repatriation_hold'
    then (to_jsonb(new) ->> 'returnee_id')::bigint else (to_jsonb(new) ->> 'id')::bigint end;
  select state into v_state from repatriation_returnee where id = v_returnee;
  select count(*) into v_live from repatriation_hold
    where returnee_id = v_returnee and until is null;
  if v_live <> (case when v_state in ('waiting', 'arrived', 'missing') then 1 else 0 end) then
    raise exception 'a person without a holder, or with one too many' using errcode = 'RK006';
  end if;
  return null;
end $body$;
create constraint trigger house_held after insert or update of state on repatriation_returnee
  deferrable initially deferred for each row execute function house.check_held();
create constraint trigger house_held after insert or update on repatriation_hold
  deferrable initially deferred for each row execute function house.check_held();

-- Both ends have signed that this traveller changed hands; when, by the later of the two.
create function house.signed_over(p_traveller uuid) returns timestamptz
language sql stable {_DEFINER} as $body$
  select greatest(g.at, r.at) from
    (select min(h.giver_signed_at) as at from repatriation_traveller t
      join repatriation_handover h on h.leg_id = t.leg_id and t.id = any(h.present)
      where t.id = p_traveller and h.giver_user_id is not null) g,
    (select min(h.receiver_signed_at) as at from repatriation_traveller t
      join repatriation_handover h on h.leg_id = t.leg_id and t.id = any(h.present)
      where t.id = p_traveller and h.receiver_user_id is not null) r
    where g.at is not null and r.at is not null $body$;

-- Let the hold follow the signatures, leg by leg in the person's own order: minutes of a later leg
-- that came first wait for those of the earlier one, and then both count.
create function house.settle_returnee(p_returnee bigint) returns integer
language plpgsql {_DEFINER} as $body$
declare v_state text; h record; p record; moved integer := 0;
begin
  select state into v_state from repatriation_returnee where id = p_returnee for no key update;
  while v_state = 'waiting' loop
    select * into h from repatriation_hold where returnee_id = p_returnee and until is null;
    exit when not found;
    select t.id as traveller, g.position, l.receiver_agency_id as agency,
        house.signed_over(t.id) as at into p
      from repatriation_passage g join repatriation_traveller t on t.id = g.traveller_id
        join repatriation_leg l on l.id = t.leg_id
      where g.returnee_id = p_returnee and g.position > h.position and t.state = 'accepted'
        and l.giver_agency_id = h.agency_id and house.signed_over(t.id) is not null
      order by g.position limit 1;
    exit when not found;
    update repatriation_hold set until = greatest(since, p.at), how = 'handed' where id = h.id;
    insert into repatriation_hold (returnee_id, organiser_agency_id, from_agency_id, agency_id,
        traveller_id, position, state, since, how)
      values (p_returnee, h.organiser_agency_id, h.agency_id, p.agency, p.traveller, p.position,
        v_state, greatest(h.since, p.at), '');
    update repatriation_traveller set state = 'handed' where id = p.traveller;
    update repatriation_traveller set state = 'passed_on' where id = h.traveller_id;
    moved := moved + 1;
  end loop;
  return moved;
end $body$;

create function house.settle_traveller(p_traveller uuid) returns integer
language plpgsql {_DEFINER} as $body$
declare v_returnee bigint;
begin
  select g.returnee_id into v_returnee from repatriation_passage g
    join repatriation_traveller t on t.id = g.traveller_id
    join repatriation_leg l on l.id = t.leg_id
    where t.id = p_traveller and house.current_agency() = any(l.reach);
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  return house.settle_returnee(v_returnee);
end $body$;

-- What became of a person, by whoever holds her; the organiser may say all but arrival. The last
-- holder of a missing person goes on holding: the duty to search stays.
create function house.set_fate(p_hold bigint, p_fate text, p_at timestamptz) returns text
language plpgsql {_DEFINER} as $body$
declare h record; v_state text; v_next text; who integer := house.current_agency();
begin
  select * into h from repatriation_hold where id = p_hold and until is null
    and who in (agency_id, organiser_agency_id);
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  select state into v_state from repatriation_returnee where id = h.returnee_id for no key update;
  perform 1 from repatriation_hold where id = p_hold and until is null;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  v_next := case
    when p_fate = 'arrived' and v_state = 'waiting' and who = h.agency_id and not exists (
      select 1 from repatriation_passage g join repatriation_traveller t on t.id = g.traveller_id
      where g.returnee_id = h.returnee_id and g.position > h.position
        and t.state in ('planned', 'asked', 'accepted')) then 'arrived'
    when p_fate = 'home' and v_state = 'arrived' and who = h.agency_id and exists (
      select 1 from repatriation_visit where hold_id = h.id and month = 6 and result = 'safe')
      then 'home'
    when p_fate in ('left', 'died') and v_state in ('waiting', 'arrived', 'missing') then p_fate
    when p_fate = 'missing' and v_state in ('waiting', 'arrived') then 'missing'
    when p_fate = 'found' and v_state = 'missing' then 'waiting' end;
  if v_next is null then
    raise exception 'not a move from here' using errcode = 'RK403';
  end if;
  update repatriation_returnee set state = v_next, state_at = p_at, version = version + 1
    where id = h.returnee_id;
  update repatriation_hold set state = v_next where id = h.id;
  if v_next in ('home', 'left', 'died') then
    update repatriation_hold set until = greatest(since, p_at), how = v_next where id = h.id;
    update repatriation_traveller set state = 'ended' where id = h.traveller_id;
    update repatriation_traveller t set state = 'withdrawn' from repatriation_passage g
      where g.traveller_id = t.id and g.returnee_id = h.returnee_id
        and t.state in ('planned', 'asked', 'accepted');
  elsif v_next = 'waiting' then
    perform house.settle_returnee(h.returnee_id);
  end if;
  return v_state;
end $body$;
"""

SIDES = f"""
-- The traveller's state is the packet's answer, by whichever page it was given.
create function house.follow_request() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_traveller set state = case
      when new.state in ('sent', 'asked') then 'asked'
      when new.state in ('declined', 'not_done') then 'refused'
      when new.state in ('withdrawn', 'cancelled', 'expired', 'moved') then 'withdrawn'
      else 'accepted' end
    where asked_request = new.id and state in ('asked', 'accepted', 'refused');
  return null;
end $body$;
create trigger house_follow after update of state on referrals_request
  for each row when (old.state is distinct from new.state)
  execute function house.follow_request();

-- What the organiser comes to know of clearance and safety bars or frees the homeward legs ahead.
create function house.bar_travellers() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_traveller t set hold_back = new.obstacle
    from repatriation_passage g, repatriation_leg l
    where g.traveller_id = t.id and g.returnee_id = new.id and l.id = t.leg_id and l.homeward
      and t.state in ('planned', 'asked', 'accepted', 'refused');
  return null;
end $body$;
create trigger house_bar after update on repatriation_returnee
  for each row when (old.obstacle is distinct from new.obstacle)
  execute function house.bar_travellers();

-- What the desk at the origin found goes to the organiser's row; a desk never makes a place safe
-- again that the organiser knows the suspect at.
create function house.take_up_findings() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_returnee r
    set match = case when new.match <> '' then new.match else r.match end,
        safety = case when new.safety = 'safe' and r.suspect_there then r.safety
                      when new.safety <> '' then new.safety else r.safety end,
        version = r.version + 1
    from repatriation_passage g where g.traveller_id = new.id and r.id = g.returnee_id;
  return null;
end $body$;
create trigger house_findings after update of match, safety on repatriation_traveller
  for each row when (old.match is distinct from new.match or old.safety is distinct from new.safety)
  execute function house.take_up_findings();

-- Not a definer function: within one the current user is the owner, here it is the app.
create function house.guard_traveller() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
declare l record; who integer;
begin
  if current_user <> '{APP}' then return new; end if;
  who := house.current_agency();
  select organiser_agency_id, receiver_agency_id, homeward into l
    from repatriation_leg where id = new.leg_id;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  if tg_op = 'INSERT' then
    if who = l.organiser_agency_id and new.state = 'planned' and new.asked_request is null then
      return new;
    end if;
  elsif (new.match, new.safety) is distinct from (old.match, old.safety) then
    if who = l.receiver_agency_id and l.homeward
        and (new.state, new.asked_request, new.hold_back)
          is not distinct from (old.state, old.asked_request, old.hold_back) then
      return new;
    end if;
  elsif who = l.organiser_agency_id and (
      (new.state = old.state and new.asked_request is not distinct from old.asked_request)
      or (new.state = 'asked' and old.state = 'planned' and new.asked_request is not null)
      or (new.state = 'withdrawn' and old.state in ('planned', 'refused'))) then
    return new;
  end if;
  raise exception 'not this side''s move' using errcode = 'RK403';
end $body$;
revoke all on function house.guard_traveller() from public;
create trigger house_guard_traveller before insert or update on repatriation_traveller
  for each row execute function house.guard_traveller();

-- A passage names a traveller of the own agency's leg only.
create function house.guard_passage() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if not exists (select 1 from repatriation_traveller t join repatriation_leg l on l.id = t.leg_id
      where t.id = new.traveller_id and l.organiser_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_passage before insert on repatriation_passage
  for each row execute function house.guard_passage();

-- A leg names a journey of its own organiser only, who alone words it.
create function house.guard_journey() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if not exists (select 1 from repatriation_journey
      where id = new.journey_id and agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_journey before insert or update on repatriation_leg
  for each row execute function house.guard_journey();

-- Minutes are written by one of the two ends and name travellers of their leg; each end signs for
-- itself, once, and nothing else of them ever changes.
create function house.guard_handover() returns trigger language plpgsql
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
        or exists (select 1 from unnest(new.present || new.absent) t where not exists (
          select 1 from repatriation_traveller where id = t and leg_id = new.leg_id))))
      or (tg_op = 'UPDATE' and (
        (new.giver_user_id is distinct from old.giver_user_id and (old.giver_user_id is not null
          or who <> l.giver_agency_id or new.giver_user_id <> actor))
        or (new.receiver_user_id is distinct from old.receiver_user_id and
          (old.receiver_user_id is not null or who <> l.receiver_agency_id
            or new.receiver_user_id <> actor)))) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
revoke all on function house.guard_handover() from public;
create trigger house_guard_handover before insert or update on repatriation_handover
  for each row execute function house.guard_handover();

revoke all on function house.begin_hold(), house.check_held(), house.signed_over(uuid),
  house.settle_returnee(bigint), house.settle_traveller(uuid),
  house.set_fate(bigint, text, timestamptz), house.follow_request(), house.bar_travellers(),
  house.take_up_findings(), house.guard_passage(), house.guard_journey() from public;
grant execute on function house.settle_traveller(uuid),
  house.set_fate(bigint, text, timestamptz) to {APP};
"""
