"""The invented country: agencies by province and regency, their desks, staff and rosters.

Provinces weigh as they are peopled (``name_customs.PROVINCES``); inside a province regencies, and
inside a regency agencies, are skewed, so that a few offices carry thousands of cases and most a
few dozen. The same seed and sizes give the same country in every process.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from rangkul.commands.synth.name_customs import PROVINCES
from rangkul.commands.synth.names import NameGenerator, Sex
from rangkul.reference.release import read_areas

CHUNK: Final = 500
YEARS: Final = 5
BENCH_SUPERVISOR: Final = "bench.penyelia"
BENCH_COMPANION: Final = "bench.pendamping"
_BENCH_ROLES: Final = {
    BENCH_SUPERVISOR: ("penyelia", "pendamping", "petugas_pengaduan", "petugas_layanan"),
    BENCH_COMPANION: ("pendamping", "petugas_pengaduan"),
}
_BENCH_SHARE: Final = 0.015
_BENCH_STAFF: Final = 14


class DeskPlan(NamedTuple):
    """A kind of desk: what it offers, to whom, when."""

    name: str
    services: tuple[str, ...]
    always_open: bool = False
    takes_reports: bool = False
    capacity: int | None = None
    sex: str = ""


class AgencyPlan(NamedTuple):
    """A kind of agency. ``leads`` weighs how many cases it carries; 0: it only receives."""

    title: str
    short: str
    leads: float
    role: str
    desks: tuple[DeskPlan, ...]


_OFFICE: Final = {str(day): [["08:00", "16:00"]] for day in range(1, 6)}

KINDS: Final[dict[str, AgencyPlan]] = {
    "uptd_ppa": AgencyPlan(
        "UPTD PPA {}", "UPTD PPA {}", 6.0, "pendamping",
        (
            DeskPlan("Pengaduan", (), takes_reports=True),
            DeskPlan("Pendampingan", ("psikologi", "psikososial", "rohani")),
            DeskPlan("Rumah aman", ("hunian",), True, capacity=12, sex="P"),
        ),
    ),
    "dinas_sosial": AgencyPlan(
        "Dinas Sosial {}", "Dinsos {}", 1.2, "petugas_layanan",
        (
            DeskPlan("Rehabilitasi sosial", ("psikososial", "ekonomi", "layanan_asal"),
                     takes_reports=True),
            DeskPlan("Rumah singgah", ("hunian",), True, capacity=20),
        ),
    ),
    "polres": AgencyPlan(
        "Unit PPA Polres {}", "Polres {}", 0, "petugas_polisi",
        (DeskPlan("Unit PPA", ("polisi",), True, takes_reports=True),),
    ),
    "puskesmas": AgencyPlan(
        "Puskesmas rujukan {}", "Puskesmas {}", 0, "petugas_kesehatan",
        (DeskPlan("Pelayanan kekerasan", ("medis",), takes_reports=True),),
    ),
    "polda": AgencyPlan(
        "Subdit Renakta Polda {}", "Polda {}", 0, "petugas_polisi",
        (DeskPlan("Renakta", ("polisi",), True, takes_reports=True),),
    ),
    "bp3mi": AgencyPlan(
        "BP3MI {}", "BP3MI {}", 0.6, "petugas_layanan",
        (DeskPlan("Pelindungan", ("pemulangan", "layanan_asal"), takes_reports=True),),
    ),
    "balai_latihan": AgencyPlan(
        "Balai Latihan Kerja {}", "BLK {}", 0, "petugas_layanan",
        (DeskPlan("Pelatihan", ("vokasi", "ekonomi")),),
    ),
    "dinas_pendidikan": AgencyPlan(
        "Dinas Pendidikan {}", "Disdik {}", 0, "petugas_layanan",
        (DeskPlan("Kesiswaan", ("sekolah",)),),
    ),
    "lbh": AgencyPlan(
        "Lembaga Bantuan Hukum {}", "LBH {}", 0, "petugas_hukum",
        (DeskPlan("Bantuan hukum", ("bantuan_hukum", "juru_bahasa")),),
    ),
    "rumah_sakit": AgencyPlan(
        "RSUD {}", "RSUD {}", 0, "petugas_kesehatan",
        (
            DeskPlan("Gawat darurat", ("medis", "visum"), True, takes_reports=True),
            DeskPlan("Psikologi klinis", ("psikologi",)),
        ),
    ),
    "lsm": AgencyPlan(
        "Lembaga Pendamping {}", "LSM {}", 1.0, "pendamping",
        (DeskPlan("Pendampingan", ("psikososial", "bantuan_hukum", "juru_bahasa"),
                  takes_reports=True),),
    ),
    "lpsk": AgencyPlan(
        "Perwakilan LPSK {}", "LPSK {}", 0, "petugas_layanan",
        (DeskPlan("Permohonan", ("lpsk",)),),
    ),
}  # fmt: skip

_IN_REGENCY: Final = ("uptd_ppa", "dinas_sosial", "polres", "puskesmas")
_IN_PROVINCE: Final = (
    "uptd_ppa", "dinas_sosial", "polda", "bp3mi", "balai_latihan", "dinas_pendidikan", "lbh",
)  # fmt: skip
_MORE: Final = ("rumah_sakit", "lsm", "lbh", "lsm", "lsm")


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk with its id."""

    id: int
    agency_id: int
    plan: DeskPlan


@dataclass(frozen=True, slots=True)
class Member:
    """One person's account and place."""

    user_id: int
    membership_id: int
    username: str
    name: str
    sex: str
    roles: tuple[str, ...]
    desk_ids: tuple[int, ...]


@dataclass(slots=True)
class Agency:
    """One agency; ``weight`` is its share of the nation's cases before scaling."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    area: str
    weight: float
    confirmed: bool
    desks: list[Desk] = field(default_factory=list)
    staff: list[Member] = field(default_factory=list)

    @property
    def intake_desk(self) -> int:
        """The desk that takes reports."""
        return next((d.id for d in self.desks if d.plan.takes_reports), self.desks[0].id)


@dataclass(frozen=True, slots=True)
class Bases:
    """The highest id in use for each kind of row before the load; 0 in an empty system."""

    user: int = 0
    agency: int = 0
    desk: int = 0
    membership: int = 0
    case: int = 0
    request: int = 0
    report: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What a process must know to write any chunk of ``CHUNK`` cases."""

    seed: int
    cases: int
    agencies: int
    staff: int
    until: datetime
    bases: Bases
    xid: int


@dataclass(slots=True)
class Country:
    """Everything that stands before the first case."""

    agencies: list[Agency]
    by_service: Mapping[str, Mapping[str, Sequence[Desk]]]
    by_id: Mapping[int, Agency]
    _leads: Sequence[Agency]
    _reached: Sequence[float]

    def draw_lead(self, at: float) -> Agency:
        """The agency that leads a case, for ``at`` in [0, 1)."""
        return self._leads[bisect(self._reached, at * self._reached[-1])]

    def desk_for(self, service: str, agency: Agency, at: float) -> Desk | None:
        """Another agency's desk that offers ``service``: in the regency, the province, anywhere."""
        offered = self.by_service.get(service, {})
        for area in (agency.area, agency.area[:2], ""):
            found = offered.get(area, ())
            desk = found[int(at * len(found))] if found else None
            if desk is not None and desk.agency_id != agency.id:
                return desk
        return None


def build(*, seed: int, agencies: int, staff: int, bases: Bases) -> Country:
    """The country of this seed and these sizes. Raises ``ValueError`` for sizes too small."""
    if agencies < 12 or staff < agencies:
        raise ValueError("at least 12 agencies, and as many staff as agencies, are needed")
    rng = Random(f"country/{seed}")
    made = [
        _agency(rng, seed, number, bases.agency, *place)
        for number, place in zip(range(1, agencies + 1), _places(agencies, rng), strict=False)
    ]
    total = sum(agency.weight for agency in made)
    made[0].weight = total * _BENCH_SHARE
    desk_id = bases.desk
    for agency in made:
        for plan in KINDS[agency.kind].desks:
            desk_id += 1
            agency.desks.append(Desk(desk_id, agency.id, plan))
    _employ(made, staff, seed, bases)
    leads = [agency for agency in made if agency.weight > 0]
    return Country(
        agencies=made,
        by_service=_directory(made),
        by_id={agency.id: agency for agency in made},
        _leads=leads,
        _reached=list(accumulate(agency.weight for agency in leads)),
    )


def _places(agencies: int, rng: Random) -> Iterator[tuple[str, str, str, float, str]]:
    """(kind, level, area, weight, name of the place) until nobody asks for more.

    First the office of the benchmark, then every kind that a road needs in each province and
    regency, then hospitals and organisations, the most peopled places first.
    """
    provinces = sorted(read_areas("province"), key=lambda area: -PROVINCES[area.code][0])
    provinces = provinces[: min(len(provinces), max(1, agencies // 60))]
    codes = {area.code for area in provinces}
    weight = {}
    regencies = [area for area in read_areas("regency") if area.code[:2] in codes]
    drawn = {area.code: rng.lognormvariate(0, 0.7) for area in regencies}
    for area in regencies:
        inside = sum(v for code, v in drawn.items() if code[:2] == area.code[:2])
        weight[area.code] = PROVINCES[area.code[:2]][0] * drawn[area.code] / inside
    regencies.sort(key=lambda area: -weight[area.code])
    room = agencies - 1 - len(provinces) * len(_IN_PROVINCE)
    regencies = regencies[: max(1, room // len(_IN_REGENCY))]
    for kind in _IN_REGENCY:
        yield kind, "kab_kota", regencies[0].code, weight[regencies[0].code], regencies[0].name
    yield "lpsk", "nasional", provinces[0].code, 0.0, provinces[0].name
    for province in provinces:
        share = PROVINCES[province.code][0] * 0.12
        for kind in _IN_PROVINCE:
            yield kind, "provinsi", province.code, share, f"Provinsi {province.name}"
    for area in regencies[1:]:
        for kind in _IN_REGENCY:
            yield kind, "kab_kota", area.code, weight[area.code], area.name
    for turn in range(1000):
        kind = _MORE[turn % len(_MORE)]
        level = "masyarakat" if kind in ("lsm", "lbh") else "kab_kota"
        for area in regencies:
            again = f" {turn}" if turn >= len(_MORE) else ""
            yield kind, level, area.code, weight[area.code], f"{area.name}{again}"


def _agency(
    rng: Random, seed: int, number: int, base: int, kind: str, level: str, area: str,
    weight: float, place: str,
) -> Agency:  # fmt: skip
    plan = KINDS[kind]
    place_short = place.replace("Kabupaten ", "Kab. ").replace("Provinsi ", "Prov. ")
    return Agency(
        id=base + number,
        code=f"s{seed}-{number:05d}",
        name=f"{plan.title.format(place)} (rekaan)"[:160],
        short_name=plan.short.format(place_short)[:60],
        kind=kind,
        level=level,
        area=area,
        weight=weight * plan.leads * rng.lognormvariate(0, 0.5),
        confirmed=rng.random() < 0.7,
    )


def _employ(agencies: Sequence[Agency], staff: int, seed: int, bases: Bases) -> None:
    """Share the staff out: one each, the benchmark's office its own, the rest by caseload."""
    names = NameGenerator(seed)
    rng = Random(f"staff/{seed}")
    total = sum(agency.weight for agency in agencies)
    free = staff - len(agencies)
    reserved = min(_BENCH_STAFF, free)
    counts = [1 + (reserved if agency is agencies[0] else 0) for agency in agencies]
    # Every second post goes by caseload, the others one by one, so that no office stays with one.
    by_weight = (free - reserved) // 2
    for index, agency in enumerate(agencies):
        counts[index] += int(by_weight * agency.weight / total)
    index = 0
    while sum(counts) < staff and index < staff:
        left = min(staff - sum(counts), len(agencies))
        for position in range(left):
            counts[position] += 1
        index += left
    person = 0
    for agency, count in zip(agencies, counts, strict=True):
        for position in range(count):
            person += 1
            agency.staff.append(_member(agency, position, person, names, rng, seed, bases))
    if bases.case == 0:
        _seat_benchmark(agencies[0])


def _seat_benchmark(agency: Agency) -> None:
    """The benchmark's two people, at every desk of the first country's first office."""
    last = len(agency.staff) - len(_BENCH_ROLES)
    for position, (username, roles) in enumerate(_BENCH_ROLES.items(), start=max(last, 0)):
        if position < len(agency.staff):
            agency.staff[position] = replace(
                agency.staff[position], username=username, roles=roles,
                desk_ids=tuple(desk.id for desk in agency.desks),
            )  # fmt: skip


def _member(
    agency: Agency, position: int, person: int, names: NameGenerator, rng: Random, seed: int,
    bases: Bases,
) -> Member:  # fmt: skip
    sex: Sex = "P" if rng.random() < 0.7 else "L"
    own = KINDS[agency.kind].role
    roles: tuple[str, ...]
    if agency.weight > 0:
        first = (("penyelia", "admin_lembaga", "pendamping"), ("petugas_pengaduan", "pendamping"))
        roles = first[position] if position < len(first) else ("pendamping", own)
    else:
        roles = ("admin_lembaga", own) if position == 0 else (own,)
    return Member(
        user_id=bases.user + person,
        membership_id=bases.membership + person,
        username=f"s{seed}.{person:06d}",
        name=names.person(sex, agency.area[:2]).full[:120],
        sex=sex,
        roles=tuple(dict.fromkeys(roles)),
        desk_ids=tuple(desk.id for desk in agency.desks),
    )


def _directory(agencies: Sequence[Agency]) -> dict[str, dict[str, list[Desk]]]:
    """Service → area (regency, province, "" for anywhere) → desks."""
    found: dict[str, dict[str, list[Desk]]] = {}
    for agency in agencies:
        for desk in agency.desks:
            for service in desk.plan.services:
                offered = found.setdefault(service, {})
                for area in dict.fromkeys((agency.area, agency.area[:2], "")):
                    offered.setdefault(area, []).append(desk)
    return found


def office_hours() -> dict[str, list[list[str]]]:
    """Monday to Friday, eight to four."""
    return _OFFICE
