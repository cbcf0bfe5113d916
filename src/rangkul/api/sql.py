"""The API's own SQL: from a token's digest to whose it is, before any scope exists."""

WHOSE = """
create function house.token_membership(p_digest bytea)
returns table (membership integer, actor integer, agency integer)
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select m.id, m.user_id, m.agency_id
  from api_servicetoken t
  join network_membership m on m.id = t.membership_id and m.agency_id = t.agency_id
  join accounts_user u on u.id = m.user_id
  where t.digest = p_digest and t.withdrawn_at is null and t.expires_at > now()
    and (m.until is null or m.until > now())
    -- An account is a machine's or a person's: who signs in on a screen needs no token.
    and u.is_active and u.last_login is null
$body$;
revoke all on function house.token_membership(bytea) from public;
grant execute on function house.token_membership(bytea) to rangkul_app;
"""
