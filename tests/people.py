"""The cast: two agencies in two provinces, two of everything, and those who must stay outside.

Committed once into the worker's clone by the owner, with ids that never change, so that a test
costs nothing for it. Names are invented.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from rangkul.foundation.actor import Actor

# A Monday morning, 09:00 in Jakarta: the moment at which tests without another wish act.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_SINCE = datetime(2025, 1, 6, tzinfo=UTC)
_ENDED = datetime(2026, 1, 31, tzinfo=UTC)

SEMARANG, KUPANG, MAKASSAR = 9001, 9002, 9003
# The task forces of the two provinces and of the nation: they coordinate and hold no case.
JATENG, NTT, NASIONAL = 9004, 9005, 9006
# (id, code, short name, name, kind, level, area)
_AGENCIES = [
    (SEMARANG, "uji-semarang", "UPTD Uji Semarang", "UPTD PPA Uji Kota Semarang", "uptd_ppa",
     "kab_kota", "33.74"),
    (KUPANG, "uji-kupang", "UPTD Uji Kupang", "UPTD PPA Uji Kota Kupang", "uptd_ppa",
     "kab_kota", "53.71"),
    (MAKASSAR, "uji-makassar", "LSM Uji Makassar", "Lembaga Uji Makassar", "lsm",
     "kab_kota", "73.71"),
    (JATENG, "uji-gugus-jateng", "Gugus Tugas Uji Jateng", "Gugus Tugas Uji Jawa Tengah",
     "gugus_tugas", "provinsi", "33"),
    (NTT, "uji-gugus-ntt", "Gugus Tugas Uji NTT", "Gugus Tugas Uji Nusa Tenggara Timur",
     "gugus_tugas", "provinsi", "53"),
    (NASIONAL, "uji-gugus-nasional", "Gugus Tugas Uji Nasional", "Gugus Tugas Uji Nasional",
     "gugus_tugas", "nasional", "31"),
]  # fmt: skip
# (id, agency, code, name, takes reports)
_DESKS = [
    (9101, SEMARANG, "uji-semarang-pengaduan", "Pengaduan", True),
    (9102, SEMARANG, "uji-semarang-layanan", "Layanan", False),
    (9201, KUPANG, "uji-kupang-pengaduan", "Pengaduan", True),
    (9202, KUPANG, "uji-kupang-layanan", "Layanan", False),
    (9301, MAKASSAR, "uji-makassar-layanan", "Layanan", False),
]
INTAKE_DESK = {SEMARANG: 9101, KUPANG: 9201}
SERVICE_DESK = {SEMARANG: 9102, KUPANG: 9202, MAKASSAR: 9301}


@dataclass(frozen=True, slots=True)
class _Part:
    """One member of the cast, as the database will know them."""

    id: int
    login: str
    name: str
    agency: int
    role: str
    desks: tuple[int, ...] = ()
    left: bool = False

    @property
    def actor(self) -> Actor:
        """The person at work; for a former member, the place as it was before it ended."""
        return Actor(
            user_id=self.id,
            agency_id=self.agency,
            membership_id=self.id,
            membership_version=1,
            roles=frozenset({self.role}),
            desk_ids=frozenset(self.desks),
        )


_PARTS = {
    part.login: part
    for part in (
        # Semarang, Jawa Tengah.
        _Part(9011, "ratih", "Ratih Wulandari Uji", SEMARANG, "pendamping", (9101,)),
        _Part(9012, "nining", "Nining Kusuma Uji", SEMARANG, "pendamping", (9101,)),
        _Part(9013, "wahyuni", "Wahyuni Prabawati Uji", SEMARANG, "penyelia", (9101,)),
        _Part(9014, "joko", "Joko Santosa Uji", SEMARANG, "petugas_pengaduan", (9101,)),
        _Part(9015, "laras", "Laras Anindya Uji", SEMARANG, "petugas_hunian", (9102,)),
        _Part(9016, "bagas", "Bagas Pramana Uji", SEMARANG, "auditor"),
        _Part(9017, "sinta", "Sinta Mahardika Uji", SEMARANG, "admin_lembaga"),
        _Part(9018, "darto", "Darto Wibisana Uji", SEMARANG, "pendamping", (9101,), left=True),
        # Kupang, Nusa Tenggara Timur.
        _Part(9021, "yohana", "Yohana Taolin Uji", KUPANG, "pendamping", (9201,)),
        _Part(9023, "marten", "Marten Lakapu Uji", KUPANG, "penyelia", (9201,)),
        _Part(9024, "ester", "Ester Nubatonis Uji", KUPANG, "petugas_pengaduan", (9201,)),
        _Part(9025, "melki", "Melki Bansele Uji", KUPANG, "petugas_kesehatan", (9202,)),
        _Part(9026, "yulius", "Yulius Manafe Uji", KUPANG, "auditor"),
        _Part(9027, "dorce", "Dorce Haumeni Uji", KUPANG, "admin_lembaga"),
        _Part(9028, "benyamin", "Benyamin Tefa Uji", KUPANG, "pendamping", (9201,), left=True),
        # Makassar: nobody here has anything to do with the other two.
        _Part(9031, "andi", "Andi Tenri Uji", MAKASSAR, "pendamping", (9301,)),
        _Part(9033, "besse", "Besse Lamappa Uji", MAKASSAR, "penyelia", (9301,)),
        # Coordinators: they see what is late, by number, and no case.
        _Part(9041, "retno", "Retno Puspasari Uji", JATENG, "koordinator_provinsi"),
        _Part(9042, "filmon", "Filmon Tabun Uji", NTT, "koordinator_provinsi"),
        _Part(9043, "hendra", "Hendra Wiratma Uji", NASIONAL, "koordinator_nasional"),
    )
}


class Cast:
    """The people by name: ``cast.ratih``; by part: ``cast.caseworkers``, ``cast.strangers``."""

    ratih: Actor
    nining: Actor
    wahyuni: Actor
    joko: Actor
    laras: Actor
    bagas: Actor
    sinta: Actor
    darto: Actor
    yohana: Actor
    marten: Actor
    ester: Actor
    melki: Actor
    yulius: Actor
    dorce: Actor
    benyamin: Actor
    andi: Actor
    besse: Actor
    retno: Actor
    filmon: Actor
    hendra: Actor

    def __init__(self) -> None:
        for login, part in _PARTS.items():
            setattr(self, login, part.actor)
        self.caseworkers = (self.ratih, self.yohana)
        self.supervisors = (self.wahyuni, self.marten)
        self.intake = (self.joko, self.ester)
        self.receivers = (self.laras, self.melki)
        self.auditors = (self.bagas, self.yulius)
        self.admins = (self.sinta, self.dorce)
        self.former = (self.darto, self.benyamin)
        self.strangers = (self.andi, self.besse)
        self.coordinators = (self.retno, self.filmon, self.hendra)

    def everyone(self) -> dict[str, Actor]:
        """Login → actor, the former members included."""
        return {login: part.actor for login, part in _PARTS.items()}


def names() -> list[str]:
    """Every word of the cast's display names, to be searched for where no name may stand."""
    return sorted({word for part in _PARTS.values() for word in part.name.split() if word != "Uji"})


def owner_url() -> str:
    """The owner's URL of this worker's clone."""
    return os.environ["RANGKUL_EMBEDDED_OWNER_URL"]


def app_url() -> str:
    """The app's URL of this worker's clone."""
    return os.environ["RANGKUL_EMBEDDED_URL"]


def seed() -> None:
    """Write the cast, as the owner; nothing happens where it already stands."""
    with psycopg.connect(owner_url()) as owner, owner.cursor() as cursor:
        cursor.execute("select 1 from network_agency where id = %s", [SEMARANG])
        if cursor.fetchone():
            return
        cursor.executemany(
            "insert into network_agency (id, code, short_name, name, kind, level, area_id, version)"
            " values (%s, %s, %s, %s, %s, %s, %s, 1)",
            _AGENCIES,
        )
        cursor.executemany(
            "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, "
            "hours, languages, serves, accessible, phone, active, version) "
            "values (%s, %s, %s, %s, %s, true, '{}', '{}', '{}', false, '', true, 1)",
            _DESKS,
        )
        cursor.executemany(
            "insert into accounts_user (id, username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values (%s, %s, %s, '', '!', 'id', true, false, %s)",
            [(p.id, p.login, p.name, _SINCE) for p in _PARTS.values()],
        )
        cursor.executemany(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
            "version, since, until) values (%s, %s, %s, %s, %s, '', 1, %s, %s)",
            [
                (p.id, p.agency, p.id, [p.role], list(p.desks), _SINCE, _ENDED if p.left else None)
                for p in _PARTS.values()
            ],
        )


def sign_in(client: Any, actor: Actor, *, fresh: bool = True) -> None:
    """Let Django's test client act as ``actor``, second factor passed: just now when ``fresh``."""
    from rangkul.accounts import factors
    from rangkul.accounts.models import User

    client.force_login(
        User.objects.get(pk=actor.user_id), "rangkul.config.entering.EntranceBackend"
    )
    session = client.session
    session["second_factor"] = "set"
    session["membership_id"] = actor.membership_id
    if fresh:
        factors.note_factor(session, user_id=actor.user_id)
    session.save()


@pytest.fixture
def cast(django_db_setup: None) -> Cast:
    """The cast, standing in the clone. Ask for ``db`` or ``committed_db`` beside it."""
    # Asked each time: ``committed_db`` throws the clone away after its test.
    seed()
    return Cast()
