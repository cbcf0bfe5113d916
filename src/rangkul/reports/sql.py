"""The key store's view of a report, and all that a registered reporter ever learns of hers."""

from rangkul.foundation.roles import APP

REPORT_KEYS = """
create function house.key_reach_of_report(p_report bigint, p_audience text, p_agency integer)
returns integer[] language sql stable security definer
set search_path = house, public, pg_temp as $body$
  select array[agency_id] from reports_report where id = p_report $body$;
revoke all on function house.key_reach_of_report(bigint, text, integer) from public;
insert into house.owner_kind values ('report', 'key_reach_of_report');
"""

# Of her own report a registered reporter learns that somebody took it up: of another agency's row
# this one bit, and of a report that she did not send nothing. She may be the suspect.
REPORTS_IN_HAND = f"""
create function house.reports_in_hand(p_reports bigint[]) returns setof bigint
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select id from reports_report where id = any(p_reports) and state <> 'received'
    and taken_by = house.current_actor() and house.current_purpose() = 'work' $body$;
revoke all on function house.reports_in_hand(bigint[]) from public;
grant execute on function house.reports_in_hand(bigint[]) to {APP};
"""
