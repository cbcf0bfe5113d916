"""Search tokens end with the access that let an agency make them."""

from __future__ import annotations

FORGET_TOKENS = """
-- In the same act that ends the access, whoever ends it: no job, no agency's own hand is waited for.
create function house.forget_tokens() returns trigger
language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  delete from people_token
    where agency_id = new.agency_id and subject_kind = 'p' and ref = new.case_id;
  return null;
end $body$;
revoke all on function house.forget_tokens() from public;
create trigger house_forget_tokens after update of until on custody_caseaccess
  for each row when (old.until is null and new.until is not null)
  execute function house.forget_tokens();
"""
