"""One filled world, built by the operations themselves: what the tests of the whole house stand on.

A case of Semarang that Ratih carries, with every kind of row a page can name; a report of the same
desk; a request on its way to Kupang, with a word in its thread. All names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.utils import timezone
from tests.domain.referrals.scene import (
    ADDRESS,
    CALLED,
    DESK,
    FULL_NAME,
    NIK,
    PHONE,
    SUSPECT,
    Scene,
    make_scene,
    seed_desks,
)
from tests.people import KUPANG, NOW, SEMARANG, SERVICE_DESK, Cast, owner_url

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile
from rangkul.custody import operations as custody_operations
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation.scope import acting, system
from rangkul.people import operations as people
from rangkul.people.identity import Identity
from rangkul.people.models import Person
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries
from rangkul.referrals.models import Request
from rangkul.reports import operations as reports
from rangkul.reports import queries as report_queries
from rangkul.reports.content import About, ReportContent, Reporter
from rangkul.reports.models import EarlierContact

REPORTER, REPORTER_PHONE = "Paulina Uji Seran", "085712349876"
NOTE = "Ia mau pulang ke rumah bibinya di Oebobo."
STORY = "Tetangga mendengar jeritan dari lantai dua semalam."
NEED = "Aku ingin tidur tanpa takut lagi"
MESSAGE = "Mohon kabari jam berapa ia sampai."
DOCUMENT, DOCUMENT_NAME = b"%PDF-1.7 perjanjian kerja Kusumaningrum", "kontrak-kusumaningrum.pdf"
TRIAGE_WHY = "Pelaku sudah ditahan sejak Selasa"

# What may stand nowhere in the clear: a survivor's, a suspect's or a reporter's own words.
SECRETS = (
    "Kusumaningrum", CALLED, NIK, PHONE, ADDRESS, SUSPECT, "Bramantyo", REPORTER, "Paulina",
    REPORTER_PHONE, NOTE, STORY, NEED, MESSAGE, DOCUMENT_NAME, "perjanjian kerja", TRIAGE_WHY,
)  # fmt: skip
CALM = {
    "bahaya_kini": "tidak", "senjata": "tidak", "cekik": "tidak", "ancam_bunuh": "tidak",
    "terkurung": "tidak", "bunuh_diri": "tidak", "tinggal_pelaku": "tidak", "anak_ada": "tidak",
    "luka": "tidak", "meningkat": "tidak",
}  # fmt: skip


@dataclass(slots=True)
class World:
    """What stands, by the names that addresses use; ``parts`` answers every path converter."""

    cast: Cast
    scene: Scene
    other_case_id: int = 0
    report_id: int = 0
    request_id: int = 0
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def case_id(self) -> int:
        """The case that Ratih carries."""
        return self.scene.case_id

    @property
    def case_number(self) -> str:
        """Its public number."""
        return custody.case_number(self.case_id)

    @property
    def report_number(self) -> str:
        """The report's public number."""
        return report_queries.report_number(self.report_id)

    @property
    def packet_number(self) -> str:
        """The packet's public number."""
        return referral_queries.packet_number(self.request_id)


def build(cast: Cast) -> World:
    """Make the world in the running transaction, or committed when there is none."""
    seed_desks()
    _somebody_on_duty()
    at = timezone.now()
    with acting(cast.ratih):
        world = World(cast, make_scene(cast))
    world.parts |= {
        "agency_id": SEMARANG, "desk_id": SERVICE_DESK[SEMARANG],
        "membership_id": cast.nining.membership_id, "code": "rk01_triase",
        "name": "jenis_kekerasan",
        "absence_id": 1, "alias_id": 1, "shift_id": 1,
    }  # fmt: skip
    _fill_the_file(world, at)
    _send_a_request(world, at)
    _take_a_report(world, at)
    _notice_an_earlier_contact(world, at)
    return world


def _somebody_on_duty() -> None:
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "insert into network_dutyshift (agency_id, desk_id, membership_id, starts_at, ends_at)"
            " select %s, %s, 9025, now() - interval '1 day', now() + interval '9 days' where not "
            "exists (select 1 from network_dutyshift where ends_at > now() and desk_id = %s)",
            [KUPANG, DESK, DESK],
        )


def _fill_the_file(world: World, at: datetime) -> None:
    ratih, wahyuni = world.cast.ratih, world.cast.wahyuni
    with acting(ratih):
        note = cases.write_note(case_id=world.case_id, body=NOTE, by=ratih, at=at)
        need = cases.state_need(
            case_id=world.case_id, words=NEED, service="psikologi", by=ratih, at=at
        )
        document = cases.add_attachment(
            case_id=world.case_id, name=DOCUMENT_NAME, content=DOCUMENT, by=ratih, at=at
        )
        submission = cases.record_triage(
            case_id=world.case_id, by=ratih, at=at,
            answers=Answers.of(CALM | {"bahaya_kini": "ya", "nilai_petugas": "sedang",
                                       "alasan_nilai": TRIAGE_WHY}),
        )  # fmt: skip
        sister = people.add_person(
            case=Case.objects.get(id=world.case_id), part=Person.KIN, by=ratih, at=at,
            identity=Identity(full_name="Sari Kusumaningrum Uji"), relation="saudara_kandung",
        )  # fmt: skip
        other = open_another_file(world, at)
        world.other_case_id = other.case_id
    with acting(wahyuni):
        custody_operations.assign(case_id=other.case_id, user_id=wahyuni.user_id, by=wahyuni, at=at)
        link = people.link_files(first=world.case_id, second=other.case_id, by=wahyuni, at=at)
    world.parts |= {
        "note_id": note.id, "need_id": need.id, "document_id": document.id,
        "submission_id": submission.id, "person_id": sister.id, "link_id": link.id,
    }  # fmt: skip


def open_another_file(world: World, at: datetime) -> CaseFile:
    """A second file of the same agency and companion; the scope must be hers."""
    return cases.open_file(
        opening=cases.Opening(
            area="33.74", categories=("ktk",), triage=Answers.of(CALM), sex="P",
            identity=Identity(full_name=FULL_NAME),
        ),
        by=world.cast.ratih, at=at,
    )  # fmt: skip


def _send_a_request(world: World, at: datetime) -> None:
    ratih, melki = world.cast.ratih, world.cast.melki
    with acting(ratih):
        ground = world.scene.ground("medis", valid_until=at + timedelta(days=30))
        basis = referrals.record_ground(case_id=world.case_id, ground=ground, by=ratih, at=at)
        asked = world.scene.asked(basis, words={"complaint": "Nyeri tangan kiri"})
        request: Request = referrals.send_referral(asked=asked, token=uuid4(), by=ratih, at=at)
    with acting(melki):
        referrals.write_message(request_id=request.id, words=MESSAGE, by=melki, at=at)
    world.request_id = request.id
    world.parts["basis_id"] = basis.id


def _take_a_report(world: World, at: datetime) -> None:
    joko = world.cast.joko
    with acting(joko):
        draft = reports.begin_report(by=joko, at=at)
        reports.begin_helping(
            report_id=draft.id, expected_version=draft.version, content=report_content(),
            by=joko, at=at,
        )  # fmt: skip
    world.report_id = draft.id


def report_content() -> ReportContent:
    """A telephone call about the survivor, whole enough to be received."""
    return ReportContent(
        channel="telepon", reporter_kind="tetangga", area="33.74", account=STORY,
        reporter=Reporter(name=REPORTER, phone=REPORTER_PHONE),
        about=About(name=FULL_NAME, called_name=CALLED, phone=PHONE, nik=NIK, place=ADDRESS),
        answers={"terkurung": ["ya"]},
    )  # fmt: skip


def _notice_an_earlier_contact(world: World, at: datetime) -> None:
    notice: UUID = uuid4()
    with system("matching"):
        EarlierContact.objects.bulk_create(
            [
                EarlierContact(
                    id=notice, agency_id=SEMARANG, case_id=world.case_id, noticed_at=at,
                    asking_agency_id=KUPANG, asking_desk_id=DESK,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    world.parts["notice_id"] = notice


__all__ = ["NOW", "SECRETS", "World", "build", "open_another_file", "report_content"]
