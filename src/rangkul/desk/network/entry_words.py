"""What an entry's fields, changes and faults of files are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from rangkul.network import reasons
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference
from rangkul.reference.zones import local_date


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with its two values in words; empty is said by the page."""

    label: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any], area: str) -> list[Difference]:
    """The fields that differ, in words; days are those of ``area`` (a code).

    An account's number is no word for anybody and is left out.
    """
    labels = _labels()
    return [
        Difference(labels[name], said(name, before.get(name), area), said(name, value, area))
        for name, value in after.items()
        if name in labels
    ]


def _labels() -> dict[str, str]:
    return {
        "name": _("Name of the desk"), "phone": _("Telephone"), "whatsapp": _("WhatsApp"),
        "website": _("Website"), "address": _("Address"), "access_notes": _("About the way in"),
        "hours_note": _("About the hours"), "languages": _("Languages"),
        "serves": _("Areas served"), "accessible": _("Can be reached with a disability"),
        "takes_reports": _("Takes reports from the public"), "listed": _("Shown to the public"),
        "active": _("The desk is in service"), "capacity": _("Places"),
        "free_places": _("Free places"), "latitude": _("Latitude"), "longitude": _("Longitude"),
        "always_open": _("Open around the clock"), "hours": _("Opening hours"),
        "services": _("Services"), "confirmed_at": _("Confirmed"),
    }  # fmt: skip


def said(name: str, value: Any, area: str) -> str:
    """One value in words, "" for none."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "hours":
        return "; ".join(
            f"{_day(day)} {', '.join('–'.join(span) for span in spans)}"
            for day, spans in sorted(value.items())
        )
    if name == "services":
        return ", ".join(_offer(offer) for offer in value)
    if name == "languages":
        return ", ".join(reference.label("bahasa", code) for code in value)
    if name == "serves":
        areas = reference.get_areas(value)
        names = {code: area.full_name for code, area in areas.items()} | {NATION: "Indonesia"}
        return "; ".join(names.get(code, code) for code in value)
    if name == "confirmed_at":
        return date_format(local_date(datetime.fromisoformat(value), area), "j M Y")
    return str(value)


def _day(number: str) -> str:
    return str(WEEKDAYS_ABBR[int(number) - 1])


def _offer(offer: Mapping[str, Any]) -> str:
    whom = reasons.say_offer(
        sex=offer["sex"], age_min=offer["age_min"], age_max=offer["age_max"],
        residents_only=offer["residents_only"],
    )  # fmt: skip
    name = reasons.service_name(offer["service"])
    return f"{name} ({whom})" if whom else name


def kind_title(kind: str) -> str:
    """What was done to an entry."""
    return {
        "opened": _("The desk was opened"),
        "edited": _("The entry was edited"),
        "hours": _("The opening hours were set"),
        "services": _("The services were set"),
        "places": _("The free places were published"),
        "imported": _("Corrected from a file"),
        "confirmed": _("Confirmed: all of it is right"),
        "undone": _("A change was taken back"),
    }[kind]


def refusal(code: str, where: str) -> str:
    """Why a file cannot be read, and what to do instead."""
    sentence = {
        "empty": _("This file is empty: not one byte arrived."),
        "too_large": _("This file is larger than 4 MB. Bring fewer desks at a time."),
        "unknown_kind": _("This is no directory in HSDS: bring JSON, or the tables in a zip file."),
        "broken": _("This file is damaged. Please save it again and bring that one."),
        "too_much": _("There is more in this file than a directory can hold."),
        "too_many_rows": _("There are too many rows. Bring fewer desks at a time."),
        "no_tables": _("None of the tables of HSDS was found, for example locations.csv."),
        "twice": _("A table stands twice in this file."),
        "locked": _("This file is under a password. Save it without one."),
        "columns": _("These columns are not those of HSDS."),
        "cells": _("A row has more or fewer cells than the headings, or a cell holds no text."),
        "formula": _("A cell holds a formula. Write its value instead."),
        "too_long": _("A cell is longer than 2,000 signs."),
        "control": _("There are signs in this file that are no text."),
        "encoding": _("Please save the file as UTF-8 (in Excel: CSV UTF-8)."),
        "differs": _(
            "The same thing stands twice in this file, once like this and once otherwise."
        ),
    }[code]
    return f"{sentence} ({where})" if where else sentence
