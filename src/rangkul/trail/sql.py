"""The database's own part of sealing: numbers that outlive a restore, and who may seal.

PostgreSQL counts transactions anew in a new cluster. An act that took a number from below the
newest seal would never be covered, so a base is added to the count and raised after a restore.
"""

from __future__ import annotations

from rangkul.foundation.roles import APP, READER

_DEFINER = "language plpgsql security definer set search_path = house, public, pg_temp"

SEALS = f"""
create table house.act_base (id smallint primary key check (id = 1), base bigint not null);
insert into house.act_base values (1, 0);
revoke all on house.act_base from public, {APP}, {READER};

create function house.act_number() returns bigint {_DEFINER} as $body$
begin
  return (select base from house.act_base where id = 1) + pg_current_xact_id()::text::bigint;
end $body$;

-- Every act below it is committed, or never will be. Transactions are counted for the whole
-- cluster: one that is known to run in another database, or for the server itself (the cleaning
-- of tables, which has no user), writes no act here and holds nothing up. One that has ended since
-- the snapshot is seen by every later statement, as the one that reads the batch.
create function house.act_horizon() returns bigint stable {_DEFINER} as $body$
declare
  now_at pg_snapshot := pg_current_snapshot();
  x xid8;
begin
  for x in select r.running from pg_snapshot_xip(now_at) r (running) order by 1 loop
    continue when exists (
      select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'transactionid' and l.granted and l.mode = 'ExclusiveLock'
        and l.transactionid::text::bigint = x::text::bigint & 4294967295
        and (a.usesysid is null
          or a.datid <> (select oid from pg_database where datname = current_database())));
    continue when pg_xact_status(x) <> 'in progress';
    return (select base from house.act_base where id = 1) + x::text::bigint;
  end loop;
  return (select base from house.act_base where id = 1)
    + pg_snapshot_xmax(now_at)::text::bigint;
end $body$;

-- By how much new acts would be numbered below those that stand already: 0 unless restored.
create function house.acts_behind() returns bigint stable {_DEFINER} as $body$
begin
  return greatest(0, coalesce((select max(xid) from trail_act), 0) + 1
    - (select base from house.act_base where id = 1)
    - pg_snapshot_xmax(pg_current_snapshot())::text::bigint);
end $body$;

revoke all on function house.act_number(), house.act_horizon(), house.acts_behind() from public;
grant execute on function house.act_number(), house.act_horizon(), house.acts_behind() to {APP};

drop policy mine_insert on trail_act;
create policy mine_insert on trail_act for insert to {APP} with check (
  (select house.current_agency()) = agency_id
  and coalesce(actor_id, 0) = (select house.current_actor())
  and purpose = (select house.current_purpose())
  and xid = (select house.act_number()));
create policy sealing_select on trail_act for select to {APP}
  using ((select house.current_purpose()) = 'sealing');

insert into house.open_table (name, reason) values
  ('trail_seal', 'numbers, hashes and signatures; read and written by the sealing alone');
create trigger seals_are_kept before update or delete or truncate on trail_seal
  for each statement execute function house.trail_is_kept();
revoke all on trail_seal from public, {APP}, {READER};
grant select, insert on trail_seal to {APP};
alter table trail_seal enable row level security;
create policy sealing_select on trail_seal for select to {APP}
  using ((select house.current_purpose()) = 'sealing');
create policy sealing_insert on trail_seal for insert to {APP}
  with check ((select house.current_purpose()) = 'sealing');
"""
