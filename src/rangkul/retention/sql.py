"""Erasure, legal hold and restriction in the database, where no way leads around them.

A destroyed key leaves its line in ``house.tombstone`` by a trigger, whichever function destroys it.
Nothing of a held case is destroyed; a restricted file takes no new act. Erasing is one function.
"""

from __future__ import annotations

from typing import Final

from rangkul.foundation.roles import APP, READER
from rangkul.retention import clearing_sql

_DEFINER: Final = "security definer set search_path = house, public, pg_temp"

TOMBSTONES: Final = f"""
create table house.tombstone (kind text not null, name text not null, at timestamptz not null,
  primary key (kind, name));
create index tombstone_recent on house.tombstone (at);
revoke all on house.tombstone from public, {APP}, {READER};
grant select on house.tombstone to {APP};

create function house.case_held(p_case bigint) returns boolean language sql stable {_DEFINER}
as $body$ select exists (select 1 from retention_hold
  where case_id = p_case and until is null) $body$;

-- Before a key goes: is its case held? A packet's key is a copy's, and goes all the same.
create function house.bury_key() returns trigger language plpgsql {_DEFINER} as $body$
declare v_name text := encode(substr(sha256(uuid_send(old.id)), 1, 16), 'hex'); v_case bigint;
begin
  v_case := case old.owner_kind when 'case' then old.owner_id
    when 'report' then (select case_id from reports_report where id = old.owner_id) end;
  if v_case is not null and house.case_held(v_case)
      and not exists (select 1 from house.tombstone where kind = 'k' and name = v_name) then
    raise exception 'legal hold' using errcode = 'RK423';
  end if;
  insert into house.tombstone values ('k', v_name, clock_timestamp()) on conflict do nothing;
  return old;
end $body$;
create trigger house_bury before delete on foundation_datakey
  for each row execute function house.bury_key();
revoke all on function house.case_held(bigint), house.bury_key() from public;
"""

KEEPING: Final = f"""
create function house.key_reach_of_right(p_row bigint, p_audience text, p_agency integer)
returns integer[] language plpgsql stable {_DEFINER} as $body$
begin
  -- The case itself is named: what somebody asked belongs to the agency that leads it.
  perform house.require_lead(p_row);
  return (select array[lead_agency_id] from custody_case where id = p_row);
end $body$;
insert into house.owner_kind values ('right', 'key_reach_of_right');

-- Whoever takes a request in need not see the file: one bit each, for the lead's own people.
create function house.leads_case(p_case bigint) returns boolean language sql stable {_DEFINER}
as $body$ select exists (select 1 from custody_caseaccess where case_id = p_case
  and agency_id = house.current_agency() and basis = 'lead' and until is null) $body$;

-- Whether somebody who comes for a person is a suspect, or the guardian of a child in doubt.
create function house.guardian_barred(p_case bigint, p_person uuid, p_flag text) returns boolean
language sql stable {_DEFINER} as $body$
  select house.leads_case(p_case) and (
    exists (select 1 from people_person where case_id = p_case and id = p_person
      and part = 'suspect' and state = 'current')
    or exists (select 1 from cases_casefile where case_id = p_case and is_child
      and p_flag <> '' and p_flag = any(flags))) $body$;

-- Kept by the agency that leads the case; a foreign case is not told from none.
create function house.guard_right() returns trigger language plpgsql {_DEFINER} as $body$
begin
  perform house.require_lead(new.case_id);
  return new;
end $body$;
create trigger house_guard_lead before insert on retention_request
  for each row execute function house.guard_right();
create trigger house_guard_lead before insert on retention_restriction
  for each row execute function house.guard_right();
create trigger house_guard_lead before insert on retention_hold
  for each row execute function house.guard_right();
create trigger house_guard_lead before insert on retention_erasure
  for each row execute function house.guard_right();

-- With the case its rights go to the new lead: what is asked, what is held, and their deadlines.
create function house.carry_rights() returns trigger language plpgsql {_DEFINER} as $body$
begin
  update retention_request set agency_id = new.lead_agency_id where case_id = new.id;
  update retention_restriction set agency_id = new.lead_agency_id where case_id = new.id;
  update retention_hold set agency_id = new.lead_agency_id where case_id = new.id;
  update retention_erasure set agency_id = new.lead_agency_id where case_id = new.id;
  update foundation_datakey set reach = array[new.lead_agency_id]
    where owner_kind = 'right' and owner_id = new.id;
  update clocks_clock set agency_id = new.lead_agency_id, desk_id = null, user_id = null
    where subject_kind = 'right' and state in ('running', 'paused', 'missed')
      and subject_id in (select id::text from retention_request where case_id = new.id);
  return null;
end $body$;
create trigger house_carry_rights after update of lead_agency_id on custody_case
  for each row when (old.lead_agency_id is distinct from new.lead_agency_id)
  execute function house.carry_rights();

-- The app itself never says that something is destroyed, and lifts no hold that it set.
create function house.guard_erasure_state() returns trigger language plpgsql
set search_path = house, public, pg_temp as $body$
begin
  if current_user = '{APP}' and new.state <> old.state and (old.state, new.state) not in
      (('proposed', 'taken_back'), ('destroyed', 'listed'), ('listed', 'erased')) then
    raise exception 'only destroying destroys' using errcode = 'RK403';
  end if;
  return new;
end $body$;
create trigger house_guard_state before update on retention_erasure
  for each row execute function house.guard_erasure_state();
revoke all on function house.key_reach_of_right(bigint, text, integer), house.guard_right(),
  house.carry_rights(), house.guard_erasure_state(), house.leads_case(bigint),
  house.guardian_barred(bigint, uuid, text) from public;
grant execute on function house.leads_case(bigint), house.guardian_barred(bigint, uuid, text)
  to {APP};
"""

RESTRICTING: Final = f"""
create function house.case_restricted(p_case bigint) returns boolean language sql stable {_DEFINER}
as $body$ select exists (select 1 from retention_restriction
  where case_id = p_case and until is null) $body$;

-- What a restricted file does not take. Safety goes on (a triage, danger as the ground of a request,
-- how somebody may be reached), and so do deadlines and what is between two desks already.
create function house.refuse_restricted() returns trigger language plpgsql {_DEFINER} as $body$
begin
  if not house.case_restricted(new.case_id) then return new; end if;
  if tg_table_name = 'referrals_referral' and exists (select 1 from consent_basis
      where id = (to_jsonb(new) ->> 'basis_id')::uuid and letter in ('c', 'd')) then
    return new;
  end if;
  raise exception 'the file is restricted' using errcode = 'RK423';
end $body$;
revoke all on function house.case_restricted(bigint), house.refuse_restricted() from public;
-- The same for the app, of cases that the acting agency holds: of others it tells nothing.
create function house.file_restricted(p_case bigint) returns boolean language sql stable {_DEFINER}
as $body$ select house.has_case_access(p_case) and house.case_restricted(p_case) $body$;
create function house.file_held(p_case bigint) returns boolean language sql stable {_DEFINER}
as $body$ select house.has_case_access(p_case) and house.case_held(p_case) $body$;
revoke all on function house.file_restricted(bigint), house.file_held(bigint) from public;
grant execute on function house.file_restricted(bigint), house.file_held(bigint) to {APP};
create trigger house_restricted before insert on cases_note
  for each row execute function house.refuse_restricted();
create trigger house_restricted before insert on cases_need
  for each row execute function house.refuse_restricted();
create trigger house_restricted before insert on cases_attachment
  for each row execute function house.refuse_restricted();
create trigger house_restricted before update of account_sealed on cases_incident
  for each row execute function house.refuse_restricted();
create trigger house_restricted before insert on assessments_submission
  for each row when (new.instrument not in ('rk01_triase', 'rk11_tutup'))
  execute function house.refuse_restricted();
create trigger house_restricted before insert on consent_basis
  for each row when (new.letter in ('a', 'e')) execute function house.refuse_restricted();
create trigger house_restricted before insert on referrals_referral
  for each row execute function house.refuse_restricted();
create trigger house_restricted before insert on conferences_conferencecase
  for each row execute function house.refuse_restricted();
create trigger house_restricted before insert on conferences_shareground
  for each row execute function house.refuse_restricted();
"""

ERASING: Final = f"""
-- Destroys every key of a case, empties what stands unsealed, ends all access. Idempotent; as the
-- owner it also runs after an older database was restored. The count of keys.
create function house.clear_case(p_case bigint, p_at timestamptz) returns integer
language plpgsql {_DEFINER} as $body$
declare destroyed integer; t record;
begin
  perform 1 from custody_case where id = p_case for no key update;
  delete from foundation_datakey k where
    (k.owner_kind = 'case' and k.owner_id = p_case)
    or (k.owner_kind = 'request' and k.owner_id in
      (select request_id from referrals_referral where case_id = p_case))
    or (k.owner_kind = 'transfer' and k.owner_id in
      (select transfer_id from referrals_transferend where case_id = p_case))
    or (k.owner_kind = 'report' and k.owner_id in
      (select id from reports_report where case_id = p_case))
    or (k.owner_kind = 'right' and k.owner_id = p_case)
    or (k.owner_kind = 'emergency' and k.owner_id in
      (select id from custody_emergencygrant where case_id = p_case))
    or (k.owner_kind = 'clearance' and k.owner_id in
      (select c.id from repatriation_clearance c join repatriation_returnee r
        on r.id = c.returnee_id where r.case_id = p_case))
    or (k.owner_kind = 'shelter' and k.subject in
      (select subject from shelter_admission where case_id = p_case))
    -- What one guest was shown; and all words of a conference that was about this case alone.
    or (k.owner_kind = 'conference' and k.subject in
      (select share_id from conferences_shareground where case_id = p_case))
    or (k.owner_kind = 'conference' and k.owner_id in
      (select conference_id from conferences_conferencecase m where case_id = p_case
        and not exists (select 1 from conferences_conferencecase o
          where o.conference_id = m.conference_id and o.case_id <> p_case)))
    -- A leg's words, where nobody else travelled.
    or (k.owner_kind = 'leg' and k.owner_id in
      (select v.leg_id from repatriation_passage g join repatriation_traveller v
        on v.id = g.traveller_id where g.case_id = p_case and not exists (
          select 1 from repatriation_traveller o where o.leg_id = v.leg_id and o.id not in
            (select traveller_id from repatriation_passage where case_id = p_case))));
  get diagnostics destroyed = row_count;
{clearing_sql.statements()}
  update alerts_alert set ended_at = p_at
    where about_kind = 'case' and about_id = p_case::text and ended_at is null;
  update clocks_clock set state = 'void', ended_at = p_at, paused_at = null, pause_reason = '',
      pause_until = null where case_id = p_case and subject_kind <> 'right'
      and state in ('running', 'paused', 'missed');
  update custody_assignment set until = p_at where case_id = p_case and until is null;
  update custody_caseaccess set until = p_at where case_id = p_case and until is null;
  update custody_case set reach = '{{}}' where id = p_case;
  for t in select name from house.owned_table where kind = 'case' order by name loop
    execute format('update %I set reach = ''{{}}'' where case_id = $1', t.name) using p_case;
  end loop;
  insert into house.tombstone select 'e',
      id || ' ' || encode(substr(sha256(uuid_send(subject)), 1, 16), 'hex'), clock_timestamp()
    from custody_case where id = p_case on conflict do nothing;
  return destroyed;
end $body$;

-- What stands in the way of erasing a case, as a code; '' for nothing. For its lead only.
create function house.erasure_obstacle(p_case bigint) returns text
language plpgsql stable {_DEFINER} as $body$
begin
  perform house.require_lead(p_case);
  if house.case_held(p_case) then return 'held'; end if;
  if exists (select 1 from cases_casefile where case_id = p_case
      and state not in ('closed', 'left', 'died')) then return 'open'; end if;
  if exists (select 1 from referrals_referral f join referrals_request q on q.id = f.request_id
      where f.case_id = p_case and house.request_open(q.state))
    or exists (select 1 from referrals_transferend e join referrals_transfer t
      on t.id = e.transfer_id where e.case_id = p_case and t.state = 'offered') then
    return 'handed_off';
  end if;
  if exists (select 1 from repatriation_returnee r join repatriation_hold h
      on h.returnee_id = r.id where r.case_id = p_case and h.until is null
        and h.state not in ('home', 'left', 'died')) then return 'on_the_road'; end if;
  if exists (select 1 from shelter_admission where case_id = p_case and ended_at is null) then
    return 'in_shelter';
  end if;
  return '';
end $body$;

create function house.erase_case(p_erasure uuid, p_at timestamptz) returns integer
language plpgsql {_DEFINER} as $body$
declare e retention_erasure; destroyed integer; told integer[]; me integer := house.current_agency();
begin
  select * into e from retention_erasure where id = p_erasure and agency_id = me for update;
  if not found then raise exception 'parent not reachable' using errcode = 'RK404'; end if;
  perform house.require_lead(e.case_id);
  perform 1 from custody_case where id = e.case_id for no key update;
  if e.state <> 'proposed' then
    raise exception 'somebody was first' using errcode = 'RK409';
  end if;
  if e.proposed_by = house.current_actor() then
    raise exception 'a second person erases' using errcode = 'RK403';
  end if;
  if house.erasure_obstacle(e.case_id) <> '' then
    raise exception 'something stands in the way' using errcode = 'RK423';
  end if;
  told := array(select distinct a from (
      select q.receiver_agency_id a from referrals_referral f join referrals_request q
        on q.id = f.request_id where f.case_id = e.case_id
      union select t.receiver_agency_id from referrals_transferend x join referrals_transfer t
        on t.id = x.transfer_id where x.case_id = e.case_id
      union select s.receiver_agency_id from conferences_shareground g join conferences_share s
        on s.id = g.share_id where g.case_id = e.case_id
      union select agency_id from custody_caseaccess where case_id = e.case_id) found
    where a <> me order by a);
  destroyed := house.clear_case(e.case_id, p_at);
  update retention_erasure set state = 'destroyed', destroyed_at = p_at, keys = destroyed,
    destroyed_by = house.current_actor(), told_agencies = told,
    mark = (select encode(substr(sha256(uuid_send(subject)), 1, 16), 'hex') from custody_case
      where id = e.case_id) where id = e.id;
  return destroyed;
end $body$;

-- Whether a file is ripe by the schedule: its number and dates, for its lead's own eyes, no content.
create function house.ripe_cases(p_on date) returns table (ripe_case bigint, class text,
  closed_on date) language plpgsql stable {_DEFINER} as $body$
begin
  return query select f.case_id, case when f.state = 'died' then 'berkas_meninggal'
      when f.is_child then 'berkas_anak' else 'berkas_dewasa' end,
    coalesce(f.closed_at, f.risk_at)::date
    from cases_casefile f join custody_caseaccess a on a.case_id = f.case_id
    where a.agency_id = house.current_agency() and a.basis = 'lead' and a.until is null
      and f.state in ('closed', 'left', 'died')
      and coalesce(f.closed_at, f.risk_at)::date <= p_on order by 3, 1;
end $body$;
revoke all on function house.clear_case(bigint, timestamptz), house.erasure_obstacle(bigint),
  house.erase_case(uuid, timestamptz), house.ripe_cases(date) from public;
grant execute on function house.erasure_obstacle(bigint), house.erase_case(uuid, timestamptz),
  house.ripe_cases(date) to {APP};
"""

# The erasure alone, put in place again where a table came to what it empties.
CLEARING: Final = ERASING.partition("\n-- What stands in the way")[0].replace(
    "create function", "create or replace function", 1
)
