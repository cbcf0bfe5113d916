"""Plain inputs are drawn without a template, and come out as Django draws them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from rangkul.look.drawing import Drawing

WORDS = ("", "kata", 'a "b" <c> & d', 7, None)
ATTRS: tuple[dict[str, Any], ...] = (
    {},
    {"id": "id_x", "class": "form-control", "data-say": 'ini "itu" <tag>'},
    {"required": True, "disabled": False, "maxlength": "40"},
)
WIDGETS = (
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.HiddenInput, forms.PasswordInput,
    forms.DateInput, forms.TimeInput, forms.CheckboxInput, forms.RadioSelect,
    forms.CheckboxSelectMultiple, forms.Select, forms.Textarea, forms.SplitDateTimeWidget,
)  # fmt: skip


def _attributes(html: str) -> list[str]:
    """The tags, with attributes in one order; Django puts the bare ones where they come."""
    return [" ".join(sorted(tag.rstrip(">").split())) for tag in html.replace("\n", "").split("<")]


@pytest.mark.parametrize("widget_class", WIDGETS)
@pytest.mark.parametrize("attrs", ATTRS)
@pytest.mark.parametrize("value", WORDS)
def test_every_control_is_as_django_draws_it(
    widget_class: type[forms.Widget], attrs: dict[str, Any], value: object
) -> None:
    widget = widget_class()
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.Select):
        widget.choices = [("kata", "Kata"), ("lain", 'Lain "kata"')]
    if isinstance(widget, forms.SplitDateTimeWidget):
        value = None
    theirs = widget.render("nama", value, attrs, renderer=TemplatesSetting())
    ours = widget.render("nama", value, attrs, renderer=Drawing())
    assert _attributes(ours) == _attributes(theirs)


def test_an_option_keeps_its_label_where_it_wraps_itself() -> None:
    widget = forms.RadioSelect(choices=[("a", "Satu")])
    (option,) = widget.subwidgets("nama", "a")
    wrapped = Drawing().render(option["template_name"], {"widget": option | {"wrap_label": True}})
    assert wrapped.startswith("<label") and "Satu" in wrapped
