"""The demonstration's cases, told as data and made by the operations of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from rangkul.assessments import rk01_triase
from rangkul.cases import operations as cases
from rangkul.clocks import operations as clocks
from rangkul.commands import demo_handoffs
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.commands.demo_handoffs import Told
from rangkul.commands.synth.names import NameGenerator, Sex
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.people.identity import Contact, Identity, Location
from rangkul.reports import operations as reports
from rangkul.reports.content import About, ReportContent, Reporter

_SEED = 2026

CALM = {
    "bahaya_kini": ["tidak"], "luka": ["tidak"], "senjata": ["tidak"], "cekik": ["tidak"],
    "ancam_bunuh": ["tidak"], "terkurung": ["tidak"], "bunuh_diri": ["tidak"],
    "tinggal_pelaku": ["tidak"], "meningkat": ["tidak"], "anak_ada": ["tidak"], "takut": ["1"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """One invented case: who takes it, who carries it, what is known, how long ago."""

    intake: str
    companion: str
    hours_ago: float
    channel: str
    reporter: str
    account: str
    area: str
    sex: str
    born: int
    categories: tuple[str, ...]
    kinds: tuple[str, ...]
    answers: dict[str, list[str]]
    label: str = ""
    province: str = "62"
    bans: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("ind",)
    needs: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[tuple[float, str, str], ...] = ()
    origin: str = ""
    transit: tuple[str, ...] = ()


_PALANGKA = "62.71"
_JAKARTA = "31.71"

STORIES: Sequence[Story] = (
    Story(
        "mega", "tiara", 5, "sekolah", "guru",
        "Guru BK melihat memar di lengan siswi kelas delapan. Ia takut pulang; di rumah ada ayah "
        "tiri yang sering marah.",
        _PALANGKA, "P", 2012, ("ktk",), ("fisik", "psikis"),
        CALM | {"tinggal_pelaku": ["ya"], "anak_ada": ["ya"], "meningkat": ["ya"], "takut": ["3"]},
        label="sekolah, kelas delapan", bans=("telepon", "hubungi_keluarga"),
        needs=(
            ("Merasa aman malam ini", "hunian", "mendesak"),
            ("Luka di lengan diperiksa", "medis", "mendesak"),
            ("Tetap bisa sekolah", "sekolah", "perlu"),
        ),
        notes=((3, "visit", ("Bertemu di ruang BK bersama guru yang ia percaya. Mau makan, banyak "
                "diam. Ia memilih ditemani tantenya malam ini.")),),
    ),
    Story(
        "mega", "tiara", 52, "datang_langsung", "korban",
        "Datang sendiri setelah dipukul suami tadi malam. Dua anak dititipkan pada ibunya.",
        _PALANGKA, "P", 1991, ("ktk",), ("fisik", "psikis"),
        CALM | {"luka": ["ya"], "berpisah": ["ya"], "pelaku_tahu": ["ya"], "takut": ["3"]},
        label="ibu dua anak", bans=("sebut_lembaga",),
        needs=(
            ("Tidak mau bertemu dia dulu", "hunian", "perlu"),
            ("Ingin tahu haknya atas anak", "bantuan_hukum", "perlu"),
        ),
        notes=(
            (40, "note", ("Visum sudah selesai, surat ada di penyidik. Anak-anak sehat di rumah "
             "neneknya.")),
            (20, "call", "Lewat telepon di jam aman. Bisa tidur, masih cemas soal sekolah anak."),
        ),
    ),
    Story(
        "mega", "arif", 130, "whatsapp", "tetangga",
        "Tetangga mendengar teriakan beberapa malam. Laki-laki muda tinggal dengan pamannya.",
        _PALANGKA, "L", 2004, ("ktk",), ("fisik",), CALM | {"tinggal_pelaku": ["ya"]},
        label="mahasiswa", needs=(("Punya tempat tinggal lain", "psikososial", "perlu"),),
    ),
    Story(
        "mega", "tiara", 700, "sapa_129", "korban",
        "Pesan dan ancaman menyebarkan foto dari mantan pacar.",
        _PALANGKA, "P", 2001, ("ktk",), ("seksual", "psikis"), CALM | {"menguntit": ["ya"]},
        label="ancaman foto", bans=("pesan",),
        needs=(("Fotonya dihapus", "polisi", "perlu"), ("Bisa tidur lagi", "psikologi", "perlu")),
        notes=((600, "note", "Bukti pesan disimpan. Ia ingin melapor setelah ujian."),),
    ),
    Story(
        "intan", "bayu", 30, "polisi", "lembaga",
        "Ditemukan di penampungan dekat pelabuhan. Dijanjikan kerja di kapal di luar negeri, agen "
        "bilang surat izin keluarga tidak perlu, paspor jadi tiga hari. Enam bulan belum dibayar.",
        _JAKARTA, "L", 1998, ("kpo",), ("eksploitasi", "trafficking"),
        CALM | {
            "terkurung": ["ya"], "sindikat": ["ya"], "takut": ["2"],
            "tanda_tppo": ["dijanjikan_kerja", "dokumen_ditahan", "tanpa_upah", "utang"],
        },
        label="awak kapal", province="53", languages=("ind", "tet"), bans=("hubungi_keluarga",),
        flags=("sindikat",), origin="53.02", transit=("31.72",),
        needs=(
            ("Mau pulang, tapi tidak dengan tangan kosong", "pemulangan", "perlu"),
            ("Paspor kembali", "polisi", "mendesak"),
            ("Sakit di tangan diperiksa", "medis", "mendesak"),
        ),
        notes=((20, "visit", ("Makan dan istirahat dulu. Setelah itu baru bicara, dengan juru "
                "bahasa Tetun lewat telepon.")),),
    ),
    Story(
        "intan", "bayu", 260, "perwakilan", "perwakilan",
        "Dikirim perwakilan RI: bekerja di rumah tangga tanpa hari libur, paspor dipegang majikan.",
        _JAKARTA, "P", 1995, ("kpo", "ktk"), ("eksploitasi", "psikis"),
        CALM | {"berpisah": ["ya"], "tanda_tppo": ["dokumen_ditahan", "tak_bisa_pergi"]},
        label="pekerja rumah tangga", province="52", origin="52.03",
        needs=(("Kabar untuk anaknya di rumah", "psikososial", "perlu"),),
    ),
)  # fmt: skip

WAITING: Sequence[tuple[str, float, str, str, str, dict[str, list[str]]]] = (
    ("mega", 0.4, "telepon", "anonim",
     "Penelepon berbisik: ada perempuan dikunci di kamar kos, terdengar menangis.",
     {"terkurung": ["ya"], "bahaya_kini": ["belum_tahu"]}),
    ("mega", 9, "desa", "aparat_desa",
     "Kader PKK: seorang nenek ditelantarkan anaknya, makan dari tetangga.", CALM),
    ("intan", 2, "situs_publik", "keluarga",
     "Adik ditawari kerja di kafe luar negeri, berangkat minggu depan dengan visa wisata.",
     {"tanda_tppo": ["dijanjikan_kerja"], "bahaya_kini": ["tidak"]}),
)  # fmt: skip


REPORTER = "bu.norma"
# What the registered reporter sent: hours ago, in her words, and who has taken it in hand.
SENT_IN: Sequence[tuple[float, str, str]] = (
    (27, "Siswa kelas tujuh sering tidak masuk; kata temannya ia disuruh bekerja malam.", "mega"),
    (1.2, "Siswi kelas sembilan menangis di UKS. Ia berkata tidak berani pulang nanti sore.", ""),
)


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """Make every case and the waiting reports, oldest first, each under its own people's scope."""
    generator = NameGenerator(_SEED)
    actors = _actors(staff)
    told = {
        story.label: _tell(story, actors, generator, now)
        for story in sorted(STORIES, key=lambda s: -s.hours_ago)
    }
    demo_handoffs.load(told, actors, now=now)
    for intake, hours, channel, reporter, account, answers in WAITING:
        at = now - timedelta(hours=hours)
        with acting(actors[intake]):
            _receive(actors[intake], at, _content(
                channel, reporter, account, _area_of(intake), answers, About(), at))  # fmt: skip
    for hours, account, taker in SENT_IN:
        _send_in(actors[REPORTER], account, actors.get(taker), now - timedelta(hours=hours))


def _area_of(intake: str) -> str:
    return _JAKARTA if intake == "intan" else _PALANGKA


def _actors(staff: Sequence[LoadedStaff]) -> dict[str, Actor]:
    found = {}
    for person in staff:
        actor = network.get_live_actor(user_id=person.user_id, agency_id=person.agency_id)
        if actor is not None:
            found[person.entry.username] = actor
    return found


def _send_in(reporter: Actor, account: str, taker: Actor | None, at: datetime) -> None:
    """As the form of the registered reporter does it; the desk is found by the place."""
    content = ReportContent(
        channel="sekolah", reporter_kind="guru", account=account, area=_PALANGKA,
        answers={"bahaya_kini": ["tidak"]},
        reporter=Reporter(relation="guru BK", phone="lewat ruang BK, pukul 9.00–13.00"),
    )  # fmt: skip
    with acting(reporter):
        report_id = reports.send_report(content=content, token=uuid4(), by=reporter, at=at)
    if taker is not None:
        with acting(taker):
            reports.take_in_hand(report_id=report_id, by=taker, at=at + timedelta(minutes=25))


def _tell(story: Story, actors: dict[str, Actor], generator: NameGenerator, now: datetime) -> Told:
    intake, companion = actors[story.intake], actors[story.companion]
    at = now - timedelta(hours=story.hours_ago)
    sex: Sex = "P" if story.sex == "P" else "L"
    name = generator.person(sex, story.province)
    born = date(story.born, 5, 17)
    about = About(
        name=name.full, called_name=name.called, phone=generator.phone(), sex=story.sex,
        age=at.year - story.born,
    )  # fmt: skip
    content = _content(
        story.channel, story.reporter, story.account, story.area, story.answers, about, at
    )
    with acting(intake):
        report_id = _receive(intake, at, content)
        reports.take_in_hand(report_id=report_id, by=intake, at=at + timedelta(minutes=4))
        file = reports.open_case(
            report_id=report_id, by=intake, at=at + timedelta(minutes=20),
            opening=cases.Opening(
                area=story.area, categories=story.categories, violence_kinds=story.kinds,
                triage=rk01_triase.read_triage(story.answers), sex=story.sex,
                birth_year=story.born, flags=story.flags, languages=story.languages,
                work_label=story.label, contact_bans=story.bans, account=story.account,
                reported_at=at, desk_id=min(companion.desk_ids, default=None),
                companion_id=companion.user_id,
                identity=Identity(
                    full_name=name.full, called_name=name.called,
                    birth_date=born, nik=generator.nik(sex, born),
                ),
                contact=Contact(phone=about.phone, how="WhatsApp, pukul 10.00–14.00"),
                location=Location(area=story.origin or story.area),
                incident=cases.IncidentFacts(
                    happened_from=(at - timedelta(days=2)).date(), area=story.area,
                    origin_area=story.origin, transit_areas=story.transit,
                ),
            ),
        )  # fmt: skip
    told = Told(file.case_id, companion, is_child=at.year - story.born < 18)
    with acting(companion):
        for words, service, urgency in story.needs:
            told.needs[service] = cases.state_need(
                case_id=file.case_id, words=words, service=service, urgency=urgency,
                by=companion, at=at + timedelta(hours=1),
            ).id  # fmt: skip
        if story.hours_ago > 24:
            done = ["assessment_begun", "triage_unknown_again"]
            done += ["assessment_completed"] if story.hours_ago > 120 else []
            clocks.meet(
                subject_kind="case", subject_id=file.case_id, by=companion,
                at=at + timedelta(hours=20), procedures=done,
            )  # fmt: skip
        for hours, kind, body in story.notes:
            cases.write_note(
                case_id=file.case_id, body=body, kind=kind, by=companion,
                at=now - timedelta(hours=hours),
            )  # fmt: skip
    return told


def _receive(intake: Actor, at: datetime, content: ReportContent) -> int:
    draft = reports.begin_report(by=intake, at=at - timedelta(minutes=6))
    report = reports.receive_report(
        report_id=draft.id, expected_version=draft.version, content=content, by=intake, at=at
    )
    return report.id


def _content(
    channel: str, reporter: str, account: str, area: str, answers: dict[str, list[str]],
    about: About, at: datetime,
) -> ReportContent:  # fmt: skip
    return ReportContent(
        channel=channel, reporter_kind=reporter, account=account, area=area, answers=answers,
        about=about, reporter=Reporter(relation=reporter), reported_at=at - timedelta(minutes=5),
        happened_on=(at - timedelta(days=1)).date(),
    )  # fmt: skip
