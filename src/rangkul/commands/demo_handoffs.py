"""The demonstration's hand-offs: asked, answered, served and late, as both desks would do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from rangkul.cases import operations as cases
from rangkul.consent.deciding import Deciding
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.consent.queries import BasisWords
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network.models import Desk
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds, queries
from rangkul.referrals import operations as referrals
from rangkul.referrals.operations import Asked
from rangkul.referrals.packet import Draft

_CONSENT = timedelta(days=90)
_CHILD = BasisWords(
    best_interest="Dibicarakan dengan anak dan tantenya; layanan ini yang paling membantunya kini.",
    child_view="Aku mau, asal ditemani.",
)


@dataclass(slots=True)
class Told:
    """A case of the demonstration as it stands: whose it is, and its needs by service."""

    case_id: int
    companion: Actor
    is_child: bool
    needs: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What happened so many hours ago: the receiver's act, or the sender's reply."""

    hours_ago: float
    act: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request: of which case, for what, to whom; ``need`` is stated first where it is new."""

    case: str
    service: str
    desk: str
    receiver: str
    hours_ago: float
    asked: str
    need: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    then: tuple[Step, ...] = ()


_SCHOOL, _MOTHER, _PHOTO = "sekolah, kelas delapan", "ibu dua anak", "ancaman foto"
_CREW, _MAID = "awak kapal", "pekerja rumah tangga"

HANDOFFS: Sequence[Handoff] = (
    # Within Palangka Raya.
    Handoff(
        _SCHOOL, "medis", "pkm-pahandut.ktpa", "dr.hasan", 3.5,
        "Periksa lengan yang memar; ia datang bersama tantenya.",
        facts={"complaint": "Memar dan nyeri di lengan kiri sejak kemarin."},
        then=(Step(3.2, "accept"), Step(2, "contact")),
    ),
    Handoff(
        _SCHOOL, "hunian", "rptc-kalteng.hunian", "lusi", 1.5,
        "Tempat aman mulai malam ini bila rumah tantenya tidak bisa.",
        then=(Step(0.8, "ask", "Bolehkah tantenya ikut menginap malam pertama?"),),
    ),
    Handoff(
        _MOTHER, "medis", "pkm-pahandut.ktpa", "dr.hasan", 50, "Periksa luka sesudah dipukul.",
        need="Luka diperiksa tanpa ditanya-tanya lagi",
        facts={"complaint": "Lebam di bahu dan pelipis, pusing."},
        then=(
            Step(49.5, "accept"), Step(48, "contact"),
            Step(46, "done", "Sudah diperiksa dan diobati; kontrol bila pusing berlanjut."),
        ),
    ),
    Handoff(
        _MOTHER, "hunian", "rptc-kalteng.hunian", "lusi", 47, "Kamar untuk ibu dan dua anak.",
        then=(Step(46, "decline", "penuh"),),
    ),
    Handoff(
        _MOTHER, "bantuan_hukum", "lbh-palangkaraya.konsultasi", "tomi", 44,
        "Penjelasan hak asuh dan langkah perlindungan.",
        then=(
            Step(40, "ask", "Apakah sudah ada buku nikah dan akta anak?"),
            Step(30, "reply", "Ada, disimpan di rumah ibunya; bisa dibawa saat bertemu."),
            Step(26, "accept"), Step(4, "contact"),
        ),
    ),
    Handoff(
        _PHOTO, "polisi", "polresta-palangkaraya.ppa", "aipda.rina", 30,
        "Laporan ancaman penyebaran foto; bukti pesan tersimpan.",
    ),
    Handoff(
        _PHOTO, "bantuan_hukum", "lbh-palangkaraya.konsultasi", "tomi", 3,
        "Menemani saat membuat laporan.", need="Ada yang menemani waktu melapor",
    ),
    # Between provinces.
    Handoff(
        _CREW, "hunian", "rps-dki.hunian", "rangga", 28, "Tempat tinggal sampai berangkat pulang.",
        need="Tidur tenang dulu", then=(Step(27.5, "accept"), Step(27, "contact")),
    ),
    Handoff(
        _CREW, "medis", "rscm.pkt", "dr.laras", 26, "Periksa tangan kanan.",
        facts={"complaint": "Tangan kanan bengkak, sulit menggenggam."},
        then=(Step(25.5, "accept"), Step(22, "contact"), Step(20, "done")),
    ),
    Handoff(
        _CREW, "polisi", "polda-metro.tppo", "tirta", 24, "Paspor ditahan agen; mohon diambilkan.",
        then=(Step(21, "accept"),),
    ),
    Handoff(
        _CREW, "pemulangan", "bp3mi-ntt.pemulangan", "damar", 6,
        "Menjemput di Kupang dan mengantar sampai kabupaten.",
    ),
    Handoff(
        _CREW, "layanan_asal", "dinsos-ntt.rehsos", "yohana", 5,
        "Pendampingan di kampung sesudah pulang; hubungi keluarga hanya lewat pendamping.",
        need="Ada yang menunggu di rumah selain penagih utang",
    ),
    Handoff(
        _CREW, "ekonomi", "dinsos-tts.pendampingan", "simeon", 22, "Modal awal sesudah pulang.",
        need="Bisa bekerja lagi di darat", then=(Step(12, "accept"),),
    ),
    Handoff(
        _MAID, "lpsk", "lpsk.permohonan", "galih", 200, "Permohonan restitusi upah yang ditahan.",
        need="Upah dua tahun dibayar", then=(Step(180, "accept"), Step(150, "contact")),
    ),
    Handoff(
        _MAID, "psikologi", "uptd-ppa-palangkaraya.pendampingan", "psi.kirana", 7,
        "Anaknya tinggal bersama nenek di Palangka Raya dan sering terbangun malam.",
        need="Anakku bisa tidur lagi",
    ),
)  # fmt: skip


def load(told: Mapping[str, Told], actors: Mapping[str, Actor], *, now: datetime) -> None:
    """Send and answer every hand-off, the oldest first, each side under its own scope."""
    desks = dict(Desk.objects.filter(code__in={h.desk for h in HANDOFFS}).values_list("code", "id"))
    for handoff in sorted(HANDOFFS, key=lambda each: -each.hours_ago):
        case = told[handoff.case]
        request_id = _send(handoff, case, desks[handoff.desk], now)
        for step in handoff.then:
            at = now - timedelta(hours=step.hours_ago)
            if step.act == "reply":
                _reply(request_id, step, case.companion, at)
            else:
                _answer(request_id, step, actors[handoff.receiver], at)
                with acting(case.companion):
                    referrals.take_up_answer(request_id=request_id, by=case.companion, at=at)
    _call_others(told[_PHOTO], desks["polda-metro.tppo"], now)
    _plan_ahead(told[_MAID], now)
    _hand_over(told, actors, now)


def _call_others(case: Told, desk_id: int, now: datetime) -> None:
    """The police desk has let its deadline pass: others are called, without a packet."""
    with acting(case.companion):
        silent = next(
            request.id
            for _end, request in queries.list_case(case.companion, case.case_id)
            if request.service == "polisi" and request.state == "sent"
        )
        referrals.pass_on(request_id=silent, by=case.companion, at=now - timedelta(hours=2))
        referrals.call_desks(
            request_id=silent, desk_ids=[desk_id], by=case.companion, at=now - timedelta(hours=1)
        )


def _plan_ahead(case: Told, now: datetime) -> None:
    """First the doctor, and only then the psychologist: the second waits for the first."""
    at = now - timedelta(hours=4)
    desk_id = Desk.objects.get(code="rscm.pkt").id
    steps: list[referrals.Step] = []
    with acting(case.companion):
        for service, need, asked in (
            ("medis", "Diperiksa dulu, badan sakit semua", "Pemeriksaan menyeluruh."),
            ("psikologi", "Bicara pelan-pelan sesudahnya", "Pendampingan setelah pemeriksaan."),
        ):
            need_id = cases.state_need(
                case_id=case.case_id, words=need, service=service, urgency="perlu",
                by=case.companion, at=at,
            ).id  # fmt: skip
            ground = _consent(service, case, at)
            basis = referrals.record_ground(
                case_id=case.case_id, ground=ground, by=case.companion, at=at
            )
            draft = Draft(asked=asked, reach="Pendamping, lewat Rangkul atau meja kami")
            steps.append(
                referrals.Step(
                    Asked(case.case_id, desk_id, basis.id, draft, need_id),
                    after=len(steps) - 1 if steps else None, uncovered_ok=True,
                )
            )  # fmt: skip
        referrals.send_plan(steps=steps, token=uuid4(), by=case.companion, at=at)


# Case, who offers it, the desk, hours ago, why, the words, and the answer (reason) of whom.
_OFFERS = (
    (_MAID, "sekar", "uptd-ppa-palangkaraya.pendampingan", 90, "lives_there",
     "Akan tinggal di rumah ibunya; anaknya sudah di sana.", ("dewi", "other_area")),
    ("mahasiswa", "dewi", "dinsos-dki.rehsos", 20, "lives_there",
     "Mulai kuliah di Jakarta bulan depan; masih perlu tempat tinggal.", None),
    (_CREW, "sekar", "dinsos-ntt.rehsos", 3, "competence",
     "Pemulangan sudah diminta; pendampingan di kampung menjadi tugas dinas asal.", None),
)  # fmt: skip


def _hand_over(told: Mapping[str, Told], actors: Mapping[str, Actor], now: datetime) -> None:
    """Cases offered to other agencies: one declined, two that wait for an answer."""
    for label, giver, desk, hours, reason, words, answer in _OFFERS:
        case, by, at = told[label], actors[giver], now - timedelta(hours=hours)
        desk_id = Desk.objects.get(code=desk).id
        ground = Ground(
            letter="a", service=HANDING_OVER, levels={}, manner="lisan", told_how="dibacakan",
            valid_until=at + _CONSENT, recipient_desk_id=desk_id, **_decided(case),
        )  # fmt: skip
        offer = referrals.Offer(case.case_id, desk_id, reason, words, ground)
        with acting(by):
            transfer = referrals.offer_transfer(offer=offer, by=by, at=at)
        if answer is None:
            continue
        who, why = actors[answer[0]], answer[1]
        later = at + timedelta(hours=5)
        with acting(who):
            referrals.decline_transfer(
                transfer_id=transfer.id, reason=why, expected_version=1, by=who, at=later
            )
        with acting(by):
            referrals.take_up_refusal(transfer_id=transfer.id, by=by, at=later)


def _consent(service: str, case: Told, at: datetime) -> Ground:
    """Her consent to one service at its full ceiling."""
    return Ground(
        letter="a", service=service, manner="lisan", told_how="dibacakan",
        understood=("siapa", "apa", "cabut"), **_decided(case),
        levels=grounds.stored(ceilings.ceiling_for(ServiceCode(service))),
        valid_until=at + _CONSENT,
    )  # fmt: skip


def _decided(case: Told) -> dict[str, Any]:
    """Who agreed: a grown survivor herself; for a child her mother, and the child was heard."""
    if not case.is_child:
        return {"given_by": "penyintas", "words": BasisWords()}
    heard = Deciding(relation="ibu", child_age=15, child_says="ya")
    return {"given_by": "wali", "words": _CHILD, "deciding": heard}


def _send(handoff: Handoff, case: Told, desk_id: int, now: datetime) -> int:
    sender, at = case.companion, now - timedelta(hours=handoff.hours_ago)
    with acting(sender):
        if handoff.need:
            case.needs[handoff.service] = cases.state_need(
                case_id=case.case_id, words=handoff.need, service=handoff.service,
                urgency="perlu", by=sender, at=at - timedelta(minutes=30),
            ).id  # fmt: skip
        basis = referrals.record_ground(
            case_id=case.case_id, ground=_consent(handoff.service, case, at), by=sender,
            at=at - timedelta(minutes=20),
        )  # fmt: skip
        draft = Draft(
            asked=handoff.asked, reach="Pendamping, lewat Rangkul atau meja kami",
            words=handoff.facts,
        )  # fmt: skip
        asked = Asked(
            case.case_id, desk_id, basis.id, draft, need_id=case.needs[handoff.service],
            from_desk_id=min(sender.desk_ids, default=None),
        )  # fmt: skip
        request = referrals.send_referral(
            asked=asked, token=uuid4(), by=sender, at=at, uncovered_ok=True
        )
        return request.id


def _reply(request_id: int, step: Step, by: Actor, at: datetime) -> None:
    with acting(by):
        version = queries.get_sent(by, request_id).version
        referrals.reply(
            request_id=request_id, words=step.words, expected_version=version, by=by, at=at
        )


def _answer(request_id: int, step: Step, by: Actor, at: datetime) -> None:
    with acting(by):
        if step.act != "decline":
            referrals.open_packet(request_id=request_id, by=by, at=at - timedelta(minutes=5))
        version = queries.get_received(by, request_id).version
        _ACTS[step.act](request_id, step, version, by, at)


def _accept(request_id: int, step: Step, version: int, by: Actor, at: datetime) -> None:
    referrals.answer(
        request_id=request_id, decision="accept", expected_version=version, by=by, at=at
    )


def _ask(request_id: int, step: Step, version: int, by: Actor, at: datetime) -> None:
    referrals.answer(
        request_id=request_id, decision="ask", words=step.words, expected_version=version, by=by,
        at=at,
    )  # fmt: skip


def _decline(request_id: int, step: Step, version: int, by: Actor, at: datetime) -> None:
    referrals.answer(
        request_id=request_id, decision="decline", reason=step.words, expected_version=version,
        by=by, at=at,
    )  # fmt: skip


def _contact(request_id: int, step: Step, version: int, by: Actor, at: datetime) -> None:
    referrals.first_contact(request_id=request_id, expected_version=version, by=by, at=at)


def _done(request_id: int, step: Step, version: int, by: Actor, at: datetime) -> None:
    referrals.report_outcome(
        request_id=request_id, result="done", outcome="served", words=step.words,
        expected_version=version, by=by, at=at,
    )  # fmt: skip


_ACTS: Mapping[str, Callable[[int, Step, int, Actor, datetime], None]] = {
    "accept": _accept, "ask": _ask, "decline": _decline, "contact": _contact, "done": _done,
}  # fmt: skip
