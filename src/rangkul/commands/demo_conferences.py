"""The demonstration's agreement and case conferences, entered by those who would have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from rangkul.cases import queries as cases
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.conferences import operations as conferences
from rangkul.conferences import queries
from rangkul.conferences.models import Conference, Seat
from rangkul.conferences.operations import AgendaEntry, Calling, Meeting, Showing
from rangkul.conferences.sharing import Line
from rangkul.consent.operations import Ground
from rangkul.consent.policy import CONFERENCE, SERVICE
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import operations as network
from rangkul.network import queries as directory
from rangkul.network.agreements import Limit, Member, Terms
from rangkul.network.operations import AgreementDetails
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds
from rangkul.referrals import operations as referrals

_HOUR = timedelta(hours=1)
_GUESTS = ("dr.hasan", "aipda.rina", "psi.kirana")


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """An agreement that ends soon, a conference that was held, and one to be answered."""
    people = {person.entry.username: person for person in staff}
    actors = {
        name: actor
        for name, person in people.items()
        if (actor := directory.get_live_actor(user_id=person.user_id, agency_id=person.agency_id))
    }
    _agree(actors["admin.palangkaraya"], people, now)
    _held(actors, people, now)
    _coming(actors, people, now)
    _proposed(actors, now)


def _proposed(actors: Mapping[str, Actor], now: datetime) -> None:
    """The province's coordinator, who was told a number, asks for a conference about it."""
    holder, coordinator = actors["dewi"], actors["koor.kalteng"]
    with acting(holder):
        conferences.receive_proposal(
            case_id=_case(actors["tiara"], "ancaman foto"),
            wish=conferences.Wish("stands_still", (now + timedelta(days=6)).date()),
            asking=(coordinator.agency_id, coordinator.user_id), by=holder,
            at=now - 5 * _HOUR,
        )  # fmt: skip


def _agree(admin: Actor, people: Mapping[str, LoadedStaff], now: datetime) -> None:
    partners = {people[name].agency_id for name in _GUESTS} - {admin.agency_id}
    details = AgreementDetails(
        title="PKS layanan kesehatan dan penegakan hukum bagi korban, Kota Palangka Raya",
        kind="bilateral", paper_number="07/PKS/2025", since=(now - timedelta(days=325)).date(),
        until=(now + timedelta(days=40)).date(), source="PKS 07/2025 pasal 4 dan 6 (rekaan)",
        members=(
            Member(agency_id=admin.agency_id),
            *(Member(agency_id=agency) for agency in sorted(partners)),
        ),
        terms=(
            Terms("medis", payer="free", accept=Limit(1), contact=Limit(12)),
            Terms("visum", payer="receiver", accept=Limit(1), contact=Limit(6), fallback=True),
            Terms("polisi", payer="free", accept=Limit(6), outcome=Limit(14, "working_days")),
        ),
    )  # fmt: skip
    with acting(admin):
        network.enter_agreement(details=details, by=admin, at=now - timedelta(days=320))


def _case(actor: Actor, label: str) -> int:
    with acting(actor):
        return next(
            file.case_id for file in cases.list_files(actor).covers if file.work_label == label
        )


def _call(lead: Actor, case_id: int, meeting: Meeting, agenda: Sequence[AgendaEntry], *,
          desks: Sequence[int | None], at: datetime) -> tuple[Conference, list[Seat]]:  # fmt: skip
    calling = Calling((case_id,), meeting, tuple(agenda))
    with acting(lead):
        row = conferences.call_conference(calling=calling, by=lead, at=at)
        seats = [
            conferences.offer_seat(conference_id=row.id, desk_id=desk, by=lead, at=at)
            for desk in desks
            if desk is not None
        ]
    return row, seats


def _consent(lead: Actor, case_id: int, service: ServiceCode, at: datetime) -> UUID:
    ground = Ground(
        letter="a", service=str(service), given_by="penyintas", manner="lisan",
        levels=grounds.stored(ceilings.ceiling_for(service)),
        valid_until=at + timedelta(days=90), purposes=(SERVICE, CONFERENCE),
        told_how="dibacakan", understood=("siapa", "apa", "cabut"),
    )  # fmt: skip
    with acting(lead):
        return referrals.record_ground(case_id=case_id, ground=ground, by=lead, at=at).id


def _held(actors: Mapping[str, Actor], people: Mapping[str, LoadedStaff], now: datetime) -> None:
    lead, doctor, officer = actors["tiara"], actors["dr.hasan"], actors["aipda.rina"]
    case_id = _case(lead, "ibu dua anak")
    called, began = now - 26 * _HOUR, now - 3 * _HOUR
    row, seats = _call(
        lead, case_id,
        Meeting("Rencana aman seorang ibu dan dua anak", began, "place", 90, "Ruang rapat UPTD"),
        (
            AgendaEntry("danger", "Bahaya setelah pelaku tahu ia melapor"),
            AgendaEntry("services", "Siapa memeriksa, siapa menemani ke pemeriksaan"),
            AgendaEntry("child", "Sekolah kedua anak minggu ini"),
        ),
        desks=[people[name].desk_id for name in _GUESTS[:2]], at=called,
    )  # fmt: skip
    for guest, seat in zip((doctor, officer), seats, strict=True):
        with acting(guest):
            conferences.answer_seat(
                seat_id=seat.id, decision="accept", by=guest, at=called + 2 * _HOUR
            )
    showing = Showing(
        row.id, doctor.agency_id, case_id, _consent(lead, case_id, ServiceCode.MEDIS, called),
        (Line("H", 1, "Lebam di lengan dan bahu, sudah diperiksa sekali; nyeri bila mengangkat."),),
    )  # fmt: skip
    with acting(lead):
        seen = conferences.preview_share(showing=showing, by=lead, at=called + 3 * _HOUR)
        conferences.share_facts(showing=showing, seen=seen.digest, by=lead, at=called + 3 * _HOUR)
        own = queries.view(lead, row.id).seats[0].seat
        conferences.hold_conference(
            conference_id=row.id, attended=[own.id, *(seat.id for seat in seats)],
            expected_version=row.version, by=lead, at=now - 2 * _HOUR,
        )  # fmt: skip
        for words, seat, days in (
            ("Pemeriksaan ulang lengan dan bahu, di jam yang ia pilih", seats[0], 2),
            ("Patroli lewat rumah ibunya pada sore hari selama dua minggu", seats[1], 1),
            ("Bicara dengan guru kelas kedua anak", own, 3),
        ):
            decision = conferences.decide(
                conference_id=row.id, words=words, seat_id=seat.id, by=lead, at=now - _HOUR,
                due_on=(now + timedelta(days=days)).date(),
            )  # fmt: skip
            if seat is own:
                conferences.take_up_decision(decision_id=decision.id, by=lead, at=now - _HOUR)


def _coming(actors: Mapping[str, Actor], people: Mapping[str, LoadedStaff], now: datetime) -> None:
    lead = actors["tiara"]
    _call(
        lead, _case(lead, "sekolah, kelas delapan"),
        Meeting("Tetap sekolah dan tidur dengan tenang", now + 22 * _HOUR, "online", 60, "",
                "Ruang daring dinas, kode lewat telepon"),
        (
            AgendaEntry("child", "Pendapat anak: apa yang ia mau lebih dulu"),
            AgendaEntry("services", "Psikolog sekolah atau puskesmas"),
        ),
        desks=[people[name].desk_id for name in ("psi.kirana", "dr.hasan")], at=now - 2 * _HOUR,
    )  # fmt: skip
