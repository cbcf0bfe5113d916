"""Transfers in the database: who holds their key, which moves a side may make, how custody moves."""

from __future__ import annotations

from rangkul.foundation.roles import APP
from rangkul.referrals.sql import DEFINER

TRANSFER_REACH = f"""
create function house.key_reach_of_transfer(p_transfer bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {DEFINER} as $body$
begin return (select reach from referrals_transfer where id = p_transfer); end $body$;
revoke all on function house.key_reach_of_transfer(bigint, text, integer) from public;
insert into house.owner_kind values ('transfer', 'key_reach_of_transfer');
"""

TRANSFER_ACTS = f"""
-- The case's end hangs on the own agency's own offer, and only the lead offers.
create function house.guard_transfer_end() returns trigger language plpgsql {DEFINER} as $body$
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
create function house.guard_offered_file() returns trigger language plpgsql {DEFINER} as $body$
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
language plpgsql {DEFINER} as $body$
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
language plpgsql {DEFINER} as $body$
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

# The giver who stays in the team has a place there like any other agency, with its last day; what
# ends it is custody's own round (``house.end_over_places``).
STAYS = f"""
drop function house.end_stay(bigint, timestamptz);
create function house.keep_last_day() returns trigger language plpgsql {DEFINER} as $body$
begin
  update custody_caseaccess a set ends_on = new.stays_until from referrals_transferend e
    where e.transfer_id = new.id and a.case_id = e.case_id
      and a.agency_id = new.sender_agency_id and a.basis = 'joint' and a.until is null;
  return null;
end $body$;
revoke all on function house.keep_last_day() from public;
create trigger house_keep_last_day after update of state on referrals_transfer
  for each row when (new.state = 'accepted' and old.state <> 'accepted'
    and new.stays_until is not null)
  execute function house.keep_last_day();

update custody_caseaccess a set ends_on = t.stays_until
  from referrals_transfer t join referrals_transferend e on e.transfer_id = t.id
  where t.state = 'accepted' and t.stays_until is not null and a.case_id = e.case_id
    and a.agency_id = t.sender_agency_id and a.basis = 'joint' and a.until is null
    and a.since = t.answered_at;
"""
