"""The road by machine, step by step, so that a test can begin where it needs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.machine import Machine
from tests.people import KUPANG, SERVICE_DESK, Cast

from rangkul.api import numbers
from rangkul.foundation.actor import Actor

NAME, NIK, PHONE = "Marlina Uji Kusumaningrum", "3374015507030002", "081234567890"
DESK = SERVICE_DESK[KUPANG]
REPORT: dict[str, Any] = {
    "channel": "telepon",
    "reporter_kind": "tetangga",
    "area": "33.74",
    "account": "Tetangga mendengar teriakan setiap malam.",
    "about": {"name": NAME, "called_name": "Nara", "nik": NIK, "phone": PHONE, "sex": "P"},
    "answers": {"bahaya_kini": "tidak", "cekik": ["ya"], "luka": "belum_tahu"},
    "violence_kinds": ["fisik"],
}


@dataclass(frozen=True)
class Road:
    """Who walks: intake, supervisor and companion in Semarang, the clinic's desk in Kupang."""

    intake: Machine
    supervisor: Machine
    companion: Machine
    clinic: Machine
    companion_number: str

    def report(self) -> str:
        """A report received."""
        made = self.intake.post("/reports", REPORT)
        assert made.status == 201, made.json
        return str(made.json["number"])

    def case(self) -> str:
        """A case opened from a report, carried by the companion."""
        made = self.supervisor.post(
            f"/reports/{self.report()}/open-case",
            {"categories": ["ktk"], "birth_year": 1994, "companion": self.companion_number},
        )
        assert made.status == 201, made.json
        return str(made.json["case"])

    def basis(self, case: str, **changes: object) -> str:
        """Consent to medical care."""
        until = datetime.now(UTC) + timedelta(days=60)
        made = self.companion.post(
            f"/cases/{case}/bases",
            {
                "letter": "a", "service": "medis", "given_by": "penyintas", "manner": "lisan",
                "levels": {"I": 1, "L": 1, "A": 1, "H": 1}, "valid_until": until.isoformat(),
            } | changes,
        )  # fmt: skip
        assert made.status == 201, made.json
        return str(made.json["id"])

    def asked(self, basis: str, **changes: object) -> dict[str, object]:
        """What is asked of the clinic."""
        return {
            "basis": basis, "to_desk": numbers.number_of(numbers.DESK, DESK),
            "asked": "Periksa luka tangan.", "reach": "Pendamping, lewat aplikasi",
        } | changes  # fmt: skip

    def referral(self, case: str, **changes: object) -> str:
        """A request on its way to the clinic."""
        made = self.companion.post(
            f"/cases/{case}/referrals",
            self.asked(self.basis(case), uncovered_ok=True, **changes),
        )
        assert made.status == 201, made.json
        return str(made.json["number"])


def road(cast: Cast, machine_of: Callable[[Actor], Machine]) -> Road:
    """The road with the cast's four at their machines."""
    return Road(
        machine_of(cast.joko), machine_of(cast.wahyuni), machine_of(cast.ratih),
        machine_of(cast.melki),
        numbers.number_of(numbers.COLLEAGUE, cast.ratih.membership_id),
    )  # fmt: skip
