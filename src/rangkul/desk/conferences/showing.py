"""Choosing what one agency is shown, seeing it as it will be read, and reading it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.cases import queries as cases
from rangkul.conferences import operations, policy, queries
from rangkul.conferences.models import Conference
from rangkul.conferences.operations import Showing
from rangkul.conferences.sharing import Content
from rangkul.consent.models import Basis
from rangkul.consent.policy import BasisMissing
from rangkul.desk.conferences import wording
from rangkul.desk.conferences.forms import ShareForm
from rangkul.desk.page import StaffRequest, staff
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.referrals import ceilings, sheet


def level_words(letter: str, level: int) -> str:
    """What a level of a data class tells, in words."""
    for data_class in ceilings.DataClass:
        if data_class.letter == letter:
            found = ceilings.describe_level(data_class, level)
            return sheet.said(found.label_id, found.label_en)
    return letter


def _levels(basis: Basis | None) -> list[tuple[str, str]]:
    """The kinds of fact that a basis carries, as the form's choices."""
    if basis is None:
        return []
    return [
        (f"{c.letter}{level}", level_words(c.letter, level))
        for c in ceilings.DataClass
        for level in range(1, int(basis.levels.get(c.letter, 0)) + 1)
    ]


@require_http_methods(["GET", "POST"])
@staff(Permission.CALL_CONFERENCE)
def share(request: StaffRequest, number: str, agency_id: int) -> HttpResponse:
    """The page: case and consent, lines, the preview, and sealing it."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    view = queries.view(request.actor, row.id)
    names = {s.seat.agency_id: s.seat.agency.short_name for s in view.at_table}
    if agency_id not in names or agency_id == request.actor.agency_id:
        raise NotReachable("no guest of this conference")
    sent = request.POST if request.method == "POST" else request.GET
    case_id = next((c for c in view.case_ids if str(c) == sent.get("case")), view.case_ids[0])
    bases = operations.fitting_bases(
        conference_id=row.id, agency_id=agency_id, case_id=case_id, by=request.actor,
        at=request.now,
    )  # fmt: skip
    basis = next((b for b in bases if str(b.id) == sent.get("basis")), next(iter(bases), None))
    form = ShareForm(request.POST if "step" in request.POST else None, levels=_levels(basis))
    content: Content | None = None
    if basis is not None and form.is_valid():
        wanted = Showing(
            row.id, agency_id, case_id, basis.id, tuple(each for _row, each in form.lines)
        )
        try:
            content = operations.preview_share(showing=wanted, by=request.actor, at=request.now)
            if request.POST.get("step") == "send":
                operations.share_facts(
                    showing=wanted, seen=request.POST.get("seen", ""), by=request.actor,
                    at=request.now,
                )  # fmt: skip
                messages.success(request, _("Sealed for this agency. It reads it once it comes."))
                return redirect("conference-page", number=number)
        except InvalidInput as fault:
            at_row = {f"lines.{at}": f"words_{r}" for at, (r, _l) in enumerate(form.lines)}
            wording.put_faults(form, fault, at_row | {"lines": "words_0"})
        except BasisMissing:
            form.add_error(None, _("There is no consent for this any more."))
        except policy.PreviewChanged:
            form.add_error(None, _("It has changed. Please look at it once more, then seal it."))
    context = _share_context(request, row, view.details.title, number) | {
        "form": form, "bases": [(b, _basis_words(b)) for b in bases], "basis": basis,
        "agency_id": agency_id, "agency": names[agency_id], "case_id": case_id,
        "cases": [
            (f.case_id, f.work_label or f.pseudonym)
            for f in cases.list_covers(request.actor, view.case_ids)
        ],
        "content": content, "lines": content_lines(content) if content else [],
        "seen": content.digest if content and not form.errors else "",
    }  # fmt: skip
    return render(
        request, "desk/conferences/share.html", context, status=422 if form.errors else 200
    )


def _basis_words(basis: Basis) -> str:
    kind = ceilings.Basis.of_letter(basis.letter)
    service = sheet.service_name(basis.service)
    return f"{sheet.said(kind.label_id, kind.label_en)}: {service}"


def content_lines(content: Content) -> list[tuple[str, str]]:
    """A share's lines with what kind of fact each is."""
    return [(level_words(letter, level), words) for letter, level, words in content.lines]


def _share_context(
    request: StaffRequest, row: Conference, title: str, number: str
) -> dict[str, Any]:
    return {
        "number": number, "row": row, "zone": zone_of(request.membership.area_code),
        "trail": [
            (reverse("conference-list"), _("Case conferences")),
            (reverse("conference-page", args=[number]), title), ("", _("What is shown")),
        ],
    }  # fmt: skip


@require_safe
@staff(Permission.READ_SHOWN)
def shown(request: StaffRequest, number: str, share_id: UUID) -> HttpResponse:
    """What was shown, to those for whom it is; the reading is recorded."""
    row = queries.get_conference(request.actor, queries.conference_id_of(number))
    found = queries.get_share(request.actor, share_id)
    if found.conference_id != row.id:
        raise NotReachable("another conference's share")
    context = _share_context(request, row, queries.details_of(row).title, number) | {"share": found}
    try:
        content = operations.open_share(share_id=share_id, by=request.actor, at=request.now)
    except policy.ShareClosed as closed:
        return render(
            request, "desk/conferences/shown.html",
            context | {"closed": wording.closed_words(closed.why)}, status=410,
        )  # fmt: skip
    context |= {
        "content": content, "lines": content_lines(content),
        "age": reference.label("kelompok_usia", content.age_band) if content.age_band else "",
    }  # fmt: skip
    return render(request, "desk/conferences/shown.html", context)


@require_POST
@staff(Permission.CALL_CONFERENCE)
def take_back(request: StaffRequest, number: str, share_id: UUID) -> HttpResponse:
    """Destroy the key of what was shown."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    if queries.get_share(request.actor, share_id).conference_id != row.id:
        raise NotReachable("another conference's share")
    operations.end_share(share_id=share_id, by=request.actor, at=request.now)
    messages.success(request, _("Taken back. Nobody can read it any more."))
    return redirect("conference-page", number=number)


urlpatterns = [
    path("rapat/<str:number>/tunjukkan/<int:agency_id>/", share, name="conference-share"),
    path("rapat/<str:number>/bagian/<uuid:share_id>/", shown, name="conference-shown"),
    path("rapat/<str:number>/bagian/<uuid:share_id>/tarik/", take_back, name="conference-takeback"),
]
