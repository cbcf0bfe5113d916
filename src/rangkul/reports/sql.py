"""The key store's view of a report, what a registered reporter learns of hers, and the receipts."""

from rangkul.foundation.roles import APP, READER

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

# A receipt is kept, found, prolonged and ended by whoever knows its digest, which takes the code
# and the ring; nobody lists them, the app's own statements neither.
RECEIPTS = f"""
alter table reports_receipt enable row level security;
revoke all on reports_receipt from public, {APP}, {READER};
create policy intake_select on reports_receipt for select to {APP}
  using ((select house.current_purpose()) = 'intake');

create function house.receipt_keep(p_digest bytea, p_pointer bytea, p_at timestamptz, p_ends date)
returns void language plpgsql security definer set search_path = house, public, pg_temp as $body$
begin
  if house.current_purpose() <> 'intake' then
    raise exception 'not here' using errcode = 'RK403';
  end if;
  insert into reports_receipt (digest, pointer_sealed, made_at, ends_on)
  values (p_digest, p_pointer, p_at, p_ends);
end $body$;

create function house.receipt_find(p_digest bytea, p_day date)
returns table (pointer bytea, made_at timestamptz)
language sql stable security definer set search_path = house, public, pg_temp as $body$
  select r.pointer_sealed, r.made_at from reports_receipt r
  where r.digest = p_digest and r.ends_on >= p_day and house.current_purpose() = 'intake' $body$;

create function house.receipt_prolong(p_digest bytea, p_ends date) returns void
language sql security definer set search_path = house, public, pg_temp as $body$
  update reports_receipt r set ends_on = greatest(r.ends_on, p_ends)
  where r.digest = p_digest and house.current_purpose() = 'intake' $body$;

create function house.receipt_end(p_digest bytea) returns void
language sql security definer set search_path = house, public, pg_temp as $body$
  delete from reports_receipt r
  where r.digest = p_digest and house.current_purpose() = 'intake' $body$;

create function house.receipts_end_before(p_day date) returns bigint
language sql security definer set search_path = house, public, pg_temp as $body$
  with ended as (delete from reports_receipt r
    where r.ends_on < p_day and house.current_purpose() = 'tick' returning 1)
  select count(*) from ended $body$;

revoke all on function house.receipt_keep(bytea, bytea, timestamptz, date),
  house.receipt_find(bytea, date), house.receipt_prolong(bytea, date),
  house.receipt_end(bytea), house.receipts_end_before(date) from public;
grant execute on function house.receipt_keep(bytea, bytea, timestamptz, date),
  house.receipt_find(bytea, date), house.receipt_prolong(bytea, date),
  house.receipt_end(bytea), house.receipts_end_before(date) to {APP};
"""

# What may be done at a school or a health post, told to the one who sent the report and to nobody
# else there; the person has agreed to it, which the operation asks. Codes, never words.
ADVICE_FOR_REPORTERS = f"""
create function house.advice_for_reporter(p_reports bigint[])
returns table (report bigint, code text) language sql stable security definer
set search_path = house, public, pg_temp as $body$
  select r.id, c.code from reports_report r
    cross join lateral jsonb_array_elements_text(
      coalesce(r.result -> 'advice' -> 'codes', '[]'::jsonb)) as c(code)
  where r.id = any(p_reports) and r.taken_by = house.current_actor()
    and house.current_purpose() = 'work' $body$;
revoke all on function house.advice_for_reporter(bigint[]) from public;
grant execute on function house.advice_for_reporter(bigint[]) to {APP};
"""

# An institution that is itself suspected: whoever leads the desk that has its report ends the
# access of its registered reporters. Nothing is written there but the end itself.
END_REPORTERS = f"""
create function house.end_reporters(p_report bigint, p_at timestamptz) returns integer
language plpgsql security definer set search_path = house, public, pg_temp as $body$
declare who house.scope_value := house.scope(); teller integer; ended integer;
begin
  select r.taken_by into teller from reports_report r
    where r.id = p_report and r.agency_id = who.agency and r.state <> 'draft';
  if teller is null or who.purpose <> 'work' or not exists (
      select 1 from network_membership m where m.id = who.membership
        and m.agency_id = who.agency and 'penyelia' = any(m.roles)) then
    raise exception 'parent not reachable' using errcode = 'RK404';
  end if;
  with places as (
    select distinct m.agency_id from network_membership m
    where m.user_id = teller and m.agency_id <> who.agency
      and 'pelapor_terdaftar' = any(m.roles)),
  gone as (
    update network_membership m set
      roles = case when m.roles <@ array['pelapor_terdaftar']::varchar[] then m.roles
        else array_remove(m.roles, 'pelapor_terdaftar') end,
      until = case when m.roles <@ array['pelapor_terdaftar']::varchar[]
        then p_at else m.until end,
      version = m.version + 1
    where m.agency_id in (select agency_id from places)
      and 'pelapor_terdaftar' = any(m.roles) and (m.until is null or m.until > p_at)
    returning 1)
  select count(*) into ended from gone;
  return ended;
end $body$;
revoke all on function house.end_reporters(bigint, timestamptz) from public;
grant execute on function house.end_reporters(bigint, timestamptz) to {APP};
"""
