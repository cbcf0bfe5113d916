"""One box for all: a number opens its page, a name or NIK finds covers; no words in addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.desk.navigation import answers_packets, sees_cases
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.actor import Actor
from rangkul.foundation.ids import MistypedNumber
from rangkul.people import events
from rangkul.people import queries as people
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.reports import queries as reports
from rangkul.trail.operations import record

MOST = 10

# RK of a case, LP of a report, PK of a packet, and signs after it.
_NUMBER = re.compile(r"(?i)^\s*(RK|LP|PK)(?=[\s\-–]*[0-9A-Z])[\s\-–0-9A-Z]+$")
_NO_NAME_HOLDS = re.compile(r"[0-9\-–]")
_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: the cases, by what they were found, and a sentence when by nothing."""

    case_ids: tuple[int, ...] = ()
    by: str = "name"
    sentence: str = ""


@staff()
@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """The box alone; or, for words that were sent, the page of a number or the covers found.

    Who answers packets and sees no files opens a packet by the number on its slip, nothing else.
    """
    files, packets = sees_cases(request.actor), answers_packets(request.actor)
    if not files and not packets:
        raise Forbidden(Permission.SEE_OWN_CASES)
    words = text(request, "words", 120)
    context: dict[str, object] = {
        "words": words, "zone": zone_of(request.membership.area_code), "searched": bool(words),
        "only_packets": not files,
    }  # fmt: skip
    if not words:
        return render(request, "desk/search/search.html", context)
    try:
        if (address := _address(words)) is not None:
            return redirect(address)
    except (MistypedNumber, NoReverseMatch):
        context["sentence"] = _(
            "This number has a slip in it: its last sign does not fit. Please compare it."
        )
        return render(request, "desk/search/search.html", context)
    if not files:
        context["sentence"] = _("This is no packet's number. It begins with PK.")
        return render(request, "desk/search/search.html", context)
    found = find(request.actor, words)
    covers = cases.list_covers(request.actor, found.case_ids)
    record(
        by=request.actor, at=request.now, name=events.SEARCHED, subject_kind="page",
        subject_id="search", reason=found.by, detail={"found": len(covers)},
    )  # fmt: skip
    context["sentence"] = found.sentence
    context["rows"] = [
        {"number": custody.case_number(cover.case_id), "cover": cover} for cover in covers
    ]
    return render(request, "desk/search/search.html", context)


def find(actor: Actor, words: str) -> Found:
    """The cases that a NIK, passport, telephone or name belongs to, likeliest first."""
    digits = sum(sign.isdigit() for sign in words)
    if digits >= _FEWEST_DIGITS:
        found = people.search_numbers(actor, words)
        sentence = "" if found else _("No file of yours holds this number.")
        return Found(tuple(found[:MOST]), "number", sentence)
    if not any(sign.isalpha() for sign in words):
        return Found(by="number", sentence=_("This number is not complete."))
    return Found(tuple(people.search_names(actor, words, limit=MOST)))


def _address(words: str) -> str | None:
    """The page of a number; None when the words can be a name.

    Raises ``MistypedNumber`` before the database is asked anything. A number of letters alone is
    one only when its check sign fits: with a slip in it, it is looked for as a name.
    """
    match = _NUMBER.match(words)
    if match is None:
        return None
    try:
        return _page_of(match[1].upper(), words)
    except MistypedNumber:
        if _NO_NAME_HOLDS.search(words):
            raise
        return None


def _page_of(prefix: str, words: str) -> str:
    if prefix == "RK":
        return reverse("case-page", args=[custody.case_number(custody.case_id_of(words))])
    if prefix == "LP":
        return reverse("report-page", args=[reports.report_number(reports.report_id_of(words))])
    return reverse("inbox-page", args=[referrals.packet_number(referrals.request_id_of(words))])


urlpatterns = [path("cari/", search, name="search")]
