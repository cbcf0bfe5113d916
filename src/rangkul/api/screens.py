"""The one page for people: an admin makes a token for a machine, lists them, withdraws one.

It stands among the network's pages; `config.urls` puts the desk's guard around it, because no face
of the house imports another.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.roles import ROLES
from rangkul.api import operations, queries
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.foundation.workflow import IllegalMove
from rangkul.look.fields import set_choices
from rangkul.network import policy as network_policy
from rangkul.network import queries as network

_LIVES: Final = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("One year")),
)


class _Guarded(Protocol):
    """What the guard has put on the request."""

    actor: Actor
    now: datetime


class TokenForm(forms.Form):
    """A service account with its first token: what for, which roles and desks, how long."""

    label = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        help_text=gettext_lazy("The system and who looks after it, for example: case records, IT."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "As few as it needs. It sees and does what a colleague with them would."
        ),
    )  # fmt: skip
    desks = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Desks"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends by itself after"), coerce=int, choices=_LIVES, initial="90"
    )

    def __init__(self, *args: Any, actor: Actor, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = network.get_agency(actor.agency_id).level
        grantable = network_policy.grantable_roles(agency_level=level)
        set_choices(
            self,
            "roles",
            [
                (code, role.label_en if _english() else role.label_id)
                for code, role in ROLES.items()
                if code in grantable
            ],
        )
        cards = network.list_desks(actor.agency_id, at=at)
        set_choices(self, "desks", [(card.desk.id, card.desk.name) for card in cards])


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The agency's tokens and the form for another; a new secret is shown on this answer only."""
    guarded = cast(_Guarded, request)
    sent = request.POST if request.method == "POST" else None
    form = TokenForm(sent, actor=guarded.actor, at=guarded.now)
    secret = ""
    if form.is_valid():
        try:
            secret = _make(form, guarded)
        except InvalidInput as fault:
            for name, sentence in fault.errors.items():
                form.add_error(name if name in form.fields else None, sentence)
        except RangkulError as fault:
            form.add_error(None, _worded(fault))
    made = TokenForm(actor=guarded.actor, at=guarded.now) if secret else form
    context = {
        "form": made,
        "secret": secret,
        "rows": _rows(guarded),
        "trail": [
            (reverse("network-directory"), _("Service network")), ("", _("Service accounts")),
        ],
    }  # fmt: skip
    return render(
        request, "api/tokens.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take a token back; its next call is refused. Twice does no harm."""
    guarded = cast(_Guarded, request)
    try:
        token_id = UUID(request.POST.get("token", ""))
    except ValueError as fault:
        raise NotReachable("no such token") from fault
    try:
        operations.withdraw_token(token_id=token_id, by=guarded.actor, at=guarded.now)
    except IllegalMove:
        messages.info(request, _("This token had been withdrawn already."))
    else:
        messages.success(request, _("The token is withdrawn. The next call with it is refused."))
    return redirect("service-tokens")


def _make(form: TokenForm, guarded: _Guarded) -> str:
    given = form.cleaned_data
    membership_id = operations.create_service_account(
        label=given["label"], roles=given["roles"], desk_ids=given["desks"], by=guarded.actor,
        at=guarded.now,
    )  # fmt: skip
    _token, secret = operations.create_token(
        membership_id=membership_id, label=given["label"], by=guarded.actor, at=guarded.now,
        expires_at=guarded.now + timedelta(days=given["days"]),
    )  # fmt: skip
    return secret


def _rows(guarded: _Guarded) -> list[dict[str, object]]:
    """Every token with its roles and how it stands."""
    members = {
        member.id: member
        for member in network.list_staff(guarded.actor.agency_id, at=guarded.now, former_too=True)
    }
    found = []
    for token in queries.list_tokens(guarded.actor):
        held = members[token.membership_id].membership.roles
        over = token.withdrawn_at is not None or token.expires_at <= guarded.now
        roles = [ROLES[code] for code in held if code in ROLES]
        found.append(
            {
                "token": token,
                "roles": [role.label_en if _english() else role.label_id for role in roles],
                "over": over,
            }
        )
    return found


def _english() -> bool:
    return (get_language() or "id").startswith("en")


def _worded(fault: RangkulError) -> str:
    """The fault's own sentence in the present language; one without a sentence goes its way."""
    sentence = getattr(fault, "message_en" if _english() else "message_id", "")
    if not sentence:
        raise fault
    return str(sentence)
