"""Who should see what, said once more in plain words: what the code's own rules are held against.

Nothing here asks the house's permissions; roles are named one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.people import KUPANG, SEMARANG
from tests.walls.standing import CARRYING, PLACES, TEAM
from tests.world import World

from rangkul.conferences import policy as conferences
from rangkul.conferences.models import Conference
from rangkul.custody import policy as custody
from rangkul.custody.models import CaseAccess
from rangkul.exchange import policy as exports
from rangkul.exchange.models import Export, Recipient
from rangkul.foundation.actor import Actor
from rangkul.referrals import policy as referrals
from rangkul.referrals.models import CallOffer, Request, Transfer
from rangkul.repatriation import policy as repatriation
from rangkul.repatriation.models import Leg, Returnee
from rangkul.reports import policy as reports
from rangkul.reports.models import Report
from rangkul.shelter import policy as shelter
from rangkul.shelter.models import Admission, House

SERVING: Final = frozenset(
    {"petugas_layanan", "petugas_kesehatan", "psikolog", "petugas_polisi", "petugas_hukum",
     "petugas_hunian"}
)  # fmt: skip
CASEWORK: Final = frozenset({"pendamping", "penyelia"})
# Who may be told anything of any case at all, by role.
WITH_CASES: Final = SERVING | CASEWORK | {"petugas_pengaduan"}

Seen = Callable[[str, str, str], bool]


def _agency(relation: str) -> int:
    return PLACES[relation][0]


def _sits(relation: str) -> bool:
    return bool(PLACES[relation][1])


def _case(role: str, relation: str, state: str) -> bool:
    """The supervisor the unit's, the companion the carried ones; of lead and team."""
    if relation == "former" or _agency(relation) not in (SEMARANG, TEAM):
        return False
    return role == "penyelia" or (role == "pendamping" and relation in CARRYING)


def _other_case(role: str, relation: str, state: str) -> bool:
    """The second file: Semarang's unit, until it has moved to Kupang."""
    if relation == "former" or role != "penyelia":
        return False
    return _agency(relation) == (KUPANG if state == "moved" else SEMARANG)


def _request(role: str, relation: str, state: str) -> bool:
    """Those who see its case in the agency that sent it, and the desk that it was sent to."""
    if relation == "receiver":
        return role in SERVING
    return _case(role, relation, state) and _agency(relation) == SEMARANG


def _called(role: str, relation: str, state: str) -> bool:
    return relation == "receiver" and role in SERVING


def _transfer(role: str, relation: str, state: str) -> bool:
    """The supervisors of both agencies."""
    if relation == "former" or role != "penyelia":
        return False
    return _agency(relation) in (SEMARANG, KUPANG)


def _conference(role: str, relation: str, state: str) -> bool:
    """The lead's people who see the case; the invited desk, and its agency's supervisor.

    A province's coordinator may sit at a desk that is invited, and sees what its members see.
    """
    if relation in ("receiver", "beside"):
        at_table = SERVING | {"pendamping", "koordinator_provinsi"}
        return role == "penyelia" or (relation == "receiver" and role in at_table)
    return _case(role, relation, state) and _agency(relation) == SEMARANG


def _report(role: str, relation: str, state: str) -> bool:
    """The desk's intake officers, and the unit's supervisor."""
    if relation == "former" or _agency(relation) != SEMARANG:
        return False
    return role == "penyelia" or (role == "petugas_pengaduan" and _sits(relation))


def _house(role: str, relation: str, state: str) -> bool:
    """Whose board one may look at: the house's own officers, the supervisor."""
    if relation == "former" or _agency(relation) != SEMARANG:
        return False
    return role == "penyelia" or _address(role, relation, state)


def _address(role: str, relation: str, state: str) -> bool:
    """Where it stands: its own officers alone."""
    at_desk = relation in ("carries", "unit")
    return role == "petugas_hunian" and at_desk


def _returnee(role: str, relation: str, state: str) -> bool:
    """The organiser's supervisor, and who carries the case there."""
    return _case(role, relation, state) and _agency(relation) == SEMARANG


def _leg(role: str, relation: str, state: str) -> bool:
    """The organiser's side, and the desk at its end."""
    if relation == "receiver":
        return role in SERVING
    return _returnee(role, relation, state)


def _export(role: str, relation: str, state: str) -> bool:
    """A table that is on its way out: the agency's supervisors, whoever asked for it."""
    return role == "penyelia" and relation != "former" and _agency(relation) == SEMARANG


def _recipient(role: str, relation: str, state: str) -> bool:
    """To whom tables go: besides them, the administrators who keep the list."""
    keeps = role == "admin_lembaga" and relation != "former" and _agency(relation) == SEMARANG
    return keeps or _export(role, relation, state)


Rule = tuple[Seen, type[Any], Callable[[Actor], Any], Callable[[World], Mapping[str, Any]]]

# Thing → (who should, model, the code's condition, which row).
RULES: Final[Mapping[str, Rule]] = {
    "case": (_case, CaseAccess, custody.visible_to, lambda w: {"case_id": w.case_id}),
    "other case": (
        _other_case, CaseAccess, custody.visible_to, lambda w: {"case_id": w.other_case_id}
    ),
    "request": (_request, Request, referrals.visible_to, lambda w: {"id": w.request_id}),
    "call": (_called, CallOffer, referrals.called, lambda w: {"id": w.parts["offer_id"]}),
    "transfer": (
        _transfer, Transfer, referrals.transfers_visible_to, lambda w: {"id": w.transfer_id}
    ),
    "conference": (
        _conference, Conference, conferences.visible_to, lambda w: {"id": w.conference_id}
    ),
    "report": (_report, Report, reports.visible_to, lambda w: {"id": w.report_id}),
    "house": (_house, House, shelter.seen_by, lambda w: {"id": w.parts["house_id"]}),
    "stay": (_house, Admission, shelter.seen_by, lambda w: {"id": w.stay_id}),
    "address": (_address, House, shelter.placed_by, lambda w: {"id": w.parts["house_id"]}),
    "returnee": (
        _returnee, Returnee, repatriation.visible_to, lambda w: {"id": w.parts["returnee_id"]}
    ),
    "leg": (
        _leg, Leg, repatriation.leg_visible_to, lambda w: {"journey_id": w.parts["journey_id"]}
    ),
    "export": (_export, Export, exports.visible_to, lambda w: {"id": w.export_id}),
    "recipient": (
        _recipient, Recipient, exports.recipients_visible_to,
        lambda w: {"id": w.parts["recipient_id"]},
    ),
}  # fmt: skip
