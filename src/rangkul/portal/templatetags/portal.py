"""The portal's template tags: addresses in the reader's language, icons, the built files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rangkul.portal import numbers, page
from rangkul.portal.numbers import EmergencyNumber

register = template.Library()


@register.simple_tag
def way(name: str, *args: int | str) -> str:
    """The address of a page of the portal in the language that is being read."""
    return page.way(name, *args)


@register.simple_tag
def emergency_numbers() -> Sequence[EmergencyNumber]:
    """The numbers to call (``{% include "portal/numbers.html" %}`` draws them)."""
    return numbers.emergency_numbers()


@register.simple_tag
def whatsapp(number: str) -> str:
    """Opens the app itself: an address of the web would stand in the browser's history."""
    return f"whatsapp://send?phone={numbers.international(number)}"


@register.simple_tag
@cache
def sign(name: str, css: str = "") -> SafeString:
    """An icon of the portal's own small sprite: decoration, silent."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"icon {css}".strip(),
        static("rangkul/portal-icons.svg"),
        name,
    )
