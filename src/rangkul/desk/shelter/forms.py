"""Forms of the shelter's screens: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.desk.shelter import wording
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.shelter import fitting, workflow
from rangkul.shelter.models import Admission, Stay
from rangkul.shelter.operations import GroupMember, HouseDetails, Person
from rangkul.shelter.sealed import HousePlace, Needs

Choices = Iterable[tuple[Any, Any]]


def _codes(codes: Mapping[str, str | Promise]) -> list[tuple[str, Any]]:
    return list(codes.items())


def _asked(codes: Mapping[str, str | Promise]) -> list[tuple[str, Any]]:
    return [("", "–"), *codes.items()]


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class _OneOfMany(forms.Form):
    """Several forms stand on one page: each names its fields' ids after itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)


class Versioned(_OneOfMany):
    """A form made on one version of a row."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class ConflictForm(Versioned):
    """Asked before anyone learns who it is."""

    conflict = forms.ChoiceField(
        label=_("Is anyone here a conflict?"), choices=_codes(workflow.CONFLICTS),
        widget=forms.RadioSelect,
        help_text=_("Look only at the criterion and at who must not come in."),
    )  # fmt: skip


class _Placing(forms.Form):
    """What is asked of every placing, of one person or of many."""

    willing = forms.BooleanField(
        label=_("The person wants to stay here"), required=False,
        help_text=_("No HIV test, no police letter, no story is a condition."),
    )  # fmt: skip
    criteria = forms.MultipleChoiceField(
        label=_("Grounds for shelter"), required=False, widget=forms.CheckboxSelectMultiple
    )
    when = forms.ChoiceField(
        label=_("When"), widget=forms.RadioSelect, initial="now",
        choices=[("now", _("Is here now")), ("later", _("Arrives later: keep the beds"))],
    )  # fmt: skip
    arrives_at = forms.DateTimeField(
        label=_("Expected"), required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )  # fmt: skip
    words = forms.CharField(
        label=_("To the sender"), required=False, max_length=1000, widget=_lines(),
        help_text=_("The meeting point and the time. Never the address of the house."),
    )  # fmt: skip

    def add_person(self, key: object, group: str, beds: Choices, *, required: bool = True) -> None:
        """Three fields for one person: age group, sex, bed."""
        self.fields[f"group-{key}"] = forms.ChoiceField(
            label=_("Age"), choices=_codes(workflow.PERSON_GROUPS), initial=group
        )
        self.fields[f"sex-{key}"] = forms.ChoiceField(
            label=_("Sex"), required=required,
            choices=[("", "–"), ("P", _("Female")), ("L", _("Male")),
                     (fitting.OTHER_SEX, _("Other: the room is chosen together"))],
        )  # fmt: skip
        self.fields[f"bed-{key}"] = forms.ChoiceField(
            label=_("Bed"), choices=[("", "–"), *beds], required=required
        )

    def name_criteria(self, criteria: Sequence[str]) -> None:
        """Offer the grounds that the houses serve."""
        labels = dict(reference.choices("kriteria_rptc"))
        set_choices(self, "criteria", [(code, labels.get(code, code)) for code in criteria])


class PlaceForm(Versioned, _Placing):
    """Who gets which bed, why, when they come; each person has a row of three fields."""

    def __init__(
        self, *args: Any, persons: int, beds: Choices, criteria: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.name_criteria(criteria)
        self.persons, options = persons, list(beds)
        for index in range(persons):
            self.add_person(index, workflow.ADULT if index == 0 else workflow.CHILD, options)

    @property
    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The persons' fields, row by row."""
        return [
            (n + 1, self[f"group-{n}"], self[f"sex-{n}"], self[f"bed-{n}"])
            for n in range(self.persons)
        ]

    def people(self) -> list[Person]:
        """The valid form's persons."""
        clean = self.cleaned_data
        return [
            Person(clean[f"sex-{n}"], clean[f"group-{n}"], int(clean[f"bed-{n}"]))
            for n in range(self.persons)
        ]


class TogetherForm(_OneOfMany, _Placing):
    """Several askings in one act: who of them, which bed each, as strangers or as one family."""

    family = forms.BooleanField(
        label=_("They are one family: a parent with children"), required=False,
        help_text=_("Then they may share a family room, and a cot may stand beside the parent."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, admissions: Sequence[Admission], beds: Choices, criteria: Sequence[str],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.name_criteria(criteria)
        self.admissions, options = list(admissions), list(beds)
        self.fields["willing"].label = _("Each of them wants to stay here")
        for admission in self.admissions:
            self.fields[f"take-{admission.id}"] = forms.BooleanField(required=False)
            self.fields[f"version-{admission.id}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000
            )
            group = workflow.CHILD if admission.is_child else workflow.ADULT
            self.add_person(admission.id, group, options, required=False)

    def row(self, admission: Admission) -> tuple[forms.BoundField, ...]:
        """The fields of one asking: take, version, group, sex, bed."""
        return tuple(
            self[f"{name}-{admission.id}"] for name in ("take", "version", "group", "sex", "bed")
        )

    def members(self) -> list[GroupMember]:
        """The valid form's chosen ones; a bed left open is 0, which the operation refuses."""
        clean, made = self.cleaned_data, []
        for admission in self.admissions:
            if not clean.get(f"take-{admission.id}"):
                continue
            sex, group = clean[f"sex-{admission.id}"], clean[f"group-{admission.id}"]
            person = Person(sex, group, int(clean[f"bed-{admission.id}"] or 0))
            made.append(GroupMember(admission.id, (person,), clean[f"version-{admission.id}"]))
        return made


class RefuseForm(Versioned):
    """No, with its reason and another way."""

    reason = forms.ChoiceField(label=_("Why not"))
    alternative = forms.CharField(
        label=_("Where can the person be safe instead?"), max_length=1000, widget=_lines(),
        help_text=_("The sender reads this. Nobody is sent away without another way."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "reason", [("", "–"), *reference.choices("alasan_tolak")])


class ListForm(Versioned):
    """On the waiting list, with a word to the sender."""

    words = forms.CharField(
        label=_("To the sender"), required=False, max_length=1000, widget=_lines()
    )


class DropForm(Versioned):
    """Off the list."""

    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.DROP_REASONS))


class _OfStays(Versioned):
    """An act on some of the persons of an admission."""

    stays = forms.TypedMultipleChoiceField(
        label=_("Who"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, stays: Sequence[Stay] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "stays", [(str(stay.id), wording.person_words(stay)) for stay in stays])
        self.fields["stays"].initial = [str(stay.id) for stay in stays]
        if len(stays) == 1:
            self.fields["stays"].widget = forms.MultipleHiddenInput()


class ArriveForm(_OfStays):
    """They are here."""


class BackForm(_OfStays):
    """Back for the night."""


class MissForm(_OfStays):
    """They did not come."""

    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.MISS_REASONS))


class OutForm(_OfStays):
    """A night or more elsewhere."""

    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.OUT_REASONS))
    back_on = forms.DateField(label=_("Back on"), widget=_day())


class _EndForm(_OfStays):
    """The end of a stay."""

    whereto = forms.CharField(
        label=_("What we know of the place"), required=False, max_length=600, widget=_lines(),
        help_text=_("Sealed; it stays in this house."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("To the sender"), required=False, max_length=600, widget=_lines()
    )


class LeaveForm(_EndForm):
    """A planned leaving."""

    destination = forms.ChoiceField(
        label=_("Where to"), choices=_asked(workflow.DESTINATIONS), required=False
    )


class LoseForm(_EndForm):
    """Left by own wish, missing, died."""

    how = forms.ChoiceField(
        label=_("What happened"), choices=_asked(workflow.LOSSES), required=False
    )


class MoveForm(Versioned):
    """Another bed."""

    stay = forms.TypedChoiceField(label=_("Who"), coerce=int)
    bed = forms.TypedChoiceField(label=_("To"), coerce=int)

    def __init__(
        self, *args: Any, stays: Sequence[Stay] = (), beds: Choices = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "stay", [(str(stay.id), wording.person_words(stay)) for stay in stays])
        set_choices(self, "bed", [("", "–"), *beds])
        if len(stays) == 1:
            self.fields["stay"].widget = forms.HiddenInput()
            self.fields["stay"].initial = stays[0].id


class ExtendForm(Versioned):
    """A longer stay."""

    days = forms.IntegerField(label=_("Days more"), min_value=1, max_value=90, initial=7)
    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.EXTEND_REASONS))


class DecideForm(Versioned):
    """Yes or no to a longer stay."""

    granted = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    reason = forms.ChoiceField(
        label=_("Why not"), choices=_asked(workflow.REFUSE_EXTENSION), required=False
    )


class SearchForm(Versioned):
    """What became of a search."""

    result = forms.ChoiceField(label=_("Result"), choices=_asked(workflow.SEARCH_RESULTS))


class NoteForm(forms.Form):
    """A note of the day."""

    body = forms.CharField(
        label=_("Note of the day"), max_length=4000, widget=_lines(3),
        help_text=_("Sealed; only officers of this house read it. It cannot be changed later."),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """A note taken back."""

    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.WITHDRAW_NOTE))


class IntakeForm(Versioned):
    """What a newcomer needs. Tea, wash, sleep first: nothing here must be answered tonight."""

    doctor_tonight = forms.BooleanField(label=_("Needs a doctor tonight"), required=False)
    not_alone = forms.BooleanField(label=_("Should not be alone tonight"), required=False)
    traceable = forms.BooleanField(
        label=_("Phone or accounts can be traced: location switched off together"), required=False
    )
    health = forms.CharField(label=_("Health needs"), required=False, widget=_lines())
    medicine = forms.CharField(
        label=_("Medicine brought"), required=False, widget=_lines(),
        help_text=_("Locked away, for the person's own use."),
    )  # fmt: skip
    own_room = forms.BooleanField(label=_("Needs a room alone"), required=False)
    meals = forms.CharField(label=_("Diet and allergies"), required=False, widget=_lines())
    clothing = forms.CharField(label=_("Clothing and sizes"), required=False, widget=_lines())
    access = forms.CharField(label=_("Access needs"), required=False, widget=_lines())
    belongings = forms.CharField(
        label=_("Belongings kept safe"), required=False, widget=_lines(),
        help_text=_("Both sign the list; bags are never searched in front of others."),
    )  # fmt: skip
    may_know = forms.CharField(
        label=_("Who may know that the person is safe"), required=False, widget=_lines(),
        help_text=_("Never the address."),
    )  # fmt: skip
    bedding_given = forms.BooleanField(
        label=_("Bedding, towel and soap were given"), required=False
    )
    rules_told = forms.BooleanField(
        label=_("Rights, house rules and how to complain were explained"), required=False
    )
    health_checked = forms.BooleanField(label=_("Health was checked"), required=False)
    companion_named = forms.BooleanField(label=_("A companion is named"), required=False)

    @property
    def first(self) -> list[forms.BoundField]:
        """What matters tonight."""
        return [self[name] for name in ("doctor_tonight", "not_alone", "traceable", "own_room")]

    @property
    def words(self) -> list[forms.BoundField]:
        """What is written down."""
        names = ("health", "medicine", "meals", "clothing", "access", "belongings", "may_know")
        return [self[name] for name in names]

    @property
    def checklist(self) -> list[forms.BoundField]:
        """What was seen to."""
        names = ("bedding_given", "rules_told", "health_checked", "companion_named")
        return [self[name] for name in names]

    def needs(self) -> Needs:
        """The valid form's needs."""
        left_out = {"version", "belongings"}
        return Needs(**{k: v for k, v in self.cleaned_data.items() if k not in left_out})


class AskForm(forms.Form):
    """A place for a case of the own agency."""

    desk_id = forms.TypedChoiceField(label=_("Desk"), coerce=int)
    criteria = forms.MultipleChoiceField(
        label=_("Grounds for shelter"), widget=forms.CheckboxSelectMultiple
    )
    children = forms.IntegerField(label=_("Children along"), min_value=0, max_value=12, initial=0)

    def __init__(self, *args: Any, desks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "desk_id", desks)
        criteria = reference.choices("kriteria_rptc")
        set_choices(self, "criteria", criteria)


class HouseForm(Versioned):
    """A house: its name, kind, limit, grounds."""

    desk_id = forms.TypedChoiceField(label=_("Asked for through"), coerce=int)
    name = forms.CharField(
        label=_("Name of the house"), max_length=80,
        help_text=_("Sealed. Only your own agency reads it."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=_codes(workflow.HOUSE_KINDS))
    stay_days = forms.IntegerField(
        label=_("A stay lasts at most (days)"), min_value=1, max_value=366, initial=7,
        help_text=_("Safe house 7 days, RPTC about 14; longer only by extension."),
    )  # fmt: skip
    criteria = forms.MultipleChoiceField(
        label=_("Whom it takes"), widget=forms.CheckboxSelectMultiple
    )
    accessible = forms.BooleanField(label=_("Can be reached with a wheelchair"), required=False)
    open = forms.BooleanField(label=_("Takes people in"), required=False, initial=True)

    def __init__(self, *args: Any, desks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "desk_id", desks)
        set_choices(self, "criteria", reference.choices("kriteria_rptc"))

    def details(self) -> HouseDetails:
        """The valid form's house."""
        clean = self.cleaned_data
        return HouseDetails(
            clean["desk_id"], clean["name"], clean["kind"], clean["stay_days"],
            tuple(clean["criteria"]), clean["accessible"], clean["open"],
        )  # fmt: skip


class HousePlaceForm(Versioned):
    """Where the house stands."""

    address = forms.CharField(label=_("Address"), max_length=400, widget=_lines())
    latitude = forms.CharField(label=_("Latitude"), max_length=14, required=False)
    longitude = forms.CharField(label=_("Longitude"), max_length=14, required=False)
    phone = forms.CharField(label=_("Telephone in the house"), max_length=40, required=False)
    way = forms.CharField(
        label=_("How one finds the door"), max_length=600, required=False, widget=_lines()
    )

    def place(self) -> HousePlace:
        """The valid form's whereabouts."""
        return HousePlace(**{k: v for k, v in self.cleaned_data.items() if k != "version"})


class _RoomForm(_OneOfMany):
    """For whom a room is."""

    age_group = forms.ChoiceField(label=_("For"), choices=_codes(workflow.ROOM_GROUPS))
    sex = forms.ChoiceField(
        label=_("Who sleeps there"), choices=_codes(workflow.ROOM_SEXES), required=False,
        initial="P",
    )  # fmt: skip
    accessible = forms.BooleanField(label=_("Can be reached with a wheelchair"), required=False)


class RoomForm(_RoomForm, Versioned):
    """A standing room, taken for others than before."""


class NewRoomForm(_RoomForm):
    """A room with its beds."""

    beds = forms.IntegerField(label=_("Beds"), min_value=0, max_value=24, initial=2)
    cots = forms.IntegerField(label=_("Cots"), min_value=0, max_value=24, initial=0)


class BedForm(forms.Form):
    """One more bed."""

    kind = forms.ChoiceField(choices=_codes(workflow.BED_KINDS))


class CloseBedForm(Versioned):
    """Nobody can sleep there for now."""

    reason = forms.ChoiceField(label=_("Why"), choices=_asked(workflow.CLOSE_REASONS))
    until = forms.DateField(label=_("Until"), required=False, widget=_day())
