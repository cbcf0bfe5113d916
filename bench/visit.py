"""The person who visits: a session of the benchmark's supervisor, and the cases she knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rangkul.foundation.actor import Actor

_BACKEND = "rangkul.config.entering.EntranceBackend"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who visits and what she may open: case ids newest first, and the survivor's name
    in each case that her agency leads."""

    actor: Actor
    session: str
    cases: list[int]
    open_cases: list[int]
    names: list[tuple[int, str]]
    area: str


def visit_as(username: str) -> Visitor:
    """Let the benchmark's person in by a session row, second factor noted as passed.

    The product knows no such door: the row is written here, with the database at hand.
    """
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from rangkul.accounts import sessions
    from rangkul.accounts.models import User
    from rangkul.custody import queries as custody
    from rangkul.foundation import hour
    from rangkul.foundation.scope import acting
    from rangkul.network import queries as network

    user = User.objects.get(username=username)
    chosen = network.get_acting_membership(user.id, None)
    if chosen is None:
        raise LookupError(f"{username} works nowhere")
    store = sessions.SessionStore()
    store[sessions.ENTERED] = store[sessions.SEEN] = int(hour.seconds())
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = _BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["second_factor"] = "set"
    store["membership_id"] = chosen.membership_id
    store.set_expiry(timedelta(hours=12))
    store.create()
    with acting(chosen.actor):
        cases = list(custody.accesses(chosen.actor).values_list("case_id", flat=True))
        # Search tokens are made by the agency that leads: a joint team's file has none of ours.
        led = list(
            custody.accesses(chosen.actor).filter(basis="lead").values_list("case_id", flat=True)
        )
        still_open = list(
            custody.accesses(chosen.actor)
            .filter(case__file__state="open")
            .values_list("case_id", flat=True)
        )
    names = _names(chosen.actor, led)
    key = store.session_key
    if key is None or not settings.SESSION_COOKIE_NAME:
        raise LookupError("no session")
    return Visitor(chosen.actor, key, cases, still_open, names, chosen.area_code)


def _names(actor: Actor, case_ids: list[int]) -> list[tuple[int, str]]:
    """Survivors' full names, opened as the actor would."""
    from rangkul.foundation.scope import acting
    from rangkul.people import queries as people
    from rangkul.people.models import Person

    found = []
    for start in range(0, len(case_ids), 250):
        part = case_ids[start : start + 250]
        with acting(actor):
            rows = list(Person.objects.filter(case_id__in=part, part=Person.SURVIVOR))
            found += [
                (opened.person.case_id, opened.identity.full_name) for opened in people.unseal(rows)
            ]
    return found
