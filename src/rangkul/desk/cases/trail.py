"""Jejak akses: who opened what in this file, when and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.accounts import queries as accounts
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.reasons import reason_words
from rangkul.network import queries as network
from rangkul.trail import queries as trail

_MOST = 300


@staff()
def case_trail(request: StaffRequest, number: str) -> HttpResponse:
    """Every act on the file by whichever agency, the newest first."""
    file = get_file(request, number)
    acts = trail.list_case(request.actor, file.case_id, limit=_MOST)
    names = accounts.names_of(act.actor_id for act in acts if act.actor_id)
    agencies = network.agency_names(act.agency_id for act in acts)
    context = frame(file, request, section="case-trail") | {
        "acts": [
            {
                "at": act.at,
                "title": wording.act_title(act.name),
                "icon": wording.act_icon(act.name),
                "who": names.get(act.actor_id, "") if act.actor_id else _("Rangkul, by itself"),
                "agency": agencies.get(act.agency_id, ""),
                "reason": reason_words(act.name, act.reason),
            }
            for act in acts
        ],
        "most": _MOST,
        "cut": len(acts) == _MOST,
    }
    return render(request, "desk/cases/trail.html", context)


urlpatterns = [path("kasus/<str:number>/jejak/", case_trail, name="case-trail")]
