"""How a form's controls are drawn: by templates, but plain inputs without one.

A page of sixty choices spends a sixth of its time on Django's templates for one tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

_PLAIN: Final = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in (
        "input", "text", "number", "email", "url", "password", "hidden", "date", "datetime", "time",
        "checkbox", "checkbox_option", "radio_option",
    )
)  # fmt: skip


class Drawing(TemplatesSetting):
    """Django's renderer over the project's templates, with a short way for inputs."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """The markup of one control; an option that wraps itself in a label takes the long way."""
        widget = context.get("widget", {})
        if template_name in _PLAIN and not widget.get("wrap_label"):
            return _input(widget)
        return SafeString(super().render(template_name, context, request))


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"],
        "" if value is None else format_html(' value="{}"', value), flatatt(widget["attrs"]),
    )  # fmt: skip
