"""The short report of the installed page: what it asks, in both languages, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from rangkul.assessments import rk01_triase
from rangkul.assessments.instrument import AnswersUnreadable, Choice, Item, Kind
from rangkul.reference import queries as reference
from rangkul.reports.content import MOST_ACCOUNT, MOST_LINE, OLDEST, About, ReportContent, Reporter

SURVIVOR: Final = "korban"
# Asked in fields of their own at the desk too; here they are part of the answers.
_OWN_FIELDS: Final = {"place": "posisi", "safe_contact": "kontak_aman"}
_SCALES: Final = ("takut", "waktu_seksual")

Said = tuple[str, str]
"""A sentence in Indonesian and in English."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question; ``kind`` is one, many, yes, line, long, number, date, moment or area."""

    name: str
    kind: str
    label: Said
    hint: Said = ("", "")
    choices: tuple[tuple[str, str, str], ...] = ()
    most: int = 0
    required: bool = False
    # How it is asked where somebody else than the survivor speaks.
    about: Said = ("", "")


@dataclass(frozen=True, slots=True)
class Part:
    """Fields under one heading."""

    title: Said
    fields: tuple[Field, ...]


def parts() -> list[dict[str, Any]]:
    """The page as a browser draws it; the same questions and limits as at the desk."""
    return [asdict(part) for part in _parts()]


def _parts() -> Iterator[Part]:
    yield Part(
        ("Ceritanya", "The story"),
        (
            Field("channel", "one", ("Lewat", "How it reached us"),
                  choices=_codes("saluran_laporan"), required=True),
            Field("reporter_kind", "one", ("Pelapor", "Who tells it"),
                  choices=_codes("jenis_pelapor")),
            Field("account", "long",
                  ("Ceritanya, dengan kata pelapor", "The story, in the teller's words"),
                  most=MOST_ACCOUNT, required=True),
        ),
    )  # fmt: skip
    yield Part(
        ("Yang diketahui sekarang", "What is known now"),
        tuple(_question(item) for item in rk01_triase.TRIAGE.items if _asked(item)),
    )
    yield Part(("Tentang siapa", "About whom"), tuple(_about()))
    yield Part(
        ("Di mana dan kapan", "Where and when"),
        (
            Field("area", "area", ("Tempat kejadian", "Where it happens"),
                  ("Kecamatan atau kota. Ketik, lalu pilih dari daftar.",
                   "District or city. Type, then choose from the list."), required=True),
            Field("happened_on", "date", ("Terjadi pada", "It happened on")),
            Field("reported_at", "moment", ("Dilaporkan pada", "It was reported at"),
                  ("Kosongkan bila sedang diceritakan sekarang.",
                   "Leave empty if it is being told right now.")),
            Field("violence_kinds", "many",
                  ("Jenis kekerasan yang terdengar sejauh ini", "Kinds of violence heard so far"),
                  choices=_codes("jenis_kekerasan")),
        ),
    )  # fmt: skip
    yield Part(
        ("Pelapor", "Who tells it"),
        (
            Field("reporter_confidential", "yes",
                  ("Rahasiakan nama pelapor", "Keep the teller's name confidential")),
            _line("reporter_name", "Nama pelapor", "Teller's name"),
            _line("reporter_phone", "Telepon pelapor", "Teller's telephone"),
            _line("reporter_relation", "Hubungan dengan orang itu", "How they know each other"),
            _line("reporter_institution", "Lembaga, bila ada", "Institution, if any"),
        ),
    )  # fmt: skip


def _about() -> Iterator[Field]:
    yield _line("name", "Nama, bila disebut", "Name, if it was said")
    yield _line("called_name", "Ingin dipanggil", "Wishes to be called")
    yield Field("sex", "one", ("Jenis kelamin", "Sex"), choices=_codes("jenis_kelamin"))
    yield Field("age", "number", ("Usia, sejauh diketahui", "Age, as far as known"), most=OLDEST)
    yield _line("phone", "Telepon", "Telephone")
    yield _line("nik", "NIK", "NIK")
    for name, asked in _OWN_FIELDS.items():
        item = rk01_triase.TRIAGE.item(asked)
        limit = min(MOST_LINE, item.limit)
        yield Field(name, "line", _said(item), _hint(item), most=limit, about=_said_about(item))
    yield Field("contact_bans", "many", ("Yang tidak boleh kami lakukan", "What we must not do"),
                choices=_codes("larangan_kontak"))  # fmt: skip


def _line(name: str, label_id: str, label_en: str) -> Field:
    return Field(name, "line", (label_id, label_en), most=MOST_LINE)


def _asked(item: Item) -> bool:
    """The yes-or-no questions of triage's core and its two scales, as the desk's page asks them."""
    codes = {choice.code for choice in item.choices}
    yes_or_no = item.kind is Kind.SELECT_ONE and codes >= {"ya", "tidak"}
    return yes_or_no or item.name in _SCALES


def _question(item: Item) -> Field:
    offered: Sequence[Choice] = item.choices
    if item.name not in _SCALES:
        offered = [each for each in item.choices if each.code in ("ya", "tidak")]
    words = tuple((each.code, each.label_id, each.label_en) for each in offered)
    return Field(item.name, "one", _said(item), _hint(item), words, about=_said_about(item))


def _said(item: Item) -> Said:
    return item.label_id, item.label_en


def _said_about(item: Item) -> Said:
    return item.wording("pelapor")


def _hint(item: Item) -> Said:
    return item.hint_id, item.hint_en


def _codes(list_name: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.code, each.label_id, each.label_en) for each in reference.codes(list_name))


# -- reading what was typed ------------------------------------------------------------------


def content_of(said: Mapping[str, Any], *, made: datetime | None, at: datetime) -> ReportContent:
    """What a phone's report says; what cannot be read is left out, and no word is cut off.

    ``made`` is the phone's hour of writing. The hour told by the person goes before it, and none
    of them lies after ``at``: a phone whose clock runs ahead reports now.
    """
    told = _moment(said.get("reported_at")) or made or at
    answers = _answers(said)
    return ReportContent(
        channel=_code("saluran_laporan", said.get("channel")),
        reporter_kind=_code("jenis_pelapor", said.get("reporter_kind")),
        reporter_confidential=said.get("reporter_confidential") is not False,
        happened_on=_day(said.get("happened_on")),
        reported_at=min(told, at),
        area=_area(said.get("area")),
        account=_text(said, "account"),
        reporter=Reporter(
            name=_text(said, "reporter_name"), phone=_text(said, "reporter_phone"),
            relation=_text(said, "reporter_relation"),
            institution=_text(said, "reporter_institution"),
        ),
        about=About(
            name=_text(said, "name"), called_name=_text(said, "called_name"),
            phone=_text(said, "phone"), nik=_text(said, "nik"),
            sex=_code("jenis_kelamin", said.get("sex")), age=_age(said.get("age")),
            place=_text(said, "place"), safe_contact=_text(said, "safe_contact"),
            contact_bans=_many("larangan_kontak", said.get("contact_bans")),
        ),
        answers=answers,
        violence_kinds=_many("jenis_kekerasan", said.get("violence_kinds")),
    )  # fmt: skip


def _answers(said: Mapping[str, Any]) -> dict[str, list[str]]:
    own = {asked: name for name, asked in _OWN_FIELDS.items()}
    raw: dict[str, list[str]] = {}
    for item in rk01_triase.TRIAGE.items:
        text = _text(said, own.get(item.name, item.name))
        raw[item.name] = [text[: item.limit] if item.name in own else text]
    try:
        return rk01_triase.read_triage(raw).to_json()
    except AnswersUnreadable as fault:
        bad = {problem.item for problem in fault.problems}
        kept = {name: values for name, values in raw.items() if name not in bad}
        return rk01_triase.read_triage(kept).to_json()


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(value, str) else ""


def _code(list_name: str, value: object) -> str:
    return value if isinstance(value, str) and reference.is_code(list_name, value) else ""


def _many(list_name: str, values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(dict.fromkeys(code for value in values if (code := _code(list_name, value))))


def _area(value: object) -> str:
    return value if isinstance(value, str) and reference.get_areas([value[:16]]) else ""


def _age(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(value) if isinstance(value, str) else None
    return None


def _moment(value: object) -> datetime | None:
    """An hour with its zone; one without says nothing that could be relied on."""
    return read_moment(value)


def read_moment(value: object) -> datetime | None:
    """An ISO 8601 hour with its zone, or ``None``."""
    with suppress(ValueError):
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found if found is not None and found.utcoffset() is not None else None
    return None
