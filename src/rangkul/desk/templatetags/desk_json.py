"""What a script of ours reads from an attribute."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def as_json(value: Mapping[str, object]) -> str:
    """JSON for a ``data-…`` attribute; the template escapes it as any other words."""
    return json.dumps(value)
