"""Custody in the database: the only functions that write access and reach.

Each act is one security-definer function that verifies the signed scope and the caller's standing,
writes access and reach together, and raises unless exactly the expected rows changed.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP

_DEFINER = "security definer set search_path = house, public, pg_temp"

REACH = f"""
alter table custody_case add column reach integer[] not null;
alter table custody_case enable row level security;
create policy mine_select on custody_case for select to {APP}
  using ((select house.current_agency()) = any(reach));
alter table custody_caseaccess enable row level security;
create policy mine_select on custody_caseaccess for select to {APP}
  using ((select house.current_agency()) = agency_id);
create policy matching_select on custody_caseaccess for select to {APP}
  using ((select house.current_purpose()) = 'matching');
revoke all on custody_case, custody_caseaccess from public;
grant select on custody_case, custody_caseaccess to {APP};

-- reach = f(access, audience): stated once, used by triggers, custody acts and the property test.
create function house.case_reach(p_case bigint, p_audience text, p_agency integer)
returns integer[] language sql stable {_DEFINER} as $body$
  select case p_audience
    when 'case' then (select coalesce(array_agg(agency_id order by agency_id), '{{}}')
      from custody_caseaccess where case_id = p_case and until is null)
    when 'service' then array[p_agency]
    when 'shared' then (select array_agg(distinct a order by a) from unnest(array[p_agency,
      (select lead_agency_id from custody_case where id = p_case)]) a)
  end $body$;

create function house.has_case_access(p_case bigint) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from custody_caseaccess
    where case_id = p_case and agency_id = house.current_agency() and until is null) $body$;

create function house.new_case_row(p_case bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  -- An access that ends meanwhile either waits for this row or is seen here.
  perform 1 from custody_case where id = p_case for share;
  if not house.has_case_access(p_case) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  if p_audience not in ('case', 'service', 'shared') or (p_audience <> 'case' and p_agency is null) then
    raise exception 'audience unknown' using errcode = 'RK004';
  end if;
  return house.case_reach(p_case, p_audience, p_agency);
end $body$;

create function house.key_reach_of_case(p_case bigint, p_audience text, p_agency integer)
returns integer[] language sql {_DEFINER} as $body$
  select house.new_case_row(p_case, p_audience, p_agency) $body$;
insert into house.owner_kind values ('case', 'key_reach_of_case');

create function house.refresh_reach(p_case bigint) returns void
language plpgsql {_DEFINER} as $body$
declare t record;
begin
  -- Two acts on one case come one after the other, so that the second sees the first's access.
  perform 1 from custody_case where id = p_case for no key update;
  update custody_case set reach = house.case_reach(p_case, 'case', null) where id = p_case;
  for t in select name from house.owned_table where kind = 'case' order by name loop
    execute format('update %I set reach = house.case_reach(case_id, audience, audience_agency_id) '
      'where case_id = $1', t.name) using p_case;
  end loop;
  update foundation_datakey
    set reach = house.case_reach(p_case, audience, audience_agency_id)
    where owner_kind = 'case' and owner_id = p_case;
end $body$;
"""

ACTS = f"""
-- Open: the acting agency becomes the lead.
create function house.open_case(p_subject uuid, p_at timestamptz) returns bigint
language plpgsql {_DEFINER} as $body$
declare who house.scope_value := house.scope(); made bigint;
begin
  if who.purpose <> 'work' or who.agency = 0 then
    raise exception 'only an agency opens a case' using errcode = 'RK403';
  end if;
  insert into custody_case (subject, lead_agency_id, opened_at, reach)
    values (p_subject, who.agency, p_at, array[who.agency]) returning id into made;
  insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since)
    values (made, who.agency, 'lead', p_at, p_at);
  return made;
end $body$;

create function house.require_lead(p_case bigint) returns void
language plpgsql stable {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if who.purpose <> 'work' or not exists (select 1 from custody_caseaccess where case_id = p_case
      and agency_id = who.agency and basis = 'lead' and until is null) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
end $body$;

-- Join: the lead lets one more agency into a joint team.
create function house.join_case(p_case bigint, p_agency integer, p_at timestamptz) returns void
language plpgsql {_DEFINER} as $body$
begin
  perform house.require_lead(p_case);
  insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since)
    select p_case, p_agency, 'joint', opened_at, p_at from custody_case where id = p_case;
  perform house.refresh_reach(p_case);
end $body$;

-- End: the lead ends a joint access, or an agency ends its own. A lead cannot end itself: custody
-- is never without a holder.
create function house.end_access(p_case bigint, p_agency integer, p_at timestamptz) returns void
language plpgsql {_DEFINER} as $body$
declare changed integer;
begin
  if p_agency <> house.current_agency() then perform house.require_lead(p_case); end if;
  update custody_caseaccess set until = p_at
    where case_id = p_case and agency_id = p_agency and basis = 'joint' and until is null;
  get diagnostics changed = row_count;
  if changed <> 1 then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  update custody_assignment set until = p_at
    where case_id = p_case and agency_id = p_agency and until is null;
  perform house.refresh_reach(p_case);
end $body$;

-- Nobody writes an act into the record of a case that is not theirs.
create policy own_cases on trail_act as restrictive for insert to {APP} with check (
  case_id is null or (select house.current_purpose()) <> 'work' or house.has_case_access(case_id));

-- The holders of a case read every agency's acts on it; nobody else reads any.
create function house.case_trail(p_case bigint, p_names text[], p_limit integer)
returns setof trail_act language plpgsql stable {_DEFINER} as $body$
begin
  if not house.has_case_access(p_case) then return; end if;
  return query select * from trail_act where case_id = p_case
    and (cardinality(p_names) = 0 or name = any(p_names)) order by at desc limit p_limit;
end $body$;

revoke all on function house.case_reach(bigint, text, integer), house.has_case_access(bigint),
  house.new_case_row(bigint, text, integer), house.key_reach_of_case(bigint, text, integer),
  house.refresh_reach(bigint), house.open_case(uuid, timestamptz), house.require_lead(bigint),
  house.join_case(bigint, integer, timestamptz), house.end_access(bigint, integer, timestamptz),
  house.case_trail(bigint, text[], integer) from public;
grant execute on function house.open_case(uuid, timestamptz),
  house.join_case(bigint, integer, timestamptz), house.end_access(bigint, integer, timestamptz),
  house.case_trail(bigint, text[], integer), house.has_case_access(bigint) to {APP};
"""

# A place in a team has a last day. The tick ends it in the night that follows, where the agency
# stands, whether or not anybody of that agency is still there.
TEAM_ENDS = f"""
drop function house.join_case(bigint, integer, timestamptz);
create function house.join_case(p_case bigint, p_agency integer, p_at timestamptz,
  p_ends date default null) returns void
language plpgsql {_DEFINER} as $body$
begin
  perform house.require_lead(p_case);
  insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since, ends_on)
    select p_case, p_agency, 'joint', opened_at, p_at, p_ends from custody_case where id = p_case;
  perform house.refresh_reach(p_case);
end $body$;

create function house.set_team_end(p_case bigint, p_agency integer, p_ends date) returns void
language plpgsql {_DEFINER} as $body$
declare changed integer;
begin
  perform house.require_lead(p_case);
  update custody_caseaccess set ends_on = p_ends
    where case_id = p_case and agency_id = p_agency and basis = 'joint' and until is null;
  get diagnostics changed = row_count;
  if changed <> 1 then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
end $body$;

-- Every holder of a case reads who else stands in its team, and until when; nobody else anything.
create function house.team_of(p_case bigint) returns table (agency integer, ends date)
language sql stable {_DEFINER} as $body$
  select agency_id, ends_on from custody_caseaccess
    where case_id = p_case and basis = 'joint' and until is null and house.has_case_access(p_case)
    order by since $body$;

create function house.end_over_places(p_at timestamptz)
returns table (ended_case bigint, ended_agency integer)
language plpgsql {_DEFINER} as $body$
declare a record;
begin
  if house.current_purpose() <> 'tick' then
    raise exception 'the tick alone ends what is over' using errcode = 'RK403';
  end if;
  for a in select x.id, x.case_id, x.agency_id from custody_caseaccess x
      join network_agency g on g.id = x.agency_id join reference_area r on r.code = g.area_id
      where x.until is null and x.ends_on < (p_at at time zone r.timezone)::date
      order by x.case_id, x.agency_id loop
    -- An act on the same case first; then whether it left the place as it was is asked again.
    perform 1 from custody_case where id = a.case_id for no key update;
    update custody_caseaccess x set until = p_at from network_agency g, reference_area r
      where x.id = a.id and x.until is null and g.id = x.agency_id and r.code = g.area_id
        and x.ends_on < (p_at at time zone r.timezone)::date;
    continue when not found;
    update custody_assignment set until = p_at
      where case_id = a.case_id and agency_id = a.agency_id and until is null;
    perform house.refresh_reach(a.case_id);
    ended_case := a.case_id;
    ended_agency := a.agency_id;
    return next;
  end loop;
end $body$;

revoke all on function house.join_case(bigint, integer, timestamptz, date),
  house.set_team_end(bigint, integer, date), house.team_of(bigint),
  house.end_over_places(timestamptz) from public;
grant execute on function house.join_case(bigint, integer, timestamptz, date),
  house.set_team_end(bigint, integer, date), house.team_of(bigint),
  house.end_over_places(timestamptz) to {APP};
"""


def guard_case(table: str, column: str = "case_id", when: str = "true") -> str:
    """A trigger that lets an agency's own row name only a case it has live access to."""
    function = f"house.guard_{table}_{column}"
    return f"""
create function {function}() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if {when} and not house.has_case_access(new.{column}) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  return new;
end $body$;
revoke all on function {function}() from public;
create trigger house_guard_{column} before insert or update of {column} on {table}
  for each row execute function {function}();
"""
