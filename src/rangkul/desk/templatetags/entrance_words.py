"""What went wrong at the door, in plain words; whether name or password was off is not told."""

from __future__ import annotations

from django import template
from django.forms import BaseForm
from django.utils.translation import gettext as _

from rangkul.accounts import passwords
from rangkul.accounts.models import User

register = template.Library()


@register.filter
def plain_errors(form: BaseForm) -> list[str]:
    """One sentence for each kind of fault of a sign-in form; a fault unknown here keeps its own."""
    known = {
        "username_password_mismatch": _("Name or password does not fit. Please try again, slowly."),
        "invalid_login": _("Name or password does not fit. Please try again, slowly."),
        "account_inactive": _("Name or password does not fit. Please try again, slowly."),
        "too_many_login_attempts": _("Too many tries for now. Please wait a few minutes."),
        "rate_limited": _("Too many tries for now. Please wait a few minutes."),
        "incorrect_password": _("The password does not fit. Please try again, slowly."),
        "enter_current_password": _("The password does not fit. Please try again, slowly."),
        "incorrect_code": _("This code does not fit. Please use the newest one on your phone."),
        "required": _("Please fill in everything."),
    }
    sentences = []
    for field_errors in form.errors.as_data().values():
        for error in field_errors:
            sentences.append(known.get(error.code or "", " ".join(map(str, error.messages))))
    return list(dict.fromkeys(sentences))


@register.filter
def least_length(user: User) -> int:
    """How many signs this person's password needs."""
    return passwords.least_length(user)
