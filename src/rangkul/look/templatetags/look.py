"""The look's template tags: icons, marks, clocks, times, fields, frames; none asks the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rangkul.look import clockface, fields, marks, times

register = template.Library()

THEME_COOKIE = f"{settings.COOKIE_PREFIX}rangkul_theme"

_RISKS = {
    "high": ("high", "alert-octagon"),
    "medium": ("soon", "alert-triangle"),
    "low": ("low", "circle-chevron-down"),
}
_RISK_ALIASES = {"tinggi": "high", "sedang": "medium", "rendah": "low"}

_STATE_ICONS = {
    "good": "circle-check",
    "soon": "clock-exclamation",
    "high": "alert-circle",
    "low": "info-circle",
    "quiet": "clock",
    "": "clock",
}

_ANSWERS = ("yes", "no", "unknown")


@register.simple_tag
def icon(name: str, css: str = "", title: str = "") -> SafeString:
    """An icon of the sprite; without a title it is decoration and silent."""
    return marks.icon(name, css, title)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme this browser remembers: "dark", "light", or "" to follow the device."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request is not None else ""
    return chosen if chosen in ("dark", "light") else ""


@register.simple_tag(takes_context=True)
def clock_chip(
    context: Context,
    clock: Any,
    now: datetime | None = None,
    show: str = "left",
    style: str = "chip",
    tz: str | tzinfo | None = None,
) -> SafeString:
    """A clock as a chip, or in a line with `style="inline"`; `now` may come from the context."""
    told = now or (None if clockface.tells_time(clock) else context.get("now"))
    face = clockface.face(clock, now=told, show=show, tz=tz)
    return marks.clock(face, show=show, inline=style == "inline")


@register.simple_tag
def risk_tag(level: str, full: bool = False) -> SafeString:
    """A risk level by shape, word and colour; `full` says "High risk" instead of "High"."""
    code = _RISK_ALIASES.get(level, level)
    if code not in _RISKS:
        return marks.tag(_("Risk not yet assessed"), shape="circle-dashed")
    tone, shape = _RISKS[code]
    words = {
        "high": _("High risk") if full else _("High"),
        "medium": _("Medium risk") if full else _("Medium"),
        "low": _("Low risk") if full else _("Low"),
    }
    return marks.tag(words[code], tone=tone, shape=shape, spoken="" if full else _("Risk:"))


@register.simple_tag
def flag(text: str, icon: str = "", tone: str = "good", planned: bool = False) -> SafeString:
    """A short fact about the case beside its number; dashed when it is only planned."""
    return marks.tag(text, tone=tone, shape=icon, planned=planned)


@register.inclusion_tag("look/parts/state.html")
def state_tag(text: str, tone: str = "quiet", icon: str = "") -> dict[str, Any]:
    """How something stands, in a line: word, shape and tone (good, soon, high, low, quiet)."""
    return {"text": text, "tone": tone, "icon": icon or _STATE_ICONS[tone]}


@register.inclusion_tag("look/parts/case_number.html")
def case_number(
    number: str, copy: bool = False, url: str = "", large: bool = False
) -> dict[str, Any]:
    """A case or packet number, monospaced, never broken; `copy` adds the copying button."""
    return {"number": number, "copy": copy, "url": url, "large": large}


@register.inclusion_tag("look/parts/covered_identity.html", takes_context=True)
def covered_identity(
    context: Context,
    open_url: str,
    reasons: Sequence[tuple[str, str]] = (),
    what: str = "",
    last_opened: str = "",
    free_reason: bool = False,
    may_open: bool = True,
    key: str = "identity",
) -> dict[str, Any]:
    """Name, NIK and address, covered; opening POSTs `reason` (a code of `reasons`) to `open_url`.

    `last_opened` is a sentence on who opened it last; `free_reason` adds a line of one's own for
    work that none of today's tasks explains.
    """
    return {
        "open_url": open_url,
        "reasons": reasons,
        "what": what or _("Name, NIK and address are covered"),
        "last_opened": last_opened,
        "free_reason": free_reason,
        "may_open": may_open,
        "key": key,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("look/parts/custody_line.html")
def custody_line(steps: Sequence[Any]) -> dict[str, Any]:
    """Who held the file, holds it, is next: steps with `label` and `state` past, here or next."""
    return {"steps": steps}


@register.inclusion_tag("look/parts/withheld.html")
def withheld(items: Sequence[str] | str) -> dict[str, Any]:
    """The packet's own line on what the sender kept back, never why."""
    return {"items": [items] if isinstance(items, str) else list(items)}


@register.inclusion_tag("look/parts/empty_state.html")
def empty_state(
    title: str,
    text: str = "",
    action_url: str = "",
    action_label: str = "",
    icon: str = "heart-handshake",
) -> dict[str, Any]:
    """One kind sentence and one action, where a list has nothing to show."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon": icon,
    }


@register.simple_tag
def local_time(value: datetime, tz: str | tzinfo | None = None, parts: str = "both") -> SafeString:
    """A time element in words with WIB, WITA or WIT; `parts` is "both", "hour" or "day"."""
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>',
        value.isoformat(timespec="minutes"),
        times.moment(value, tz=tz, parts=parts),
    )


@register.inclusion_tag("look/parts/facts.html")
def facts(rows: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A list of definitions: pairs of term and value."""
    return {"rows": rows}


@register.inclusion_tag("look/parts/field.html")
def field(bound: BoundField, look: str = "", icons: str = "", **attrs: Any) -> dict[str, Any]:
    """A form field with label, help and error; `look` is "", "chips", "tiles" or "segmented".

    Further keywords become attributes of the control, underscores as hyphens.
    """
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    return {"field": fields.draw(bound, look=look, attrs=named), "icons": icons}


@register.inclusion_tag("look/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """The summary above a form not saved yet: one line per thing to mend, each a link."""
    return {"form": form}


@register.inclusion_tag("look/parts/yes_no_unknown.html")
def yes_no_unknown(
    name: str,
    label: str,
    value: str = "",
    help_text: str = "",
    codes: Sequence[str] = _ANSWERS,
) -> dict[str, Any]:
    """A question answered yes, no or not known yet; `codes` are the three values sent."""
    words = (_("Yes"), _("No"), _("Not known yet"))
    return {
        "name": name,
        "label": label,
        "help_text": help_text,
        "answers": [
            {"code": code, "word": word, "chosen": code == value}
            for code, word in zip(codes, words, strict=True)
        ],
    }


@register.inclusion_tag("look/parts/pager.html")
def pager(newer_url: str = "", older_url: str = "", note: str = "") -> dict[str, Any]:
    """Newer and older pages of a list that is walked by key, never by page number."""
    return {"newer_url": newer_url, "older_url": older_url, "note": note}


@register.inclusion_tag("look/parts/lane_tabs.html")
def lane_tabs(lanes: Sequence[Any], label: str = "") -> dict[str, Any]:
    """The phone's tabs over `.lanes[data-lanes]`: lanes with `id`, `label` and `count`."""
    return {"lanes": lanes, "label": label or _("Lanes")}


@register.inclusion_tag("look/parts/stepper.html")
def stepper(steps: Sequence[str], current: int = 1) -> dict[str, Any]:
    """Numbered steps of one piece of work; `current` counts from 1."""
    return {"steps": steps, "current": current}


@register.inclusion_tag("look/parts/progress.html")
def progress_line(url: str, label: str, done: int = 0, total: int = 100) -> dict[str, Any]:
    """Progress of long work; `url` answers JSON `done`, `total`, `seconds_left` and `next`."""
    return {"url": url, "label": label, "done": done, "total": total}


@register.inclusion_tag("look/parts/message.html", takes_context=True)
def message(context: Context, note: Any) -> dict[str, Any]:
    """One of Django's messages; extra tags "undo=/address" add the way back."""
    extra = note.extra_tags or ""
    undo = next((part[5:] for part in extra.split() if part.startswith("undo=")), "")
    level = note.level_tag
    return {
        "text": note.message,
        "tone": {"success": "good", "warning": "soon", "error": "high"}.get(level, "low"),
        "icon": {
            "success": "circle-check",
            "warning": "alert-triangle",
            "error": "alert-octagon",
        }.get(level, "info-circle"),
        "undo_url": undo,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag
def timeline_item(
    content: str,
    title: str,
    at: datetime | None = None,
    icon: str = "point",
    tone: str = "",
    by: str = "",
    tz: str | tzinfo | None = None,
) -> SafeString:
    """One event of the timeline; what stands between the tags is its note."""
    return render_to_string(
        "look/parts/timeline_item.html",
        {
            "content": content,
            "title": title,
            "at": at,
            "hour": times.hour(at.astimezone(times.zone(tz))) if at else "",
            "icon": icon,
            "tone": tone,
            "by": by,
        },
    )


@register.simple_block_tag
def packet(
    content: str,
    to: str,
    sender: str,
    number: str,
    date: datetime | None = None,
    kept: Sequence[str] = (),
    heading: str = "",
) -> SafeString:
    """The sheet that the receiver gets; what stands between the tags is its body (see `facts`)."""
    return render_to_string(
        "look/packet.html",
        {
            "content": content,
            "to": to,
            "sender": sender,
            "number": number,
            "date": times.day(date.astimezone(times.zone(None)).date()) if date else "",
            "kept": kept,
            "heading": heading or _("Referral packet for"),
        },
    )
