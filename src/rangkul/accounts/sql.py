"""What of an account only the owner of the database may change."""

from __future__ import annotations

from rangkul.foundation.roles import APP

# One click signs in as a demonstration person: whoever could make one could enter as anybody.
# Libraries save whole accounts, so the columns are granted and what they hold is guarded.
NO_NEW_DEMO_PERSON = f"""
create function house.guard_accounts_user() returns trigger language plpgsql as $body$
begin
  if current_user <> '{APP}' then return new; end if;
  if tg_op = 'INSERT' then
    if new.is_demo then
      raise exception 'only the owner makes a demonstration person' using errcode = 'RK403';
    end if;
  elsif (new.id, new.username, new.is_demo, new.is_active, new.created_at)
      is distinct from (old.id, old.username, old.is_demo, old.is_active, old.created_at) then
    raise exception 'only the owner changes who an account is' using errcode = 'RK403';
  end if;
  return new;
end $body$;
revoke all on function house.guard_accounts_user() from public;
create trigger house_guard_user before insert or update on accounts_user
  for each row execute function house.guard_accounts_user();
"""

# Sessions stood here under their own keys, and tries with names and addresses.
FORGET_PLAIN_SESSIONS = """
delete from django_session;
delete from axes_accessattemptexpiration;
delete from axes_accessattempt;
delete from axes_accessfailurelog;
delete from axes_accesslog;
"""
