"""The form that makes a case of a report, filled in with what the report knows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile, Incident
from rangkul.desk.reports.form import SENTENCES, Words, speaker_of
from rangkul.foundation.errors import InvalidInput
from rangkul.look.fields import set_choices
from rangkul.people.identity import Contact, Identity
from rangkul.reference import queries as reference
from rangkul.reports.content import ReportContent
from rangkul.reports.queries import OpenReport

_KTK, _KPO = "ktk", "kpo"
_TRAFFICKING = {"trafficking", "eksploitasi"}
_SHORTEST_NAME = 3
_MOST_LABEL = 60
_BESIDE = {"happened_from": "happened_on", "categories": "categories", "full_name": "name"}


class OpeningForm(forms.Form):
    """Kind, place, companion, label; the rest comes from the report and can be mended here."""

    categories = forms.MultipleChoiceField(
        label=_("Kind of case; both may hold"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(_KTK, _("Violence (KTK)")), (_KPO, _("Trafficking in persons (KPO)"))],
    )
    companion = forms.ChoiceField(
        label=_("Companion from now on"), required=False, widget=forms.RadioSelect
    )
    work_label = Words(
        label=_("Work label"),
        help_text=_(
            "A few words for your own lists, such as “factory, night shift”. Never a name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": str(_MOST_LABEL)}),
    )
    area_words = Words(
        label=_("Where it happens"),
        help_text=_("Village, district or city. Type, then choose."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    area = forms.CharField(required=False, max_length=16)
    sibling = Words(
        label=_("Same incident as"),
        help_text=_(
            "The case number of another survivor of the same incident. Days, places and the road "
            "are taken from there; each survivor keeps a file of their own."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "RK-…"}),
    )
    flags = forms.MultipleChoiceField(
        label=_("To remember in every step"), required=False, widget=forms.CheckboxSelectMultiple
    )
    happened_on = forms.DateField(
        label=_("It happened on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place_kinds = forms.MultipleChoiceField(
        label=_("Kind of place"), required=False, widget=forms.CheckboxSelectMultiple
    )
    name = Words(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    called_name = Words(
        label=_("Wishes to be called"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, widget=forms.RadioSelect)
    birth_year = forms.IntegerField(
        label=_("Year of birth, as far as known"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    nik = Words(
        label=_("NIK"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    phone = Words(
        label=_("Telephone"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def __init__(
        self, *args: Any, companions: list[tuple[str, Any]], zone: ZoneInfo, **kwargs: Any
    ) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)
        offered = {
            "companion": companions,
            "flags": reference.choices("penanda_kasus"),
            "place_kinds": reference.choices("tempat_kejadian"),
            "sex": [c for c in reference.choices("jenis_kelamin") if c[0] != "X"],
        }
        for name, choices in offered.items():
            set_choices(self, name, choices)
            self.fields[name].error_messages["invalid_choice"] = SENTENCES["unknown"]

    @property
    def sent(self) -> Mapping[str, Any]:
        """The form as sent, or as it is first shown."""
        return self.data if self.is_bound else self.initial

    def clean(self) -> dict[str, Any]:
        """A label on every list must not carry the name that everything else protects."""
        got = self.cleaned_data
        label = got.get("work_label", "")
        words = set(f"{got.get('name', '')} {got.get('called_name', '')}".casefold().split())
        named = {word for word in words if len(word) >= _SHORTEST_NAME}
        if named & set(label.casefold().replace(",", " ").split()):
            self.add_error("work_label", _("The label holds a name. Please use other words."))
        elif len(label) > _MOST_LABEL:
            self.add_error("work_label", SENTENCES["too_long"])
        if not self.errors.get("categories") and not got.get("categories"):
            self.add_error("categories", _("Please choose at least one; it can be changed later."))
        if not self.errors.get("area") and not reference.get_areas([got.get("area", "")]):
            self.add_error("area_words", _("Please choose the place from the list."))
        return got

    def opening(self, report: OpenReport) -> cases.Opening:
        """What the file begins with. Call only when valid."""
        content = report.content
        return replace(
            self.opening_unreported(),
            triage=report.answers,
            triage_source=speaker_of(content.reporter_kind),
            violence_kinds=content.violence_kinds,
            age=content.about.age,
            age_on=_stated_on(report),
            desk_id=report.report.desk_id,
            contact=Contact(phone=self.cleaned_data["phone"], how=content.about.safe_contact),
            contact_bans=content.about.contact_bans,
            reported_at=content.reported_at,
            account=content.account,
        )

    def opening_unreported(self) -> cases.Opening:
        """The same for somebody about whom no report came; nothing was asked yet."""
        got = self.cleaned_data
        return cases.Opening(
            area=got["area"],
            categories=tuple(got["categories"]),
            triage=Answers.of({}),
            flags=tuple(got["flags"]),
            sex=got["sex"],
            birth_year=got["birth_year"],
            work_label=got["work_label"],
            incident=cases.IncidentFacts(
                happened_from=got["happened_on"], area=got["area"],
                place_kinds=tuple(got["place_kinds"]),
            ),
            identity=Identity(
                full_name=got["name"], called_name=got["called_name"], nik=got["nik"]
            ),
            contact=Contact(phone=got["phone"]),
            companion_id=int(got["companion"]) if got["companion"] else None,
        )  # fmt: skip

    def take_faults(self, fault: InvalidInput) -> None:
        """Put what the operation could not take beside its field, in words."""
        for name, code in fault.errors.items():
            field = _BESIDE.get(name, name)
            sentence = SENTENCES.get(code, SENTENCES["unknown"])
            self.add_error(field if field in self.fields else None, sentence)


def initial_of(content: ReportContent, *, companion: str, at: datetime) -> dict[str, Any]:
    """What the report suggests; everything can be changed before the file opens."""
    about = content.about
    categories = []
    kinds = set(content.violence_kinds)
    if kinds - {"trafficking"} or not kinds:
        categories.append(_KTK)
    if kinds & _TRAFFICKING:
        categories.append(_KPO)
    flags = ["anak"] if _is_child(content) else []
    return {
        "categories": categories,
        "companion": companion,
        "area": content.area,
        "flags": flags,
        "happened_on": content.happened_on,
        "name": about.name,
        "called_name": about.called_name,
        "sex": about.sex,
        "birth_year": at.year - about.age if about.age is not None else None,
        "nik": about.nik,
        "phone": about.phone,
    }


def initial_beside(file: CaseFile, incident: Incident, *, companion: str) -> dict[str, Any]:
    """What another survivor's file suggests: what all of them suffered, nothing of the person."""
    return {
        "categories": file.categories,
        "companion": companion,
        "area": incident.area or file.area,
        "happened_on": incident.happened_from,
        "place_kinds": incident.place_kinds,
    }


def _stated_on(report: OpenReport) -> date:
    """The day on which the age was said."""
    return (report.content.reported_at or report.report.entered_at).date()


def _is_child(content: ReportContent) -> bool:
    return content.about.age is not None and content.about.age < 18
