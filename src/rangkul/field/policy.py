"""Who may enrol a phone, withdraw one, keep the agency's form key, and settle what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, may, require
from rangkul.assessments.models import FormVersion
from rangkul.assessments.policy import require_filler
from rangkul.field.models import Arrival, Device
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable

# [local] A phone is enrolled anew at least twice a year.
LONGEST_LIFE: Final = timedelta(days=183)
# [local] More phones than anybody carries.
MOST_DEVICES: Final = 5

FILLS: Final = (Permission.ASSESS, Permission.TRIAGE, Permission.LOG_OBSTACLE)
"""Any of these fills some form, and may so do on a phone."""


def may_enrol(actor: Actor) -> bool:
    """Whether the person fills any form at all."""
    return any(may(actor.roles, each) for each in FILLS)


def require_enroller(actor: Actor) -> None:
    """Go on only for somebody who fills forms. Raises ``Forbidden``."""
    if not may_enrol(actor):
        raise Forbidden(FILLS[0])


def may_fill(actor: Actor, form: FormVersion) -> bool:
    """Whether this person may fill this form."""
    try:
        require_filler(actor, form)
    except (Forbidden, NotReachable):
        return False
    return True


def devices_seen_by(actor: Actor) -> Q:
    """The person's own phones; for who manages staff, those of the whole agency."""
    own = Q(agency_id=actor.agency_id)
    return own if may(actor.roles, Permission.MANAGE_STAFF) else own & Q(user_id=actor.user_id)


def require_withdrawer(actor: Actor, device: Device) -> None:
    """Go on only for the phone's person, or who manages staff. Raises ``Forbidden``."""
    if device.user_id != actor.user_id:
        require(actor.roles, Permission.MANAGE_STAFF)


def require_key_keeper(actor: Actor) -> None:
    """Go on only for who keeps the agency's forms. Raises ``Forbidden``."""
    require(actor.roles, Permission.KEEP_FORMS)


def arrivals_seen_by(actor: Actor) -> Q:
    """What the person sent; for who sees the unit's cases, what anybody of the agency sent."""
    own = Q(agency_id=actor.agency_id)
    if may(actor.roles, Permission.SEE_UNIT_CASES):
        return own
    return own & Q(user_id=actor.user_id)


def sees_arrivals(actor: Actor) -> bool:
    """Whether there is anything that could wait for this person."""
    return may_enrol(actor) or may(actor.roles, Permission.SEE_UNIT_CASES)


DISCARD_REASONS: Final = ("uji_coba", "ganda", "salah_isi", "bukan_kasus")
"""Why a filling is thrown away: a trial, sent twice, filled in wrongly, about nobody's case."""


def is_open(arrival: Arrival) -> bool:
    """Whether somebody still has to look at it."""
    return arrival.state in (Arrival.PARTIAL, Arrival.WAITING)
