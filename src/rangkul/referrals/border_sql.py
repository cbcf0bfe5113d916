"""What rests on a basis and is not a request: an offered case, whose cover ends with the offer.

``CROSSED`` writes down what had crossed before crossings were written.
"""

from __future__ import annotations

from typing import Final

from rangkul.foundation.roles import APP
from rangkul.referrals.sql import DEFINER

OFFERS: Final = f"""
-- As before; and the taking back of its ground ends an offer, whoever of the case's holders hears it.
create or replace function house.guard_transfer_side() returns trigger language plpgsql as $body$
begin
  if new.state = old.state then return new; end if;
  if old.state <> 'offered' then
    raise exception 'answered already' using errcode = 'RK403';
  end if;
  if new.state = 'accepted' and current_user = '{APP}' then
    raise exception 'custody moves by its own act only' using errcode = 'RK403';
  end if;
  if current_user = '{APP}' and house.current_agency() <> (case when new.state = 'cancelled'
      then old.sender_agency_id else old.receiver_agency_id end) then
    raise exception 'not this side''s move' using errcode = 'RK403';
  end if;
  -- What the other agency decided by is not its own to keep.
  if new.state in ('declined', 'cancelled') then new.cover := '{{}}'; end if;
  return new;
end $body$;

create function house.end_offers() returns trigger language plpgsql {DEFINER} as $body$
begin
  update referrals_transfer t set state = 'cancelled', answered_at = new.withdrawn_at,
      version = t.version + 1
    from referrals_transferend e
    where e.transfer_id = t.id and e.basis_id = new.id and t.state = 'offered';
  return null;
end $body$;
create trigger house_end_offers after update of withdrawn_at on consent_basis
  for each row when (old.withdrawn_at is null and new.withdrawn_at is not null)
  execute function house.end_offers();
revoke all on function house.end_offers() from public;

-- Offers that ended before keep no cover either.
update referrals_transfer set cover = '{{}}' where state in ('declined', 'cancelled');
"""

_COLUMNS: Final = (
    "insert into consent_crossing (id, case_id, audience, basis_id, kind, subject, "
    "from_agency_id, to_agency_id, desk_id, service, purpose, crossed_at, crossed_by, reach) "
)
_REACH: Final = "house.case_reach({case}, 'case', null)"

CROSSED: Final = f"""
do $crossed$ begin
set constraints all immediate;
alter table consent_crossing disable trigger user;
{_COLUMNS} select gen_random_uuid(), r.case_id, 'case', r.basis_id, 'packet', p.id,
    q.sender_agency_id, q.receiver_agency_id, q.receiver_desk_id, q.service, 'layanan',
    p.sealed_at, q.sender_user_id, {_REACH.format(case="r.case_id")}
  from referrals_packet p join referrals_request q on q.id = p.request_id
    join referrals_referral r on r.request_id = q.id;
{_COLUMNS} select gen_random_uuid(), e.case_id, 'case', e.basis_id, 'transfer', t.subject,
    t.sender_agency_id, t.receiver_agency_id, t.receiver_desk_id, b.service, 'pelimpahan',
    t.offered_at, t.sender_user_id, {_REACH.format(case="e.case_id")}
  from referrals_transfer t join referrals_transferend e on e.transfer_id = t.id
    join consent_basis b on b.id = e.basis_id;
if to_regclass('conferences_share') is not null then
  execute $shares${_COLUMNS} select gen_random_uuid(), g.case_id, 'case', g.basis_id, 'share',
      s.id, s.sender_agency_id, s.receiver_agency_id, null, b.service, 'rapat', s.sealed_at,
      c.chair_user_id, {_REACH.format(case="g.case_id")}
    from conferences_share s join conferences_shareground g on g.share_id = s.id
      join conferences_conference c on c.id = s.conference_id
      join consent_basis b on b.id = g.basis_id$shares$;
end if;
-- A table with waiting triggers cannot be altered.
set constraints all immediate;
alter table consent_crossing enable trigger user;
end $crossed$;
"""
