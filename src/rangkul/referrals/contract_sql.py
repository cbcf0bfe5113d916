"""The contract in the database: which moves a side may make, one live key in a chain, open calls.

These replace the first functions of ``sql.GUARDS``, which knew fewer states.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP
from rangkul.referrals.sql import (
    DEFINER,
    GROUND_COVERS,
    ONLY_WITHDRAWAL_WITHDRAWS,
    withdraw_requests,
)

REVIEW_OWED = f"""
-- Since when the basis of a request waits for its review; null when it does not, and for everyone
-- but the two agencies. The receiver sees no basis: without this it could not know.
create function house.review_owed_since(p_request bigint) returns timestamptz
language sql stable {DEFINER} as $body$
  select s.recorded_at from referrals_referral r join consent_basis s on s.id = r.basis_id
    where r.request_id = p_request and s.letter <> 'a' and s.approved_at is null
      and (select house.current_agency()) = any(house.request_reach(p_request)) $body$;
revoke all on function house.review_owed_since(bigint) from public;
grant execute on function house.review_owed_since(bigint) to {APP};
"""

CONTRACT = f"""
create function house.request_open(p_state text) returns boolean language sql immutable as
$body$ select p_state in ('sent', 'asked', 'accepted', 'partly_accepted', 'in_service', 'paused')
$body$;

create or replace function house.request_grounded(p_request bigint) returns void
language plpgsql {DEFINER} as $body$
declare q record; b record; live integer;
begin
  select id, state, service, receiver_desk_id, sent_at, basis_letter into q
    from referrals_request where id = p_request;
  select r.id as referral, r.follows, s.service, s.letter, s.withdrawn_at, s.valid_until,
      s.recorded_at, s.recipient_desk_id, s.fallback_desk_ids into b
    from referrals_referral r join consent_basis s on s.id = r.basis_id
    where r.request_id = p_request;
{GROUND_COVERS}
  select count(*) into live from referrals_packet p
    join foundation_datakey k on k.subject = p.id and k.data_class = 'packet'
    where p.request_id = p_request;
  if b.withdrawn_at is not null and (house.request_open(q.state) or live > 0
      or exists (select 1 from referrals_packet p
        join foundation_datakey k on k.subject = p.id where p.request_id = p_request)) then
    raise exception 'the ground was withdrawn' using errcode = 'RK005';
  end if;
  if live > 1 or (live > 0
      and q.state in ('declined', 'withdrawn', 'cancelled', 'expired', 'moved')) then
    raise exception 'a packet too many can be opened' using errcode = 'RK005';
  end if;
  -- One live request in a chain: neither what this one replaced, nor another that replaced it too.
  if b.follows is not null and house.request_open(q.state) and exists (
      select 1 from referrals_referral o join referrals_request x on x.id = o.request_id
      where o.id <> b.referral and (o.id = b.follows or o.follows = b.follows)
        and house.request_open(x.state)) then
    raise exception 'two live requests in one chain' using errcode = 'RK005';
  end if;
end $body$;

create function house.check_packet_alone() returns trigger language plpgsql {DEFINER} as $body$
begin perform house.request_grounded(new.request_id); return null; end $body$;
create constraint trigger house_alone after insert on referrals_packet
  deferrable initially deferred for each row execute function house.check_packet_alone();

-- A packet's time is the sender's to set, and never longer than the ground it rests on.
create function house.guard_packet_time() returns trigger language plpgsql {DEFINER} as $body$
begin
  if new.expires_at = old.expires_at then return new; end if;
  if not exists (select 1 from referrals_request q join referrals_referral r on r.request_id = q.id
      join consent_basis s on s.id = r.basis_id where q.id = new.request_id
      and q.sender_agency_id = house.current_agency() and s.withdrawn_at is null
      and new.expires_at <= s.valid_until) then
    raise exception 'no ground for so long' using errcode = 'RK005';
  end if;
  return new;
end $body$;
create trigger house_guard_time before update of expires_at on referrals_packet
  for each row execute function house.guard_packet_time();

create or replace function house.guard_request_side() returns trigger
language plpgsql {DEFINER} as $body$
begin
  -- Deadlines move with the end of a pause, by no more than it lasted.
  if (new.first_contact_by, new.outcome_by) is distinct from (old.first_contact_by, old.outcome_by)
      and (old.state <> 'paused' or house.current_agency() <> old.receiver_agency_id
        or new.outcome_by - old.outcome_by <> new.first_contact_by - old.first_contact_by
        or new.outcome_by < old.outcome_by
        or new.outcome_by - old.outcome_by > now() - old.paused_at + interval '1 day') then
    raise exception 'a deadline moves with a pause only' using errcode = 'RK403';
  end if;
{ONLY_WITHDRAWAL_WITHDRAWS}
  elsif not house.request_open(old.state) then
    raise exception 'the request has ended' using errcode = 'RK403';
  elsif house.current_agency() <> (case
      when new.state in ('sent', 'cancelled', 'expired', 'moved')
      then old.sender_agency_id else old.receiver_agency_id end) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
drop trigger house_guard_side on referrals_request;
create trigger house_guard_side before update of state, first_contact_by, outcome_by
  on referrals_request for each row execute function house.guard_request_side();

{withdraw_requests("house.request_open(r.state)")}
revoke all on function house.request_open(text), house.check_packet_alone(),
  house.guard_packet_time() from public;
grant execute on function house.request_open(text) to {APP};
grant update (first_contact_by, outcome_by, limits, pause_reason, paused_at, paused_until)
  on referrals_request to {APP};
grant update (expires_at) on referrals_packet to {APP};
"""

CALLS = f"""
-- The case's end of a call hangs on the own agency's own referral of that case.
create function house.guard_call_end() returns trigger language plpgsql {DEFINER} as $body$
begin
  if not exists (select 1 from referrals_referral r join referrals_request q on q.id = r.request_id
      where r.id = new.referral_id and r.case_id = new.case_id
      and q.sender_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_end before insert on referrals_callend
  for each row execute function house.guard_call_end();

-- "We can": of two desks at the same moment one takes the call. The others' offers end with it, and
-- neither learns who else was called.
create function house.take_call(p_offer uuid, p_at timestamptz) returns boolean
language plpgsql {DEFINER} as $body$
declare who house.scope_value := house.scope(); o record;
begin
  select id, call, receiver_agency_id into o from referrals_calloffer where id = p_offer
    and receiver_agency_id = who.agency;
  if not found or who.purpose <> 'work' then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  perform 1 from referrals_calloffer where call = o.call order by id for update;
  if not exists (select 1 from referrals_calloffer where id = o.id and state = 'called') then
    return false;
  end if;
  update referrals_calloffer set state = 'can', answered_at = p_at, answered_by = who.actor
    where id = o.id;
  update referrals_calloffer set state = 'over', answered_at = p_at
    where call = o.call and id <> o.id and state = 'called';
  return true;
end $body$;

-- "We can" is written by that one function; a desk may say no, and the sender ends the call.
create function house.guard_call_side() returns trigger language plpgsql as $body$
begin
  if new.state = old.state then return new; end if;
  if current_user <> '{APP}' then return new; end if;
  if new.state = 'can' or house.current_agency() <> (case when new.state = 'over'
      then old.sender_agency_id else old.receiver_agency_id end) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_side before update of state on referrals_calloffer
  for each row execute function house.guard_call_side();

-- What a province's coordinator may see of requests that nobody answers: number, service, age and
-- the two desks. For requests that wait in her province, and for nobody else.
create function house.unanswered_requests(p_at timestamptz)
returns table (request bigint, service text, sent_at timestamptz, accept_by timestamptz,
  sender integer, receiver integer, desk integer) language plpgsql stable {DEFINER} as $body$
declare who house.scope_value := house.scope(); place text;
begin
  select left(a.area_id, 2) into place from network_membership m
    join network_agency a on a.id = m.agency_id where m.id = who.membership
    and who.purpose = 'work' and 'koordinator_provinsi' = any(m.roles);
  if place is null then return; end if;
  return query select q.id, q.service::text, q.sent_at, q.accept_by, q.sender_agency_id,
      q.receiver_agency_id, q.receiver_desk_id
    from referrals_request q join network_agency a on a.id = q.receiver_agency_id
    where q.state in ('sent', 'asked') and q.accept_by <= p_at and left(a.area_id, 2) = place
    order by q.accept_by limit 200;
end $body$;

-- How long hand-offs take between two agencies, for coordinators: medians in seconds. A pair of
-- fewer than five requests could tell one person's story, and is left out.
create function house.handoff_delays(p_since timestamptz, p_until timestamptz)
returns table (sender integer, receiver integer, requests bigint, answered double precision,
  contacted double precision, ended double precision) language plpgsql stable {DEFINER} as $body$
declare who house.scope_value := house.scope(); place text; all_places boolean;
begin
  select left(a.area_id, 2), 'koordinator_nasional' = any(m.roles) into place, all_places
    from network_membership m join network_agency a on a.id = m.agency_id
    where m.id = who.membership and who.purpose = 'work'
    and m.roles && array['koordinator_provinsi', 'koordinator_nasional']::varchar[];
  if place is null then return; end if;
  return query select q.sender_agency_id, q.receiver_agency_id, count(*),
      percentile_cont(0.5) within group (order by extract(epoch from q.answered_at - q.sent_at)),
      percentile_cont(0.5) within group
        (order by extract(epoch from q.first_contact_at - q.answered_at)),
      percentile_cont(0.5) within group (order by extract(epoch from q.ended_at - q.sent_at))
    from referrals_request q join network_agency s on s.id = q.sender_agency_id
      join network_agency r on r.id = q.receiver_agency_id
    where q.sent_at >= p_since and q.sent_at < p_until
      and (all_places or left(s.area_id, 2) = place or left(r.area_id, 2) = place)
    group by 1, 2 having count(*) >= 5 order by 1, 2;
end $body$;

revoke all on function house.guard_call_end(), house.take_call(uuid, timestamptz),
  house.guard_call_side(), house.unanswered_requests(timestamptz),
  house.handoff_delays(timestamptz, timestamptz) from public;
grant execute on function house.take_call(uuid, timestamptz), house.guard_call_side(),
  house.unanswered_requests(timestamptz), house.handoff_delays(timestamptz, timestamptz) to {APP};
"""
