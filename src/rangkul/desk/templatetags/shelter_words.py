"""Rooms and beds in words, for the shelter's pages."""

from __future__ import annotations

from django import template

from rangkul.desk.shelter import wording
from rangkul.shelter import workflow
from rangkul.shelter.models import Bed, Room

register = template.Library()


@register.filter
def room_words(room: Room) -> str:
    """For whom a room is."""
    return wording.room_words(room)


@register.filter
def room_icon(room: Room) -> str:
    """The icon of such a room."""
    return wording.room_icon(room)


@register.filter
def bed_words(bed: Bed) -> str:
    """A bed by its letter."""
    return wording.bed_words(bed)


@register.filter
def closed_words(bed: Bed) -> str:
    """Why a bed is closed."""
    return str(workflow.CLOSE_REASONS.get(bed.closed_reason, ""))
