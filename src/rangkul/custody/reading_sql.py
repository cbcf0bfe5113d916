"""How much one person may read: counted by the database, so that two tabs count as one."""

from __future__ import annotations

from rangkul.foundation.roles import APP, READER

_DEFINER = "security definer set search_path = house, public, pg_temp"

# [local] files or packets in so many hours: beyond ``slow`` one at a time with a pause of so many
# seconds, at ``stop`` none until somebody else has looked.
_BUDGETS = (
    ("carried", 1, 60, 120, 60),
    ("carried", 24, 120, 240, 60),
    ("other", 1, 30, 60, 60),
    ("other", 24, 80, 160, 60),
    ("packet", 1, 60, 120, 30),
    ("packet", 24, 200, 400, 30),
)

_ROWS = ", ".join(str(row) for row in _BUDGETS)

COUNTED = f"""
create table house.reading_budget (measure text not null, hours integer not null,
  slow integer not null, stop integer not null check (stop > slow), pause integer not null,
  primary key (measure, hours));
insert into house.reading_budget values {_ROWS};
revoke all on house.reading_budget from public, {APP}, {READER};

create function house.take_reading(p_kind text, p_refs bigint[])
returns table (verdict text, wait integer, stopped uuid) language plpgsql {_DEFINER} as $body$
declare
  who house.scope_value := house.scope();
  v_now timestamptz; v_since timestamptz; v_last timestamptz; v_stop uuid;
  v_fresh bigint[]; v_carried bigint[]; v_new integer; v_old integer; b record; v_reached record;
begin
  verdict := 'free'; wait := 0;
  if who.purpose not in ('work', 'emergency') then return next; return; end if;
  perform pg_advisory_xact_lock(3, who.actor);
  v_now := clock_timestamp();
  if exists (select 1 from custody_readingstop s
      where s.user_id = who.actor and s.verdict <> 'justified') then
    verdict := 'stopped'; return next; return;
  end if;
  -- A verdict that it was justified begins the measures anew.
  v_since := coalesce((select max(s.decided_at) from custody_readingstop s
    where s.user_id = who.actor), '-infinity');
  v_fresh := array(select distinct r from unnest(p_refs) r where not exists (
    select 1 from custody_reading x where x.user_id = who.actor and x.kind = p_kind and x.ref = r
      and x.at > greatest(v_now - interval '1 hour', v_since)));
  if cardinality(v_fresh) = 0 then return next; return; end if;
  v_carried := case when p_kind <> 'case' then v_fresh else array(select distinct a.case_id
    from custody_assignment a where a.agency_id = who.agency and a.user_id = who.actor
      and a.until is null and a.case_id = any(v_fresh)) end;
  for b in select * from house.reading_budget m where (m.measure = 'packet') = (p_kind = 'packet')
      order by m.hours loop
    v_new := case b.measure when 'other' then cardinality(v_fresh) - cardinality(v_carried)
      else cardinality(v_carried) end;
    continue when v_new = 0;
    select count(*), max(x.at) into v_old, v_last from custody_reading x
      where x.user_id = who.actor and x.kind = p_kind and x.carried = (b.measure <> 'other')
        and x.at > greatest(v_now - make_interval(hours => b.hours), v_since);
    if v_old >= b.slow and (v_new > 1 or v_last > v_now - make_interval(secs => b.pause)) then
      verdict := 'slowed';
      wait := greatest(wait, 1, ceil(extract(epoch from
        v_last + make_interval(secs => b.pause) - v_now))::integer);
    end if;
    if v_old + v_new >= b.stop then v_reached := b; v_stop := gen_random_uuid(); end if;
  end loop;
  if verdict = 'slowed' then return next; return; end if;
  insert into custody_reading (agency_id, user_id, kind, ref, carried, at)
    select who.agency, who.actor, p_kind, r, r = any(v_carried), v_now from unnest(v_fresh) r
    on conflict (user_id, kind, ref) do update
      set agency_id = excluded.agency_id, carried = excluded.carried, at = excluded.at;
  if v_stop is not null then
    insert into custody_readingstop (id, agency_id, user_id, measure, hours, count, stopped_at,
        verdict)
      values (v_stop, who.agency, who.actor, v_reached.measure, v_reached.hours, v_reached.stop,
        v_now, '');
    verdict := 'last'; stopped := v_stop;
  end if;
  return next;
end $body$;

create function house.guard_stop() returns trigger language plpgsql {_DEFINER} as $body$
declare who house.scope_value := house.scope();
begin
  if who.purpose <> 'work' or who.actor = old.user_id or new.verdict = ''
      or old.verdict = 'justified' or not exists (select 1 from network_membership m
        where m.id = who.membership
          and m.roles && array['penyelia', 'admin_lembaga']::varchar[]) then
    raise exception 'another person looks at it, once' using errcode = 'RK403';
  end if;
  new.decided_by := who.actor;
  new.decided_at := clock_timestamp();
  return new;
end $body$;
create trigger house_guard_stop before update on custody_readingstop
  for each row execute function house.guard_stop();

revoke all on function house.take_reading(text, bigint[]), house.guard_stop() from public;
grant execute on function house.take_reading(text, bigint[]) to {APP};
"""
