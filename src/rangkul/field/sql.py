"""The field's own SQL: whose its keys are, and from a phone's digest to whose phone it is."""

from __future__ import annotations

# A key of the field reaches the agency whose phones sent what it seals. The trigger of the key
# store refuses a key made for anyone but the acting agency.
KEYS = """
create function house.key_reach_of_field(p_owner bigint, p_audience text, p_agency integer)
returns integer[] language sql immutable security definer
set search_path = house, public, pg_temp as $body$ select array[p_owner::integer] $body$;
revoke all on function house.key_reach_of_field(bigint, text, integer) from public;
insert into house.owner_kind values ('field', 'key_reach_of_field');
"""

WHOSE = """
create function house.device_membership(p_digest bytea)
returns table (device uuid, name text, membership integer, actor integer, used date)
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select d.id, d.name, m.id, m.user_id, d.last_used_on
  from field_device d
  join network_membership m on m.id = d.membership_id and m.agency_id = d.agency_id
    and m.user_id = d.user_id
  join accounts_user u on u.id = m.user_id
  where d.digest = p_digest and d.withdrawn_at is null and d.expires_at > now()
    and (m.until is null or m.until > now()) and u.is_active and not u.must_change_password
$body$;
revoke all on function house.device_membership(bytea) from public;
grant execute on function house.device_membership(bytea) to rangkul_app;
"""
