"""The demonstration's public door: reports by nobody, answers to them, a survivor's own code."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from rangkul.cases import queries as cases
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.foundation import longcode
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.reports import operations as reports
from rangkul.reports import receipts
from rangkul.reports.door import DoorContent, SafeContact
from rangkul.tidings import operations as tidings
from rangkul.tidings import workflow

_PALANGKA_RAYA: Final = "62.71"
_LIFE: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Written:
    """One report by the public: how long ago, what it says, and what was said since."""

    hours_ago: float
    content: DoorContent
    later: str = ""
    answer: str = ""


WRITTEN: Final[Sequence[Written]] = (
    Written(
        30,
        DoorContent(
            area=_PALANGKA_RAYA, danger=False, herself=False, teller="tetangga", besides=(),
            words="Anak perempuan di rumah sebelah tidak sekolah sejak dua bulan. Ia mengurus tiga "
            "adik dan sering terdengar menangis malam hari.",
            contact=SafeContact("kode"),
        ),
        later="Tadi pagi ia terlihat di warung, tangannya dibalut.",
        answer="Terima kasih. Kabar ini sudah sampai pada orang yang mengurusnya.",
    ),
    Written(
        3,
        DoorContent(
            area=_PALANGKA_RAYA, danger=False, herself=True, besides=(),
            words="Suami saya menyimpan telepon dan ATM saya. Saya hanya boleh keluar bila diantar "
            "ibunya. Saya ingin tahu apa yang bisa saya lakukan.",
            contact=SafeContact("telepon", "08120000417", "Selasa dan Kamis pagi", "toko benang"),
        ),
    ),
)  # fmt: skip


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """Write the reports, answer one of them, and give one survivor a code."""
    intake, companion = (_actor(staff, name) for name in ("mega", "tiara"))
    for place, written in enumerate(WRITTEN):
        _send(place, written, by=intake, at=now - timedelta(hours=written.hours_ago))
    _tell(companion, at=now - timedelta(hours=20))


def _actor(staff: Sequence[LoadedStaff], username: str) -> Actor:
    person = next(each for each in staff if each.entry.username == username)
    found = network.get_live_actor(user_id=person.user_id, agency_id=person.agency_id)
    if found is None:
        raise LookupError(f"the demonstration has no {username}")
    return found


def _send(place: int, written: Written, *, by: Actor, at: datetime) -> None:
    nonce = hashlib.sha256(f"{place} {at.isoformat()}".encode()).digest()[:16]
    taken = reports.send_public(content=written.content, nonce=nonce, at=at)
    pointer = reports.find_receipt(code=receipts.code_of_form(nonce), at=at)
    if taken is None or pointer is None:
        raise LookupError("a report of the demonstration found no desk")
    if written.later:
        reports.write_from_outside(
            pointer=pointer, text=written.later, token=uuid4(), at=at + timedelta(hours=2)
        )
    if written.answer and taken.desk.agency_id == by.agency_id:
        with acting(by):
            reports.answer(
                report_id=taken.report_id, text=written.answer, token=uuid4(), by=by,
                at=at + timedelta(hours=3),
            )  # fmt: skip


def _tell(by: Actor, *, at: datetime) -> None:
    """A survivor's code, and a few words each way."""
    with acting(by):
        file = next(f for f in cases.list_files(by).covers if f.work_label == "ancaman foto")
        survivor = people.get_survivor(by, file.case_id)
        given = tidings.give_code(
            case_id=file.case_id, person_id=survivor.id, language="id", shows=workflow.TIMES,
            ends_on=(at + _LIFE).date(), by=by, at=at,
        )  # fmt: skip
        tidings.write_to_her(
            line_id=given.line.id, text="Saya di kantor sampai sore. Kabari bila ingin bertemu.",
            token=uuid4(), by=by, at=at + timedelta(minutes=10),
        )  # fmt: skip
    later = at + timedelta(hours=5)
    pointer = tidings.find_line(
        code=given.code, digest=longcode.digest(given.code), at=later
    )  # fmt: skip
    if pointer is None:
        raise LookupError("the demonstration's code opens nothing")
    tidings.write_by_code(
        pointer=pointer, text="Bisa besok setelah jam sembilan?", token=uuid4(), at=later
    )
