"""Small filters of the case pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(known: Mapping[str, str], code: str) -> str:
    """The value of ``code`` in a mapping of the context, or the code itself."""
    return known.get(code, code)
