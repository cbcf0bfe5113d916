"""Kabar in a case: a survivor's code, messages with her, and when she is expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.cases.models import CaseFile
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.page import StaffRequest, form_token, staff, typed
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.reference.zones import zone_of
from rangkul.tidings import operations as tidings
from rangkul.tidings import queries, workflow

_LASTS: Final = (30, 90, 180, 365)
_FORMS: Final = ("message", "meeting")


@staff(Permission.WRITE_NOTE)
def page(request: StaffRequest, number: str) -> HttpResponse:
    """The live line with its messages, or the form by which a code is given."""
    return _page(request, get_file(request, number), {})


@staff(Permission.WRITE_NOTE)
@require_POST
def give(request: StaffRequest, number: str) -> HttpResponse:
    """Make a code and show it, this once: nothing could show it again."""
    file = get_file(request, number)
    days = typed(request, "days")
    chosen = int(days) if days in {str(each) for each in _LASTS} else 0
    person = people.get_survivor(request.actor, file.case_id)
    try:
        given = tidings.give_code(
            case_id=file.case_id, person_id=person.id, language=typed(request, "language"),
            shows=typed(request, "shows"), ends_on=localdate(request.now) + timedelta(days=chosen),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        return _page(request, file, sentences(fault))
    context = frame(file, request, section="tidings") | {"given": given, "site": settings.SITE_URL}
    return render(request, "desk/cases/tidings_given.html", context)


@staff(Permission.WRITE_NOTE)
@require_POST
def act(request: StaffRequest, number: str, line_id: UUID) -> HttpResponse:
    """Write to her, tell or cancel an appointment, show her more or less, end it."""
    file = get_file(request, number)
    if queries.get_line(request.actor, line_id).case_id != file.case_id:
        raise NotReachable("a line of another file")
    try:
        _act(request, line_id)
    except InvalidInput as fault:
        return _page(request, file, sentences(fault))
    except IllegalMove:
        messages.error(request, _("This code has ended. Give a new one to go on."))
    return redirect("tidings", number=number)


def _act(request: StaffRequest, line_id: UUID) -> None:
    by, at, do = request.actor, request.now, typed(request, "do")
    if do == "write":
        tidings.write_to_her(
            line_id=line_id, text=typed(request, "message"), token=form_token(request), by=by, at=at
        )
        messages.success(request, _("Written. The survivor finds it by the code."))
    elif do == "expect":
        starts_at = _local(typed(request, "starts_at"), request)
        if starts_at is None:
            raise InvalidInput({"starts_at": "required"})
        tidings.tell_appointment(
            line_id=line_id, starts_at=starts_at, detail=typed(request, "detail"),
            token=form_token(request), by=by, at=at,
        )  # fmt: skip
        messages.success(request, _("Noted."))
    elif do == "cancel":
        tidings.cancel_appointment(appointment_id=_id(typed(request, "which")), by=by, at=at)
        messages.success(request, _("Taken off the survivor's page."))
    elif do == "shows":
        tidings.change_shown(line_id=line_id, shows=typed(request, "shows"), by=by, at=at)
        messages.success(request, _("The survivor's page shows what was asked for."))
    elif do == "end":
        tidings.end_line(line_id=line_id, by=by, at=at)
        messages.success(request, _("The code has ended. It opens nothing any more."))
    else:
        raise InvalidInput({"do": "unknown"})


def _page(request: StaffRequest, file: CaseFile, errors: dict[str, str]) -> HttpResponse:
    lines = queries.list_lines(request.actor, file.case_id)
    live = next((line for line in lines if line.state == workflow.LIVE), None)
    talks = [tidings.read_talk(line_id=line.id, by=request.actor, at=request.now) for line in lines]
    context = frame(file, request, section="tidings") | {
        "live": live,
        "talks": talks,
        "names": _names(talks),
        "shown": _shown_words(),
        "lasts": _LASTS,
        "errors": errors,
        "tokens": {name: form_token(request) if errors else uuid4() for name in _FORMS},
        "typed": {name: typed(request, name) for name in ("message", "starts_at", "detail")},
        "why_ended": _why_ended(),
    }  # fmt: skip
    return render(request, "desk/cases/tidings.html", context, status=422 if errors else 200)


def _names(talks: list[queries.Talk]) -> dict[int, str]:
    users = {word.by_user for talk in talks for word in talk.words if word.by_user}
    return accounts.names_of(users)


def _shown_words() -> dict[str, str]:
    return {
        workflow.MESSAGES: _("Messages only"),
        workflow.TIMES: _("Messages, and when the survivor is expected"),
        workflow.DETAILS: _("Messages, and when, where and with whom"),
    }


def _why_ended() -> dict[str, str]:
    return {
        workflow.ENDED_BY_COMPANION: _("ended here"),
        workflow.ENDED_BY_HER: _("ended by the survivor"),
        workflow.REPLACED: _("replaced by a newer one"),
    }


def _local(text: str, request: StaffRequest) -> datetime | None:
    """An hour as it was typed, in the agency's own zone."""
    try:
        return datetime.fromisoformat(text).replace(
            tzinfo=ZoneInfo(zone_of(request.membership.area_code))
        )
    except ValueError:
        return None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotReachable("no such appointment") from None


urlpatterns = [
    path("kasus/<str:number>/kabar/", page, name="tidings"),
    path("kasus/<str:number>/kabar/beri/", give, name="tidings-give"),
    path("kasus/<str:number>/kabar/<uuid:line_id>/", act, name="tidings-act"),
]
