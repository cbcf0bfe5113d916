"""The key store's view of a report: its keys reach the agency that took it."""

REPORT_KEYS = """
create function house.key_reach_of_report(p_report bigint, p_audience text, p_agency integer)
returns integer[] language sql stable security definer
set search_path = house, public, pg_temp as $body$
  select array[agency_id] from reports_report where id = p_report $body$;
revoke all on function house.key_reach_of_report(bigint, text, integer) from public;
insert into house.owner_kind values ('report', 'key_reach_of_report');
"""
