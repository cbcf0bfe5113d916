"""The gallery's data: every component in every state, to look at and to test for accessibility."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class GalleryForm(forms.Form):
    """One field of every kind; invented, never saved."""

    words = forms.CharField(
        label=_("The story, in the caller's words"),
        widget=forms.Textarea,
        help_text=_("Write it as it was said."),
    )
    channel = forms.ChoiceField(
        label=_("By"), choices=[("phone", _("Telephone")), ("visit", _("In person"))]
    )
    age = forms.IntegerField(label=_("Age, as far as known"), required=False)
    since = forms.DateField(
        label=_("Since when"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    known = forms.MultipleChoiceField(
        label=_("Known now"),
        required=False,
        choices=[("weapon", _("A weapon")), ("child", _("A child is there"))],
        widget=forms.CheckboxSelectMultiple,
    )
    need = forms.ChoiceField(
        label=_("What is needed?"),
        choices=[("medical", _("Medical care")), ("legal", _("Legal help"))],
        widget=forms.RadioSelect,
    )
    safe = forms.ChoiceField(
        label=_("Safe to call back?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known yet"))],
        widget=forms.RadioSelect,
    )
    letter = forms.FileField(label=_("Letter"), required=False)
    whatsapp = forms.BooleanField(label=_("WhatsApp is safe"), required=False)


def gallery_context(now: datetime) -> dict[str, Any]:
    """The context of `look/gallery.html` at the moment `now`."""
    return {
        "now": now,
        "clocks": _clocks(now),
        "risks": ["high", "medium", "low", ""],
        "custody": [
            {"label": "SAPA 129", "state": "past"},
            {"label": _("here"), "state": "here"},
            {"label": "Dinsos NTT", "state": "next"},
        ],
        "reasons": [
            ("police_report", _("Preparing the police report")),
            ("visit", _("Today's visit")),
        ],
        "rows": [(_("For whom"), _("Called Nara, a woman")), (_("Language"), "Tetun")],
        "kept": [_("full name"), _("address"), _("family")],
        "steps": [_("Need"), _("Desk"), _("Packet")],
        "lanes": [
            {"id": "now", "label": _("Now"), "count": 2},
            {"id": "today", "label": _("Today"), "count": 0},
        ],
        "trail": [("/", _("My cases")), ("", _("Case file"))],
        "empty_form": GalleryForm(initial={"known": ["child"], "need": "medical"}),
        "refused_form": GalleryForm({"age": "x", "known": ["weapon"]}, prefix="refused"),
    }


def _clocks(now: datetime) -> list[dict[str, Any]]:
    """A clock in each state and length; minutes until due, minutes since started."""
    spans = [
        (-6, 21, "running"),
        (-72, 1440, "missed"),
        (40, 240, "running"),
        (198, 1300, "running"),
        (230, 300, "running"),
        (1980, 3000, "running"),
        (8000, 90, "running"),
        (300, 60, "paused"),
        (300, 60, "met"),
    ]
    return [
        {
            "due_at": now + timedelta(minutes=left),
            "started_at": now - timedelta(minutes=gone),
            "state": state,
        }
        for left, gone, state in spans
    ]
