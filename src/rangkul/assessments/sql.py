"""What the database itself holds about forms: content never changes, and states only go on."""

from __future__ import annotations

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
