"""A form field as it is drawn: label, help, errors and control tied together, and its choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import (
    BaseForm,
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceField,
    FileInput,
    RadioSelect,
    Select,
)
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

LOOKS = ("", "chips", "tiles", "segmented")


@dataclass(frozen=True)
class Option:
    """One choice of a group: its input, the id of that input, and its words."""

    tag: SafeString
    id: str
    label: str


@dataclass(frozen=True)
class DrawnField:
    """Everything the field's template needs; `kind` is "control", "check" or "group"."""

    bound: BoundField
    kind: str
    look: str
    control: SafeString | str
    options: list[Option]
    described_by: str
    errors: list[str]


def draw(
    bound: BoundField, *, look: str = "", attrs: Mapping[str, Any] | None = None
) -> DrawnField:
    """Prepare a bound field; `look` chooses how a group of choices stands (see LOOKS)."""
    if look not in LOOKS:
        raise ValueError(f"a field's look is one of {LOOKS}, not {look!r}")
    widget = bound.field.widget
    errors = [str(error) for error in bound.errors]
    base = bound.id_for_label or bound.auto_id or bound.html_name
    described = [f"{base}_help"] if bound.help_text else []
    described += [f"{base}_error"] if errors else []
    extra: dict[str, Any] = dict(attrs or {})
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        options = [
            Option(tag=SafeString(option.tag()), id=option.id_for_label, label=option.choice_label)
            for option in bound.subwidgets
        ]
        kind, control = "group", SafeString("")
    else:
        kind = "check" if isinstance(widget, CheckboxInput) else "control"
        options = []
        if described:
            extra["aria-describedby"] = " ".join(described)
        extra["class"] = _classes(widget)
        control = bound.as_widget(attrs=extra)
    return DrawnField(bound, kind, look, control, options, " ".join(described), errors)


def set_choices(form: BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give the field ``name`` of this one form its (value, words) pairs.

    Raises ``TypeError`` for a field that offers no choices.
    """
    field = form.fields[name]
    if not isinstance(field, ChoiceField):
        raise TypeError(f"{type(form).__name__}.{name} offers no choices")
    field.choices = list(choices)


def _classes(widget: Any) -> str:
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, CheckboxInput):
        return own
    if isinstance(widget, Select):
        return f"form-select {own}".strip()
    if isinstance(widget, FileInput):
        return f"form-control form-file {own}".strip()
    return f"form-control {own}".strip()
