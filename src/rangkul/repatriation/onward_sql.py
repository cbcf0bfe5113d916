"""After the road in the database: arrival where the road ends, setting out again, facts that follow.

A judgement and a choice stand for the place and the knowledge they were made with; who turns out to
be a child is one on the road too.
"""

from __future__ import annotations

from typing import Final

_DEFINER = "security definer set search_path = house, public, pg_temp"

FATES: Final = f"""
update repatriation_hold h set state_at = r.state_at from repatriation_returnee r
  where r.id = h.returnee_id and h.until is null;

-- As before; and: an arrival is confirmed where the road leads home, never in a shelter on the way,
-- and who cannot stay where she arrived sets out again from the same hands.
create or replace function house.set_fate(p_hold bigint, p_fate text, p_at timestamptz) returns text
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
    when p_fate = 'arrived' and v_state = 'waiting' and who = h.agency_id
      and house.leads_home(p_hold) and not exists (
      select 1 from repatriation_passage g join repatriation_traveller t on t.id = g.traveller_id
      where g.returnee_id = h.returnee_id and g.position > h.position
        and t.state in ('planned', 'asked', 'accepted')) then 'arrived'
    when p_fate = 'home' and v_state = 'arrived' and who = h.agency_id and exists (
      select 1 from repatriation_visit where hold_id = h.id and month = 6 and result = 'safe')
      then 'home'
    when p_fate in ('left', 'died') and v_state in ('waiting', 'arrived', 'missing') then p_fate
    when p_fate = 'missing' and v_state in ('waiting', 'arrived') then 'missing'
    when p_fate = 'onward' and v_state = 'arrived' then 'waiting'
    when p_fate = 'found' and v_state = 'missing' then 'waiting' end;
  if v_next is null then
    raise exception 'not a move from here' using errcode = 'RK403';
  end if;
  update repatriation_returnee set state = v_next, state_at = p_at, version = version + 1
    where id = h.returnee_id;
  update repatriation_hold set state = v_next, state_at = p_at where id = h.id;
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

-- Whether a hold lies where its person's road may end: the leg that led there was towards home or
-- out of the country, or it ends in the province of origin in other hands than a shelter's.
create function house.leads_home(p_hold bigint) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from repatriation_hold h
    join repatriation_returnee r on r.id = h.returnee_id
    join repatriation_traveller t on t.id = h.traveller_id
    join repatriation_leg l on l.id = t.leg_id
    join network_agency a on a.id = l.receiver_agency_id
    where h.id = p_hold and (l.homeward or l.abroad or (l.service <> 'hunian'
      and split_part(a.area_id, '.', 1) = split_part(r.origin_area, '.', 1)))) $body$;
revoke all on function house.leads_home(bigint) from public;
"""

FACTS: Final = f"""
-- Another place has not been judged, nor has its desk known her; and a choice made before one knew
-- that the place is unsafe, or that the suspect is there, is asked for anew.
create function house.judged_for_a_place() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
begin
  if new.origin_area <> old.origin_area and old.origin_area <> '' then
    new.safety := ''; new.suspect_there := false; new.chose_origin := false;
    if new.match = old.match then new.match := ''; end if;
  elsif old.chose_origin and ((new.safety = 'unsafe' and old.safety <> 'unsafe')
      or (new.suspect_there and not old.suspect_there)) then
    new.chose_origin := false;
  end if;
  return new;
end $body$;
create trigger house_judged before update on repatriation_returnee
  for each row when ((old.origin_area, old.safety, old.suspect_there)
    is distinct from (new.origin_area, new.safety, new.suspect_there))
  execute function house.judged_for_a_place();

-- Age corrected in the file is corrected on the road: a child chooses no danger, waits for the
-- clearance and goes to a safe place only, from the moment in which it is known.
create function house.child_on_the_road() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update repatriation_returnee r set is_child = new.is_child, version = version + 1,
      chose_to_leave = r.chose_to_leave and not new.is_child,
      chose_origin = r.chose_origin and not new.is_child, marks = m.marks,
      priority = case when m.first is null then 99 else m.first * 10 + 9 - least(m.many, 9) end
    from (select o.id, coalesce(array_agg(k.mark order by k.place)
            filter (where k.mark is not null), '{{}}')::varchar(12)[] as marks,
          min(k.place) as first, count(k.mark) as many
        from repatriation_returnee o left join lateral (
          select mark, place - 1 as place from
            unnest(array['ill', 'pregnant', 'elderly', 'child', 'woman']) with ordinality u(mark, place)
          where (mark in ('ill', 'pregnant', 'elderly') and mark = any(o.marks))
            or (mark = 'child' and new.is_child)
            or (mark = 'woman' and not new.is_child and new.sex = 'P')) k on true
        where o.case_id = new.case_id group by o.id) m
    where r.id = m.id and r.state in ('waiting', 'arrived', 'missing');
  update repatriation_traveller t set is_child = new.is_child
    from repatriation_passage g where g.traveller_id = t.id and g.case_id = new.case_id
      and t.state in ('planned', 'asked', 'accepted');
  return null;
end $body$;
create trigger house_child_on_the_road after update of is_child, sex on cases_casefile
  for each row when ((old.is_child, old.sex) is distinct from (new.is_child, new.sex))
  execute function house.child_on_the_road();
revoke all on function house.judged_for_a_place(), house.child_on_the_road() from public;
"""
