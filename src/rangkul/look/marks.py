"""The marks that stand on every row, written straight as markup: a page holds hundreds of them.

A template for each would cost a third of a millisecond a mark; a list of 75 rows has no such time.
"""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rangkul.look.clockface import ClockFace


@cache
def icon(name: str, css: str = "", title: str = "") -> SafeString:
    """An icon of the sprite; without a title it is decoration and silent."""
    classes = f"icon {css}".strip()
    href = f"{static('rangkul/icons.svg')}#{name}"
    if not title:
        return format_html(
            '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href
        )
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, title, href
    )


def tag(
    text: str, *, tone: str = "", shape: str = "", spoken: str = "", planned: bool = False
) -> SafeString:
    """A short word on its own ground; `spoken` is said before it to those who do not see it."""
    return format_html(
        '<span class="tag{}{}">{}{}{}</span>',
        f" tag-{tone}" if tone else "",
        " tag-planned" if planned else "",
        icon(shape) if shape else "",
        format_html('<span class="visually-hidden">{} </span>', spoken) if spoken else "",
        text,
    )


def clock(face: ClockFace, *, show: str, inline: bool) -> SafeString:
    """A clock as a chip or in a line; a running one carries what the browser needs to keep it."""
    words = format_html(
        '<span class="{}"><span data-clock-word>{}</span>'
        '<span class="visually-hidden">, {}</span></span>',
        "clock-word",
        face.word,
        face.spoken,
    )
    figure = format_html("<span data-clock-figure>{}</span>", face.figure)
    if inline:
        return format_html(
            '<span class="clock-inline" data-tone="{}"{}>{}{} {}</span>',
            face.tone,
            _live(face, show),
            icon(face.icon),
            figure,
            words,
        )
    return format_html(
        '<span class="clock" data-tone="{}"{}><span class="clock-figure">{}{}</span> {}'
        '<svg class="clock-bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="3"/></svg></span>',
        face.tone,
        _live(face, show),
        "" if face.running else icon(face.icon),
        figure,
        words,
        face.used,
    )


def _live(face: ClockFace, show: str) -> SafeString:
    if not face.running:
        return SafeString("")
    return format_html(
        ' data-clock data-show="{}" data-due="{}" data-started="{}" data-now="{}"',
        show,
        int(face.due_at.timestamp()),
        int(face.started_at.timestamp()),
        int(face.now.timestamp()),
    )
