"""A packet whose ground nobody reviewed in time: the database keeps its key from the receiver."""

from __future__ import annotations

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"

HOLDING = f"""
-- The key of a packet belongs to both sides. Once its ground has gone a day without the review that
-- it owes, it is the sender's alone; either side may say so, and neither may say otherwise.
create function house.hold_back_packet(p_request bigint, p_at timestamptz) returns integer
language plpgsql {_DEFINER} as $body$
declare held integer;
begin
  update foundation_datakey k set reach = array[q.sender_agency_id]
    from referrals_packet p join referrals_request q on q.id = p.request_id
      join referrals_referral r on r.request_id = q.id join consent_basis s on s.id = r.basis_id
    where p.request_id = p_request and k.subject = p.id and k.data_class = 'packet'
      and house.current_agency() = any(q.reach) and k.reach <> array[q.sender_agency_id]
      and s.letter <> 'a' and s.approved_at is null
      and s.recorded_at <= p_at - interval '24 hours';
  get diagnostics held = row_count;
  return held;
end $body$;

-- A second person has looked: both sides have the key again.
create function house.give_back_packets() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update foundation_datakey k set reach = q.reach
    from referrals_packet p join referrals_request q on q.id = p.request_id
      join referrals_referral r on r.request_id = q.id
    where r.basis_id = new.id and k.subject = p.id and k.data_class = 'packet';
  return null;
end $body$;
create trigger house_give_back after update of approved_at on consent_basis
  for each row when (old.approved_at is null and new.approved_at is not null)
  execute function house.give_back_packets();

revoke all on function house.hold_back_packet(bigint, timestamptz), house.give_back_packets()
  from public;
grant execute on function house.hold_back_packet(bigint, timestamptz) to {APP};
"""
