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
import pyrage
from django.utils import timezone
from tests.domain.referrals.scene import (
    ADDRESS,
    CALLED,
    DESK,
    FULL_NAME,
    NIK,
    PHONE,
    SECOND_DESK,
    SUSPECT,
    Scene,
    make_scene,
    seed_desks,
)
from tests.people import (
    INTAKE_DESK,
    JATENG,
    KUPANG,
    NOW,
    SEMARANG,
    SERVICE_DESK,
    Cast,
    owner_url,
)
from tests.unit.assessments.forms import RISK, workbook

from rangkul.assessments import operations as forms
from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.conferences import operations as conferences
from rangkul.conferences import queries as conference_queries
from rangkul.conferences.sharing import Line
from rangkul.consent import proofs
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.custody import emergency
from rangkul.custody import operations as custody_operations
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.exchange import operations as exchange
from rangkul.exchange import queries as export_queries
from rangkul.foundation import longcode, vault
from rangkul.foundation.ids import new_id
from rangkul.foundation.numbers import number_of
from rangkul.foundation.scope import acting, system
from rangkul.foundation.vault import DataClass, Owner
from rangkul.people import operations as people
from rangkul.people import queries as people_queries
from rangkul.people.identity import Identity
from rangkul.people.models import Person
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries
from rangkul.referrals.models import Request
from rangkul.referrals.operations.turning import put_in_line
from rangkul.repatriation import operations as repatriation
from rangkul.repatriation import queries as repatriation_queries
from rangkul.reports import operations as reports
from rangkul.reports import queries as report_queries
from rangkul.reports.content import About, ReportContent, Reporter
from rangkul.reports.models import DoorReport, EarlierContact, Flock, Report, ReportFile
from rangkul.retention import operations as rights
from rangkul.retention import queries as rights_queries
from rangkul.shelter import operations as shelter
from rangkul.shelter import queries as shelter_queries
from rangkul.shelter.models import PlaceLook
from rangkul.shelter.sealed import HousePlace
from rangkul.tidings import operations as tidings

REPORTER, REPORTER_PHONE = "Paulina Uji Seran", "085712349876"
NOTE = "Ia mau pulang ke rumah bibinya di Oebobo."
STORY = "Tetangga mendengar jeritan dari lantai dua semalam."
NEED = "Aku ingin tidur tanpa takut lagi"
MESSAGE = "Mohon kabari jam berapa ia sampai."
DOCUMENT, DOCUMENT_NAME = b"%PDF-1.7 perjanjian kerja Kusumaningrum", "kontrak-kusumaningrum.pdf"
HOUSE_NAME, HOUSE_NOTE = "Rumah Aman Uji Seruni Biru", "Ia menanam cabai di halaman belakang."
HOUSE_PLACE = HousePlace(
    "Jalan Bukit Seroja Rahasia 88", "-7.0051831", "110.4381254", "0248765432", "Gerbang kayu jati"
)
MEETING_POINT = "Pintu timur dekat patung ikan"
AGENDA_WORDS = "Siapa menjemput dari sanggar tari"
SHOWN_WORDS = "Balutan di siku diganti tiap dua hari"
DECISION_WORDS = "Kontrol siku bersama perawat Marsiana"
TRANSFER_WORDS = "Sebentar lagi menetap bersama ibunya di seberang pulau"
ASKED_WORDS = "Siapa saja yang sudah membaca ceritaku sejak lebaran"
TRIAGE_WHY = "Pelaku sudah ditahan sejak Selasa"
TIDINGS_WORDS = "Jangan lewat nomor lama, ia yang pegang"
OFFICE = "Dinas Uji Penerima Tabel"
BORROWED_WORDS = "Ia duduk di ruang tunggu berselendang ungu"
_NOBODY = UUID(int=0)
WITNESS = "Wilhelmina Uji Ndolu, juru bahasa"

# What may stand nowhere in the clear: a survivor's, a suspect's or a reporter's own words.
SECRETS = (
    "Kusumaningrum", CALLED, NIK, PHONE, ADDRESS, SUSPECT, "Bramantyo", REPORTER, "Paulina",
    REPORTER_PHONE, NOTE, STORY, NEED, MESSAGE, DOCUMENT_NAME, "perjanjian kerja", TRIAGE_WHY,
    HOUSE_NAME, HOUSE_NOTE, HOUSE_PLACE.address, HOUSE_PLACE.phone, HOUSE_PLACE.latitude,
    HOUSE_PLACE.longitude, HOUSE_PLACE.way, MEETING_POINT,
    AGENDA_WORDS, SHOWN_WORDS, DECISION_WORDS, TRANSFER_WORDS, ASKED_WORDS, WITNESS, "Wilhelmina",
    BORROWED_WORDS, TIDINGS_WORDS,
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
    stay_id: int = 0
    group_id: int = 0
    conference_id: int = 0
    transfer_id: int = 0
    right_id: int = 0
    export_id: int = 0
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
    def stay_number(self) -> str:
        """The public number of the stay in Semarang's house."""
        return shelter_queries.admission_number(self.stay_id)

    @property
    def group_number(self) -> str:
        """The public number of Semarang's group on its way home."""
        return repatriation_queries.group_number(self.group_id)

    @property
    def conference_number(self) -> str:
        """The public number of the conference about Ratih's case, to which Kupang is invited."""
        return conference_queries.conference_number(self.conference_id)

    @property
    def transfer_number(self) -> str:
        """The public number of the offer by which the other case would move to Kupang."""
        return referral_queries.transfer_number(self.transfer_id)

    @property
    def right_number(self) -> str:
        """The public number of what she asked about her own data."""
        return rights_queries.request_number(self.right_id)

    @property
    def export_number(self) -> str:
        """The public number of the export that waits for the worker."""
        return export_queries.export_number(self.export_id)

    @property
    def packet_number(self) -> str:
        """The packet's public number."""
        return referral_queries.packet_number(self.request_id)


def build(cast: Cast) -> World:
    """Make the world in the running transaction, or committed when there is none."""
    open_desks()
    at = timezone.now()
    with acting(cast.ratih):
        world = World(cast, make_scene(cast))
    world.parts |= {
        "agency_id": SEMARANG, "desk_id": SERVICE_DESK[SEMARANG],
        "membership_id": cast.nining.membership_id, "code": "rk01_triase",
        "name": "jenis_kekerasan",
        "absence_id": 1, "alias_id": 1, "shift_id": 1, "agreement_id": 1,
    }  # fmt: skip
    _fill_the_file(world, at)
    _send_a_request(world, at)
    _take_a_report(world, at)
    _call_a_conference(world, at)
    _notice_an_earlier_contact(world, at)
    _ask_about_her_data(world, at)
    _take_somebody_in(world, at)
    _borrow(world, at)
    _give_her_a_code(world, at)
    _send_somebody_home(world, at)
    _offer_the_other_case(world, at)
    _call_a_desk(world, at)
    _ask_for_an_export(world, at)
    _draw_up_a_form(world, at)
    return world


def open_desks() -> None:
    """The desks that take part offer what they are asked for, with somebody there; committed."""
    seed_desks()
    _somebody_on_duty()
    _offers_shelter(SERVICE_DESK[SEMARANG])


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
        clock = clocks.start(
            procedure="assessment_completed", subject_kind="case", subject_id=world.case_id,
            area="33.74", by=ratih, at=at, case_id=world.case_id,
        )  # fmt: skip
        other = open_another_file(world, at)
        world.other_case_id = other.case_id
    with acting(wahyuni):
        custody_operations.assign(case_id=other.case_id, user_id=wahyuni.user_id, by=wahyuni, at=at)
        link = people.link_files(first=world.case_id, second=other.case_id, by=wahyuni, at=at)
    world.parts |= {
        "note_id": note.id, "need_id": need.id, "document_id": document.id,
        "submission_id": submission.id, "person_id": sister.id, "link_id": link.id,
        "clock_id": clock.id,
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
        proof = proofs.Proof(proofs.WITNESS, witness=WITNESS)
        evidence = proofs.add_evidence(basis_id=basis.id, proof=proof, by=ratih, at=at)
    with acting(melki):
        referrals.write_message(request_id=request.id, words=MESSAGE, by=melki, at=at)
    world.request_id = request.id
    world.parts |= {"basis_id": basis.id, "evidence_id": evidence.id}


def _offer_the_other_case(world: World, at: datetime) -> None:
    """Pelimpahan: the second case is offered to Kupang, and nobody has answered yet."""
    by = world.cast.wahyuni
    ground = Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        valid_until=at + timedelta(days=30), recipient_desk_id=INTAKE_DESK[KUPANG],
    )  # fmt: skip
    offer = referrals.Offer(
        world.other_case_id, INTAKE_DESK[KUPANG], "lives_there", TRANSFER_WORDS, ground
    )
    with acting(by):
        world.transfer_id = referrals.offer_transfer(offer=offer, by=by, at=at).id


def _call_a_desk(world: World, at: datetime) -> None:
    """A second request waits at Kupang's second desk, and Melki's is called for it."""
    ratih = world.cast.ratih
    with acting(ratih):
        ground = world.scene.ground("psikologi", valid_until=at + timedelta(days=30))
        basis = referrals.record_ground(case_id=world.case_id, ground=ground, by=ratih, at=at)
        asked = world.scene.asked(basis, desk_id=SECOND_DESK)
        request = referrals.send_referral(
            asked=asked, token=uuid4(), uncovered_ok=True, by=ratih, at=at
        )
        offers = referrals.call_desks(request_id=request.id, desk_ids=[DESK], by=ratih, at=at)
        draft = referrals.keep_draft(
            case_id=world.case_id, service="medis", values={"asked": [NOTE]}, by=ratih, at=at
        )
        first = referral_queries.get_referral(ratih, request.id)
        waiting = put_in_line(
            asked=asked, waiting_id=uuid4(), token=uuid4(), plan=uuid4(), after=first.id, seen="",
            by=ratih, at=at,
        )  # fmt: skip
    world.parts |= {"offer_id": offers[0].id, "draft_id": draft.id, "waiting_id": waiting.id}
    # Not of the case: a procedure, and a change of one that nobody has made.
    world.parts |= {"procedure": "report_follow_up", "override_id": 900_000_001}


def _draw_up_a_form(world: World, at: datetime) -> None:
    """A form of Semarang's own that is on trial."""
    sinta = world.cast.sinta
    with acting(sinta):
        form = forms.upload_form(data=workbook(RISK), name="uji.xlsx", by=sinta, at=at)
        forms.start_test(form_id=form.id, by=sinta, at=at)
    world.parts |= {"form_id": form.id, "file": "xlsx"}


def _call_a_conference(world: World, at: datetime) -> None:
    """Held a moment ago, with what Kupang was shown and one decision that is Kupang's."""
    ratih, began = world.cast.ratih, at - timedelta(hours=2)
    with acting(ratih):
        meeting = conferences.Meeting(
            title="Rencana aman bersama", starts_at=at - timedelta(hours=1), manner="place",
            place="Ruang rapat lantai dua",
        )  # fmt: skip
        entry = conferences.AgendaEntry("danger", AGENDA_WORDS)
        row = conferences.call_conference(
            calling=conferences.Calling((world.case_id,), meeting, (entry,)), by=ratih, at=began
        )
        seat = conferences.offer_seat(conference_id=row.id, desk_id=DESK, by=ratih, at=began)
        showing = conferences.Showing(
            row.id, KUPANG, world.case_id, world.parts["basis_id"], (Line("H", 1, SHOWN_WORDS),)
        )
        seen = conferences.preview_share(showing=showing, by=ratih, at=at)
        share = conferences.share_facts(showing=showing, seen=seen.digest, by=ratih, at=at)
        own = row.seats.get(user_id=ratih.user_id)
        conferences.hold_conference(
            conference_id=row.id, attended=[own.id], expected_version=1, by=ratih, at=at
        )
        decision = conferences.decide(
            conference_id=row.id, words=DECISION_WORDS, seat_id=seat.id, as_desk=True,
            due_on=(at + timedelta(days=3)).date(), by=ratih, at=at,
        )  # fmt: skip
        proposal = conferences.receive_proposal(
            case_id=world.case_id, wish=conferences.Wish("disputed"),
            asking=(JATENG, world.cast.retno.user_id), by=ratih, at=at,
        )  # fmt: skip
        assert proposal is not None
    world.conference_id = row.id
    world.parts["proposal_id"] = proposal.id
    world.parts |= {"seat_id": seat.id, "share_id": share.id, "decision_id": decision.id}


def _take_a_report(world: World, at: datetime) -> None:
    joko = world.cast.joko
    with acting(joko):
        draft = reports.begin_report(by=joko, at=at)
        reports.begin_helping(
            report_id=draft.id, expected_version=draft.version, content=report_content(),
            by=joko, at=at,
        )  # fmt: skip
        _give_it_a_door(world, draft.id, at)
    world.report_id = draft.id


def _give_it_a_door(world: World, report_id: int, at: datetime) -> None:
    """What the public's door would add to it: a talk, a group, a file."""
    report = Report.objects.get(id=report_id)
    flock = Flock.objects.create(
        agency_id=SEMARANG, desk_id=INTAKE_DESK[SEMARANG], begun_at=at, latest_at=at,
        called_at=at, many=1,
    )  # fmt: skip
    DoorReport.objects.create(
        report=report, agency_id=SEMARANG, language="id", danger=False, flock=flock
    )
    file_id = new_id()
    key = vault.key_for(Owner("report", report.id), report.subject, DataClass.ACCOUNT)
    ReportFile.objects.create(
        id=file_id, agency_id=SEMARANG, report=report, at=at, media_type="application/pdf",
        size=9, scan="clean",
        content_sealed=vault.seal(key, report_queries.file_place(file_id), b"%PDF-1.4\n"),
    )  # fmt: skip
    world.parts |= {"flock": number_of("KL", flock.id), "file_id": file_id}


def report_content() -> ReportContent:
    """A telephone call about the survivor, whole enough to be received."""
    return ReportContent(
        channel="telepon", reporter_kind="tetangga", area="33.74", account=STORY,
        reporter=Reporter(name=REPORTER, phone=REPORTER_PHONE),
        about=About(name=FULL_NAME, called_name=CALLED, phone=PHONE, nik=NIK, place=ADDRESS),
        answers={"terkurung": ["ya"]},
    )  # fmt: skip


def _take_somebody_in(world: World, at: datetime) -> None:
    """A house in Semarang: the survivor stays there, another asks, a third is asked for."""
    ratih, laras, desk_id = world.cast.ratih, world.cast.laras, SERVICE_DESK[SEMARANG]
    with acting(laras):
        house = shelter.make_house(
            details=shelter.HouseDetails(desk_id, HOUSE_NAME, "rptc", 14, ("kdrt",)), by=laras,
            at=at,
        )  # fmt: skip
        shelter.write_place(
            house_id=house.id, place=HOUSE_PLACE, expected_version=0, by=laras, at=at
        )
        room = shelter.add_room(house_id=house.id, sex="P", group="adult", beds=3, by=laras, at=at)
        first, second, _third = room.beds.order_by("letter")
    with acting(ratih):
        asked = shelter.ask_in_house(
            case_id=world.case_id, desk_id=desk_id, criteria=["kdrt"], children=0, by=ratih, at=at
        )
        ground = world.scene.ground("hunian", valid_until=at + timedelta(days=30))
        basis = referrals.record_ground(case_id=world.case_id, ground=ground, by=ratih, at=at)
        request = referrals.send_referral(
            asked=world.scene.asked(basis, desk_id=desk_id), token=uuid4(), uncovered_ok=True,
            by=ratih, at=at,
        )  # fmt: skip
    with acting(laras):
        checked = shelter.check_conflict(
            admission_id=asked.id, expected_version=asked.version, conflict="none", by=laras, at=at
        )
        placed = shelter.place(
            admission_id=asked.id, house_id=house.id, expected_version=checked.version,
            people=[shelter.Person("P", "adult", first.id)], willing=True, criteria=["kdrt"],
            by=laras, at=at,
        )  # fmt: skip
        note = shelter.write_note(admission_id=placed.id, body=HOUSE_NOTE, by=laras, at=at)
        shelter.ask_extension(
            admission_id=placed.id, days=7, reason="health", by=laras, at=at,
            expected_version=placed.version,
        )  # fmt: skip
    world.stay_id = placed.id
    world.parts |= {
        "house_id": house.id, "room_id": room.id, "bed_id": second.id, "day_note_id": note.id,
        "packet": referral_queries.packet_number(request.id),
    }  # fmt: skip


def _give_her_a_code(world: World, at: datetime) -> None:
    """Her companion gave her a code, and she wrote by it."""
    ratih = world.cast.ratih
    with acting(ratih):
        person = people_queries.get_survivor(ratih, world.case_id)
        given = tidings.give_code(
            case_id=world.case_id, person_id=person.id, language="id", shows="details",
            ends_on=(at + timedelta(days=90)).date(), by=ratih, at=at,
        )  # fmt: skip
    found = tidings.find_line(code=given.code, digest=longcode.digest(given.code), at=at)
    assert found is not None
    tidings.write_by_code(pointer=found, text=TIDINGS_WORDS, token=uuid4(), at=at)
    world.parts["line_id"] = given.line.id


def _borrow(world: World, at: datetime) -> None:
    """A colleague who does not carry the file borrowed it; a supervisor asked for the address."""
    nining, wahyuni = world.cast.nining, world.cast.wahyuni
    with acting(nining):
        grant = emergency.open_emergency(
            number=world.case_number, reason="before_me", words=BORROWED_WORDS, minutes=30,
            area="33.74", by=nining, at=at,
        )  # fmt: skip
    with acting(wahyuni):
        shelter.ask_place(house_id=world.parts["house_id"], reason="way", by=wahyuni, at=at)
        look = PlaceLook.objects.get(house_id=world.parts["house_id"])
    # Nobody is related, and nobody reads too much: those two are knocked at where nothing is.
    world.parts |= {
        "grant_id": grant.id, "look_id": look.id, "stop_id": _NOBODY, "relation_id": _NOBODY,
    }  # fmt: skip


def _offers_shelter(desk_id: int) -> None:
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) select %s, %s, 'hunian', '', 0, 200, false, true where not "
            "exists (select 1 from network_deskservice where desk_id = %s)",
            [SEMARANG, desk_id, desk_id],
        )


def _send_somebody_home(world: World, at: datetime) -> None:
    """Ratih's group of one: a leg to Kupang, accepted there, and minutes that one end signed."""
    ratih, melki = world.cast.ratih, world.cast.melki
    stretch = repatriation.Stretch(
        DESK, "pemulangan", "sea", at + timedelta(hours=4), at + timedelta(hours=30),
        repatriation_queries.LegWords(MEETING_POINT, ""),
    )  # fmt: skip
    asking = repatriation.Asking("Mohon diterima", "Ratih, lewat aplikasi", why="Pulang bersama.")
    with acting(ratih):
        group = repatriation.open_group(
            arrival=repatriation.Arrival("Kapal Uji", "bp3mi", "33.74", at), by=ratih, at=at
        )
        person = repatriation.add_returnee(
            group_id=group.id, case_id=world.case_id, by=ratih, at=at,
            facts=repatriation.Facts(origin_area="53.71", clearance="not_needed"),
        )  # fmt: skip
        journey = repatriation.plan_journey(group_id=group.id, label="Ke NTT", by=ratih, at=at)
        leg = repatriation.plan_leg(
            journey_id=journey.id, returnee_ids=[person.id], stretch=stretch, by=ratih, at=at
        )
        repatriation.ask_desk(leg_id=leg.id, asking=asking, by=ratih, at=at, uncovered_ok=True)
        (traveller,) = repatriation_queries.list_travellers(leg)
    with acting(melki):
        repatriation.answer_leg(
            leg_id=leg.id, decisions={traveller.id: repatriation.Decision("accept")}, by=melki,
            at=at,
        )  # fmt: skip
    with acting(ratih):
        minutes = repatriation.write_minutes(
            leg_id=leg.id, token=uuid4(), by=ratih, at=at,
            minutes=repatriation.Minutes("Dermaga", at, [repatriation.Item(traveller.id, True)]),
            mark=repatriation.Mark("drawn", at, "M10 10L20 20"),
        )  # fmt: skip
        held = repatriation_queries.live_hold(person)
        repatriation.ask_clearance(
            returnee_ids=[person.id], agency_id=melki.agency_id, words="LP 12", by=ratih, at=at
        )
    with acting(melki):
        (asked,) = repatriation_queries.list_clearances(melki)
    assert held is not None
    world.group_id = group.id
    world.parts |= {
        "returnee_id": person.id, "leg": repatriation_queries.leg_number(leg.id),
        "handover_id": minutes.id, "hold_id": held.id, "journey_id": journey.id,
        "clearance_id": asked.row.id,
    }  # fmt: skip


def _ask_about_her_data(world: World, at: datetime) -> None:
    """She wants to see what is kept; the other case is held for a court, and none is erased."""
    joko, bagas = world.cast.joko, world.cast.bagas
    asking = rights.Asking(
        case_id=world.case_id, kind="access", asked_by="herself", manner="phone", token=uuid4(),
        received_at=at, words=ASKED_WORDS,
    )  # fmt: skip
    with acting(joko):
        world.right_id = rights.receive_request(asking=asking, by=joko, at=at).id
    with acting(bagas):
        held = rights.set_hold(
            case_id=world.other_case_id, reason="persidangan", reference_number="PN 7/2026",
            by=bagas, at=at,
        )  # fmt: skip
    world.parts |= {"legal_hold_id": held.id, "erasure_id": UUID(int=0)}


def _ask_for_an_export(world: World, at: datetime) -> None:
    """Sinta registers an office, Wahyuni confirms it and asks for a table; nobody has made it."""
    sinta, wahyuni = world.cast.sinta, world.cast.wahyuni
    new = exchange.NewRecipient(
        OFFICE, str(pyrage.x25519.Identity.generate().to_public()), "Laporan bulanan", "own", "",
        uuid4(),
    )  # fmt: skip
    with acting(sinta):
        office = exchange.add_recipient(new=new, by=sinta, at=at)
    with acting(wahyuni):
        exchange.confirm_recipient(recipient_id=office.id, compared=True, by=wahyuni, at=at)
        asking = exchange.Asking(
            "xlsx", ("number", "state"), export_queries.Narrowed(), office.id, "evaluasi", "id",
            uuid4(),
        )  # fmt: skip
        world.export_id = exchange.ask_export(asking=asking, by=wahyuni, at=at).id
    world.parts["recipient_id"] = office.id


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
