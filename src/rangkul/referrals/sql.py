"""Requests and transfers in the database: their reach, what must be true of them, their acts."""

from __future__ import annotations

from rangkul.foundation.roles import APP

REQUEST_REACH = """
create function house.request_reach(p_request bigint) returns integer[]
language plpgsql stable security definer set search_path = house, public, pg_temp as $body$
begin return (select reach from referrals_request where id = p_request); end $body$;

create function house.new_request_row(p_request bigint) returns integer[]
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select house.request_reach(p_request) $body$;

create function house.new_pair_row(p_sender integer, p_receiver integer) returns integer[]
language plpgsql stable security definer set search_path = house, public, pg_temp as $body$
begin
  if p_sender is distinct from house.current_agency() then
    raise exception 'only the sender makes a request' using errcode = 'RK404';
  end if;
  return array(select distinct a from unnest(array[p_sender, p_receiver]) a order by a);
end $body$;

create function house.key_reach_of_request(p_request bigint, p_audience text, p_agency integer)
returns integer[] language sql stable security definer
set search_path = house, public, pg_temp as $body$
  select house.request_reach(p_request) $body$;

revoke all on function house.request_reach(bigint), house.new_request_row(bigint),
  house.new_pair_row(integer, integer), house.key_reach_of_request(bigint, text, integer) from public;
insert into house.owner_kind values ('request', 'key_reach_of_request');
"""

GUARDS = """
-- Nothing crosses a border without a ground. The rule stands in consent.policy; this is the net
-- under it, looked at when the transaction ends: every request has its sender's end, and while it
-- is open the basis it rests on stands, covers this service and this desk.
create function house.request_grounded(p_request bigint) returns void
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare q record; b record;
begin
  select id, state, service, receiver_desk_id, sent_at, basis_letter into q
    from referrals_request where id = p_request;
  select s.service, s.letter, s.withdrawn_at, s.valid_until, s.recorded_at,
      s.recipient_desk_id, s.fallback_desk_ids into b
    from referrals_referral r join consent_basis s on s.id = r.basis_id
    where r.request_id = p_request;
  if not found then
    raise exception 'a request without a ground' using errcode = 'RK005';
  end if;
  if b.service <> q.service or b.letter <> q.basis_letter or b.valid_until <= q.sent_at
      or b.recorded_at > q.sent_at or (b.recipient_desk_id is not null
        and q.receiver_desk_id <> b.recipient_desk_id
        and not (q.receiver_desk_id = any(b.fallback_desk_ids))) then
    raise exception 'the ground is another one' using errcode = 'RK005';
  end if;
  if b.withdrawn_at is not null and (q.state in ('sent', 'asked', 'accepted', 'in_service')
      or exists (select 1 from referrals_packet p
        join foundation_datakey k on k.subject = p.id where p.request_id = p_request)) then
    raise exception 'the ground was withdrawn' using errcode = 'RK005';
  end if;
end $body$;

create function house.check_request_grounded() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin perform house.request_grounded(new.id); return null; end $body$;
create constraint trigger house_grounded after insert or update of state on referrals_request
  deferrable initially deferred for each row execute function house.check_request_grounded();

create function house.check_basis_withdrawn() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare r record;
begin
  for r in select request_id from referrals_referral where basis_id = new.id loop
    perform house.request_grounded(r.request_id);
  end loop;
  return null;
end $body$;
create constraint trigger house_grounded after update of withdrawn_at on consent_basis
  deferrable initially deferred for each row when (new.withdrawn_at is not null)
  execute function house.check_basis_withdrawn();

-- Each side makes its own moves only.
create function house.guard_request_side() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if new.state = old.state then return new; end if;
  if new.state = 'withdrawn' then
    if not exists (select 1 from referrals_referral r join consent_basis s on s.id = r.basis_id
        where r.request_id = new.id and s.withdrawn_at is not null) then
      raise exception 'consent was not withdrawn' using errcode = 'RK403';
    end if;
  elsif house.current_agency() <> (case when new.state in ('sent', 'cancelled')
      then old.sender_agency_id else old.receiver_agency_id end) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_side before update of state on referrals_request
  for each row execute function house.guard_request_side();

-- A joint team's companion may hear the withdrawal, and the team's agency has no reach on another
-- agency's requests: this one function ends all that rests on a withdrawn basis, for any holder of
-- the case, and returns what it ended.
create function house.withdraw_requests(p_basis uuid, p_at timestamptz)
returns table (ended bigint, receiver integer, sender integer) language plpgsql
security definer set search_path = house, public, pg_temp as $body$
declare b record; r record;
begin
  select case_id, withdrawn_at into b from consent_basis where id = p_basis;
  if not found or b.withdrawn_at is null or not house.has_case_access(b.case_id) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  for r in select q.id, q.state, q.receiver_agency_id, q.sender_agency_id
      from referrals_referral f join referrals_request q on q.id = f.request_id
      where f.basis_id = p_basis order by q.id for update of q loop
    delete from foundation_datakey where subject in
      (select id from referrals_packet where request_id = r.id);
    update referrals_packet set destroyed_at = p_at, destroy_reason = 'withdrawn'
      where request_id = r.id and destroyed_at is null;
    if r.state in ('sent', 'asked', 'accepted', 'in_service') then
      update referrals_request set state = 'withdrawn', ended_at = p_at, version = version + 1
        where id = r.id;
      ended := r.id; receiver := r.receiver_agency_id; sender := r.sender_agency_id;
      return next;
    end if;
  end loop;
end $body$;

-- Only the sender fills a packet, and a message bears its writer's agency.
create function house.guard_packet_sender() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if not exists (select 1 from referrals_request where id = new.request_id
      and sender_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_sender before insert on referrals_packet
  for each row execute function house.guard_packet_sender();

-- The sender's end hangs on its own request only; a foreign one is refused before any key tells.
create function house.guard_referral_request() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if not exists (select 1 from referrals_request where id = new.request_id
      and sender_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
create trigger house_guard_request before insert on referrals_referral
  for each row execute function house.guard_referral_request();

create function house.guard_message_writer() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if new.from_agency_id <> house.current_agency() or new.from_user_id <> house.current_actor() then
    raise exception 'a message bears its writer' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_writer before insert on referrals_message
  for each row execute function house.guard_message_writer();

revoke all on function house.request_grounded(bigint), house.check_request_grounded(),
  house.check_basis_withdrawn(), house.guard_request_side(), house.guard_packet_sender(),
  house.guard_message_writer(), house.guard_referral_request(), house.withdraw_requests(uuid, timestamptz) from public;
grant execute on function house.withdraw_requests(uuid, timestamptz) to rangkul_app;
"""

REVIEW_OWED = """
-- Since when the basis of a request waits for its review; null when it does not, and for everyone
-- but the two agencies. The receiver sees no basis: without this it could not know.
create function house.review_owed_since(p_request bigint) returns timestamptz
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select s.recorded_at from referrals_referral r join consent_basis s on s.id = r.basis_id
    where r.request_id = p_request and s.letter <> 'a' and s.approved_at is null
      and (select house.current_agency()) = any(house.request_reach(p_request)) $body$;
revoke all on function house.review_owed_since(bigint) from public;
grant execute on function house.review_owed_since(bigint) to rangkul_app;
"""

_DEFINER = "security definer set search_path = house, public, pg_temp"

TRANSFER_REACH = f"""
create function house.key_reach_of_transfer(p_transfer bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin return (select reach from referrals_transfer where id = p_transfer); end $body$;
revoke all on function house.key_reach_of_transfer(bigint, text, integer) from public;
insert into house.owner_kind values ('transfer', 'key_reach_of_transfer');
"""

TRANSFER_ACTS = f"""
-- The case's end hangs on the own agency's own offer, and only the lead offers.
create function house.guard_transfer_end() returns trigger language plpgsql {_DEFINER} as $body$
begin
  perform house.require_lead(new.case_id);
  if not exists (select 1 from referrals_transfer t where t.id = new.transfer_id
      and t.sender_agency_id = house.current_agency()) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  -- Two offers at once would let two agencies hold one case: the second waits, then is refused.
  perform 1 from custody_case where id = new.case_id for no key update;
  if exists (select 1 from referrals_transferend e join referrals_transfer t on t.id = e.transfer_id
      where e.case_id = new.case_id and e.id <> new.id and t.state = 'offered') then
    raise exception 'the case is offered already' using errcode = 'unique_violation';
  end if;
  return new;
end $body$;
create trigger house_guard_end before insert on referrals_transferend
  for each row execute function house.guard_transfer_end();

-- Each side makes its own moves; "accepted" is written by nobody but the function below.
-- Not a definer: it has to see whose hand it is.
create function house.guard_transfer_side() returns trigger language plpgsql as $body$
begin
  if new.state = old.state then return new; end if;
  if old.state <> 'offered' then
    raise exception 'answered already' using errcode = 'RK403';
  end if;
  if new.state = 'accepted' and current_user = '{APP}' then
    raise exception 'custody moves by its own act only' using errcode = 'RK403';
  end if;
  if house.current_agency() <> (case when new.state = 'cancelled'
      then old.sender_agency_id else old.receiver_agency_id end) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_side before update of state on referrals_transfer
  for each row execute function house.guard_transfer_side();

-- A file that is offered to another agency is not closed under its hands.
create function house.guard_offered_file() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if new.state = 'closed' and old.state <> 'closed' and exists (select 1
      from referrals_transferend e join referrals_transfer t on t.id = e.transfer_id
      where e.case_id = new.case_id and t.state = 'offered') then
    raise exception 'the case is offered' using errcode = 'RK409';
  end if;
  return new;
end $body$;
create trigger house_guard_offered before update of state on cases_casefile
  for each row execute function house.guard_offered_file();

-- Accept: custody moves to the acting agency in one act. The giver's access ends, or becomes that
-- of a team member; its people carry the case no more; open requests and deadlines go along with
-- their hours unchanged; everything's reach is written anew.
create function house.accept_transfer(p_transfer bigint, p_at timestamptz) returns bigint
language plpgsql {_DEFINER} as $body$
declare
  who house.scope_value := house.scope();
  t record; e record; changed integer;
begin
  select * into t from referrals_transfer where id = p_transfer
    and receiver_agency_id = who.agency for update;
  if not found or who.purpose <> 'work' then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if t.state <> 'offered' then
    raise exception 'answered already' using errcode = 'RK409';
  end if;
  if not exists (select 1 from network_membership m where m.id = who.membership
      and 'penyelia' = any(m.roles)) then
    raise exception 'a supervisor takes a case over' using errcode = 'RK403';
  end if;
  select x.case_id, b.withdrawn_at, b.valid_until into e from referrals_transferend x
    join consent_basis b on b.id = x.basis_id where x.transfer_id = p_transfer;
  if e.withdrawn_at is not null or e.valid_until <= p_at then
    raise exception 'the ground was withdrawn' using errcode = 'RK005';
  end if;
  perform 1 from custody_case where id = e.case_id and lead_agency_id = t.sender_agency_id
    for no key update;
  get diagnostics changed = row_count;
  if changed <> 1 then raise exception 'parent not reachable' using errcode = 'RK404'; end if;

  update custody_caseaccess set until = p_at where case_id = e.case_id and until is null
    and agency_id in (t.sender_agency_id, who.agency);
  insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since)
    select e.case_id, who.agency, 'lead', opened_at, p_at from custody_case where id = e.case_id;
  if t.stays_until is not null then
    insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since)
      select e.case_id, t.sender_agency_id, 'joint', opened_at, p_at
      from custody_case where id = e.case_id;
  else
    update custody_assignment set until = p_at
      where case_id = e.case_id and agency_id = t.sender_agency_id and until is null;
  end if;
  update custody_case set lead_agency_id = who.agency where id = e.case_id;
  update cases_casefile set desk_id = t.receiver_desk_id where case_id = e.case_id;
  update clocks_clock set agency_id = who.agency, desk_id = null, user_id = null
    where case_id = e.case_id and agency_id = t.sender_agency_id
    and state in ('running', 'paused', 'missed');
  update referrals_request q set sender_agency_id = who.agency, sender_desk_id = null,
      reach = array(select distinct a from unnest(array[who.agency, q.receiver_agency_id]) a
        order by a)
    from referrals_referral f where f.request_id = q.id and f.case_id = e.case_id
      and q.sender_agency_id = t.sender_agency_id
      and q.state in ('sent', 'asked', 'accepted', 'partly_accepted', 'in_service', 'paused');
  update referrals_packet p set reach = q.reach from referrals_request q, referrals_referral f
    where p.request_id = q.id and f.request_id = q.id and f.case_id = e.case_id;
  update referrals_message m set reach = q.reach from referrals_request q, referrals_referral f
    where m.request_id = q.id and f.request_id = q.id and f.case_id = e.case_id;
  update foundation_datakey k set reach = q.reach from referrals_request q, referrals_referral f
    where k.owner_kind = 'request' and k.owner_id = q.id and f.request_id = q.id
      and f.case_id = e.case_id;
  update referrals_calloffer o set sender_agency_id = who.agency,
      reach = array(select distinct a from unnest(array[who.agency, o.receiver_agency_id]) a
        order by a)
    where o.call in (select id from referrals_callend where case_id = e.case_id)
      and o.sender_agency_id = t.sender_agency_id;
  update referrals_transfer set state = 'accepted', answered_at = p_at, answered_by = who.actor,
    version = version + 1 where id = p_transfer;
  perform house.refresh_reach(e.case_id);
  return e.case_id;
end $body$;

-- The day on which the giver's place in the team ends; for the holder's nightly round.
create function house.end_stay(p_transfer bigint, p_at timestamptz) returns void
language plpgsql {_DEFINER} as $body$
declare t record; e record;
begin
  select * into t from referrals_transfer where id = p_transfer and state = 'accepted'
    and stays_until is not null and stays_until < p_at::date
    and house.current_agency() in (sender_agency_id, receiver_agency_id);
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  select case_id into e from referrals_transferend where transfer_id = p_transfer;
  update custody_caseaccess set until = p_at where case_id = e.case_id and basis = 'joint'
    and agency_id = t.sender_agency_id and until is null;
  update custody_assignment set until = p_at
    where case_id = e.case_id and agency_id = t.sender_agency_id and until is null;
  perform house.refresh_reach(e.case_id);
end $body$;

revoke all on function house.guard_transfer_end(), house.guard_transfer_side(),
  house.guard_offered_file(), house.accept_transfer(bigint, timestamptz),
  house.end_stay(bigint, timestamptz) from public;
grant execute on function house.accept_transfer(bigint, timestamptz),
  house.end_stay(bigint, timestamptz) to {APP};
"""
