"""Forms of the network's screens: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rangkul.access.roles import ROLES, RolesConflict, UnknownRole
from rangkul.foundation.errors import InvalidInput, RangkulError
from rangkul.look.fields import set_choices
from rangkul.network import policy
from rangkul.network.models import Desk, DeskService, Sex
from rangkul.network.operations import DeskDetails, Offer
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES

_WORDED = (
    RolesConflict,
    policy.OwnCaseRole,
    policy.OwnMembership,
    policy.LastAdmin,
    policy.RoleFromOutside,
    policy.NotAMember,
    policy.TooManyReporters,
)
_OLDEST = 200


def _day_input() -> forms.DateInput:
    """A date picker: browsers read ISO dates alone, whatever the page's language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "id").startswith("en")


def worded(fault: RangkulError) -> str:
    """The fault's own sentence in the present language."""
    return str(getattr(fault, "message_en" if english() else "message_id"))


@contextmanager
def faults_into(form: forms.Form) -> Iterator[None]:
    """Put what an operation could not take beside its field; other faults go their way."""
    try:
        yield
    except InvalidInput as fault:
        for name, sentence in fault.errors.items():
            # A service's fault stands beside the box that offers it.
            beside = next((n for n in (name, f"{name}_on") if n in form.fields), None)
            form.add_error(beside, sentence)
    except UnknownRole:
        form.add_error("roles", _("Please choose from the list."))
    except _WORDED as fault:
        form.add_error(None, worded(fault))


def role_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Roles with their names, in the order of the road."""
    wanted = set(codes)
    return [
        (code, role.label_en if english() else role.label_id)
        for code, role in ROLES.items()
        if code in wanted
    ]


class AreaField(forms.CharField):
    """The name of an area as typed or picked; cleans to its code, "" when empty."""

    def __init__(self, *, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.kinds = kinds
        super().__init__(max_length=200, **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value)).strip()
        return find_area(typed, kinds=self.kinds) if typed else ""


def find_area(typed: str, *, kinds: tuple[str, ...] = ()) -> str:
    """The code of the area meant; raises Django's ``ValidationError`` when none is."""
    hits = reference.search_areas(typed, kinds=kinds)
    exact = [hit for hit in hits if hit.full_name.casefold() == typed.casefold()]
    if not hits:
        raise forms.ValidationError(_("We do not know this area. Please pick one from the list."))
    return (exact or hits)[0].code


class DirectoryForm(forms.Form):
    """Search and filters of the directory."""

    kata = forms.CharField(label=_("Name"), required=False, max_length=80)
    jenis = forms.ChoiceField(label=_("Kind of agency"), required=False)
    layanan = forms.ChoiceField(label=_("Service"), required=False)
    wilayah = AreaField(label=_("Area"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", _("All kinds")), *reference.choices("jenis_lembaga")]
        services = [("", _("All services")), *service_choices()]
        set_choices(self, "jenis", kinds)
        set_choices(self, "layanan", services)


def service_choices() -> list[tuple[str, str]]:
    """The services with their names, in the order in which a person needs them."""
    return [(str(s.code), s.label_en if english() else s.label_id) for s in SERVICES.values()]


class AgencyForm(forms.Form):
    """The agency's own entry."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Full name"), max_length=160)
    short_name = forms.CharField(
        label=_("Short name"), max_length=60, help_text=_("As colleagues say it, on every list.")
    )
    kind = forms.ChoiceField(label=_("Kind of agency"))
    area = AreaField(label=_("Area"), help_text=_("Where the office stands."))
    confirmed = forms.BooleanField(
        label=_("This entry is right"),
        required=False,
        help_text=_("Until it is ticked, others see the entry as not confirmed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", reference.choices("jenis_lembaga"))


class AliasForm(forms.Form):
    """Another name, past or present."""

    alias = forms.CharField(label=_("Other name"), max_length=160)
    valid_from = forms.DateField(label=_("In use from"), required=False, widget=_day_input())
    valid_until = forms.DateField(label=_("In use until"), required=False, widget=_day_input())


class DeskForm(forms.Form):
    """What a desk is called, whom it can talk to, which areas it serves."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name of the desk"), max_length=120)
    phone = forms.CharField(
        label=_("Telephone"), max_length=32, required=False, help_text=_("The desk's own number.")
    )
    whatsapp = forms.CharField(label=_("WhatsApp"), max_length=32, required=False)
    website = forms.CharField(
        label=_("Website"), max_length=200, required=False, help_text=_("With https:// in front.")
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=240,
        required=False,
        help_text=_("Everybody can read it. A shelter's place is never entered."),
    )
    hours_note = forms.CharField(
        label=_("About the hours"),
        max_length=200,
        required=False,
        help_text=_("For example: please call before you come."),
    )
    access_notes = forms.CharField(
        label=_("About the way in"),
        max_length=300,
        required=False,
        help_text=_("For example: ramp at the side door, sign language on Tuesdays."),
    )
    serves = forms.CharField(
        label=_("Areas served"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One area a line, or Indonesia. Empty: the agency's own area."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=0,
        help_text=_("How many people can be taken in at once. Empty where it does not apply."),
    )
    latitude = forms.FloatField(
        label=_("Latitude"),
        required=False,
        help_text=_("For distances only. A shelter's position is never entered."),
    )
    longitude = forms.FloatField(label=_("Longitude"), required=False)
    accessible = forms.BooleanField(label=_("Can be reached with a disability"), required=False)
    takes_reports = forms.BooleanField(label=_("Takes reports from the public"), required=False)
    listed = forms.BooleanField(
        label=_("Shown to the public"),
        required=False,
        help_text=_("In the search for help and in the open data, without anybody's name."),
    )
    active = forms.BooleanField(label=_("The desk is in service"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "languages", reference.choices("bahasa"))

    def clean_serves(self) -> tuple[str, ...]:
        """Codes of the areas named, in their order; each once."""
        named = [line.strip() for line in self.cleaned_data["serves"].splitlines() if line.strip()]
        codes = [NATION if n.casefold() == "indonesia" else find_area(n) for n in named]
        return tuple(dict.fromkeys(codes))

    @property
    def details(self) -> DeskDetails:
        """What the operations take."""
        given = self.cleaned_data
        told = {each.name: given[each.name] for each in fields(DeskDetails)}
        return DeskDetails(**told | {"languages": tuple(given["languages"])})


def desk_initial(desk: Desk) -> dict[str, object]:
    """A desk's row as its form shows it."""
    areas = reference.get_areas(code for code in desk.serves if code != NATION)
    names = [
        "Indonesia" if code == NATION else areas[code].full_name
        for code in desk.serves
        if code == NATION or code in areas
    ]
    plain = ("version", *(each.name for each in fields(DeskDetails)))
    return {name: getattr(desk, name) for name in plain} | {"serves": "\n".join(names)}


def _clock(moment: time) -> str:
    return moment.strftime("%H:%M")


class HoursForm(forms.Form):
    """A week of opening hours: two times a day, or around the clock."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    always_open = forms.BooleanField(label=_("Open around the clock"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, turn, end in self._cells():
            self.fields[f"d{weekday}_{turn}_{end}"] = forms.TimeField(
                required=False,
                widget=forms.TimeInput(
                    attrs={"type": "time", "class": "form-control w-auto"}, format="%H:%M"
                ),
            )

    @staticmethod
    def _cells() -> Iterator[tuple[int, int, str]]:
        for weekday in range(1, 8):
            for turn in (0, 1):
                yield weekday, turn, "from"
                yield weekday, turn, "to"

    def rows(self) -> list[tuple[str, list[tuple[BoundField, BoundField]]]]:
        """Each weekday with the fields of its two times."""
        return [
            (
                str(WEEKDAYS[weekday - 1]),
                [
                    (self[f"d{weekday}_{turn}_from"], self[f"d{weekday}_{turn}_to"])
                    for turn in (0, 1)
                ],
            )
            for weekday in range(1, 8)
        ]

    @property
    def hours(self) -> dict[str, list[list[str]]]:
        """What was typed, weekday by weekday; an end at 00:00 is midnight, half a time is kept."""
        typed: dict[str, list[list[str]]] = {}
        for weekday in range(1, 8):
            for turn in (0, 1):
                start = self.cleaned_data.get(f"d{weekday}_{turn}_from")
                end = self.cleaned_data.get(f"d{weekday}_{turn}_to")
                if start is None and end is None:
                    continue
                until = "24:00" if end == time(0) else _clock(end) if end else ""
                typed.setdefault(str(weekday), []).append([_clock(start) if start else "", until])
        return typed


def hours_initial(desk: Desk) -> dict[str, object]:
    """A desk's hours as the form shows them."""
    cells: dict[str, object] = {"version": desk.version, "always_open": desk.always_open}
    for weekday, spans in desk.hours.items():
        for turn, (start, end) in enumerate(spans[:2]):
            cells[f"d{weekday}_{turn}_from"] = start
            cells[f"d{weekday}_{turn}_to"] = "00:00" if end == "24:00" else end
    return cells


class ServicesForm(forms.Form):
    """Which services a desk offers, and to whom."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sexes = [("", _("Everyone")), ("P", _("Women and girls")), ("L", _("Men and boys"))]
        for code in SERVICES:
            self.fields[f"{code}_on"] = forms.BooleanField(required=False)
            self.fields[f"{code}_sex"] = forms.ChoiceField(
                required=False,
                choices=sexes,
                widget=forms.Select(attrs={"class": "form-select w-auto"}),
            )
            for bound in ("min", "max"):
                self.fields[f"{code}_{bound}"] = forms.IntegerField(
                    required=False,
                    min_value=0,
                    max_value=_OLDEST,
                    widget=forms.NumberInput(attrs={"class": "form-control w-auto"}),
                )
            self.fields[f"{code}_residents"] = forms.BooleanField(required=False)

    def rows(self) -> list[tuple[str, list[BoundField]]]:
        """Each service with its fields: offered, sex, youngest, oldest, residents only."""
        parts = ("on", "sex", "min", "max", "residents")
        return [(str(code), [self[f"{code}_{part}"] for part in parts]) for code in SERVICES]

    @property
    def offers(self) -> list[Offer]:
        """What the operations take."""
        given = self.cleaned_data
        return [
            Offer(
                service=str(code),
                sex=given[f"{code}_sex"],
                age_min=given[f"{code}_min"] or 0,
                age_max=_OLDEST if given[f"{code}_max"] is None else given[f"{code}_max"],
                residents_only=given[f"{code}_residents"],
            )
            for code in SERVICES
            if given[f"{code}_on"]
        ]


def services_initial(desk: Desk, offers: Iterable[DeskService]) -> dict[str, object]:
    """What a desk offers as the form shows it; open bounds stay empty."""
    cells: dict[str, object] = {"version": desk.version}
    for offer in offers:
        cells |= {
            f"{offer.service}_on": True,
            f"{offer.service}_sex": offer.sex,
            f"{offer.service}_min": offer.age_min or None,
            f"{offer.service}_max": None if offer.age_max >= _OLDEST else offer.age_max,
            f"{offer.service}_residents": offer.residents_only,
        }
    return cells


class PlacesForm(forms.Form):
    """How many places are free now."""

    free_places = forms.IntegerField(
        label=_("Free places now"),
        required=False,
        min_value=0,
        help_text=_("Empty when it is not known."),
    )


class MemberForm(forms.Form):
    """Roles, desks and the letter that lets a survivor choose whom to see."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False
    )
    desks = forms.TypedMultipleChoiceField(
        label=_("Desks"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    sex = forms.ChoiceField(
        label=_("Woman or man"),
        required=False,
        help_text=_("So that a survivor can choose whom to see."),
    )

    def __init__(
        self,
        *args: Any,
        roles: list[tuple[str, str]],
        desks: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "roles", roles)
        set_choices(self, "desks", desks)
        set_choices(self, "sex", [("", _("Not stated")), *Sex.choices])


class InviteForm(MemberForm):
    """A newcomer: an account of her own, never a shared one."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=64,
        help_text=_("One person, one account. It cannot be changed later."),
    )
    display_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ("display_name", "username", "email", "sex", "roles", "desks")


class AbsenceForm(forms.Form):
    """Leave, and who stands in."""

    starts_on = forms.DateField(label=_("First day"), widget=_day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=_day_input())
    substitute = forms.TypedChoiceField(
        label=_("Who stands in"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("The stand-in receives the clocks and notices of these days."),
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "substitute", [("", _("Nobody yet")), *people])


class ShiftForm(forms.Form):
    """A turn of duty on one day; an end before the beginning is on the next day."""

    membership = forms.TypedChoiceField(label=_("Who"), coerce=int)
    day = forms.DateField(label=_("Day"), widget=_day_input())
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("An earlier hour means the next day."),
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "membership", people)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Beginning and end in the desk's zone."""
        day: date = self.cleaned_data["day"]
        start, end = self.cleaned_data["starts"], self.cleaned_data["ends"]
        last = date.fromordinal(day.toordinal() + 1) if end <= start else day
        return datetime.combine(day, start, tzinfo=zone), datetime.combine(last, end, tzinfo=zone)


class HandoverForm(forms.Form):
    """Everything that one colleague carries, to another."""

    giver = forms.TypedChoiceField(label=_("From"), coerce=int)
    taker = forms.TypedChoiceField(label=_("To"), coerce=int)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver", "taker"):
            set_choices(self, name, people)
