"""What another tab kept differently from what was typed here, field by field, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import formats

from rangkul.assessments import rk01_triase
from rangkul.assessments.instrument import Item
from rangkul.desk.reports.form import OWN_FIELDS, ReportForm, initial_of
from rangkul.desk.wording import in_language
from rangkul.reports.content import ReportContent

_NOTHING = "–"


def differences(
    form: ReportForm, mine: ReportContent, theirs: ReportContent, zone: ZoneInfo
) -> list[tuple[str, str]]:
    """(the field's label, what the other tab kept in it) for every field that differs."""
    here = initial_of(mine, version=0, zone=zone)
    there = initial_of(theirs, version=0, zone=zone)
    fields = [
        (str(form.fields[name].label or ""), _words(form.fields[name], there.get(name)))
        for name in form.fields
        if name in here.keys() | there.keys() and _plain(here, name) != _plain(there, name)
    ]
    told, kept = mine.answers or {}, theirs.answers or {}
    answers = [
        (in_language(*item.wording(theirs.reporter_kind)), _answer(item, kept.get(item.name, [])))
        for item in rk01_triase.TRIAGE.items
        if item.name not in {*form.fields, *OWN_FIELDS.values()}
        and _plain(told, item.name) != _plain(kept, item.name)
    ]
    return fields + answers


def _answer(item: Item, codes: Sequence[str]) -> str:
    labels = {each.code: in_language(each.label_id, each.label_en) for each in item.choices}
    return ", ".join(labels.get(code, code) for code in codes) or _NOTHING


def _plain(values: Mapping[str, Any], name: str) -> Any:
    """The value, with everything empty alike: a field may be unset in one of them."""
    return values.get(name) or None


def _words(field: forms.Field, value: Any) -> str:
    if value in (None, "", []):
        return _NOTHING
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in _flat(field.choices)}
        codes = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in codes)
    if isinstance(value, date):
        return str(formats.date_format(value))
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """The choices without the headings of their groups."""
    found = []
    for code, label in choices:
        found += _flat(label) if isinstance(label, list | tuple) else [(code, label)]
    return found
