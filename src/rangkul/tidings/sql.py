"""How a code is kept, found and followed to its line: by whoever knows its digest alone."""

from __future__ import annotations

from typing import Final

from rangkul.foundation.roles import APP, READER

_DEFINER: Final = "security definer set search_path = house, public, pg_temp"

OPENINGS: Final = f"""
alter table tidings_opening enable row level security;
revoke all on tidings_opening from public, {APP}, {READER};
create policy intake_select on tidings_opening for select to {APP}
  using ((select house.current_purpose()) = 'intake');

-- Given out by somebody at work who holds the case; nobody lists what was given.
create function house.opening_keep(p_line uuid, p_digest bytea, p_pointer bytea, p_at timestamptz)
returns void language plpgsql {_DEFINER} as $body$
declare l record;
begin
  select ends_on into l from tidings_line where id = p_line and state = 'live'
    and house.current_agency() = any(reach);
  if not found or house.current_purpose() <> 'work' then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  insert into tidings_opening (digest, pointer_sealed, made_at, ends_on)
  values (p_digest, p_pointer, p_at, l.ends_on);
end $body$;

create function house.opening_find(p_digest bytea, p_day date) returns bytea
language sql stable {_DEFINER} as $body$
  select o.pointer_sealed from tidings_opening o
  where o.digest = p_digest and o.ends_on >= p_day and house.current_purpose() = 'intake' $body$;

-- Whose the line is now: the agency that leads its case. Nothing of a line that has ended, or of a
-- file that is closed.
create function house.line_holder(p_line uuid, p_day date)
returns table (agency integer, case_id bigint) language sql stable {_DEFINER} as $body$
  select c.lead_agency_id, l.case_id from tidings_line l
    join custody_case c on c.id = l.case_id join cases_casefile f on f.case_id = l.case_id
  where l.id = p_line and l.state = 'live' and l.ends_on >= p_day and f.state <> 'closed'
    and house.current_purpose() = 'intake' $body$;

create function house.opening_end(p_digest bytea) returns void
language sql {_DEFINER} as $body$
  delete from tidings_opening o
  where o.digest = p_digest and house.current_purpose() = 'intake' $body$;

create function house.openings_end_before(p_day date) returns bigint
language sql {_DEFINER} as $body$
  with ended as (delete from tidings_opening o
    where o.ends_on < p_day and house.current_purpose() = 'tick' returning 1)
  select count(*) from ended $body$;

revoke all on function house.opening_keep(uuid, bytea, bytea, timestamptz),
  house.opening_find(bytea, date), house.line_holder(uuid, date), house.opening_end(bytea),
  house.openings_end_before(date) from public;
grant execute on function house.opening_keep(uuid, bytea, bytea, timestamptz),
  house.opening_find(bytea, date), house.line_holder(uuid, date), house.opening_end(bytea),
  house.openings_end_before(date) to {APP};
"""
