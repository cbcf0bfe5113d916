"""Desks of every sort for the open directory: told, not told, and a shelter that stands nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.people import NOW
from tests.rows import as_owner

from rangkul.network.models import Agency, Desk
from rangkul.network.operations import DeskDetails, Offer, create_agency, create_desk

OFFICE_HOURS = {str(day): [["08:00", "12:00"], ["13:00", "16:00"]] for day in range(1, 6)}

# Words that stand only on desks that nobody outside may read of.
HIDDEN = ("Meja Tersembunyi", "Meja Berhenti", "Lembaga Usai", "0840 9999")
PLACE = ("Jalan Rahasia", "-6.99", "110.4", "Kota Yogyakarta", "34.71")


@dataclass(frozen=True, slots=True)
class Scene:
    """The desks that are told of."""

    office: Desk
    shelter: Desk
    hotline: Desk


def agency(code: str, name: str, kind: str, level: str, area: str, **more: Any) -> Agency:
    return create_agency(
        using="owner", code=code, name=name, short_name=name, kind=kind, level=level, area=area,
        **more,
    )  # fmt: skip


def build() -> Scene:
    """Make them as the owner."""
    office = agency("hsds-kantor", "Kantor Uji Terbuka", "uptd_ppa", "kab_kota", "53.71")
    desk = create_desk(
        using="owner", agency=office, code="hsds-kantor.layanan",
        details=DeskDetails(
            name="Layanan Uji", phone="0840 1000 1", whatsapp="+62 840 1000 2",
            website="https://kantor-uji.example", address="Jalan Uji 1", languages=("ind", "tet"),
            serves=("53.71", "53"), accessible=True, access_notes="Pintu samping",
            hours_note="Telepon dahulu", takes_reports=True, latitude=-10.17, longitude=123.6,
            capacity=None,
        ),
        offers=[
            Offer("psikologi", "P", 0, 17, residents_only=True), Offer("bantuan_hukum", "", 18),
            Offer("medis", "L"),
        ],
        hours=OFFICE_HOURS, confirmed_at=NOW - timedelta(days=10),
    )  # fmt: skip
    create_desk(
        using="owner", agency=office, code="hsds-kantor.tersembunyi",
        details=DeskDetails(name="Meja Tersembunyi", phone="0840 9999 1", listed=False),
        offers=[Offer("medis")],
    )  # fmt: skip
    create_desk(
        using="owner", agency=office, code="hsds-kantor.berhenti",
        details=DeskDetails(name="Meja Berhenti", phone="0840 9999 2", active=False),
        offers=[Offer("medis")],
    )  # fmt: skip
    ended = agency("hsds-usai", "Lembaga Usai", "lsm", "masyarakat", "53.71")
    Agency.objects.using("owner").filter(id=ended.id).update(
        valid_until=(NOW - timedelta(days=30)).date()
    )
    create_desk(
        using="owner", agency=ended, code="hsds-usai.meja",
        details=DeskDetails(name="Meja Usai"), offers=[Offer("medis")],
    )  # fmt: skip
    home = agency("hsds-rumah", "Rumah Uji", "rptc", "kab_kota", "34.71")
    shelter = create_desk(
        using="owner", agency=home, code="hsds-rumah.hunian",
        details=DeskDetails(
            name="Penerimaan Rumah Uji", phone="0840 1000 3", capacity=12, serves=("34",),
            languages=("ind",),
        ),
        offers=[Offer("hunian", "P"), Offer("psikososial")], always_open=True,
        confirmed_at=NOW - timedelta(days=400),
    )  # fmt: skip
    line = agency("hsds-saluran", "Saluran Uji", "hotline", "nasional", "31")
    hotline = create_desk(
        using="owner", agency=line, code="hsds-saluran.terima",
        details=DeskDetails(name="Saluran", phone="129", serves=("ID",), takes_reports=True),
        always_open=True,
    )  # fmt: skip
    return Scene(desk, shelter, hotline)


def betray() -> None:
    """Put a place on the shelter's row behind the database's own guard, as a broken house would."""
    with as_owner() as owner:
        owner.execute("alter table network_desk disable trigger house_guard_place")
        owner.execute(
            "update network_desk set address = 'Jalan Rahasia 9', latitude = -6.99, "
            "longitude = 110.4 where code = 'hsds-rumah.hunian'"
        )
        owner.execute("alter table network_desk enable trigger house_guard_place")
        owner.commit()
