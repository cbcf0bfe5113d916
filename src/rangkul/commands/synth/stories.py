"""Invented cases, one after another: report, file, people, notes, needs, hand-offs, clocks, trail.

A chunk of cases is written from its own random numbers, so that chunks can be made in any order by
any number of processes and the country stays the same.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.conf import settings

from rangkul.cases.pseudonyms import pseudonym_for
from rangkul.commands.synth import rows, words
from rangkul.commands.synth.country import CHUNK, YEARS, Country, Task
from rangkul.commands.synth.handoffs import Handoffs
from rangkul.commands.synth.ledger import Ledger, Life, reach_of
from rangkul.commands.synth.names import GeneratedName, NameGenerator, Sex
from rangkul.commands.synth.rows import (
    NULL,
    Buffers,
    array,
    flag,
    identifier,
    moment,
    number,
    sealed,
    text,
)
from rangkul.commands.synth.triage import Filled, stock
from rangkul.foundation import vault
from rangkul.foundation.vault import DataClass, Owner, Place
from rangkul.people import matching
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.tokens import PERSON, REPORT, TokenMaker
from rangkul.reference.ages import age_group
from rangkul.reports.content import About, Reporter

_SPAN = timedelta(days=365 * YEARS)
_FIRST_RESPONSE = {
    "tinggi": ("first_response_high", timedelta(minutes=15)),
    "sedang": ("first_response_medium", timedelta(hours=6)),
    "rendah": ("first_response_low", timedelta(hours=24)),
}
_KINDS = (("fisik",), ("fisik", "psikis"), ("seksual",), ("psikis",), ("penelantaran",),
          ("eksploitasi", "trafficking"))  # fmt: skip
_CHANNELS = ("datang_langsung", "sapa_129", "telepon", "whatsapp", "sekolah", "rumah_sakit",
             "polisi", "penjangkauan")  # fmt: skip
_REPORTERS = ("korban", "keluarga", "tetangga", "guru", "tenaga_kesehatan", "anonim")
_PLACES = ("rumah_tangga", "rumah_tangga", "tempat_kerja", "sekolah", "fasilitas_umum", "daring")
_RELATIONS = ("suami", "ayah_tiri", "pacar", "majikan", "tetangga", "orang_tidak_dikenal",
              "mantan_suami", "perekrut")  # fmt: skip
_SERVICES = ("psikologi", "psikososial", "medis", "polisi", "bantuan_hukum", "hunian", "ekonomi",
             "visum", "sekolah", "pemulangan")  # fmt: skip
_REASONS = ("tujuan_tercapai", "tujuan_tercapai", "permintaan", "pindah", "tak_terhubung")
_BANS = ("telepon", "pesan", "sebut_lembaga", "hubungi_keluarga", "datang")
_OPENED_FOR = ("menghubungi", "bertemu", "menyusun_rujukan", "supervisi")


class Storyteller:
    """Writes chunks of cases for one country."""

    def __init__(self, task: Task, country: Country) -> None:
        self.task, self.country = task, country
        self._triages = stock(task.seed)
        self._makers: dict[int, TokenMaker] = {}

    def chunk(self, chunk: int) -> Buffers:
        """The rows of cases ``chunk * CHUNK`` up to the next chunk."""
        lines = rows.buffers()
        task = self.task
        rng = Random(f"{task.seed}/cases/{chunk}")
        ledger = Ledger(lines, rng, xid=task.xid)
        one = _OneChunk(self, ledger, NameGenerator(rng.getrandbits(60)))
        for index in range(chunk * CHUNK, min((chunk + 1) * CHUNK, task.cases)):
            one.tell(index)
        return lines

    def draw_triage(self, rng: Random) -> Filled:
        """A filling from the stock."""
        return self._triages[int(rng.random() * len(self._triages))]

    def maker(self, agency_id: int) -> TokenMaker:
        """The agency's token maker; its keys are derived once for each process."""
        found = self._makers.get(agency_id)
        if found is None:
            found = self._makers[agency_id] = TokenMaker(agency_id, settings.KEY_RING)
        return found


class _OneChunk:
    """The telling of one chunk."""

    def __init__(self, teller: Storyteller, ledger: Ledger, names: NameGenerator) -> None:
        self.teller, self.ledger, self.names = teller, ledger, names
        self.rng, self.task = ledger.rng, teller.task
        self.handoffs = Handoffs(
            ledger, teller.country, until=self.task.until,
            first_request=self.task.bases.request + 1,
        )  # fmt: skip

    def tell(self, index: int) -> None:
        """One case from its report to now."""
        filled = self.teller.draw_triage(self.rng)
        life = self._begin(index, filled)
        name = self.names.person("P" if life.sex == "P" else "L", life.area[:2])
        tokens = self._name_tokens(life, name)
        self._custody(life)
        self._report(life, index, filled, name, tokens)
        self._cover(life)
        self._people(life, name, tokens)
        self._incident(life)
        self._assessment(life, filled)
        self._notes(life)
        self._needs(life, index)
        self._clocks(life)
        self._close(life)

    # -- the case -------------------------------------------------------------------------

    def _begin(self, index: int, filled: Filled) -> Life:
        rng, task = self.rng, self.task
        agency = self.teller.country.draw_lead(rng.random())
        share = (index + rng.random()) / task.cases
        opened = task.until - _SPAN * (1 - share) - timedelta(minutes=30)
        joint = None
        if rng.random() < 0.12:
            other = self.teller.country.draw_lead(rng.random())
            joint = other if other is not agency else None
        companions = agency.staff[2:] or agency.staff
        life = Life(
            id=task.bases.case + 1 + index,
            subject=UUID(int=rng.getrandbits(128), version=4),
            agency=agency,
            companion=companions[int(rng.random() * len(companions))],
            supervisor=agency.staff[0],
            opened_at=opened,
            closed_at=self._closing(opened),
            joint=joint,
            reach=reach_of(agency.id, *([joint.id] if joint else [])),
            risk=filled.risk,
            sex="L" if rng.random() < 0.22 else "P",
            age=int(rng.triangular(4, 70, 17)),
            area=agency.area,
            categories=("kpo",) if rng.random() < 0.06 else ("ktk",),
        )
        life.pseudonym = pseudonym_for(life.subject.bytes)
        return life

    def _closing(self, opened: datetime) -> datetime | None:
        """When the file was closed: most of the old ones are, few of the new."""
        age = self.task.until - opened
        chance = 0.9 if age.days > 365 else 0.55 if age.days > 90 else 0.12
        if age.days < 5 or self.rng.random() > chance:
            return None
        return opened + timedelta(days=min(30 + self.rng.random() * 200, age.days - 1))

    def _custody(self, life: Life) -> None:
        add, opened = self.ledger.add, moment(life.opened_at)
        case, agency = str(life.id), str(life.agency.id)
        add("custody_case", case, identifier(life.subject), agency, opened, life.reach)
        add("custody_caseaccess", case, agency, "lead", opened, opened, NULL)
        if life.joint:
            since = moment(min(life.opened_at + timedelta(days=1), self.task.until))
            add("custody_caseaccess", case, str(life.joint.id), "joint", opened, since, NULL)
            self.ledger.act(
                "custody.team_joined", life.opened_at, life.agency, life.supervisor, "case",
                life.id, life.id, detail={"agency": life.joint.id},
            )  # fmt: skip
        add(
            "custody_assignment",
            identifier(self.ledger.new_id(life.opened_at)), agency, case,
            str(life.companion.user_id), "companion", opened, NULL, str(life.supervisor.user_id),
        )  # fmt: skip
        for name in ("case.opened", "file.opened", "person.added"):
            self.ledger.act(
                name, life.opened_at, life.agency, life.companion, "case", life.id, life.id
            )
        self.ledger.act(
            "custody.assigned", life.opened_at, life.agency, life.supervisor, "case", life.id,
            life.id, detail={"user": life.companion.user_id, "part": "companion"},
        )  # fmt: skip

    def _cover(self, life: Life) -> None:
        rng, closed = self.rng, life.closed_at
        state, reason = "open", ""
        if closed is not None:
            state, reason = "closed", _REASONS[int(rng.random() * len(_REASONS))]
        elif rng.random() < 0.02:
            state = "missing"
        flags = [*(["anak"] if life.is_child else []), *(["saksi"] if rng.random() < 0.04 else [])]
        self.ledger.add(
            "cases_casefile",
            identifier(self.ledger.new_id(life.opened_at)), str(life.id), "case", life.reach,
            state, life.risk, moment(life.opened_at), array(life.categories),
            array(_KINDS[int(rng.random() * len(_KINDS))]), array(flags), text(life.pseudonym),
            text(words.LABELS[int(rng.random() * len(words.LABELS))]), life.sex,
            age_group(life.age), flag(life.is_child), array(["ind"]), "",
            str(life.agency.intake_desk), life.area,
            identifier(self.ledger.new_id(life.opened_at)), "", moment(life.opened_at),
            moment(closed), reason, "1",
        )  # fmt: skip

    # -- report ---------------------------------------------------------------------------

    def _report(
        self, life: Life, index: int, filled: Filled, name: GeneratedName,
        tokens: list[tuple[int, str]],
    ) -> None:  # fmt: skip
        """The report that the case came from, under keys of its own."""
        rng, ledger = self.rng, self.ledger
        report_id = self.task.bases.report + 1 + index
        at = life.opened_at - timedelta(minutes=20)
        subject = UUID(int=rng.getrandbits(128), version=4)
        owner, reach = Owner("report", report_id), reach_of(life.agency.id)
        about = About(name=name.full, called_name=name.called, sex=life.sex, age=life.age)
        said = {
            "account_sealed": (DataClass.ACCOUNT, self._account()),
            "survivor_sealed": (DataClass.IDENTITY, about.to_json()),
        }
        if rng.random() < 0.4:
            reporter = Reporter(phone=self.names.phone(), relation="tetangga").to_json()
            said["reporter_sealed"] = (DataClass.CONTACT, reporter)
        seals = {
            column: sealed(
                vault.seal(
                    ledger.new_key(owner, subject, data_class, at, reach),
                    Place("reports_report", column, report_id), words_,
                )
            )
            for column, (data_class, words_) in said.items()
        }  # fmt: skip
        taker = life.agency.staff[min(1, len(life.agency.staff) - 1)]
        ledger.add(
            "reports_report",
            str(report_id), identifier(subject), str(life.agency.id), str(life.agency.intake_desk),
            "opened", _CHANNELS[index % len(_CHANNELS)], _REPORTERS[index % len(_REPORTERS)], "t",
            at.date().isoformat(), moment(at), moment(at), life.area, life.risk, filled.answers,
            filled.result, "{}", seals["account_sealed"],
            seals.get("reporter_sealed", NULL), seals["survivor_sealed"], str(life.id), "",
            str(taker.user_id), str(taker.user_id), "1",
        )  # fmt: skip
        self._find_by(tokens, life, subject, REPORT, report_id)
        ledger.act("report.received", at, life.agency, taker, "report", report_id)
        ledger.act("report.case_opened", life.opened_at, life.agency, taker, "report", report_id,
                   life.id)  # fmt: skip
        procedure, within = _FIRST_RESPONSE[life.risk]
        ledger.clock(
            life, procedure, at, at + within, met=life.opened_at, kind="report",
            subject=report_id, of_case=False,
        )  # fmt: skip

    def _account(self) -> str:
        return words.ACCOUNTS[int(self.rng.random() * len(words.ACCOUNTS))]

    def _name_tokens(self, life: Life, name: GeneratedName) -> list[tuple[int, str]]:
        """The tokens of a name, each with what ranking needs; report and file share them."""
        maker = self.teller.maker(life.agency.id)
        marks: dict[str, int] = {}
        made = []
        for token in matching.index_tokens([name.full, name.called]):
            mark = marks.get(token.spelling)
            if mark is None:
                mark = marks[token.spelling] = maker.mark(token.spelling)
            ranking = f"{token.name}\t{token.parts}\t{mark}"
            made.append((maker.name(token.kind, token.value), ranking))
        return made

    def _find_by(
        self, tokens: list[tuple[int, str]], life: Life, subject: UUID, kind: str, ref: int
    ) -> None:
        """The rows by which one person or report is found."""
        middle = f"\t{life.agency.id}\t{identifier(subject)}\t{kind}\t{ref}\t"
        self.ledger.lines["people_token"] += [
            f"{token}{middle}{ranking}" for token, ranking in tokens
        ]

    # -- people ---------------------------------------------------------------------------

    def _people(self, life: Life, name: GeneratedName, tokens: list[tuple[int, str]]) -> None:
        rng = self.rng
        sex: Sex = "P" if life.sex == "P" else "L"
        month, day = 1 + int(rng.random() * 12), 1 + int(rng.random() * 28)
        before = (month, day) > (life.opened_at.month, life.opened_at.day)
        born = date(life.opened_at.year - life.age - before, month, day)
        nik = self.names.nik(sex, born) if rng.random() < 0.7 else ""
        phone = matching.phone_key(self.names.phone()) if rng.random() < 0.6 else ""
        person = self.ledger.new_id(life.opened_at)
        bans = [_BANS[int(rng.random() * len(_BANS))]] if rng.random() < 0.4 else []
        self._person(
            life, person, "survivor", life.subject, sex, born.year, "", bans,
            Identity(full_name=name.full, called_name=name.called, birth_date=born, nik=nik),
            Contact(phone=phone, how="WhatsApp, siang hari") if phone else None,
            Location(area=life.area),
        )  # fmt: skip
        maker = self.teller.maker(life.agency.id)
        numbers = [
            (maker.number(kind, value), "0\t0\t0")
            for kind, value in (("nik", nik), ("phone", phone))
            if value
        ]
        self._find_by([*tokens, *numbers], life, person, PERSON, life.id)
        for part, chance in (("suspect", 0.6), ("kin", 0.3)):
            if rng.random() < chance:
                other = self.ledger.new_id(life.opened_at)
                drawn: Sex = "L" if part == "suspect" else "P"
                called = self.names.person(drawn, life.area[:2])
                relation = "ibu_kandung"
                if part == "suspect":
                    relation = _RELATIONS[int(rng.random() * len(_RELATIONS))]
                self._person(
                    life, other, part, other, drawn, None, relation, [],
                    Identity(full_name=called.full), None, None,
                )  # fmt: skip

    def _person(
        self, life: Life, person: UUID, part: str, subject: UUID, sex: str, born: int | None,
        relation: str, bans: list[str], identity: Identity, contact: Contact | None,
        location: Location | None,
    ) -> None:  # fmt: skip
        parts = (
            ("identity_sealed", DataClass.IDENTITY, identity),
            ("contact_sealed", DataClass.CONTACT, contact),
            ("location_sealed", DataClass.LOCATION, location),
        )
        seals = [
            self.ledger.seal(
                life, data_class, Place("people_person", column, person), value.to_json(), subject
            )
            if value is not None
            else NULL
            for column, data_class, value in parts
        ]
        self.ledger.add(
            "people_person",
            identifier(person), str(life.id), "case", life.reach, part, sex, number(born),
            relation, array(bans), *seals, "current", moment(life.opened_at),
            str(life.companion.user_id), "1",
        )  # fmt: skip

    # -- content --------------------------------------------------------------------------

    def _incident(self, life: Life) -> None:
        rng = self.rng
        incident = self.ledger.new_id(life.opened_at)
        account = self.ledger.seal(
            life, DataClass.ACCOUNT, Place("cases_incident", "account_sealed", incident),
            self._account(),
        )  # fmt: skip
        trafficked = "kpo" in life.categories
        happened = life.opened_at.date() - timedelta(days=int(rng.random() * 20))
        self.ledger.add(
            "cases_incident",
            identifier(incident), str(life.id), "case", life.reach, happened.isoformat(), "day",
            array([_PLACES[int(rng.random() * len(_PLACES))]]), life.area,
            life.area if trafficked else "", "{}", "", "MY" if trafficked else "",
            array(["perekrutan"] if trafficked else []), array(["penipuan"] if trafficked else []),
            array(["kerja_paksa"] if trafficked else []), account, moment(life.opened_at),
            str(life.companion.user_id), "1",
        )  # fmt: skip

    def _assessment(self, life: Life, filled: Filled) -> None:
        ledger, at = self.ledger, moment(life.opened_at)
        submission = ledger.new_id(life.opened_at)
        ledger.add(
            "assessments_submission",
            identifier(submission), str(life.id), "case", life.reach, "rk01_triase", "1",
            "", "desk", "kept", filled.answers, filled.result, at, at, str(life.companion.user_id),
        )  # fmt: skip
        for data_class, values in filled.apart:
            row = ledger.new_id(life.opened_at)
            place = Place("assessments_sealedanswers", "values_sealed", row)
            ledger.add(
                "assessments_sealedanswers",
                identifier(row), str(life.id), "case", life.reach, identifier(submission),
                str(data_class), "answers", ledger.seal(life, data_class, place, values),
            )  # fmt: skip
        ledger.act(
            "assessment.recorded", life.opened_at, life.agency, life.companion, "submission",
            submission, life.id, detail={"instrument": "rk01_triase", "version": "1"},
        )  # fmt: skip

    def _notes(self, life: Life) -> None:
        rng, ledger = self.rng, self.ledger
        ends = life.closed_at or self.task.until
        span = min(ends - life.opened_at, timedelta(days=120))
        for turn in range(2 + int(rng.random() * 5)):
            at = life.opened_at if turn == 0 else life.opened_at + span * rng.random()
            note = ledger.new_id(at)
            kind = "report" if turn == 0 else ("note", "visit", "call")[int(rng.random() * 3)]
            audience, audience_agency, reach = "case", NULL, life.reach
            if turn and rng.random() < 0.05:
                audience, audience_agency = "service", str(life.agency.id)
                reach = reach_of(life.agency.id)
            body = self._account() if turn == 0 else self._note_body()
            place = Place("cases_note", "body_sealed", note)
            ledger.add(
                "cases_note",
                identifier(note), str(life.id), audience, audience_agency, reach, kind,
                ledger.seal(life, DataClass.ACCOUNT, place, body), moment(at), moment(at),
                str(life.companion.user_id), str(life.agency.id), "",
            )  # fmt: skip
            ledger.act(
                "note.written", at, life.agency, life.companion, "note", note, life.id,
                detail={"kind": kind},
            )  # fmt: skip
            if rng.random() < 0.4:
                ledger.act("notes.read", at, life.agency, life.companion, "case", life.id, life.id,
                           detail={"count": turn + 1})  # fmt: skip
            elif rng.random() < 0.2:
                ledger.act(
                    "identity.opened", at, life.agency, life.companion, "case", life.id, life.id,
                    reason=_OPENED_FOR[int(rng.random() * len(_OPENED_FOR))],
                )  # fmt: skip

    def _note_body(self) -> str:
        rng, pool = self.rng, words.NOTE_SENTENCES
        return " ".join(
            pool[int(rng.random() * len(pool))] for _ in range(2 + int(rng.random() * 4))
        )

    def _needs(self, life: Life, index: int) -> None:
        rng, ledger = self.rng, self.ledger
        first = int(rng.random() * len(_SERVICES))
        for turn in range(1 + int(rng.random() * 3)):
            service = _SERVICES[(first + turn) % len(_SERVICES)]
            need = ledger.new_id(life.opened_at)
            referred = (
                turn < 2
                and rng.random() < 0.45
                and self.handoffs.refer(life, index, turn, need, service)
            )
            state = "referred" if referred else "planned"
            if life.closed_at:
                state = "met" if rng.random() < 0.8 else "unmet"
            wanted = words.NEEDS[service]
            place = Place("cases_need", "words_sealed", need)
            said = wanted[int(rng.random() * len(wanted))]
            ledger.add(
                "cases_need",
                identifier(need), str(life.id), "case", life.reach,
                ledger.seal(life, DataClass.ACCOUNT, place, said), service,
                ("mendesak", "perlu", "perlu", "nanti")[int(rng.random() * 4)], state, NULL, "",
                moment(life.opened_at), str(life.companion.user_id), moment(life.closed_at), "1",
            )  # fmt: skip
            ledger.act(
                "need.stated", life.opened_at, life.agency, life.companion, "need", need, life.id,
                detail={"service": service, "urgency": "perlu"},
            )  # fmt: skip

    # -- clocks and the end ---------------------------------------------------------------

    def _clocks(self, life: Life) -> None:
        """The two clocks of a new file; an open file is looked after month by month."""
        rng, until = self.rng, self.task.until
        for procedure, days in (("assessment_begun", 1), ("assessment_completed", 7)):
            due = life.opened_at + timedelta(days=days)
            met: datetime | None = life.opened_at + timedelta(days=days * rng.random() * 1.1)
            if met is not None and met > until:
                met = None
            self.ledger.clock(life, procedure, life.opened_at, due, met=met)
        if life.closed_at is None and rng.random() < 0.3:
            since = max(life.opened_at, until - timedelta(days=30 * rng.random()))
            self.ledger.clock(life, "follow_up_month_1", since, since + timedelta(days=30),
                              met=None)  # fmt: skip

    def _close(self, life: Life) -> None:
        if life.closed_at:
            self.ledger.act(
                "file.closed", life.closed_at, life.agency, life.supervisor, "case", life.id,
                life.id, reason="tujuan_tercapai",
            )  # fmt: skip
