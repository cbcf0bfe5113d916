"""The service officer and its kinds: who answers a packet, and sees nothing else."""

from __future__ import annotations

from typing import Final

from rangkul.access.permissions import CASE_CONTENT, Permission
from rangkul.access.roles.role import Role

P = Permission


class ServiceOfficer(Role):
    """Staff of one service desk, licensed for that desk's profession.

    Does: accepts a packet, asks back, or declines with a reason; makes first contact; says whether
    the service was given and what comes next.
    Sees: the packets sent to the own desk, and nothing else of the file.
    Never: opens the file, forwards a packet (a new need is a new referral by the lead agency),
    sends notes back.
    """

    code = "petugas_layanan"
    label_id = "Petugas layanan"
    label_en = "Service officer"
    permissions = frozenset(
        {
            P.ANSWER_PACKETS,
            P.REPORT_OUTCOME,
            P.KEEP_SERVICE_RECORD,
            P.JOIN_CONFERENCE,
            P.READ_SHOWN,
            P.LOG_OBSTACLE,
            P.SEE_DIRECTORY,
        }
    )
    never = CASE_CONTENT | {P.READ_TRAIL, P.RUN_SYSTEM}


class HealthOfficer(ServiceOfficer):
    """Doctor, nurse or midwife at a health desk: sees the medical part of the packet.

    Returns attendance and the plan of care; the clinical record stays in the clinic's own system.
    """

    code = "petugas_kesehatan"
    label_id = "Petugas kesehatan"
    label_en = "Health officer"


class Psychologist(ServiceOfficer):
    """Psychologist or psychiatrist: sees the shared formulation and the risk to self.

    Returns attendance, risk and advice; what is said in therapy stays with her.
    """

    code = "psikolog"
    label_id = "Psikolog"
    label_en = "Psychologist"


class PoliceOfficer(ServiceOfficer):
    """Investigator of the women's and children's unit or of a trafficking desk.

    Sees facts, evidence and the own case number, and returns the progress of the case.
    Never therapy, shelter, workers' opinions or the results of instruments.
    """

    code = "petugas_polisi"
    label_id = "Petugas kepolisian"
    label_en = "Police officer"


class LegalOfficer(ServiceOfficer):
    """Legal-aid worker or advocate: sees the papers of the own clients.

    Notes under legal privilege are closed to everyone else, the lead agency included.
    """

    code = "petugas_hukum"
    label_id = "Petugas bantuan hukum"
    label_en = "Legal officer"


class ShelterOfficer(ServiceOfficer):
    """Staff of a shelter: keeps stays, rooms and daily needs.

    Answers "placed" with a meeting point; the address of the house stays inside the house.
    """

    code = "petugas_hunian"
    label_id = "Petugas hunian"
    label_en = "Shelter officer"
    permissions = ServiceOfficer.permissions | {
        P.KEEP_STAYS,
        P.KEEP_HOUSES,
        P.SEE_HOUSE_ADDRESS,
    }


SERVICE_ROLES: Final[tuple[type[ServiceOfficer], ...]] = (
    ServiceOfficer,
    HealthOfficer,
    Psychologist,
    PoliceOfficer,
    LegalOfficer,
    ShelterOfficer,
)
"""The service officer and its kinds; the kind decides which desk's packets are one's own."""
