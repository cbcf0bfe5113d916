"""One act on an admission: a valid form handed to one operation, a refused one put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.shelter import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.shelter import policy, queries
from rangkul.shelter.models import Admission


class Page(Protocol):
    """Shows the page of an admission with a form that could not be taken."""

    def __call__(
        self, request: StaffRequest, admission: Admission, form: forms.Form, *, status: int
    ) -> HttpResponse: ...


def own(request: StaffRequest, number: str) -> Admission:
    """An admission at a desk where the person keeps stays."""
    return queries.get_own_admission(request.actor, queries.admission_id_of(number))


def taken(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do the act; what it could not take stands beside its field."""
    try:
        act()
    except InvalidInput as fault:
        wording.put_faults(form, fault)
        return False
    except policy.BedTaken:
        form.add_error(None, wording.taken_words())
        return False
    return True


def act_view(
    operation: Callable[..., object], names: Mapping[str, str], *,
    form: Callable[[StaffRequest, Admission], forms.Form], again: Page,
    done: str | Promise = "", to_board: bool = False,
) -> Callable[..., HttpResponseBase]:  # fmt: skip
    """A view that hands ``form`` to ``operation``; ``names``: its argument → the form's field.

    Done, it says ``done`` and goes to the admission's page, or to the board; else ``again``.
    """

    @staff(Permission.KEEP_STAYS)
    @require_POST
    def view(request: StaffRequest, number: str) -> HttpResponse:
        admission = own(request, number)
        sent = form(request, admission)
        if sent.is_valid():
            values = {name: sent.cleaned_data[field] for name, field in names.items()}
            if taken(
                sent,
                lambda: operation(
                    admission_id=admission.id, expected_version=sent.cleaned_data["version"],
                    by=request.actor, at=request.now, **values,
                ),
            ):  # fmt: skip
                if done:
                    messages.success(request, str(done))
                return redirect("shelter-board") if to_board else redirect("shelter-stay", number)
        return again(request, admission, sent, status=422)

    view.__doc__ = operation.__doc__
    return view
