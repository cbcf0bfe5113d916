"""The network's own SQL: whether a membership still stands, and that rows keep to one agency."""

MEMBERSHIP_LIVE = """
create or replace function house.membership_live(p_membership integer, p_version integer,
  p_actor integer, p_agency integer) returns boolean
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select exists (
    select 1 from network_membership m join accounts_user u on u.id = m.user_id
    where m.id = p_membership and m.version = p_version and m.user_id = p_actor
      and m.agency_id = p_agency and u.is_active and (m.until is null or m.until > now()))
$body$;
revoke all on function house.membership_live(integer, integer, integer, integer) from public;
"""

# Foreign-key checks ignore row security, so the agency is part of the key: nobody puts a service,
# a shift or a stand-in on another agency's desk.
SIBLINGS = """
alter table network_desk add constraint network_desk_owner_key unique (agency_id, id);
alter table network_membership add constraint network_membership_owner_key unique (agency_id, id);
alter table network_deskservice add constraint network_deskservice_desk_sibling
  foreign key (agency_id, desk_id) references network_desk (agency_id, id)
  deferrable initially deferred;
alter table network_dutyshift add constraint network_dutyshift_desk_sibling
  foreign key (agency_id, desk_id) references network_desk (agency_id, id)
  deferrable initially deferred;
alter table network_dutyshift add constraint network_dutyshift_membership_sibling
  foreign key (agency_id, membership_id) references network_membership (agency_id, id)
  deferrable initially deferred;
alter table network_absence add constraint network_absence_membership_sibling
  foreign key (agency_id, membership_id) references network_membership (agency_id, id)
  deferrable initially deferred;
alter table network_absence add constraint network_absence_substitute_sibling
  foreign key (agency_id, substitute_id) references network_membership (agency_id, id)
  deferrable initially deferred;
"""
