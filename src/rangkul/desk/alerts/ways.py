"""How a person is called: ways, hours, browsers, and a trial to see whether it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.alerts import push, queries, wishes
from rangkul.alerts.models import Ways
from rangkul.alerts.wishes import Wishes
from rangkul.desk.page import StaffRequest, opened_version, posted, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_label, zone_of

_UNREADABLE = 422


def _hour() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class WaysForm(forms.Form):
    """What a person wishes; the operation decides."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    email = forms.BooleanField(label=gettext_lazy("By e-mail"), required=False)
    push = forms.BooleanField(label=gettext_lazy("By my browsers"), required=False)
    text = forms.BooleanField(label=gettext_lazy("By text message"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Number for text messages"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=_hour()
    )  # fmt: skip
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"), required=False, widget=_hour()
    )  # fmt: skip
    digest_at = forms.TimeField(
        label=gettext_lazy("Gather the rest until"), required=False, widget=_hour(),
        help_text=gettext_lazy(
            "One message a day for what is not urgent. Leave empty to be told at once."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.LETTERS_LEAVE:
            del self.fields["email"]
        if not settings.TEXTS_LEAVE:
            del self.fields["text"], self.fields["phone"]

    @property
    def wishes(self) -> Wishes:
        """What was sent; a way that the house does not offer is not wished."""
        sent = self.cleaned_data
        return Wishes(
            email=bool(sent.get("email")), push=bool(sent["push"]), text=bool(sent.get("text")),
            phone=sent.get("phone", ""), quiet_from=sent["quiet_from"],
            quiet_until=sent["quiet_until"], digest_at=sent["digest_at"],
        )  # fmt: skip


def _initial(ways: Ways) -> dict[str, Any]:
    fields = ("email", "push", "text", "phone", "quiet_from", "quiet_until", "digest_at", "version")
    return {name: getattr(ways, name) for name in fields}


@contextmanager
def _faults_into(form: forms.Form) -> Iterator[None]:
    try:
        yield
    except InvalidInput as fault:
        for name, sentence in fault.errors.items():
            form.add_error(name if name in form.fields else None, sentence)


@require_http_methods(["GET", "POST"])
@staff()
def ways(request: StaffRequest) -> HttpResponse:
    """The page, and keeping what it says."""
    mine = [request.actor.user_id]
    form = WaysForm(posted(request), initial=_initial(queries.ways_of(mine)[mine[0]]))
    if form.is_valid():
        with _faults_into(form):
            wishes.change_ways(
                wishes=form.wishes, expected_version=opened_version(request),
                by=request.actor, at=request.now,
            )  # fmt: skip
            messages.success(request, _("Kept. From now on you are called like this."))
            return redirect("alert-ways")
    context = {
        "form": form,
        "address": request.user.email,
        "browsers": len(queries.browsers_of(mine).get(mine[0], ())),
        "zone_words": zone_label(zone_of(request.membership.area_code)),
        "push_key": push.public_key(),
        "push_worker": static("rangkul/call-worker.js"),
        "trail": [(reverse("entrance-account"), _("My account")), ("", _("How I am called"))],
    }
    status = _UNREADABLE if form.is_bound else 200
    return render(request, "desk/alerts/ways.html", context, status=status)


@staff()
@require_POST
def browser(request: StaffRequest) -> HttpResponse:
    """This browser may be called from now on. 422 for what is no browser."""
    try:
        wishes.add_browser(
            endpoint=text(request, "endpoint", 1_000), p256dh=text(request, "p256dh", 120),
            auth=text(request, "auth", 40), by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        return JsonResponse({"error": next(iter(fault.errors.values()))}, status=_UNREADABLE)
    return HttpResponse(status=204)


@staff()
@require_POST
def browser_off(request: StaffRequest) -> HttpResponse:
    """This browser is called no more."""
    endpoint = text(request, "endpoint", 1_000)
    wishes.remove_browser(endpoint=endpoint, by=request.actor, at=request.now)
    return HttpResponse(status=204)


@staff()
@require_POST
def trial(request: StaffRequest) -> HttpResponse:
    """Call oneself by every way."""
    wishes.call_oneself(by=request.actor, at=request.now)
    messages.success(request, _("On its way. It should arrive within two minutes."))
    return redirect("alert-ways")


urlpatterns = [
    path("pemberitahuan/cara/", ways, name="alert-ways"),
    path("pemberitahuan/cara/coba/", trial, name="alert-trial"),
    path("pemberitahuan/cara/peramban/", browser, name="alert-browser"),
    path("pemberitahuan/cara/peramban/lepas/", browser_off, name="alert-browser-off"),
]
