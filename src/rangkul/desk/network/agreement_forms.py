"""The form of an agreement: its head, its members a line each, and a row for each service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from rangkul.desk.network.forms import find_area
from rangkul.look.fields import set_choices
from rangkul.network import agreements
from rangkul.network import queries as network
from rangkul.network.agreements import Limit, Member, Terms
from rangkul.network.operations import AgreementDetails
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES

_LIMITS = ("accept", "contact", "outcome")


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _narrow(widget: forms.Widget) -> forms.Widget:
    widget.attrs["class"] = (
        "form-select w-auto" if isinstance(widget, forms.Select) else "form-control w-auto"
    )
    return widget


class AgreementForm(forms.Form):
    """What is agreed, between whom, from when to when."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    paper_number = forms.CharField(
        label=_("Number of the document"), max_length=120, required=False
    )
    kind = forms.ChoiceField(label=_("Kind of agreement"))
    since = forms.DateField(label=_("In force from"), widget=_day())
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=_day(),
        help_text=_("Empty while no end is agreed."),
    )
    source = forms.CharField(
        label=_("Where this is read"),
        max_length=240,
        help_text=_("The signed paper and its article, or who told it."),
    )
    agencies = forms.CharField(
        label=_("Agencies that are parties"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, by the name under which the directory has it."),
    )
    areas = forms.CharField(
        label=_("Whole areas that are parties"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line. After a colon the kinds of agency that are bound, with commas; "
            "without a colon all of them."
        ),
    )
    among_themselves = forms.BooleanField(
        label=_("It binds the agencies of one area among themselves too"), required=False
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", agreements.KINDS.items())
        for code in SERVICES:
            self._add_service(str(code))

    def _add_service(self, code: str) -> None:
        self.fields[f"{code}_on"] = forms.BooleanField(required=False)
        for limit in _LIMITS:
            self.fields[f"{code}_{limit}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=agreements.MOST_HOURS,
                widget=_narrow(forms.NumberInput()),
            )
            self.fields[f"{code}_{limit}_unit"] = forms.ChoiceField(
                required=False,
                choices=list(agreements.UNITS.items()),
                widget=_narrow(forms.Select()),
            )
        for name, choices in (
            ("residency", agreements.RESIDENCY), ("payer", agreements.PAYERS),
        ):  # fmt: skip
            self.fields[f"{code}_{name}"] = forms.ChoiceField(
                required=False, choices=list(choices.items()), widget=_narrow(forms.Select())
            )
        self.fields[f"{code}_fallback"] = forms.BooleanField(required=False)
        self.fields[f"{code}_notes"] = forms.CharField(
            required=False, max_length=400, widget=_narrow(forms.TextInput())
        )

    def rows(self) -> list[tuple[str, dict[str, BoundField]]]:
        """Each service with its fields by name."""
        names = (
            "on", "accept", "accept_unit", "contact", "contact_unit", "outcome", "outcome_unit",
            "residency", "payer", "fallback", "notes",
        )  # fmt: skip
        return [(str(code), {name: self[f"{code}_{name}"] for name in names}) for code in SERVICES]

    def clean_agencies(self) -> tuple[Member, ...]:
        """The agencies named, each once."""
        found = []
        for line in _lines(self.cleaned_data["agencies"]):
            agency_id = network.find_agency(line)
            if agency_id is None:
                raise forms.ValidationError(
                    _("The directory has no one agency named “%(name)s”."), params={"name": line}
                )
            found.append(Member(agency_id=agency_id))
        return tuple(dict.fromkeys(found))

    def clean_areas(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Area codes, each with the kinds that it binds."""
        kinds = {label.casefold(): code for code, label in reference.choices("jenis_lembaga")}
        found = []
        for line in _lines(self.cleaned_data["areas"]):
            name, _colon, listed = line.partition(":")
            wanted = []
            for word in _lines(listed.replace(",", "\n")):
                code = kinds.get(word.casefold(), word.casefold())
                if not reference.is_code("jenis_lembaga", code):
                    raise forms.ValidationError(
                        _("“%(name)s” is no kind of agency in the list."), params={"name": word}
                    )
                wanted.append(code)
            found.append((find_area(name.strip()), tuple(wanted)))
        return tuple(dict.fromkeys(found))

    @property
    def details(self) -> AgreementDetails:
        """What the operations take."""
        given = self.cleaned_data
        areas = tuple(
            Member(area=code, kinds=kinds, among_themselves=given["among_themselves"])
            for code, kinds in given["areas"]
        )
        return AgreementDetails(
            title=given["title"], kind=given["kind"], since=given["since"], until=given["until"],
            source=given["source"], paper_number=given["paper_number"], notes=given["notes"],
            members=(*given["agencies"], *areas), terms=tuple(self._terms()),
        )  # fmt: skip

    def _terms(self) -> Iterable[Terms]:
        given = self.cleaned_data
        for code in (str(each) for each in SERVICES):
            if not given[f"{code}_on"]:
                continue

            def limit(name: str, code: str = code) -> Limit | None:
                amount = given[f"{code}_{name}"]
                unit = given[f"{code}_{name}_unit"] or agreements.HOURS
                return Limit(amount, unit) if amount else None

            yield Terms(
                service=code,
                residency=given[f"{code}_residency"] or agreements.EVERYONE,
                payer=given[f"{code}_payer"] or "free",
                accept=limit("accept"), contact=limit("contact"), outcome=limit("outcome"),
                fallback=given[f"{code}_fallback"], notes=given[f"{code}_notes"],
            )  # fmt: skip


class EndForm(forms.Form):
    """Ending an agreement before its time."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    last_day = forms.DateField(label=_("Last day"), widget=_day())
    reason = forms.CharField(label=_("Why it ends"), max_length=200)


def agreement_initial(details: AgreementDetails, number: int) -> dict[str, object]:
    """An agreement as its form shows it."""
    areas = reference.get_areas(m.area for m in details.members if m.area)
    names = network.agency_names(m.agency_id for m in details.members if m.agency_id is not None)
    cells: dict[str, object] = {
        "number": number, "title": details.title, "paper_number": details.paper_number,
        "kind": details.kind, "since": details.since, "until": details.until,
        "source": details.source, "notes": details.notes,
        "agencies": "\n".join(
            names.get(m.agency_id, "") for m in details.members if m.agency_id is not None
        ),
        "areas": "\n".join(_line(m, areas) for m in details.members if m.area),
        "among_themselves": any(m.among_themselves for m in details.members),
    }  # fmt: skip
    for each in details.terms:
        cells |= {f"{each.service}_on": True, f"{each.service}_residency": each.residency,
                  f"{each.service}_payer": each.payer, f"{each.service}_fallback": each.fallback,
                  f"{each.service}_notes": each.notes}  # fmt: skip
        for name in _LIMITS:
            agreed: Limit | None = getattr(each, name)
            if agreed is not None:
                cells |= {
                    f"{each.service}_{name}": agreed.amount,
                    f"{each.service}_{name}_unit": agreed.unit,
                }
    return cells


def _line(member: Member, areas: Any) -> str:
    name = areas[member.area].full_name
    kinds = ", ".join(reference.label("jenis_lembaga", kind) for kind in member.kinds)
    return f"{name}: {kinds}" if kinds else str(name)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
