"""The one list of services that a desk can be asked for, with a column to every other list in use.

Fifteen services (packets-and-roles, section 13). Codes are stable and never reused; labels may
change. Where another list has no seat for one of ours, the nearest is chosen and the choice is
ours: such columns serve counting and export, never a decision about a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

Mark = Literal["law", "src", "local", "unverified"]
"""How well a rule is founded: read in the law, read in a source, a local rule, from memory."""


class ServiceCode(StrEnum):
    """The stable code of each service."""

    MEDIS = "medis"
    VISUM = "visum"
    PSIKOLOGI = "psikologi"
    PSIKOSOSIAL = "psikososial"
    HUNIAN = "hunian"
    BANTUAN_HUKUM = "bantuan_hukum"
    POLISI = "polisi"
    LPSK = "lpsk"
    PEMULANGAN = "pemulangan"
    LAYANAN_ASAL = "layanan_asal"
    VOKASI = "vokasi"
    EKONOMI = "ekonomi"
    SEKOLAH = "sekolah"
    ROHANI = "rohani"
    JURU_BAHASA = "juru_bahasa"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One value of somebody else's list, with our label for it."""

    code: str
    label_id: str
    label_en: str


SIMFONI: Final[tuple[ListEntry, ...]] = (
    ListEntry("1", "Pengaduan", "Complaint handling"),
    ListEntry("2", "Kesehatan", "Health"),
    ListEntry("3", "Bantuan hukum", "Legal aid"),
    ListEntry("4", "Penegakan hukum", "Law enforcement"),
    ListEntry("5", "Rehabilitasi sosial", "Social rehabilitation"),
    ListEntry("6", "Reintegrasi sosial", "Social reintegration"),
    ListEntry("7", "Pemulangan", "Return home"),
    ListEntry("8", "Pendampingan tokoh agama", "Spiritual guidance"),
)
"""The eight services of SIMFONI PPA."""

ATENSI: Final[tuple[ListEntry, ...]] = (
    ListEntry("kebutuhan_hidup", "Pemenuhan kebutuhan hidup layak", "Basic needs"),
    ListEntry("pengasuhan", "Perawatan sosial dan pengasuhan anak", "Social care and child care"),
    ListEntry("keluarga", "Dukungan keluarga", "Family support"),
    ListEntry("terapi_fisik", "Terapi fisik", "Physical therapy"),
    ListEntry("terapi_psikososial", "Terapi psikososial", "Psychosocial therapy"),
    ListEntry("terapi_spiritual", "Terapi mental spiritual", "Mental and spiritual therapy"),
    ListEntry("vokasional", "Pelatihan vokasional dan kewirausahaan", "Vocational training"),
    ListEntry("bantuan_sosial", "Bantuan dan asistensi sosial", "Social assistance"),
    ListEntry("aksesibilitas", "Dukungan aksesibilitas", "Support of access"),
)
"""The components of ATENSI (Permensos 7/2021; Permensos 15/2025 may replace it, unverified)."""

FUNCTIONS: Final[tuple[ListEntry, ...]] = (
    ListEntry("pengaduan", "Pengaduan masyarakat", "Complaints"),
    ListEntry("penjangkauan", "Penjangkauan", "Outreach"),
    ListEntry("pengelolaan_kasus", "Pengelolaan kasus", "Case management"),
    ListEntry("penampungan", "Penampungan sementara", "Temporary shelter"),
    ListEntry("mediasi", "Mediasi", "Mediation"),
    ListEntry("pendampingan", "Pendampingan", "Companionship"),
)
"""The six functions of an UPTD PPA (Permen PPPA 2/2022)."""

NRM_PILLARS: Final[tuple[ListEntry, ...]] = (
    ListEntry("perlindungan", "Identifikasi dan perlindungan", "Identification and protection"),
    ListEntry("dukungan", "Dukungan perorangan", "Individual support"),
    ListEntry("inklusi", "Inklusi sosial", "Social inclusion"),
    ListEntry("keadilan", "Peradilan dan pemulihan hak", "Criminal justice and redress"),
)
"""The four pillars of a national referral mechanism (ODIHR 2022)."""

NOT_REFERRED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simfoni:1": "Receiving the report is the first step of the road, not a request to a desk.",
        "function:pengaduan": "The same: every report is received where it arrives.",
        "function:penjangkauan": "Outreach is a channel of reports.",
        "function:mediasi": "Mediation is a supervisor's guarded act and never a packet.",
        "rk04:n_dokumen": "The companion goes along to the civil registry; no packet is sent.",
        "rk04:mau=dokumen": "The companion goes along to the civil registry; no packet is sent.",
    }
)
"""What other lists name and no desk is asked for by packet, with the reason."""


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """A default time limit, editable by agreement. `working_days` reads it on that calendar."""

    within: timedelta
    mark: Mark = "local"
    source: str = "default, to be replaced by the agreement with the desk"
    working_days: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One service: names, icon, default clocks, and its seat in every other list.

    `recommended_by` holds what instruments say when they point here: `rk04:n_sehat` an item,
    `rk04:mau=kesehatan` a chosen value, `rk03:saran=psikolog_7_hari` a result.
    """

    code: ServiceCode
    label_id: str
    label_en: str
    icon: str
    simfoni: int
    atensi: str
    function: str
    nrm_pillar: str
    recommended_by: frozenset[str]
    accept_by: ServiceClock
    first_contact_by: ServiceClock
    outcome_by: ServiceClock


def _hours(count: int) -> ServiceClock:
    return ServiceClock(timedelta(hours=count))


def _days(count: int) -> ServiceClock:
    return ServiceClock(timedelta(days=count))


_LIST: Final[tuple[Service, ...]] = (
    Service(
        code=ServiceCode.MEDIS,
        label_id="Layanan medis",
        label_en="Medical care",
        icon="stethoscope",
        simfoni=2,
        atensi="terapi_fisik",
        function="pendampingan",
        nrm_pillar="dukungan",
        recommended_by=frozenset(
            {"rk04:n_sehat", "rk04:mau=kesehatan", "rk08:saran=rumah_sakit_dulu"}
        ),
        accept_by=_hours(1),
        first_contact_by=_hours(4),
        outcome_by=_days(3),
    ),
    Service(
        code=ServiceCode.VISUM,
        label_id="Visum et repertum",
        label_en="Medico-legal examination",
        icon="clipboard-text",
        simfoni=2,
        atensi="aksesibilitas",
        function="pendampingan",
        nrm_pillar="keadilan",
        recommended_by=frozenset({"rk03:f_visum"}),
        accept_by=_hours(2),
        first_contact_by=_hours(6),
        outcome_by=_days(14),
    ),
    Service(
        code=ServiceCode.PSIKOLOGI,
        label_id="Layanan psikologis",
        label_en="Psychological care",
        icon="brain",
        simfoni=5,
        atensi="terapi_psikososial",
        function="pendampingan",
        nrm_pillar="dukungan",
        recommended_by=frozenset(
            {
                "rk04:n_jiwa",
                "rk04:mau=psikologi",
                "rk03:saran=kesehatan_jiwa_hari_ini",
                "rk03:saran=psikolog_7_hari",
                "rk05:saran=psikolog_7_hari",
            }
        ),
        accept_by=_hours(24),
        first_contact_by=_days(3),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.PSIKOSOSIAL,
        label_id="Dukungan psikososial dan teman sebaya",
        label_en="Psychosocial support and peers",
        icon="heart-handshake",
        simfoni=5,
        atensi="terapi_psikososial",
        function="pendampingan",
        nrm_pillar="dukungan",
        recommended_by=frozenset(
            {
                "rk04:n_sosial",
                "rk04:mau=psikososial",
                "rk03:saran=dukungan_psikososial",
                "rk05:saran=dukungan_sesama",
            }
        ),
        accept_by=_days(2),
        first_contact_by=_days(5),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.HUNIAN,
        label_id="Hunian aman",
        label_en="Shelter",
        icon="home-heart",
        simfoni=5,
        atensi="kebutuhan_hidup",
        function="penampungan",
        nrm_pillar="dukungan",
        recommended_by=frozenset({"rk04:n_aman", "rk04:mau=hunian"}),
        accept_by=_hours(2),
        first_contact_by=_hours(4),
        outcome_by=_days(7),
    ),
    Service(
        code=ServiceCode.BANTUAN_HUKUM,
        label_id="Bantuan hukum",
        label_en="Legal aid",
        icon="scale",
        simfoni=3,
        atensi="aksesibilitas",
        function="pendampingan",
        nrm_pillar="keadilan",
        recommended_by=frozenset({"rk04:n_hukum", "rk04:n_utang", "rk04:mau=hukum"}),
        accept_by=ServiceClock(
            timedelta(days=3),
            mark="law",
            source="UU 16/2011 ps 15, once the papers are complete",
            working_days=True,
        ),
        first_contact_by=_days(5),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.POLISI,
        label_id="Laporan dan penyidikan polisi",
        label_en="Police report and investigation",
        icon="user-shield",
        simfoni=4,
        atensi="aksesibilitas",
        function="pendampingan",
        nrm_pillar="keadilan",
        recommended_by=frozenset({"rk04:n_lapor", "rk04:mau=polisi"}),
        accept_by=_hours(6),
        first_contact_by=_hours(24),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.LPSK,
        label_id="LPSK: perlindungan dan restitusi",
        label_en="LPSK: protection and restitution",
        icon="shield-check",
        simfoni=3,
        atensi="aksesibilitas",
        function="pendampingan",
        nrm_pillar="keadilan",
        recommended_by=frozenset({"rk04:n_lindung", "rk04:mau=lpsk"}),
        accept_by=_days(3),
        first_contact_by=_days(7),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.PEMULANGAN,
        label_id="Pemulangan, satu tahap perjalanan",
        label_en="Repatriation, one leg",
        icon="bus",
        simfoni=7,
        atensi="keluarga",
        function="pengelolaan_kasus",
        nrm_pillar="inklusi",
        recommended_by=frozenset({"rk04:n_pulang", "rk04:mau=pulang", "rk09:saran=dapat_pulang"}),
        accept_by=_days(2),
        first_contact_by=_days(4),
        outcome_by=_days(14),
    ),
    Service(
        code=ServiceCode.LAYANAN_ASAL,
        label_id="Layanan lanjutan di daerah asal",
        label_en="Aftercare in the province of origin",
        icon="home-check",
        simfoni=6,
        atensi="keluarga",
        function="pengelolaan_kasus",
        nrm_pillar="inklusi",
        recommended_by=frozenset({"rk04:n_pulang", "rk04:mau=pulang", "rk09:saran=dapat_pulang"}),
        accept_by=_days(7),
        first_contact_by=_days(10),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.VOKASI,
        label_id="Pelatihan keterampilan",
        label_en="Vocational training",
        icon="tool",
        simfoni=6,
        atensi="vokasional",
        function="pengelolaan_kasus",
        nrm_pillar="inklusi",
        recommended_by=frozenset({"rk04:n_kerja", "rk04:mau=pelatihan"}),
        accept_by=_days(7),
        first_contact_by=_days(14),
        outcome_by=_days(90),
    ),
    Service(
        code=ServiceCode.EKONOMI,
        label_id="Bantuan ekonomi",
        label_en="Economic aid",
        icon="coins",
        simfoni=6,
        atensi="bantuan_sosial",
        function="pengelolaan_kasus",
        nrm_pillar="inklusi",
        recommended_by=frozenset({"rk04:n_dasar", "rk04:n_kerja", "rk04:mau=bantuan"}),
        accept_by=_days(3),
        first_contact_by=_days(7),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.SEKOLAH,
        label_id="Kembali ke sekolah",
        label_en="Return to school",
        icon="school",
        simfoni=6,
        atensi="pengasuhan",
        function="pengelolaan_kasus",
        nrm_pillar="inklusi",
        recommended_by=frozenset({"rk04:n_anak", "rk04:mau=sekolah"}),
        accept_by=_days(3),
        first_contact_by=_days(7),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.ROHANI,
        label_id="Pendampingan rohani",
        label_en="Spiritual guidance",
        icon="sun",
        simfoni=8,
        atensi="terapi_spiritual",
        function="pendampingan",
        nrm_pillar="dukungan",
        recommended_by=frozenset({"rk04:n_rohani", "rk04:mau=rohani"}),
        accept_by=_days(3),
        first_contact_by=_days(7),
        outcome_by=_days(30),
    ),
    Service(
        code=ServiceCode.JURU_BAHASA,
        label_id="Juru bahasa",
        label_en="Interpreter",
        icon="language",
        simfoni=5,
        atensi="aksesibilitas",
        function="pendampingan",
        nrm_pillar="perlindungan",
        recommended_by=frozenset({"rk04:n_bahasa"}),
        accept_by=_hours(4),
        first_contact_by=_hours(24),
        outcome_by=_days(3),
    ),
)

SERVICES: Final[Mapping[ServiceCode, Service]] = MappingProxyType(
    {service.code: service for service in _LIST}
)
"""The fifteen services by code, in the order in which a person usually needs them."""


def get_service(code: str) -> Service:
    """The service of this code; raises `ValueError` for a code that is not in the list."""
    return SERVICES[ServiceCode(code)]


def services_for(recommendation: str) -> tuple[Service, ...]:
    """The services an instrument's recommendation points to; empty when no desk is asked."""
    return tuple(service for service in _LIST if recommendation in service.recommended_by)
