"""The network's own SQL: whether a membership still stands, and that rows keep to one agency."""

# The clock's time, not the transaction's: a place made in this very transaction has begun.
MEMBERSHIP_LIVE = """
create or replace function house.membership_live(p_membership integer, p_version integer,
  p_actor integer, p_agency integer) returns boolean
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select exists (
    select 1 from network_membership m join accounts_user u on u.id = m.user_id
    where m.id = p_membership and m.version = p_version and m.user_id = p_actor
      and m.agency_id = p_agency and u.is_active
      and m.since <= clock_timestamp() and (m.until is null or m.until > now()))
$body$;
revoke all on function house.membership_live(integer, integer, integer, integer) from public;
"""

# The same with the agency's first and last day, as it is there: who kept an open door beyond the
# last day is refused by the database too.
AGENCY_STANDS = """
create or replace function house.membership_live(p_membership integer, p_version integer,
  p_actor integer, p_agency integer) returns boolean
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select exists (
    select 1 from network_membership m join accounts_user u on u.id = m.user_id
      join network_agency a on a.id = m.agency_id
    where m.id = p_membership and m.version = p_version and m.user_id = p_actor
      and m.agency_id = p_agency and u.is_active
      and m.since <= clock_timestamp() and (m.until is null or m.until > now())
      and ((a.valid_from is null and a.valid_until is null) or exists (
        select 1 from reference_area r, lateral (
          select (clock_timestamp() at time zone r.timezone)::date as day) today
        where r.code = a.area_id and (a.valid_from is null or a.valid_from <= today.day)
          and (a.valid_until is null or a.valid_until >= today.day))))
$body$;
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

# Members and terms hang on a version of the same writer, and a version on an agreement that the
# writer made or is a party to. The rule stands in policy; this is the net under it.
AGREEMENTS = """
alter table network_agreementversion add constraint network_agreementversion_owner_key
  unique (agency_id, id);
alter table network_agreementmember add constraint network_agreementmember_version_sibling
  foreign key (agency_id, version_id) references network_agreementversion (agency_id, id)
  deferrable initially deferred;
alter table network_agreementterm add constraint network_agreementterm_version_sibling
  foreign key (agency_id, version_id) references network_agreementversion (agency_id, id)
  deferrable initially deferred;

create function house.guard_agreement_version() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
declare newest integer;
begin
  if new.agency_id is null then return new; end if;
  select id into newest from network_agreementversion
    where agreement_id = new.agreement_id order by number desc limit 1;
  if (newest is null and exists (select 1 from network_agreement
        where id = new.agreement_id and agency_id = new.agency_id))
      or exists (select 1 from network_agreementmember m join network_agency a
        on a.id = new.agency_id where m.version_id = newest and (m.member_id = a.id
          or (a.level in ('provinsi', 'nasional')
            and (a.area_id = m.area_id or starts_with(a.area_id, m.area_id || '.'))
            and (m.kinds = '{}' or a.kind = any(m.kinds))))) then
    return new;
  end if;
  raise exception 'not a party to this agreement' using errcode = 'RK403';
end $body$;
revoke all on function house.guard_agreement_version() from public;
create trigger house_guard_party before insert on network_agreementversion
  for each row execute function house.guard_agreement_version();
"""

# A shelter's house stands nowhere in the directory. The desk's row is locked before a service is
# added, so that an address and a shelter that arrive at the same moment do not pass each other.
SHELTER_STANDS_NOWHERE = """
update network_desk d set latitude = null, longitude = null
  where exists (select 1 from network_deskservice o
    where o.desk_id = d.id and o.service = 'hunian');

create function house.guard_shelter_place() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
begin
  if tg_table_name = 'network_desk' then
    if (new.address <> '' or new.latitude is not null or new.longitude is not null)
        and exists (select 1 from network_deskservice
          where desk_id = new.id and service = 'hunian') then
      raise exception 'a shelter stands nowhere'
        using errcode = '23514', constraint = 'shelter_stands_nowhere';
    end if;
  elsif new.service = 'hunian' then
    perform 1 from network_desk where id = new.desk_id for update;
    if exists (select 1 from network_desk where id = new.desk_id
        and (address <> '' or latitude is not null or longitude is not null)) then
      raise exception 'a shelter stands nowhere'
        using errcode = '23514', constraint = 'shelter_stands_nowhere';
    end if;
  end if;
  return new;
end $body$;
revoke all on function house.guard_shelter_place() from public;
create trigger house_guard_place before insert or update on network_desk
  for each row execute function house.guard_shelter_place();
create trigger house_guard_place before insert or update on network_deskservice
  for each row execute function house.guard_shelter_place();
"""

# What an agency confirmed as a whole counts for each of its desks, from the beginning of that day
# where it stands. A desk that offers nothing and receives nothing is no door for the public.
ENTRIES_SO_FAR = """
update network_desk d
  set confirmed_at = a.confirmed_on::timestamp at time zone r.timezone
  from network_agency a join reference_area r on r.code = a.area_id
  where a.id = d.agency_id and a.confirmed_on is not null;
update network_desk d set listed = false
  where not d.takes_reports and not exists (
    select 1 from network_deskservice o where o.desk_id = d.id and o.active);
"""
