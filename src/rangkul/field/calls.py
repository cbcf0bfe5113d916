"""OpenRosa 1.0, as ODK Collect speaks it: list of forms, form, manifest, and sending a filling."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from rangkul.assessments.problems import SubmissionRefused
from rangkul.field import openrosa, operations, queries, refusals
from rangkul.field.door import language_of, phone
from rangkul.field.limits import MOST_BYTES
from rangkul.field.operations import KEPT, KNOWN, PARTIAL, WAITS, Parcel
from rangkul.field.queries import Caller

_FILLING: Final = "xml_submission_file"
_MORE_COMES: Final = "*isIncomplete*"

_SAID: Final = {
    KEPT: ("Sudah tersimpan di berkasnya.", "Kept in its file."),
    KNOWN: ("Sudah tersimpan sebelumnya.", "Kept before."),
    WAITS: (
        "Sudah sampai dan aman. Isian ini menunggu berkasnya di Rangkul.",
        "Arrived and safe. This filling waits for its file in Rangkul.",
    ),
    PARTIAL: ("Bagian ini sampai; kirim lanjutannya.", "This part arrived; send the rest."),
}


@phone("GET", "HEAD")
def form_list(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The forms that this phone's person may fill; ``?formID=`` asks for one."""
    wanted = request.GET.get("formID", "")
    forms = [
        form for form in queries.list_phone_forms(caller.actor)
        if not form.refusal and wanted in ("", form.row.code)
    ]  # fmt: skip
    return openrosa.form_list(forms, request, language_of(request, caller.language))


@phone("GET", "HEAD")
def form(request: HttpRequest, caller: Caller, form_id: UUID) -> HttpResponse:
    """One form, with our first question."""
    return openrosa.form_xml(queries.get_phone_form(caller.actor, form_id))


@phone("GET", "HEAD")
def manifest(request: HttpRequest, caller: Caller, form_id: UUID) -> HttpResponse:
    """The files beside a form."""
    queries.get_phone_form(caller.actor, form_id)
    return openrosa.manifest()


@phone("HEAD", "POST")
def submission(request: HttpRequest, caller: Caller) -> HttpResponse:
    """HEAD: where to send to, and how much at once. POST: one filling, or a part of one."""
    address = request.build_absolute_uri(reverse("openrosa-submission"))
    if request.method == "HEAD":
        answer = openrosa.stamped(HttpResponse(status=204))
    else:
        outcome = operations.receive_parcel(
            parcel=_parcel(request), device_id=caller.device_id, by=caller.actor, at=caller.at
        )
        english = language_of(request, caller.language) == "en"
        answer = openrosa.message(201, _SAID[outcome][english], nature="submit_success")
    answer["Location"] = address
    return answer


def _parcel(request: HttpRequest) -> Parcel:
    """What came in this POST. Raises `SubmissionRefused` for none, or too much."""
    sent = request.FILES
    if sum(each.size or 0 for name in sent for each in _files(request, name)) > MOST_BYTES:
        raise SubmissionRefused([refusals.TOO_LARGE])
    filling = sent.get(_FILLING)
    if not isinstance(filling, UploadedFile):
        raise SubmissionRefused([refusals.NO_XML])
    files = {}
    for name in sent:
        for each in _files(request, name) if name != _FILLING else ():
            files[each.name or name] = each.read()
    is_whole = request.POST.get(_MORE_COMES, "").strip().lower() not in ("yes", "true")
    return Parcel(filling.read(), files, is_whole)


def _files(request: HttpRequest, name: str) -> list[UploadedFile[Any]]:
    return [each for each in request.FILES.getlist(name) if isinstance(each, UploadedFile)]


@csrf_exempt
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What is no address of ours."""
    return openrosa.refused(404, [refusals.NOT_FOUND], language_of(request))
