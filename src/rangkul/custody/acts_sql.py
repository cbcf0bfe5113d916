"""A case's own trail in the database: whole for its holders, narrowed there, not in the page."""

from __future__ import annotations

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"

# Beside the acts on the case, the readings of its packets at the desks that received them: those
# bear no case, and the holders of the case alone may join the two.
CASE_ACTS = f"""
create function house.case_packets(p_case bigint) returns text[]
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return '{{}}'; end if;
  return array(select request_id::text from referrals_referral
    where case_id = p_case and request_id is not null);
end $body$;

create function house.case_acts(p_case bigint, p_actor integer, p_names text[],
  p_from timestamptz, p_until timestamptz, p_limit integer) returns setof trail_act
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return; end if;
  return query (
    select * from trail_act where case_id = p_case
      and at >= p_from and at < p_until
      and (p_actor = 0 or actor_id = p_actor)
      and (cardinality(p_names) = 0 or name = any(p_names))
    order by at desc limit p_limit)
  union all (
    select * from trail_act where subject_kind = 'request' and name = 'packet.opened'
      and subject_id = any(house.case_packets(p_case)) and case_id is null
      and at >= p_from and at < p_until
      and (p_actor = 0 or actor_id = p_actor)
      and (cardinality(p_names) = 0 or name = any(p_names))
    order by at desc limit p_limit)
  order by at desc limit p_limit;
end $body$;

-- Who did what how often, for the choices above the list.
create function house.case_doers(p_case bigint)
returns table (actor integer, agency integer, name text, acts bigint)
language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return; end if;
  return query select a.actor_id, a.agency_id, a.name::text, count(*) from trail_act a
    where a.case_id = p_case group by 1, 2, 3
  union all select a.actor_id, a.agency_id, a.name::text, count(*) from trail_act a
    where a.subject_kind = 'request' and a.name = 'packet.opened' and a.case_id is null
      and a.subject_id = any(house.case_packets(p_case)) group by 1, 2, 3;
end $body$;

revoke all on function house.case_packets(bigint), house.case_doers(bigint),
  house.case_acts(bigint, integer, text[], timestamptz, timestamptz, integer) from public;
grant execute on function house.case_doers(bigint),
  house.case_acts(bigint, integer, text[], timestamptz, timestamptz, integer) to {APP};
"""
