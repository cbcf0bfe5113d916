"""The network's words in templates: labels of codes, ages, roles; they ask no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language

from rangkul.access.roles import get_role
from rangkul.network import reasons
from rangkul.network.hours import Span
from rangkul.network.models import DeskService
from rangkul.network.queries import RosterShift
from rangkul.reference import queries as reference
from rangkul.reference.services import get_service

register = template.Library()


@register.filter
def listed(code: str, list_name: str) -> str:
    """The label of a value of a code list; a value that the list never held stays as it is."""
    try:
        return reference.label(list_name, code)
    except reference.UnknownCode:
        return code


@register.filter
def service_name(code: str) -> str:
    """The name of a service."""
    return reasons.service_name(code)


@register.filter
def service_icon(code: str) -> str:
    """The icon of a service."""
    return get_service(code).icon


@register.filter
def languages(codes: Iterable[str]) -> str:
    """The names of languages, in the given order."""
    return ", ".join(listed(code, "bahasa") for code in codes)


@register.filter
def role_name(code: str) -> str:
    """The name of a role."""
    role = get_role(code)
    return role.label_en if (get_language() or "id").startswith("en") else role.label_id


@register.filter
def taken(offer: DeskService) -> str:
    """Whom a desk takes for a service, in words; "" for everyone."""
    return reasons.say_offer(
        sex=offer.sex,
        age_min=offer.age_min,
        age_max=offer.age_max,
        residents_only=offer.residents_only,
    )


@register.filter
def hour_in(moment: datetime, zone: ZoneInfo) -> str:
    """An hour with its zone: 16.00 WIB."""
    return reasons.say_hour(moment, zone)


@register.filter
def span_in(span: Span | RosterShift, zone: ZoneInfo) -> str:
    """From an hour to an hour with its zone: 07.00–19.00 WIB."""
    return reasons.say_span(span.starts_at, span.ends_at, zone)


@register.filter
def moment_in(moment: datetime, zone: ZoneInfo) -> str:
    """A near moment with weekday and zone: Mon 24 Nov, 08.00 WIB."""
    return reasons.say_moment(moment, zone)
