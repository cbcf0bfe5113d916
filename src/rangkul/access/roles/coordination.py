"""The coordinators: numbers, ages and figures of a province or the nation, never a person."""

from __future__ import annotations

from rangkul.access.permissions import PERSON_CONTENT, Permission
from rangkul.access.roles.role import Role

P = Permission


class ProvinceCoordinator(Role):
    """Named by the governor or the task force to keep a province's network whole.

    Does: watches clocks, gaps, beds, obstacles, agreements; moves an unanswered referral, by its
    number, to another desk that may take it; calls meetings and follows up on them; proposes a case
    conference by the case's number to whoever holds the case, and sits there when invited.
    Sees: referrals by number and age, figures with small cells hidden.
    Never: identity, account, health, addresses, reporters, nor the file in a case conference.
    """

    code = "koordinator_provinsi"
    label_id = "Koordinator provinsi"
    label_en = "Province coordinator"
    permissions = frozenset(
        {
            P.SEE_PROVINCE,
            P.REASSIGN_UNANSWERED,
            P.PROPOSE_CONFERENCE,
            P.JOIN_CONFERENCE,
            P.CALL_MEETING,
            P.KEEP_AGREEMENTS,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.RUN_SYSTEM}


class NationalCoordinator(Role):
    """Secretariat of a ministry or of the national task force.

    Does: watches what moves between provinces, late journeys, standards; keeps reference lists and
    the versions of instruments after review.
    Sees: flows by origin, transit and destination, never below the limit for small numbers.
    Never: case rows, exports of small cells, a list of persons for any purpose.
    """

    code = "koordinator_nasional"
    label_id = "Koordinator nasional"
    label_en = "National coordinator"
    permissions = frozenset(
        {
            P.SEE_PROVINCE,
            P.SEE_NATION,
            P.CALL_MEETING,
            P.KEEP_AGREEMENTS,
            P.KEEP_STANDARDS,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = PERSON_CONTENT | {P.REASSIGN_UNANSWERED, P.RUN_SYSTEM}
