"""The one page of a report as a form: nothing is required while one listens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from rangkul.assessments import rk01_triase
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import AnswersUnreadable, Item, Kind
from rangkul.desk import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.reports.content import About, ReportContent, Reporter

SURVIVOR = "korban"
_LOCAL = "%Y-%m-%dT%H:%M"

# Asked on the page in their own fields; here they are part of the answers.
OWN_FIELDS = {"place": "posisi", "safe_contact": "kontak_aman"}
_TOGGLES = tuple(
    item
    for item in rk01_triase.TRIAGE.items
    if item.kind is Kind.SELECT_ONE and {c.code for c in item.choices} >= {"ya", "tidak"}
)
_YES_NO_UNKNOWN = ("ya", "tidak", "tidak_tahu")
_SCALES = ("takut", "waktu_seksual")

SENTENCES: Mapping[str, Any] = {
    "required": _("Please fill this in."),
    "too_long": _("This is too long. Please shorten it; nothing of it is lost meanwhile."),
    "future": _("This lies in the future. Please check the date."),
    "too_old": _("This lies too far back. Please check the year."),
    "after_report": _("This is later than the report itself. Please check both dates."),
    "before_start": _("The end lies before the beginning."),
    "impossible": _("This age cannot be. An estimate is enough."),
    "unknown": _("This choice is not in the list any more. Please choose again."),
    "no_file": _("No file that you may see has this number. Please check it."),
    "malformed": _("This number is not complete. Leave it empty if you are not sure."),
}
# Where a fault of the content stands on the page.
_BESIDE = {
    f"about_{name}": name
    for name in ("name", "called_name", "phone", "nik", "place", "safe_contact")
}


class Words(forms.CharField):
    """Free words: line ends made one, characters that no keyboard means left out, any length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\x00", "")
        return text.strip()


def _line(label: Any, help_text: Any = "", **attrs: str) -> Words:
    return Words(
        label=label, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )  # fmt: skip


class ReportForm(forms.Form):
    """Every field of the page. ``speaker`` is who tells it: it turns the questions' wording."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(label=_("How it reached us"), required=False)
    reporter_kind = forms.ChoiceField(label=_("Who tells it"), required=False)
    account = Words(
        label=_("The story, in the teller's words"),
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True, "autocomplete": "off"}),
    )
    takut = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    waktu_seksual = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    violence_kinds = forms.MultipleChoiceField(
        label=_("Kinds of violence heard so far"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    area_words = _line(_("Where it happens"), _("Village, district or city. Type, then choose."))
    area = forms.CharField(required=False, max_length=16)
    name = _line(_("Name, if it was said"))
    called_name = _line(_("Wishes to be called"))
    sex = forms.ChoiceField(label=_("Sex"), required=False, widget=forms.RadioSelect)
    age = forms.IntegerField(
        label=_("Age, as far as known"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": 125}),
    )
    phone = _line(_("Telephone"), inputmode="tel")
    nik = _line(_("NIK"), inputmode="numeric")
    place = _line("")
    safe_contact = _line("")
    contact_bans = forms.MultipleChoiceField(
        label=_("What we must not do"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reporter_confidential = forms.BooleanField(
        label=_("Keep the teller's name confidential"), required=False
    )
    reporter_name = _line(_("Teller's name"))
    reporter_phone = _line(_("Teller's telephone"), inputmode="tel")
    reporter_relation = _line(_("How they know each other"))
    reporter_institution = _line(_("Institution, if any"))
    happened_on = forms.DateField(
        label=_("It happened on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reported_at = forms.DateTimeField(
        label=_("It was reported at"),
        required=False,
        input_formats=[_LOCAL],
        help_text=_("Leave empty if it is being told right now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, speaker: str, **kwargs: Any) -> None:
        self.zone, self.speaker = zone, speaker
        super().__init__(*args, **kwargs)
        self._offer("channel", [("", _("Choose…")), *reference.choices("saluran_laporan")])
        self._offer("reporter_kind", [("", _("Choose…")), *reference.choices("jenis_pelapor")])
        self._offer("violence_kinds", reference.choices("jenis_kekerasan"))
        self._offer("contact_bans", reference.choices("larangan_kontak"))
        self._offer("sex", reference.choices("jenis_kelamin"))
        for field in self.fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = SENTENCES["unknown"]
        for name in _SCALES:
            item = rk01_triase.TRIAGE.item(name)
            words = [(c.code, wording.in_language(c.label_id, c.label_en)) for c in item.choices]
            self._offer(name, [("", _("Not known yet")), *words])
        for name, asked in {**dict.fromkeys(_SCALES, ""), **OWN_FIELDS}.items():
            question = self._asked(rk01_triase.TRIAGE.item(asked or name))
            self.fields[name].label, self.fields[name].help_text = question

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        set_choices(self, name, choices)

    def _asked(self, item: Item) -> tuple[str, str]:
        """The question and its hint in the reader's language, for whoever is speaking."""
        hint = wording.in_language(item.hint_id, item.hint_en)
        return wording.in_language(*item.wording(self.speaker)), hint

    @property
    def codes(self) -> tuple[str, str, str]:
        """The values of yes, no and not known yet."""
        return _YES_NO_UNKNOWN

    @property
    def sent(self) -> Mapping[str, Any]:
        """The form as sent, or as it is first shown."""
        return self.data if self.is_bound else self.initial

    def toggles(self) -> list[dict[str, str]]:
        """The yes-or-no questions of triage's core, with what was answered."""
        asked = []
        for item in _TOGGLES:
            label, help_text = self._asked(item)
            value = self.data.get(item.name, "") if self.is_bound else self.initial.get(item.name)
            asked.append(
                {"name": item.name, "label": label, "help": help_text, "value": value or ""}
            )
        return asked

    def raw_answers(self) -> dict[str, list[str]]:
        """The answers as sent, the two that have fields of their own among them."""
        sent = {
            item.name: _listed(self.data, item.name)
            for item in rk01_triase.TRIAGE.items
            if item.name not in OWN_FIELDS.values()
        }
        for field, name in OWN_FIELDS.items():
            limit = rk01_triase.TRIAGE.item(name).limit
            sent[name] = [self.cleaned_data.get(field, "")[:limit]]
        return sent

    def content(self) -> ReportContent:
        """What was typed, for the operations; what could not be read is left out.

        Call after ``is_valid``. Values out of range are judged by ``reports.content.check``.
        """
        got = self.cleaned_data.get
        reported = got("reported_at")
        return ReportContent(
            channel=got("channel") or "",
            reporter_kind=got("reporter_kind") or "",
            reporter_confidential=bool(got("reporter_confidential")),
            happened_on=got("happened_on"),
            # The field is in the desk's own hour, whatever zone the process runs in.
            reported_at=reported.replace(tzinfo=self.zone) if reported else None,
            area=got("area") or "",
            account=got("account") or "",
            reporter=Reporter(
                name=got("reporter_name") or "",
                phone=got("reporter_phone") or "",
                relation=got("reporter_relation") or "",
                institution=got("reporter_institution") or "",
            ),
            about=About(
                name=got("name") or "",
                called_name=got("called_name") or "",
                phone=got("phone") or "",
                nik=got("nik") or "",
                sex=got("sex") or "",
                age=got("age"),
                place=got("place") or "",
                safe_contact=got("safe_contact") or "",
                contact_bans=tuple(got("contact_bans") or ()),
            ),
            answers=self.answers().to_json(),
            violence_kinds=tuple(got("violence_kinds") or ()),
        )

    def answers(self) -> Answers:
        """The answers that can be read; the others are reported by ``clean``."""
        raw = self.raw_answers()
        try:
            return rk01_triase.read_triage(raw)
        except AnswersUnreadable as fault:
            bad = {problem.item for problem in fault.problems}
            return rk01_triase.read_triage({k: v for k, v in raw.items() if k not in bad})

    def clean(self) -> dict[str, Any]:
        """Say which answers could not be read."""
        try:
            rk01_triase.read_triage(self.raw_answers())
        except AnswersUnreadable as fault:
            for problem in fault.problems:
                beside = problem.item if problem.item in self.fields else None
                self.add_error(beside, wording.in_language(problem.text_id, problem.text_en))
        return self.cleaned_data

    def take_faults(self, fault: InvalidInput) -> None:
        """Put what an operation could not take beside its field, in words."""
        for name, code in fault.errors.items():
            field = "area_words" if name == "area" else _BESIDE.get(name, name)
            # A field that could not be read has its own sentence already.
            if field not in self.errors:
                sentence = SENTENCES.get(code, SENTENCES["unknown"])
                self.add_error(field if field in self.fields else None, sentence)


def speaker_of(reporter_kind: str) -> str:
    """Who is speaking, as the instruments name it (``h_sumber``)."""
    return "penyintas" if reporter_kind == SURVIVOR else "pelapor"


def initial_of(content: ReportContent, *, version: int, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of the page for what is kept."""
    about, reporter = content.about, content.reporter
    reported = content.reported_at
    return {name: codes[0] for name, codes in (content.answers or {}).items() if codes} | {
        "version": version,
        "channel": content.channel,
        "reporter_kind": content.reporter_kind,
        "reporter_confidential": content.reporter_confidential,
        "account": content.account,
        "violence_kinds": list(content.violence_kinds),
        "area": content.area,
        "name": about.name,
        "called_name": about.called_name,
        "phone": about.phone,
        "nik": about.nik,
        "sex": about.sex,
        "age": about.age,
        "place": about.place,
        "safe_contact": about.safe_contact,
        "contact_bans": list(about.contact_bans),
        "reporter_name": reporter.name,
        "reporter_phone": reporter.phone,
        "reporter_relation": reporter.relation,
        "reporter_institution": reporter.institution,
        "happened_on": content.happened_on,
        "reported_at": _local(reported, zone),
    }


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).strftime(_LOCAL) if moment else None


def _listed(data: Mapping[str, Any], name: str) -> list[str]:
    return data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
