"""The border in the database: whose keys may reach another agency, and on which standing basis.

What crosses is sealed, so the border is the reach of its keys: every key that reaches an agency
beyond those that hold the case stands under a ``consent_crossing``, and each of those under a basis
that stood when it was made. ``consent.borders`` is the one place that writes them.
"""

from __future__ import annotations

from typing import Final

from rangkul.consent.exemptions import EXEMPT
from rangkul.foundation.roles import APP, READER

_DEFINER: Final = "security definer set search_path = house, public, pg_temp"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# Those of the published migration; a later one is inserted by a migration of its own.
_FIRST: Final = (("conference", "case"), ("leg", "*"), ("clearance", "*"), ("emergency", "*"))
_EXEMPT_ROWS: Final = ", ".join(
    f"({_quoted(kind)}, {_quoted(audience)}, {_quoted(EXEMPT[kind, audience])})"
    for kind, audience in _FIRST
)

BORDER: Final = f"""
create table house.border_exempt (
  owner_kind text not null, audience text not null, reason text not null,
  primary key (owner_kind, audience));
revoke all on house.border_exempt from public, {APP}, {READER};
insert into house.border_exempt values {_EXEMPT_ROWS};

create function house.ever_held(p_case bigint, p_agency integer) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from custody_caseaccess
    where case_id = p_case and agency_id = p_agency) $body$;

-- Whether this agency may reach the keys of this subject: as an end of a crossing whose basis was
-- not taken back, or as a holder of the case from which it crossed.
create function house.border_open(p_subject uuid, p_agency integer) returns boolean
language sql stable {_DEFINER} as $body$
  select exists (select 1 from consent_crossing c join consent_basis b on b.id = c.basis_id
    where c.subject = p_subject and b.withdrawn_at is null
      and (p_agency in (c.from_agency_id, c.to_agency_id) or exists (
        select 1 from custody_caseaccess x where x.case_id = c.case_id
          and x.agency_id = p_agency and x.until is null))) $body$;

-- Looked at when the transaction ends, for each key that was made or whose reach has changed.
create function house.check_border() returns trigger language plpgsql {_DEFINER} as $body$
declare k record; stranger integer;
begin
  select owner_kind, owner_id, audience, subject, reach into k
    from foundation_datakey where id = new.id;
  if not found then return null; end if;
  if k.owner_kind = 'case' then
    select a into stranger from unnest(k.reach) a where not house.ever_held(k.owner_id, a) limit 1;
  elsif cardinality(k.reach) > 1 and not exists (select 1 from house.border_exempt e
      where e.owner_kind = k.owner_kind and e.audience in (k.audience, '*')) then
    select a into stranger from unnest(k.reach) a
      where not house.border_open(k.subject, a) limit 1;
  end if;
  if stranger is not null then
    raise exception 'nothing crosses a border without a ground' using errcode = 'RK005';
  end if;
  return null;
end $body$;
create constraint trigger house_border after insert or update of reach on foundation_datakey
  deferrable initially deferred for each row execute function house.check_border();

-- A crossing names a basis of its case that stands at its hour, for this service, purpose and desk.
-- The basis is held while it is looked at: it is taken back before this act or after it.
create function house.guard_crossing() returns trigger language plpgsql {_DEFINER} as $body$
declare b record;
begin
  select * into b from consent_basis where id = new.basis_id and case_id = new.case_id for share;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  if b.withdrawn_at is not null or b.recorded_at > new.crossed_at
      or b.valid_until <= new.crossed_at
      or (b.letter <> 'a' and b.approved_at is null
        and b.recorded_at <= new.crossed_at - interval '24 hours')
      or b.service <> new.service or not (new.purpose = any(b.purposes))
      or new.from_agency_id <> house.current_agency() or new.crossed_by <> house.current_actor()
      or (b.recipient_desk_id is not null and not exists (select 1 from network_desk d
        where d.id = any(b.recipient_desk_id || b.fallback_desk_ids)
          and d.agency_id = new.to_agency_id and (new.desk_id is null or d.id = new.desk_id)))
      or (new.desk_id is not null and not exists (select 1 from network_desk d
        where d.id = new.desk_id and d.agency_id = new.to_agency_id)) then
    raise exception 'nothing crosses a border without a ground' using errcode = 'RK005';
  end if;
  return new;
end $body$;
create trigger house_guard_crossing before insert on consent_crossing
  for each row execute function house.guard_crossing();

-- Taken back: whatever crossed on it can be opened by nobody, in the same transaction.
create function house.end_crossings() returns trigger language plpgsql {_DEFINER} as $body$
begin
  delete from foundation_datakey where owner_kind <> 'case' and subject in (
    select subject from consent_crossing where basis_id = new.id);
  return null;
end $body$;
create trigger house_end_crossings after update of withdrawn_at on consent_basis
  for each row when (old.withdrawn_at is null and new.withdrawn_at is not null)
  execute function house.end_crossings();

-- Why what crossed may not be read at this hour, '' where it may: told to its two ends and to the
-- case's holders, who alone see the basis. For anyone else there is no such thing.
create function house.crossing_obstacle(p_subject uuid, p_at timestamptz) returns text
language sql stable {_DEFINER} as $body$
  select coalesce((select case
      when b.withdrawn_at is not null then 'withdrawn'
      when b.valid_until <= p_at then 'expired'
      when b.letter <> 'a' and b.approved_at is null
        and b.recorded_at <= p_at - interval '24 hours' then 'not_reviewed'
      else '' end
    from consent_crossing c join consent_basis b on b.id = c.basis_id
    where c.subject = p_subject
      and (house.current_agency() in (c.from_agency_id, c.to_agency_id)
        or house.has_case_access(c.case_id))
    order by c.crossed_at desc limit 1), 'missing') $body$;

-- What is over is its receiver's no longer: the keys of a crossing whose basis has ended reach the
-- agencies that hold the case, or nobody. Either end may say so; it gives nothing to anybody.
create function house.close_over(p_subject uuid, p_at timestamptz) returns integer
language plpgsql {_DEFINER} as $body$
declare held integer;
begin
  if house.crossing_obstacle(p_subject, p_at) <> 'expired' then return 0; end if;
  update foundation_datakey k set reach = array[c.from_agency_id] from consent_crossing c
    where c.subject = p_subject and k.subject = p_subject and k.owner_kind <> 'case'
      and c.from_agency_id = any(k.reach) and k.reach <> array[c.from_agency_id];
  get diagnostics held = row_count;
  return held;
end $body$;

-- As before; and no row of a case is laid before an agency that never held it.
create or replace function house.new_case_row(p_case bigint, p_audience text, p_agency integer)
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
  if p_audience not in ('case', 'service', 'shared')
      or (p_audience <> 'case' and p_agency is null) then
    raise exception 'audience unknown' using errcode = 'RK004';
  end if;
  if p_audience <> 'case' and not house.ever_held(p_case, p_agency) then
    raise exception 'nothing crosses a border without a ground' using errcode = 'RK005';
  end if;
  return house.case_reach(p_case, p_audience, p_agency);
end $body$;

-- Evidence is a proof: whoever is to doubt it must find it as it was taken.
create function house.guard_evidence() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if new.taken_by <> house.current_actor() then
    raise exception 'evidence bears who took it' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_evidence before insert on consent_evidence
  for each row execute function house.guard_evidence();

revoke all on function house.ever_held(bigint, integer), house.border_open(uuid, integer),
  house.check_border(), house.guard_crossing(), house.end_crossings(),
  house.crossing_obstacle(uuid, timestamptz), house.close_over(uuid, timestamptz),
  house.guard_evidence() from public;
grant execute on function house.crossing_obstacle(uuid, timestamptz),
  house.close_over(uuid, timestamptz) to {APP};
"""
