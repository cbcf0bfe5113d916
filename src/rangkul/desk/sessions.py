"""Where one is signed in, and ending that; and the sign of life that keeps a session."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rangkul.accounts import sessions
from rangkul.desk.page import StaffRequest, staff


@staff()
@require_safe
def own(request: StaffRequest) -> HttpResponse:
    """All that runs under this account: on what, since when, when last seen."""
    found = sessions.list_own(user_id=request.actor.user_id, this=request.session.session_key)
    context = {"sessions": found, "others": sum(not each.is_this for each in found)}
    return render(request, "desk/entrance/sessions.html", context)


@staff()
@require_POST
def end(request: StaffRequest) -> HttpResponse:
    """End one of the others."""
    if sessions.end_own(user_id=request.actor.user_id, handle=request.POST.get("session", "")):
        messages.success(request, _("That session has ended."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("entrance-sessions")


@staff()
@require_POST
def end_others(request: StaffRequest) -> HttpResponse:
    """End all but this one."""
    ended = sessions.end_all(user_id=request.actor.user_id, keep=request.session.session_key)
    words = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("entrance-sessions")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody sits here: the session goes on (`config.acting` has noted it on the way here)."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


urlpatterns = [
    path("akun/sesi/", own, name="entrance-sessions"),
    path("akun/sesi/akhiri/", end, name="entrance-session-end"),
    path("akun/sesi/akhiri-lain/", end_others, name="entrance-sessions-end-others"),
    path("akun/tetap/", stay, name="entrance-stay"),
]
