"""Reports: what is told, what the triage says, where the report stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from rangkul.api.schemas.strict import (
    CASE,
    COLLEAGUE,
    REPORT,
    Account,
    AreaCode,
    Asked,
    ClockSaid,
    Code,
    Codes,
    Day,
    Keepable,
    Line,
    Moment,
    Number,
    Said,
    example,
)
from rangkul.assessments import rk01_triase

Answer = Annotated[list[Annotated[str, Field(max_length=2000), Keepable]], Field(max_length=20)]
_ITEMS = frozenset(item.name for item in rk01_triase.TRIAGE.items)


class ReporterAsked(Asked):
    """Who reports; kept apart from the account, because the name is protected."""

    name: Line = ""
    phone: Line = ""
    relation: Line = ""
    institution: Line = ""


class AboutAsked(Asked):
    """The person the report is about, as far as it was said. Numbers are kept as they came."""

    name: Line = ""
    called_name: Line = ""
    phone: Line = ""
    nik: Line = ""
    sex: Annotated[str, Field(max_length=12), Keepable] = ""
    age: Annotated[int, Field(ge=0, le=125)] | None = None
    place: Line = ""
    safe_contact: Line = ""
    contact_bans: Codes = []


_ANSWERS = {"bahaya_kini": ["tidak"], "luka": ["tidak"], "cekik": ["ya"], "anak_ada": ["tidak"]}


class ReportAsked(Asked):
    """One report. ``answers`` are the core of rk01: item → codes; what is left out is not known."""

    model_config = ConfigDict(
        json_schema_extra=example(
            channel="telepon", reporter_kind="tetangga", happened_on="2026-03-01",
            reported_at="2026-03-02T09:00:00+07:00", area="33.74",
            account="Tetangga mendengar teriakan setiap malam.",
            about={"called_name": "Bu Rina", "sex": "P", "contact_bans": ["telepon"]},
            answers=_ANSWERS, violence_kinds=["fisik"], take=False,
        )
    )  # fmt: skip

    channel: Code
    reporter_kind: Code = ""
    reporter_confidential: bool = True
    happened_on: Day | None = None
    reported_at: Moment | None = None
    area: AreaCode
    account: Account
    reporter: ReporterAsked = ReporterAsked()
    about: AboutAsked = AboutAsked()
    answers: dict[str, Annotated[str, Field(max_length=2000), Keepable] | Answer] = {}
    violence_kinds: Codes = []
    take: bool = False

    @model_validator(mode="after")
    def _only_items_of_the_triage(self) -> ReportAsked:
        """An answer to a question that nobody asked is refused: it would be lost unseen."""
        unknown = sorted(set(self.answers) - _ITEMS)
        if unknown:
            raise PydanticCustomError(
                "unknown_field", "not an item of rk01", {"code": "unknown_field"}
            )
        return self

    def given(self) -> dict[str, list[str]]:
        """The answers as a form would have sent them."""
        return {
            name: [value] if isinstance(value, str) else list(value)
            for name, value in self.answers.items()
        }


class ActionSaid(Said):
    """What the triage asks for now."""

    code: str
    text_id: str
    text_en: str


class TriageSaid(Said):
    """What rk01 says: a level, why, what to say to the person, what to do first."""

    level: str
    because_id: str
    because_en: str
    say_id: str
    say_en: str
    actions: list[ActionSaid]
    ask_again: list[str]


_TRIAGE: dict[str, Any] = {
    "level": "tinggi",
    "because_id": "Tinggi, karena: pernah dicekik atau dibekap.",
    "because_en": "High, because: has been choked or smothered.",
    "say_id": "Terima kasih sudah memberi tahu. Periksakan diri ke dokter, walau tidak ada bekas.",
    "say_en": "Thank you for telling us. Please see a doctor, even without marks.",
    "actions": [
        {
            "code": "periksa_dokter",
            "text_id": "Periksa ke dokter",
            "text_en": "Medical check",
        }
    ],
    "ask_again": ["senjata"],
}
_STANDING: dict[str, Any] = {
    "number": REPORT, "state": "received", "risk": "tinggi", "version": 2,
    "reported_at": "2026-03-02T02:00:00Z", "entered_at": "2026-03-02T02:01:00Z",
}  # fmt: skip


class ReportStanding(Said):
    """Where a report stands."""

    model_config = ConfigDict(json_schema_extra=example(**_STANDING))

    number: str
    state: str
    risk: str
    version: int
    reported_at: datetime | None
    entered_at: datetime


class ReportReceived(ReportStanding):
    """The report was received; by when somebody answers, and what the triage says."""

    model_config = ConfigDict(
        json_schema_extra=example(**_STANDING, answer_by="2026-03-02T02:15:00Z", triage=_TRIAGE)
    )

    answer_by: datetime | None
    triage: TriageSaid


class ReportReceivedKept(ReportStanding):
    """What is kept of that answer, to be given again: the triage is worked out anew."""

    answer_by: datetime | None


class ReportLine(ReportStanding):
    """One line of the list. ``case`` only for who may see the file."""

    model_config = ConfigDict(
        json_schema_extra=example(
            **_STANDING, channel="telepon", reporter_kind="tetangga", area="33.74", outcome="",
            case="",
        )
    )  # fmt: skip

    channel: str
    reporter_kind: str
    area: str
    outcome: str
    case: str


class ReportPage(Said):
    """A page of reports, newest first; ``next_before`` opens the next one, "" on the last."""

    model_config = ConfigDict(json_schema_extra=example(reports=[], next_before=REPORT))

    reports: list[ReportLine]
    next_before: str


class ReporterSaid(Said):
    """Who reported."""

    name: str
    phone: str
    relation: str
    institution: str


class AboutSaid(Said):
    """The person the report is about."""

    name: str
    called_name: str
    phone: str
    nik: str
    sex: str
    age: int | None
    place: str
    safe_contact: str
    contact_bans: list[str]


class ReportWords(Said):
    """What was told. Reading it is recorded."""

    happened_on: date | None
    reporter_confidential: bool
    account: str
    reporter: ReporterSaid
    about: AboutSaid
    answers: dict[str, list[str]]
    violence_kinds: list[str]
    triage: TriageSaid


class ReportSaid(ReportLine):
    """One report. ``words`` is null once it was handed over to a file that others carry."""

    model_config = ConfigDict(
        json_schema_extra=example(
            **_STANDING, channel="telepon", reporter_kind="tetangga", area="33.74", outcome="",
            case="", clocks=[], words=None,
        )
    )  # fmt: skip

    clocks: list[ClockSaid]
    words: ReportWords | None


class CloseAsked(Asked):
    """How a report ended that needs no case."""

    model_config = ConfigDict(json_schema_extra=example(outcome="saran_diberikan"))

    outcome: Code


class OpenCaseAsked(Asked):
    """What the file begins with beside what the report knows; what is left out is taken from it.

    ``companion`` is a colleague's number; without one the caller carries the file.
    ``same_incident_as`` is the number of another survivor's file of the same incident: the new file
    takes over its days, places and road where the report tells nothing of them.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            categories=["ktk"], flags=[], sex="P", birth_year=1994, work_label="buruh cuci",
            companion=COLLEAGUE,
        )
    )  # fmt: skip

    categories: Annotated[list[Annotated[str, Field(max_length=8)]], Field(max_length=2)]
    violence_kinds: Codes | None = None
    flags: Codes = []
    sex: Annotated[str, Field(pattern=r"^[PL]?$")] | None = None
    birth_year: Annotated[int, Field(ge=1850, le=2199)] | None = None
    is_child: bool | None = None
    languages: Codes = []
    worker_sex: Annotated[str, Field(pattern=r"^[PL]?$")] = ""
    work_label: Annotated[str, Field(max_length=60), Keepable] = ""
    name: Line | None = None
    called_name: Line | None = None
    nik: Line | None = None
    phone: Line | None = None
    place_kinds: Codes = []
    companion: Number | None = None
    same_incident_as: Number | None = None


class CaseOpened(Said):
    """The file is open. ``case`` is its number for who may see it, "" for who handed it over."""

    model_config = ConfigDict(json_schema_extra=example(report=REPORT, case=CASE, state="opened"))

    report: str
    case: str
    state: str
