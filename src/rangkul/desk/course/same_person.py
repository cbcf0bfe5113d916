"""Two files of one person: linked, never melted together; a wrong link can be undone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.people import operations as people
from rangkul.people import queries as people_queries


@staff()
def same_person(request: StaffRequest, number: str) -> HttpResponse:
    """The linked files, and the form that links one more."""
    file = get_file(request, number)
    if request.method == "POST":
        return _link(request, file, number)
    return _page(request, file)


@staff(Permission.UNLINK_PERSONS)
@require_POST
def unlink(request: StaffRequest, number: str, link_id: UUID) -> HttpResponse:
    """Take a link back; that it was made and undone stays in both trails."""
    file = get_file(request, number)
    linked = dict(people_queries.linked_cases(request.actor, file.case_id))
    if link_id not in linked:
        raise NotReachable("a link of other files")
    people.unlink_files(link_id=link_id, by=request.actor, at=request.now)
    messages.success(request, _("The two files are apart again."))
    return redirect("course-same", number=number)


def _link(request: StaffRequest, file: CaseFile, number: str) -> HttpResponse:
    # Whoever may not link is told so before any number is looked at.
    require(request.actor.roles, Permission.MERGE_PERSONS)
    typed = text(request, "other", 24)
    try:
        link = people.link_files(
            first=file.case_id, second=custody.case_id_of(typed), by=request.actor, at=request.now
        )
    except MistypedNumber:
        return _page(request, file, _("Please check the number: a sign in it is wrong."))
    except NotReachable:
        return _page(request, file, _("Among the files that you may see there is none so called."))
    except InvalidInput:
        return _page(request, file, _("This is the number of the same file."))
    undo = reverse("course-unlink", args=[number, link.id])
    messages.success(
        request, _("Linked. Both files stay whole, with their own numbers."),
        extra_tags=f"undo={undo}",
    )  # fmt: skip
    return redirect("course-same", number=number)


def _page(request: StaffRequest, file: CaseFile, error: str = "") -> HttpResponse:
    context = frame(file, request, section="course-page")
    number, title = context["number"], _("Other files of the same person")
    above = (reverse("course-page", args=[number]), _("Course & team"))
    context["trail"] = [*context["trail"][:2], above, ("", title)]
    linked = people_queries.linked_cases(request.actor, file.case_id)
    covers = {
        cover.case_id: cover
        for cover in case_queries.list_covers(request.actor, [other for _id, other in linked])
    }
    context |= {
        "title": title,
        "links": [
            (link_id, custody.case_number(other), covers[other])
            for link_id, other in linked
            if other in covers
        ],
        "may_link": may(request.actor.roles, Permission.MERGE_PERSONS),
        "may_unlink": may(request.actor.roles, Permission.UNLINK_PERSONS),
        "error": error,
        "typed": text(request, "other", 24),
    }
    return render(request, "desk/course/same.html", context, status=422 if error else 200)


_HERE = "kasus/<str:number>/perjalanan/orang-sama/"
urlpatterns = [
    path(_HERE, same_person, name="course-same"),
    path(f"{_HERE}<uuid:link_id>/pisah/", unlink, name="course-unlink"),
]
