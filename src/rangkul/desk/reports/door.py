"""What came in by the public's door, at the desk: talk, files, and the groups of alike ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases.contents import extension
from rangkul.desk.documents import held_sentence, kind_label, short_id, size_label
from rangkul.desk.page import SEES_REPORTS, StaffRequest, form_token, staff, typed
from rangkul.desk.reports.numbers import address, report_id_or_404
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.foundation.numbers import number_of, read_number
from rangkul.foundation.scanning import ScannerAway
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.reports import door, policy, talk
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports

_INFECTED = "infected"


@dataclass(frozen=True, slots=True)
class FlockRow:
    """One line of the list for many alike reports."""

    line: talk.FlockLine
    url: str


def flock_rows(request: StaffRequest) -> list[FlockRow]:
    """The groups in which something waits, as the list shows them."""
    return [
        FlockRow(line, reverse("flock-page", args=[flock_number(line.flock.id)]))
        for line in talk.list_flocks(request.actor, at=request.now)
    ]


def flock_number(flock_id: int) -> str:
    """The public number of a group, such as ``KL-2K5W-07G8``."""
    return number_of("KL", flock_id)


def talk_context(request: StaffRequest, report_id: int) -> dict[str, Any]:
    """The talk with the holder of the code, ready to be shown; nothing for other reports."""
    found = writing.read_talk(report_id=report_id, by=request.actor, at=request.now)
    if found is None:
        return {}
    names = accounts.names_of([line.by_user for line in found.lines if line.by_user])
    flock = found.row.flock_id if found.row.held else None
    return {
        "talk": found,
        "lines": [(line, names.get(line.by_user or 0, "")) for line in found.lines],
        "contact": _contact_rows(found.contact),
        "files": [
            (file.id, kind_label(file.media_type), size_label(file.size), file.at)
            for file in found.files
        ],
        "flock_url": reverse("flock-page", args=[flock_number(flock)]) if flock else "",
        "may_write": found.may_answer and policy.may_answer(request.actor),
        "may_take_out": bool(flock) and may(request.actor.roles, Permission.TAKE_REPORT),
        "token": uuid4(),
        "most": door.MOST_MESSAGE,
    }


def _contact_rows(contact: door.SafeContact) -> list[tuple[str, str]]:
    ways = {
        "kode": _("Only by messages here"),
        "telepon": _("Telephone"),
        "pesan": _("Message"),
        "surel": _("E-mail"),
        "jangan": _("Do not contact"),
    }
    rows = [
        (_("How"), ways.get(contact.way, contact.way)),
        (_("Where"), contact.where),
        (_("When"), contact.when),
        (_("Call yourself"), contact.as_name),
    ]
    return [row for row in rows if row[1]]


@staff(one_of=(Permission.TAKE_REPORT, Permission.OPEN_CASE))
@require_POST
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """Write to whoever holds the code."""
    report_id = report_id_or_404(number)
    try:
        writing.answer(
            report_id=report_id, text=typed(request, "words"), token=form_token(request),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        messages.error(request, _refusal(fault.errors.get("message", "")))
    else:
        messages.success(request, _("Your answer waits behind the code."))
    return redirect(address("report-page", report_id))


def _refusal(code: str) -> str:
    sentences = {
        "required": _("Please write something first."),
        "too_long": _("This is too long. Please shorten it; nothing of it is lost meanwhile."),
        "silent": _("The reporter chose not to be contacted. Nothing was sent."),
    }
    return sentences.get(code, sentences["required"])


@staff(one_of=SEES_REPORTS)
@require_safe
def file(request: StaffRequest, number: str, file_id: UUID) -> HttpResponse:
    """A file that came with a report, as mere bytes; the reading is recorded."""
    report_id = report_id_or_404(number)
    try:
        media, content = writing.read_file(
            report_id=report_id, file_id=file_id, by=request.actor, at=request.now
        )
    except ScannerAway:
        messages.error(request, held_sentence(""))
        return redirect(address("report-page", report_id))
    if not media:
        messages.error(request, held_sentence(_INFECTED))
        return redirect(address("report-page", report_id))
    found = HttpResponse(content, content_type=media)
    name = f"berkas-{short_id(file_id)}.{extension(media)}"
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    return found


@staff(Permission.TAKE_REPORT)
@require_POST
def take_out(request: StaffRequest, number: str) -> HttpResponse:
    """This one is none of its group."""
    report_id = report_id_or_404(number)
    writing.take_out(report_id=report_id, by=request.actor, at=request.now)
    messages.success(request, _("It stands by itself now, with its own clock."))
    return redirect(address("report-page", report_id))


# -- groups -----------------------------------------------------------------------------------


def flock_outcomes() -> dict[str, str]:
    """Why a whole group is closed."""
    return {
        "bukan_laporan": _("Not a report"),
        "ganda": _("The same report came twice"),
        "uji": _("A trial, not a report"),
    }


def _flock_or_404(flock: str) -> int:
    try:
        return read_number("KL", flock)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


@staff(one_of=SEES_REPORTS)
@require_safe
def flock_page(request: StaffRequest, flock: str) -> HttpResponse:
    """A group: how many, since when, from where, some of its words, and what can be done."""
    return _flock_shown(request, flock)


def _flock_shown(request: StaffRequest, flock: str, *, refused: str = "") -> HttpResponse:
    opened = writing.read_flock(flock_id=_flock_or_404(flock), by=request.actor, at=request.now)
    areas = reference.get_areas({each.report.area for each in opened.samples})
    context = {
        "opened": opened,
        "flock": flock,
        "samples": [
            (
                each.report, reports.report_number(each.report.id),
                reverse("report-page", args=[reports.report_number(each.report.id)]),
                each.content.account,
                areas[each.report.area].name if each.report.area in areas else "",
                each.answers.is_yes("bahaya_kini"),
            )
            for each in opened.samples
        ],
        "outcomes": flock_outcomes(),
        "may_close": may(request.actor.roles, Permission.TRIAGE),
        "refused": refused,
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("report-list"), _("Reports")), ("", flock)],
    }  # fmt: skip
    return render(request, "desk/reports/flock.html", context, status=422 if refused else 200)


@staff(Permission.TRIAGE)
@require_POST
def flock_close(request: StaffRequest, flock: str) -> HttpResponse:
    """Close what waits in the group, with one reason; it can be opened again."""
    try:
        closed = writing.close_flock(
            flock_id=_flock_or_404(flock), outcome=request.POST.get("outcome", ""),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput:
        return _flock_shown(request, flock, refused=_("Please choose why they are closed."))
    undo = reverse("flock-reopen", args=[flock])
    words = ngettext(
        "%(count)d report is closed.", "%(count)d reports are closed.", closed
    ) % {"count": closed}  # fmt: skip
    messages.success(request, words, extra_tags=f"undo={undo}")
    return redirect("flock-page", flock=flock)


@staff(Permission.TRIAGE)
@require_POST
def flock_reopen(request: StaffRequest, flock: str) -> HttpResponse:
    """Undo the closing of a group."""
    opened = writing.reopen_flock(flock_id=_flock_or_404(flock), by=request.actor, at=request.now)
    words = ngettext(
        "%(count)d report is in hand again.", "%(count)d reports are in hand again.", opened
    ) % {"count": opened}  # fmt: skip
    messages.success(request, words)
    return redirect("flock-page", flock=flock)


urlpatterns = [
    path("laporan/<str:number>/jawab/", answer, name="report-answer"),
    path("laporan/<str:number>/berkas/<uuid:file_id>/", file, name="report-file"),
    path("laporan/<str:number>/pisahkan/", take_out, name="report-take-out"),
    path("laporan-serupa/<str:flock>/", flock_page, name="flock-page"),
    path("laporan-serupa/<str:flock>/tutup/", flock_close, name="flock-close"),
    path("laporan-serupa/<str:flock>/lanjutkan/", flock_reopen, name="flock-reopen"),
]
