"""Into another house of the same desk in one act; the stay goes on, the beds left stay known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.shelter import wording
from rangkul.desk.shelter.deciding import bed_choices
from rangkul.desk.shelter.doing import own
from rangkul.desk.shelter.forms import Versioned
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.shelter import operations, policy, queries, workflow
from rangkul.shelter.models import Admission, Stay
from rangkul.shelter.queries import HouseView


class HouseMoveForm(Versioned):
    """A bed in the other house for each person."""

    def __init__(self, *args: Any, stays: Sequence[Stay], beds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stays = list(stays)
        for index, stay in enumerate(self.stays):
            self.fields[f"bed-{index}"] = forms.TypedChoiceField(
                label=wording.person_words(stay), coerce=int, choices=[("", "–"), *beds],
                help_text=gettext_lazy("Now: %(bed)s") % {"bed": wording.bed_place(stay.bed)},
            )  # fmt: skip

    @property
    def rows(self) -> list[forms.BoundField]:
        """The persons' fields."""
        return [self[f"bed-{index}"] for index in range(len(self.stays))]

    def beds(self) -> dict[int, int]:
        """The valid form's stay → bed."""
        return {stay.id: self.cleaned_data[f"bed-{n}"] for n, stay in enumerate(self.stays)}


@staff(Permission.KEEP_STAYS)
@require_http_methods(["GET", "POST"])
def page(request: StaffRequest, number: str) -> HttpResponse:
    """Choose the beds in another house, for all who live here together."""
    admission = own(request, number)
    houses = other_houses(request, admission)
    if admission.state != workflow.PLACED or not houses:
        raise NotReachable("nobody to move, or nowhere")
    stays = [stay for stay in queries.list_stays(admission) if stay.state in workflow.LIVE]
    form = HouseMoveForm(
        posted(request), stays=stays, beds=bed_choices(houses, set()),
        initial={"version": admission.version},
    )  # fmt: skip
    if form.is_valid():
        try:
            operations.move_house(
                admission_id=admission.id, house_id=_house_of(houses, form), beds=form.beds(),
                expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        except policy.BedTaken:
            form.add_error(None, wording.taken_words())
        else:
            messages.success(request, _("Moved. The stay goes on as it was."))
            return redirect("shelter-stay", number)
    context = {
        "form": form, "number": number,
        "trail": [
            (reverse("shelter-board"), _("Shelter board")),
            (reverse("shelter-stay", args=[number]), number), ("", _("Another house")),
        ],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "desk/shelter/move_house.html", context, status=status)


def other_houses(request: StaffRequest, admission: Admission) -> list[HouseView]:
    """The open houses of the same desk beside the one she lives in."""
    return [
        view
        for view in queries.list_houses(request.actor)
        if view.house.open
        and view.house.desk_id == admission.desk_id
        and view.house.id != admission.house_id
    ]


def _house_of(houses: Sequence[HouseView], form: HouseMoveForm) -> int:
    first = form.cleaned_data["bed-0"]
    for view in houses:
        if any(
            bed.id == first for room in queries.list_rooms(view.house) for bed in room.beds.all()
        ):
            return view.house.id
    raise InvalidInput({"bed-0": "required"})


urlpatterns = [path("hunian/inap/<str:number>/pindah-rumah/", page, name="shelter-move-house")]
