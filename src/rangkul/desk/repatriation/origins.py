"""Is the place of origin safe: put down for several people in one act, one record each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.cases import queries as cases
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.planning import chosen_people
from rangkul.foundation.errors import InvalidInput
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations, queries, workflow


@staff(Permission.ORGANISE_RETURNS)
def page(request: StaffRequest) -> HttpResponse:
    """The chosen people with their places, and one judgement for all of them."""
    people = chosen_people(request)
    faults: list[str] = []
    if request.method == "POST" and people:
        try:
            operations.judge_origin(
                returnee_ids=[person.id for person in people], by=request.actor, at=request.now,
                result=text(request, "result", 12), who=text(request, "who", 1001),
                words=text(request, "words", 1001),
                suspect_there=request.POST.get("suspect_there") == "yes",
            )  # fmt: skip
        except InvalidInput as fault:
            faults = wording.faults_of(fault)
        else:
            messages.success(
                request, _("Written down for %(count)d people.") % {"count": len(people)}
            )
            return redirect("repatriation-group", number=queries.group_number(people[0].group_id))
    covers = {
        cover.case_id: cover
        for cover in cases.list_covers(request.actor, [person.case_id for person in people])
    }
    context = {
        "lines": [
            (person, covers.get(person.case_id), boards.area_name(person.origin_area),
             str(workflow.SAFETIES.get(person.safety, "")))
            for person in people
        ],
        "ids": ",".join(str(person.id) for person in people), "faults": faults,
        "safeties": list(workflow.SAFETIES.items()), "typed": request.POST,
        "places": len({person.origin_area for person in people}),
        "trail": [(reverse("repatriation-board"), _("Way home")), ("", _("Is the origin safe?"))],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/repatriation/origins.html", context, status=status)


urlpatterns = [path("pemulangan/asal-aman/", page, name="repatriation-origins")]
