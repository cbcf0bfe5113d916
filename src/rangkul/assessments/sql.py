"""What the database itself holds about forms: content never changes, and states only go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rangkul.foundation.roles import APP

KEEP_FORMS: Final = """
create function house.keep_form_version() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
declare
    places constant jsonb := '{"draft": 1, "testing": 2, "published": 3, "retired": 4}';
begin
    if tg_op = 'DELETE' then
        if old.state in ('published', 'retired') then
            raise exception 'a published form stays' using errcode = 'RK409';
        end if;
        return old;
    end if;
    if (new.id, new.agency_id, new.code, new.version, new.title_id, new.title_en, new.format,
        new.workbook, new.workbook_sha256, new.xform, new.xform_sha256, new.warnings,
        new.uploaded_at, new.uploaded_by)
       is distinct from
       (old.id, old.agency_id, old.code, old.version, old.title_id, old.title_en, old.format,
        old.workbook, old.workbook_sha256, old.xform, old.xform_sha256, old.warnings,
        old.uploaded_at, old.uploaded_by) then
        raise exception 'the content of a form never changes' using errcode = 'RK409';
    end if;
    if (places ->> new.state)::int < (places ->> old.state)::int
       or (old.published_at is not null and (new.published_at, new.published_by)
           is distinct from (old.published_at, old.published_by)) then
        raise exception 'a form does not go back' using errcode = 'RK409';
    end if;
    return new;
end $body$;
revoke all on function house.keep_form_version() from public;
create trigger house_keep before update or delete on assessments_formversion
for each row execute function house.keep_form_version();
"""

SAME_FORM: Final = """
alter table assessments_submission add constraint submission_form
foreign key (form_id) references assessments_formversion (id);
create policy own_instances on assessments_submission as restrictive for insert to rangkul_app
with check (agency_id is null or agency_id = (select house.current_agency()));
"""

STANDING: Final = f"""
grant update (standing) on assessments_submission to {APP};
create policy mine_update on assessments_submission for update to {APP}
using ((select house.current_agency()) = any(reach))
with check ((select house.current_agency()) = any(reach));
"""


def obstacle_cells(
    seen: Sequence[tuple[str, frozenset[str], str]], log: str, stretches: Sequence[int]
) -> str:
    """The function by which coordinators learn of obstacles; ``seen`` as ``obstacles.SEEN``.

    It stands in the migration as it was then; a contract test tells when the constants have moved.
    """
    told = ", ".join(
        f"('{item}', '{code}', '{kind}')" for item, codes, kind in seen for code in sorted(codes)
    )
    lengths = ", ".join(map(str, stretches))
    return f"""
-- What stood in the way in a province, for its coordinator: how many cases met each kind at each
-- agency. The nation's coordinator is told provinces. A cell of fewer than five cases is left out,
-- and a total (no place) from which one could be reckoned too. Three stretches, so that two
-- questions a day apart tell nothing of one person.
create function house.obstacle_cells(p_days integer)
returns table (place text, kind text, cases bigint) language plpgsql stable
security definer set search_path = house, public, pg_temp as $body$
declare who house.scope_value := house.scope(); own text; whole boolean;
begin
  select left(a.area_id, 2), 'koordinator_nasional' = any(m.roles) into own, whole
    from network_membership m join network_agency a on a.id = m.agency_id
    where m.id = who.membership and who.purpose = 'work'
    and m.roles && array['koordinator_provinsi', 'koordinator_nasional']::varchar[];
  if own is null or p_days not in ({lengths}) then return; end if;
  return query
    with told(item, code, means) as (values {told}),
    met as (
      select c.id as case_id, case when whole then left(a.area_id, 2) else a.id::text end as spot,
        case when s.instrument = '{log}' then v.code else t.means end as what
      from assessments_submission s
        join custody_case c on c.id = s.case_id
        join network_agency a on a.id = c.lead_agency_id
        cross join lateral jsonb_each(s.answers) as e(path, codes)
        cross join lateral jsonb_array_elements_text(
          case jsonb_typeof(e.codes) when 'array' then e.codes else '[]'::jsonb end) as v(code)
        left join told t on t.item = regexp_replace(e.path, '^.*/', '') and t.code = v.code
      where s.standing in ('kept', 'both')
        and s.entered_at >= clock_timestamp() - make_interval(days => p_days)
        and (whole or left(a.area_id, 2) = own)
        and case when s.instrument = '{log}'
          then regexp_replace(e.path, '^.*/', '') = 'macam' and v.code ~ '^[a-z0-9_]{{1,32}}$'
          else t.means is not null end),
    cells as (select spot, what, count(distinct case_id) as many from met group by 1, 2),
    whole_of as (
      select what, sum(many)::bigint as many,
        coalesce(sum(many) filter (where many < 5), 0) as hidden
      from cells group by 1)
    select spot, what, many from cells where many >= 5
    union all
    select null, what, many from whole_of where many >= 5 and (hidden = 0 or hidden >= 5);
end $body$;
revoke all on function house.obstacle_cells(integer) from public;
grant execute on function house.obstacle_cells(integer) to {APP};
"""
