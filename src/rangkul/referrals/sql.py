"""The reach of a request (its two agencies, nobody else), and what was first true of every one.

``REQUEST_REACH`` and ``GUARDS`` are the published migrations' own words and do not change; three of
their functions have been replaced since (``contract_sql``), and what both ways of saying them share
stands here once.
"""

from __future__ import annotations

from typing import Final

DEFINER: Final = "security definer set search_path = house, public, pg_temp"

GROUND_COVERS: Final = """  if not found then
    raise exception 'a request without a ground' using errcode = 'RK005';
  end if;
  if b.service <> q.service or b.letter <> q.basis_letter or b.valid_until <= q.sent_at
      or b.recorded_at > q.sent_at or (b.recipient_desk_id is not null
        and q.receiver_desk_id <> b.recipient_desk_id
        and not (q.receiver_desk_id = any(b.fallback_desk_ids))) then
    raise exception 'the ground is another one' using errcode = 'RK005';
  end if;"""

ONLY_WITHDRAWAL_WITHDRAWS: Final = """  if new.state = old.state then return new; end if;
  if new.state = 'withdrawn' then
    if not exists (select 1 from referrals_referral r join consent_basis s on s.id = r.basis_id
        where r.request_id = new.id and s.withdrawn_at is not null) then
      raise exception 'consent was not withdrawn' using errcode = 'RK403';
    end if;"""


def withdraw_requests(is_open: str) -> str:
    """The function that ends all that rests on a withdrawn basis; ``is_open`` judges a row ``r``."""
    return f"""create or replace function house.withdraw_requests(p_basis uuid, p_at timestamptz)
returns table (ended bigint, receiver integer, sender integer) language plpgsql
{DEFINER} as $body$
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
    if {is_open} then
      update referrals_request set state = 'withdrawn', ended_at = p_at, version = version + 1
        where id = r.id;
      ended := r.id; receiver := r.receiver_agency_id; sender := r.sender_agency_id;
      return next;
    end if;
  end loop;
end $body$;
"""


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

_FIRST_OPEN = "in ('sent', 'asked', 'accepted', 'in_service')"

GUARDS = f"""
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
{GROUND_COVERS}
  if b.withdrawn_at is not null and (q.state {_FIRST_OPEN}
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
{ONLY_WITHDRAWAL_WITHDRAWS}
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
{withdraw_requests(f"r.state {_FIRST_OPEN}")}
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
