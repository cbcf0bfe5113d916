"""The reach of a conference: its lead and every agency with a seat; and who writes what at it."""

from __future__ import annotations

from rangkul.foundation.roles import APP

CONFERENCE_REACH = """
create function house.conference_reach(p_conference bigint) returns integer[]
language plpgsql stable security definer set search_path = house, public, pg_temp as $body$
begin return (select reach from conferences_conference where id = p_conference); end $body$;

-- A conference itself: its lead makes it, for itself alone; each seat widens it.
create function house.new_meeting_row(p_lead integer) returns integer[]
language plpgsql stable security definer set search_path = house, public, pg_temp as $body$
begin
  if p_lead is distinct from house.current_agency() then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return array[p_lead];
end $body$;

-- A share: the lead's own and one guest's.
create function house.new_guest_row(p_guest integer) returns integer[]
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select array(select distinct a from unnest(array[house.current_agency(), p_guest]) a order by a)
  $body$;

create function house.new_conference_row(p_conference bigint) returns integer[]
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select house.conference_reach(p_conference) $body$;

-- A key for all at the table; or, with audience 'shared', for the lead and one of them.
create function house.key_reach_of_conference(p_conference bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable security definer
set search_path = house, public, pg_temp as $body$
declare c record;
begin
  select lead_agency_id, reach into c from conferences_conference where id = p_conference;
  if not found then return '{}'; end if;
  if p_audience <> 'shared' then return c.reach; end if;
  if not (p_agency = any(c.reach)) or c.lead_agency_id <> house.current_agency() then
    return '{}';
  end if;
  return array(select distinct a from unnest(array[c.lead_agency_id, p_agency]) a order by a);
end $body$;

revoke all on function house.conference_reach(bigint), house.new_meeting_row(integer),
  house.new_conference_row(bigint), house.new_guest_row(integer), house.key_reach_of_conference(bigint, text, integer)
  from public;
insert into house.owner_kind values ('conference', 'key_reach_of_conference');
"""

GUARDS = """
-- A seat for another agency widens the reach of the conference, of all that hangs on it and of its
-- common key; of no share.
create function house.widen_conference() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare wide integer[]; t record;
begin
  perform 1 from conferences_conference where id = new.conference_id for no key update;
  wide := array(select distinct a from (
      select lead_agency_id a from conferences_conference where id = new.conference_id
      union select agency_id from conferences_seat where conference_id = new.conference_id) s
    order by a);
  update conferences_conference set reach = wide where id = new.conference_id and reach <> wide;
  for t in select name from house.owned_table where kind = 'conference' order by name loop
    execute format('update %I set reach = $1 where conference_id = $2 and reach <> $1', t.name)
      using wide, new.conference_id;
  end loop;
  update foundation_datakey set reach = wide
    where owner_kind = 'conference' and owner_id = new.conference_id and audience <> 'shared';
  return null;
end $body$;
create trigger house_widen after insert on conferences_seat
  for each row execute function house.widen_conference();

create function house.lead_of_conference(p_conference bigint) returns integer
language plpgsql stable security definer set search_path = house, public, pg_temp as $body$
begin return (select lead_agency_id from conferences_conference where id = p_conference); end $body$;

-- Seats, agenda, decisions and minutes are made by the lead alone. The lead says who came; a seat
-- is answered by its own agency, a decision ended by its owner's.
create function house.guard_conference_row() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare me integer := house.current_agency(); lead integer;
begin
  lead := house.lead_of_conference(new.conference_id);
  if tg_op = 'INSERT' then
    if lead is distinct from me then
      raise exception 'parent not reachable' using errcode = 'RK404';
    end if;
  elsif tg_table_name = 'conferences_seat' then
    if (new.attended is distinct from old.attended and lead is distinct from me)
        or ((new.state, new.reason, new.answered_at, new.user_id) is distinct from
            (old.state, old.reason, old.answered_at, old.user_id) and old.agency_id <> me) then
      raise exception 'not this side''s move' using errcode = 'RK403';
    end if;
  elsif tg_table_name = 'conferences_decision' then
    if old.owner_agency_id <> me and (new.state, new.reason, new.ended_at, new.ended_by)
        is distinct from (old.state, old.reason, old.ended_at, old.ended_by) then
      raise exception 'not this side''s move' using errcode = 'RK403';
    end if;
  end if;
  return new;
end $body$;
create trigger house_guard_row before insert or update on conferences_seat
  for each row execute function house.guard_conference_row();
create trigger house_guard_row before insert or update on conferences_decision
  for each row execute function house.guard_conference_row();
create trigger house_guard_row before insert on conferences_agendaitem
  for each row execute function house.guard_conference_row();
create trigger house_guard_row before insert on conferences_minutes
  for each row execute function house.guard_conference_row();
create trigger house_guard_row before insert on conferences_conferencecase
  for each row execute function house.guard_conference_row();

-- A decision is owned, and a share received, by an agency at the table.
create function house.guard_conference_guest() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare guest integer;
begin
  guest := (to_jsonb(new)->>case tg_table_name when 'conferences_share'
    then 'receiver_agency_id' else 'owner_agency_id' end)::integer;
  if house.lead_of_conference(new.conference_id) is distinct from house.current_agency()
      or (tg_table_name = 'conferences_share'
        and (to_jsonb(new)->>'sender_agency_id')::integer <> house.current_agency())
      or (guest = any(house.conference_reach(new.conference_id))) is not true then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_guest before insert on conferences_share
  for each row execute function house.guard_conference_guest();
create trigger house_guard_guest before insert on conferences_decision
  for each row execute function house.guard_conference_guest();

-- Only the lead moves the conference itself.
create function house.guard_conference_lead() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  -- The widening above changes reach alone, in the lead's own act.
  if old.lead_agency_id <> house.current_agency() then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_lead before update on conferences_conference
  for each row execute function house.guard_conference_lead();

-- A share's ground belongs to the lead's own share, and the share to a case of the conference.
create function house.guard_share_ground() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if not exists (select 1 from conferences_share s
      where s.id = new.share_id and s.sender_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_share before insert on conferences_shareground
  for each row execute function house.guard_share_ground();

-- Consent withdrawn, by whichever holder of the case: what rested on it can no longer be read.
create function house.end_shares_of_basis() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  delete from foundation_datakey where subject in (
    select share_id from conferences_shareground where basis_id = new.id);
  update conferences_share set destroyed_at = new.withdrawn_at, destroy_reason = 'withdrawn'
    where destroyed_at is null
      and id in (select share_id from conferences_shareground where basis_id = new.id);
  return null;
end $body$;
create trigger house_end_shares after update of withdrawn_at on consent_basis
  for each row when (new.withdrawn_at is not null) execute function house.end_shares_of_basis();

revoke all on function house.widen_conference(), house.lead_of_conference(bigint),
  house.guard_conference_row(), house.guard_conference_guest(), house.guard_conference_lead(),
  house.guard_share_ground(), house.end_shares_of_basis() from public;
"""

# Custody has moved: the chair goes with the case. See ``pass_chair``.
PASSING = """
create or replace function house.widen_conference() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  perform 1 from conferences_conference where id = new.conference_id for no key update;
  perform house.reach_conference(new.conference_id);
  return null;
end $body$;

-- The reach of a conference, of all that hangs on it and of its common key: its lead, and every
-- agency with a seat that it has not left; of no share.
create function house.reach_conference(p_conference bigint) returns void
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare wide integer[]; t record;
begin
  wide := array(select distinct a from (
      select lead_agency_id a from conferences_conference where id = p_conference
      union select agency_id from conferences_seat
        where conference_id = p_conference and left_at is null) s
    order by a);
  update conferences_conference set reach = wide where id = p_conference and reach <> wide;
  for t in select name from house.owned_table where kind = 'conference' order by name loop
    execute format('update %I set reach = $1 where conference_id = $2 and reach <> $1', t.name)
      using wide, p_conference;
  end loop;
  update foundation_datakey set reach = wide
    where owner_kind = 'conference' and owner_id = p_conference and audience <> 'shared';
end $body$;

-- Only the lead moves the conference itself, but for the one act by which the lead changes: no
-- hand but a definer's writes that column.
create or replace function house.guard_conference_lead() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if old.lead_agency_id <> house.current_agency()
      and new.lead_agency_id = old.lead_agency_id then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;

-- A case has a new holder, who gets the chair of its conferences. The agency that gave it keeps
-- its seats where it stays in the team; else it leaves the table, reads nothing of it any more,
-- and what it owed there is the new holder's. Where a conference is about other cases too, which
-- stay, the chair stays with them, and what was shown of this case ends.
create function house.pass_chair() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare
  c record; stays boolean; moved timestamptz; giver integer := old.lead_agency_id;
  taker integer := new.lead_agency_id; chair integer := house.current_actor();
begin
  select max(since) into moved from custody_caseaccess
    where case_id = new.id and agency_id = taker and until is null;
  stays := exists (select 1 from custody_caseaccess
    where case_id = new.id and agency_id = giver and until is null);
  for c in select m.id, m.state from conferences_conference m
      join conferences_conferencecase k on k.conference_id = m.id
      where k.case_id = new.id and m.lead_agency_id = giver order by m.id for update of m loop
    if exists (select 1 from conferences_conferencecase k join custody_case x on x.id = k.case_id
        where k.conference_id = c.id and x.lead_agency_id <> taker) then
      delete from foundation_datakey where subject in (
        select s.id from conferences_share s join conferences_shareground g on g.share_id = s.id
        where s.conference_id = c.id and g.case_id = new.id);
      update conferences_share set destroyed_at = moved, destroy_reason = 'transferred'
        where conference_id = c.id and destroyed_at is null
          and id in (select share_id from conferences_shareground where case_id = new.id);
      continue;
    end if;
    update conferences_conference set lead_agency_id = taker, chair_user_id = chair,
      passed_at = moved, version = version + 1 where id = c.id;
    if not stays then
      update conferences_seat set left_at = moved
        where conference_id = c.id and agency_id = giver and left_at is null;
      update clocks_clock set agency_id = taker, desk_id = null, user_id = chair
        where subject_kind = 'decision' and agency_id = giver
          and state in ('running', 'paused', 'missed') and subject_id in (
            select id::text from conferences_decision where conference_id = c.id
              and owner_agency_id = giver and state = 'open');
      update conferences_decision set owner_agency_id = taker, owner_desk_id = null,
        owner_user_id = chair
        where conference_id = c.id and owner_agency_id = giver and state = 'open';
    end if;
    if c.state in ('called', 'held') and not exists (select 1 from conferences_seat
        where conference_id = c.id and user_id = chair and left_at is null) then
      insert into conferences_seat (id, conference_id, agency_id, user_id, state, reason,
          offered_at, answered_at)
        values (gen_random_uuid(), c.id, taker, chair, 'accepted', '', moved, moved);
    end if;
    perform house.reach_conference(c.id);
    update conferences_share set sender_agency_id = taker, reach =
      array(select distinct a from unnest(array[taker, receiver_agency_id]) a order by a)
      where conference_id = c.id;
    update foundation_datakey k set reach = s.reach from conferences_share s
      where k.subject = s.id and s.conference_id = c.id;
  end loop;
  return null;
end $body$;
create trigger house_pass_chair after update of lead_agency_id on custody_case
  for each row when (old.lead_agency_id is distinct from new.lead_agency_id)
  execute function house.pass_chair();

revoke all on function house.pass_chair(), house.reach_conference(bigint) from public;
"""

# As before; and a conference about several cases stays with whoever leads one of them, while the
# new holder of each gets a seat. See ``pass_chair`` and ``take_chair``.
SEVERAL = f"""
-- As before; but whoever leads a case of the conference may take a seat of its own there, and the
-- chair may be taken by ``take_chair``.
create or replace function house.guard_conference_row() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare me integer := house.current_agency(); lead integer;
begin
  lead := house.lead_of_conference(new.conference_id);
  if tg_op = 'INSERT' then
    if lead is distinct from me and not (tg_table_name = 'conferences_seat'
        and (to_jsonb(new)->>'agency_id')::integer = me and exists (
          select 1 from conferences_conferencecase k join custody_case x on x.id = k.case_id
          where k.conference_id = new.conference_id and x.lead_agency_id = me)) then
      raise exception 'parent not reachable' using errcode = 'RK404';
    end if;
  elsif tg_table_name = 'conferences_seat' then
    if (new.attended is distinct from old.attended and lead is distinct from me)
        or ((new.state, new.reason, new.answered_at, new.user_id) is distinct from
            (old.state, old.reason, old.answered_at, old.user_id) and old.agency_id <> me) then
      raise exception 'not this side''s move' using errcode = 'RK403';
    end if;
  elsif tg_table_name = 'conferences_decision' then
    if old.owner_agency_id <> me and (new.state, new.reason, new.ended_at, new.ended_by)
        is distinct from (old.state, old.reason, old.ended_at, old.ended_by) then
      raise exception 'not this side''s move' using errcode = 'RK403';
    end if;
  end if;
  return new;
end $body$;

-- As before; but the reach follows the seats, whoever's act made or ended one.
create or replace function house.guard_conference_lead() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if old.lead_agency_id <> house.current_agency() and new.lead_agency_id = old.lead_agency_id
      and to_jsonb(new) - 'reach' <> to_jsonb(old) - 'reach' then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;

-- Whoever has no seat at a conference that is still to be held or minuted gets one, to be answered;
-- at one that is over, a seat only lets it read what was said of the case that it holds now.
create function house.seat_holder(p_conference bigint, p_agency integer, p_user integer,
  p_at timestamptz, p_state text) returns void
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if not exists (select 1 from conferences_seat where conference_id = p_conference
      and agency_id = p_agency and left_at is null
      and (p_state = 'invited' or user_id = p_user)) then
    -- The seat's own reach is the conference's, which has to hold whoever sits down.
    update conferences_conference set reach = reach || p_agency
      where id = p_conference and not p_agency = any(reach);
    insert into conferences_seat (id, conference_id, agency_id, user_id, state, reason,
        offered_at, answered_at)
      values (gen_random_uuid(), p_conference, p_agency, p_user, p_state, '', p_at,
        case when p_state = 'accepted' then p_at end);
  end if;
end $body$;

-- What was shown of a case by an agency that leads it no more ends.
create function house.end_shares_of_case(p_conference bigint, p_case bigint, p_at timestamptz)
returns void language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  delete from foundation_datakey where subject in (
    select s.id from conferences_share s join conferences_shareground g on g.share_id = s.id
    where s.conference_id = p_conference and g.case_id = p_case);
  update conferences_share set destroyed_at = p_at, destroy_reason = 'transferred'
    where conference_id = p_conference and destroyed_at is null
      and id in (select share_id from conferences_shareground where case_id = p_case);
end $body$;

-- Who gave the case away leaves the table, reads nothing of it any more, and what it owed there is
-- the new holder's.
create function house.leave_table(p_conference bigint, p_giver integer, p_taker integer,
  p_user integer, p_at timestamptz) returns void
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  update conferences_seat set left_at = p_at
    where conference_id = p_conference and agency_id = p_giver and left_at is null;
  update clocks_clock set agency_id = p_taker, desk_id = null, user_id = p_user
    where subject_kind = 'decision' and agency_id = p_giver
      and state in ('running', 'paused', 'missed') and subject_id in (
        select id::text from conferences_decision where conference_id = p_conference
          and owner_agency_id = p_giver and state = 'open');
  update conferences_decision set owner_agency_id = p_taker, owner_desk_id = null,
    owner_user_id = p_user
    where conference_id = p_conference and owner_agency_id = p_giver and state = 'open';
end $body$;

-- A case has a new holder. Does the agency in the chair still lead another case of the conference,
-- or is the chair somebody else's, the new holder gets a seat, and what was shown of this case
-- ends. Else it gets the chair, with what was shown. The agency that gave the case keeps its seats
-- where it stays in the team or still leads a case of the conference; else it leaves the table.
create or replace function house.pass_chair() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare
  c record; stays boolean; keeps boolean; moved timestamptz; giver integer := old.lead_agency_id;
  taker integer := new.lead_agency_id; chair integer := house.current_actor();
begin
  select max(since) into moved from custody_caseaccess
    where case_id = new.id and agency_id = taker and until is null;
  stays := exists (select 1 from custody_caseaccess
    where case_id = new.id and agency_id = giver and until is null);
  for c in select m.id, m.state, m.lead_agency_id from conferences_conference m
      join conferences_conferencecase k on k.conference_id = m.id
      where k.case_id = new.id order by m.id for update of m loop
    keeps := exists (select 1 from conferences_conferencecase k
      join custody_case x on x.id = k.case_id
      where k.conference_id = c.id and x.lead_agency_id = giver);
    if c.lead_agency_id = giver and not keeps then
      update conferences_conference set lead_agency_id = taker, chair_user_id = chair,
        passed_at = moved, version = version + 1 where id = c.id;
      if not stays then perform house.leave_table(c.id, giver, taker, chair, moved); end if;
      if c.state in ('called', 'held') then
        update conferences_seat set state = 'accepted', reason = '', answered_at = moved
          where conference_id = c.id and user_id = chair and agency_id = taker
            and left_at is null and state <> 'accepted';
        perform house.seat_holder(c.id, taker, chair, moved, 'accepted');
      end if;
      update conferences_share set sender_agency_id = taker, reach =
        array(select distinct a from unnest(array[taker, receiver_agency_id]) a order by a)
        where conference_id = c.id;
      update foundation_datakey k set reach = s.reach from conferences_share s
        where k.subject = s.id and s.conference_id = c.id;
    else
      perform house.end_shares_of_case(c.id, new.id, moved);
      -- A guest that sat there for this case alone: invited by no desk of its own.
      if c.lead_agency_id <> giver and not keeps and not stays and not exists (
          select 1 from conferences_seat where conference_id = c.id and agency_id = giver
            and desk_id is not null and left_at is null) then
        perform house.leave_table(c.id, giver, taker, chair, moved);
      end if;
      if c.lead_agency_id <> taker and c.state <> 'cancelled' then
        perform house.seat_holder(c.id, taker, chair, moved, 'invited');
      end if;
    end if;
    perform house.reach_conference(c.id);
  end loop;
  return null;
end $body$;

-- The person in the chair has left the agency, or another of it takes the chair over: whoever
-- supervises there, or anybody there once nobody sits in it.
create function house.take_chair(p_conference bigint) returns void
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare who house.scope_value := house.scope(); changed integer;
begin
  update conferences_conference c set chair_user_id = who.actor, version = version + 1
    where c.id = p_conference and c.lead_agency_id = who.agency and who.purpose = 'work'
      and c.state in ('called', 'held', 'minuted') and c.chair_user_id <> who.actor
      and (exists (select 1 from network_membership m where m.id = who.membership
          and 'penyelia' = any(m.roles))
        or not exists (select 1 from network_membership m join accounts_user u on u.id = m.user_id
          where m.agency_id = c.lead_agency_id and m.user_id = c.chair_user_id
            and m.until is null and u.is_active));
  get diagnostics changed = row_count;
  if changed <> 1 then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
end $body$;

revoke all on function house.seat_holder(bigint, integer, integer, timestamptz, text),
  house.end_shares_of_case(bigint, bigint, timestamptz),
  house.leave_table(bigint, integer, integer, integer, timestamptz),
  house.take_chair(bigint) from public;
grant execute on function house.take_chair(bigint) to {APP};
"""
