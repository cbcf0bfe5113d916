"""What no answer may hold, by who asks: the words planted in every record of the world."""

from __future__ import annotations

from typing import Final

from tests.domain.referrals.scene import ADDRESS, CALLED, NIK, PHONE, SUSPECT
from tests.people import KUPANG, SEMARANG
from tests.walls.rules import CASEWORK, WITH_CASES
from tests.walls.standing import OUTSIDE, PLACES, TEAM
from tests.world import (
    ASKED_WORDS,
    DOCUMENT_NAME,
    HOUSE_NAME,
    HOUSE_NOTE,
    HOUSE_PLACE,
    NOTE,
    REPORTER,
    REPORTER_PHONE,
    SECRETS,
    STORY,
    TIDINGS_WORDS,
    TRIAGE_WHY,
)

# Words that other pages hold with reason: an invented name in the interface's examples, agreements.
_ALL: Final = frozenset(SECRETS) - {CALLED, "perjanjian kerja"}
_ADDRESS: Final = frozenset(
    {HOUSE_PLACE.address, HOUSE_PLACE.phone, HOUSE_PLACE.latitude, HOUSE_PLACE.longitude,
     HOUSE_PLACE.way}
)  # fmt: skip
# An admin keeps rooms and beds, and knows a house by its name; the auditor answers who asks for
# her rights.
_BY_OFFICE: Final = {
    (SEMARANG, "admin_lembaga"): frozenset({HOUSE_NAME}),
    (SEMARANG, "auditor"): frozenset({ASKED_WORDS}),
}
_HOUSE: Final = _ADDRESS | {HOUSE_NAME, HOUSE_NOTE}
_REPORT: Final = frozenset({REPORTER, "Paulina", REPORTER_PHONE, STORY})
_FILE: Final = frozenset(
    {NIK, PHONE, ADDRESS, SUSPECT, "Bramantyo", NOTE, DOCUMENT_NAME, TRIAGE_WHY, TIDINGS_WORDS}
)


def forbidden(role: str, relation: str) -> frozenset[str]:
    """The words that this person may meet nowhere.

    Who works on no case meets none; the receiving agency nothing of the file, the report and the
    house, whatever its packets say; the team nothing of the report and the house; and of the lead
    itself only the house's own officers learn where it stands.
    """
    agency = PLACES[relation][0]
    if relation in OUTSIDE or role not in WITH_CASES:
        return _ALL - _BY_OFFICE.get((agency, role), set()) if relation not in OUTSIDE else _ALL
    if agency == KUPANG:
        return _FILE | _REPORT | _HOUSE
    if agency == TEAM:
        return _REPORT | _HOUSE if role in CASEWORK else _ALL
    assert agency == SEMARANG
    if role == "petugas_hunian":
        return _REPORT | (_FILE - {NIK})
    return _ADDRESS
