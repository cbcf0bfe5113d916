"""What a breach pack says: who did what and when, whose data were in reach, whom to tell how.

Read as the owner, for those who keep the machine; it holds no name and no word of a survivor, only
numbers of files and rules for reaching her. It leaves the machine encrypted to one recipient.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connections

from rangkul.custody import queries as custody
from rangkul.foundation.cells import defused
from rangkul.foundation.numbers import number_of

# UU 27/2022 art. 46: to the person and to the authority within 3×24 hours of finding it.
WITHIN_HOURS: Final = 72
# Beginning of an act's name → the class of data that it shows.
_SHOWS: Final[Mapping[str, str]] = {
    "identity.": "identity", "person.": "identity", "file.read": "cover", "notes.": "account",
    "incident.": "account", "need.": "account", "attachment.": "documents",
    "assessment.": "health", "referral.packet": "packet", "packet.": "packet",
    "consent.words": "account", "report.read": "report", "conference.share": "packet",
    "right.copy": "identity, account", "shelter.": "stay",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, and whose: an agency, one case, one person's acts; empty is everybody."""

    since: datetime
    until: datetime
    agency_id: int | None = None
    case_id: int | None = None
    user_id: int | None = None


@dataclass(slots=True)
class Pack:
    """The files of a pack by name, and what the trail is told of it."""

    files: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    acts: int = 0
    agencies: frozenset[int] = frozenset()


def gather(window: Window, *, found_at: datetime, proof: str, using: str) -> Pack:
    """Everything but the encryption. ``proof`` is what verifying the trail has said."""
    acts = _acts(window, using)
    shown: dict[int, Counter[str]] = {}
    for act in acts:
        if act["case_id"] is not None:
            shown.setdefault(act["case_id"], Counter())[_class_of(act["name"])] += 1
    reachable = _reachable(window, using)
    cases = _cases(sorted(set(shown) | reachable), using)
    pack = Pack(cases=len(cases), acts=len(acts))
    pack.agencies = frozenset(
        {act["agency_id"] for act in acts if act["agency_id"]}
        | {case["agency_id"] for case in cases}
        | ({window.agency_id} if window.agency_id else set())
    )
    pack.files = {
        "README.txt": _readme(window, found_at, len(cases), len(acts)),
        "cases.csv": _case_table(cases, shown),
        "acts.csv": _act_table(acts),
        **_export_tables(window, using),
        "trail-proof.txt": proof,
        "summary.json": _summary(window, found_at, cases, acts, shown),
        "letter-person.id.txt": _PERSON_ID, "letter-person.en.txt": _PERSON_EN,
        "letter-authority.id.txt": _AUTHORITY_ID, "letter-authority.en.txt": _AUTHORITY_EN,
    }  # fmt: skip
    return pack


def _acts(window: Window, using: str) -> list[dict[str, Any]]:
    return _rows(
        "select at, agency_id, actor_id, name, subject_kind, subject_id, case_id, reason "
        "from trail_act where at between %(since)s and %(until)s "
        "and (%(agency)s::int is null or agency_id = %(agency)s) "
        "and (%(case)s::bigint is null or case_id = %(case)s) "
        "and (%(user)s::int is null or actor_id = %(user)s) order by at, id",
        _values(window), using,
    )  # fmt: skip


def _reachable(window: Window, using: str) -> set[int]:
    """Cases that could be opened then: those the person carried, the agency's, or the one."""
    if window.case_id is not None:
        return {window.case_id}
    if window.user_id is not None:
        question = (
            "select distinct case_id from custody_assignment where user_id = %(user)s "
            "and since <= %(until)s and coalesce(until, 'infinity') >= %(since)s"
        )
    else:
        question = (
            "select distinct case_id from custody_caseaccess "
            "where (%(agency)s::int is null or agency_id = %(agency)s) "
            "and since <= %(until)s and coalesce(until, 'infinity') >= %(since)s"
        )
    return {row["case_id"] for row in _rows(question, _values(window), using)}


def _export_tables(window: Window, using: str) -> dict[str, str]:
    """Tables that lay ready or were fetched then: who took them for whom, and which cases."""
    held = _rows(
        "select e.id, g.code as agency, u.display_name as maker, r.name as recipient, e.state, "
        "e.made_at, e.fetched_at, x.case_id, x.line from exchange_export e "
        "join exchange_exportcase x on x.export_id = e.id "
        "join network_agency g on g.id = e.agency_id join accounts_user u on u.id = e.asked_by "
        "join exchange_recipient r on r.id = e.recipient_id "
        "where e.made_at <= %(until)s and coalesce(e.ended_at, 'infinity') >= %(since)s "
        "and (%(agency)s::int is null or e.agency_id = %(agency)s) "
        "and (%(case)s::bigint is null or x.case_id = %(case)s) "
        "and (%(user)s::int is null or e.asked_by = %(user)s) order by e.id, x.line",
        _values(window), using,
    )  # fmt: skip
    exports = [("export", "agency", "made_by", "for", "state", "made_at", "fetched_at")]
    rows = [("export", "line", "case")]
    for row in held:
        number = number_of("EK", row["id"])
        rows.append((number, str(row["line"]), custody.case_number(row["case_id"])))
        told = (
            number, row["agency"], row["maker"], row["recipient"], row["state"],
            row["made_at"].isoformat(),
            row["fetched_at"].isoformat() if row["fetched_at"] else "never",
        )  # fmt: skip
        if exports[-1] != told:
            exports.append(told)
    return {"exports.csv": _csv(exports), "export-rows.csv": _csv(rows)}


def _values(window: Window) -> dict[str, Any]:
    return {
        "since": window.since, "until": window.until, "agency": window.agency_id,
        "case": window.case_id, "user": window.user_id,
    }  # fmt: skip


def _cases(case_ids: Sequence[int], using: str) -> list[dict[str, Any]]:
    """For each file: who leads it, who carries it, and how its survivor may be reached."""
    question = (
        "select f.case_id, c.lead_agency_id as agency_id, g.code as agency, f.is_child, f.flags, "
        "f.languages, p.contact_allowed, p.contact_bans, array(select distinct u.display_name "
        "from custody_assignment a join accounts_user u on u.id = a.user_id where "
        "a.case_id = f.case_id and a.until is null order by 1) as carried_by "
        "from cases_casefile f join custody_case c on c.id = f.case_id "
        "join network_agency g on g.id = c.lead_agency_id left join people_person p on "
        "p.case_id = f.case_id and p.part = 'survivor' and p.state = 'current' "
        "where f.case_id = any(%(cases)s) order by f.case_id"
    )
    return _rows(question, {"cases": list(case_ids)}, using)


def _rows(question: str, values: Mapping[str, Any], using: str) -> list[dict[str, Any]]:
    with connections[using].cursor() as cursor:
        cursor.execute(question, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _class_of(name: str) -> str:
    return next((shows for begin, shows in _SHOWS.items() if name.startswith(begin)), "")


def _case_table(cases: Sequence[dict[str, Any]], shown: Mapping[int, Counter[str]]) -> str:
    table = [
        ("case", "agency", "acts", "classes_shown", "child", "how_to_tell", "bans", "languages",
         "through")
    ]  # fmt: skip
    for case in cases:
        seen = shown.get(case["case_id"], Counter())
        table.append((
            custody.case_number(case["case_id"]), case["agency"], str(seen.total()),
            "; ".join(sorted(name for name in seen if name)) or "reachable, not opened",
            "yes" if case["is_child"] else "no", _how(case), "; ".join(case["contact_bans"] or ()),
            "; ".join(case["languages"] or ()), "; ".join(case["carried_by"]),
        ))  # fmt: skip
    return _csv(table)


def _how(case: Mapping[str, Any]) -> str:
    if "wali_diduga" in (case["flags"] or ()):
        return "in person, never through the guardian"
    if case["contact_allowed"] is False:
        return "in person only, when she comes"
    if case["contact_allowed"] is None:
        return "ask her companion first: nobody has noted whether she may be contacted"
    return "through her companion, as the file says"


def _act_table(acts: Sequence[dict[str, Any]]) -> str:
    table = [("at", "agency_id", "actor_id", "act", "about", "id", "case", "reason")]
    for act in acts:
        case = custody.case_number(act["case_id"]) if act["case_id"] is not None else ""
        table.append((
            act["at"].isoformat(), str(act["agency_id"]), str(act["actor_id"] or ""), act["name"],
            act["subject_kind"], act["subject_id"], case, act["reason"],
        ))  # fmt: skip
    return _csv(table)


def _csv(table: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in table:
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue()


def _summary(
    window: Window, found_at: datetime, cases: Sequence[dict[str, Any]],
    acts: Sequence[dict[str, Any]], shown: Mapping[int, Counter[str]],
) -> str:  # fmt: skip
    classes: Counter[str] = Counter()
    for seen in shown.values():
        classes.update({name: 1 for name in seen if name})
    content = {
        "since": window.since.isoformat(), "until": window.until.isoformat(),
        "found_at": found_at.isoformat(), "tell_within_hours": WITHIN_HOURS,
        "agency_id": window.agency_id, "user_id": window.user_id,
        "cases": len(cases), "cases_opened": len(shown), "children": sum(
            1 for case in cases if case["is_child"]
        ),
        "acts": len(acts), "actors": len({act["actor_id"] for act in acts if act["actor_id"]}),
        "cases_by_class_shown": dict(sorted(classes.items())),
    }  # fmt: skip
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def _readme(window: Window, found_at: datetime, cases: int, acts: int) -> str:
    return _README.format(
        since=window.since.isoformat(), until=window.until.isoformat(), cases=cases, acts=acts,
        found=found_at.isoformat(), hours=WITHIN_HOURS,
    )  # fmt: skip


_README: Final = """\
PAKET KEGAGALAN PELINDUNGAN DATA / BREACH PACK

{since} – {until}: {cases} kasus/cases, {acts} perbuatan/acts. Ditemukan/found: {found}

ID  Paling lambat {hours} jam sejak ditemukan (UU 27/2022 ps 46): beri tahu orangnya dan lembaga
    pelindungan data pribadi. Beri tahu setiap orang hanya dengan cara pada cases.csv (how_to_tell,
    bans): surat ke alamat yang salah dapat membunuh. Anak: tidak pernah lewat wali yang diduga.
    cases.csv: berkas yang dibuka atau dapat dibuka. acts.csv: siapa, apa, kapan, mengapa.
    exports.csv, export-rows.csv: tabel yang keluar, untuk siapa, dan kasus di dalamnya.
    trail-proof.txt: apakah jejak utuh. letter-*.txt: contoh surat.
EN  Within {hours} hours of finding it (UU 27/2022 art. 46): tell the person and the authority for
    the protection of personal data. Tell each person only in the way of cases.csv (how_to_tell,
    bans): a letter to the wrong address can kill. A child: never through a suspected guardian.
    cases.csv: files that were opened or could be. acts.csv: who, what, when, why.
    exports.csv, export-rows.csv: tables that left, for whom, and the cases in them.
    trail-proof.txt: whether the trail is whole. letter-*.txt: templates.
"""
_PERSON_ID: Final = """\
[Dibacakan atau diberikan langsung. Jangan dikirim kecuali berkas membolehkannya.]

Pada [tanggal] ada orang yang melihat, atau dapat melihat, data yang kami simpan tentang Anda.
Yang terlihat: [jenis data]. Yang tidak terlihat: [jenis data].
Kami sudah [tindakan]. Yang kami sarankan sekarang: [langkah keselamatan, misalnya mengganti nomor].
Ini bukan salah Anda. Anda boleh meminta salinan data Anda, memperbaikinya, menghentikan atau
membatasinya, atau memintanya dihapus. Anda juga boleh mengadu kepada [lembaga] atau Ombudsman RI.
Yang dapat Anda hubungi: [nama pendamping, cara yang aman].
"""
_PERSON_EN: Final = """\
[To be read or handed over in person. Do not send it unless the file allows it.]

On [date] somebody saw, or could see, data that we keep about you.
What was seen: [classes]. What was not: [classes].
We have [measures]. What we advise now: [steps for safety, such as another number].
None of this is your fault. You may ask for a copy of your data, have it corrected, stop or restrict
it, or have it deleted. You may also complain to [authority] or to Ombudsman RI.
Whom you can reach: [companion, in a safe way].
"""
_AUTHORITY_ID: Final = """\
Pemberitahuan kegagalan pelindungan data pribadi (UU 27/2022 ps 46)

1. Pengendali data: [lembaga, alamat, petugas pelindungan data]
2. Kapan terjadi, kapan ditemukan: [dari summary.json]
3. Data yang terungkap dan jumlah orang: [summary.json: cases, cases_by_class_shown]
4. Bagaimana terjadi: [uraian tanpa nama]
5. Penanganan dan pemulihan: [tindakan]
6. Bagaimana orangnya diberi tahu, dan siapa yang belum karena keselamatannya: [jumlah, alasan]
"""
_AUTHORITY_EN: Final = """\
Notice of a failure to protect personal data (UU 27/2022 art. 46)

1. Controller: [agency, address, data-protection officer]
2. When it happened, when it was found: [from summary.json]
3. Data disclosed and how many persons: [summary.json: cases, cases_by_class_shown]
4. How it happened: [without names]
5. What was done: [measures]
6. How the persons were told, and who was not yet for safety's sake: [count, reason]
"""
