"""Every address of the house, and what each member of the cast is answered there."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, reverse
from tests.api.machine import phone_name
from tests.clients import Client
from tests.people import MAKASSAR, SEMARANG, SERVICE_DESK, Cast, sign_in
from tests.rows import as_owner
from tests.world import World

from rangkul.access.roles import ROLES
from rangkul.accounts.models import User
from rangkul.api.numbers import AGENCY, number_of
from rangkul.conferences import queries as conferences
from rangkul.custody import queries as custody
from rangkul.exchange import queries as exports
from rangkul.exchange.hsds.mapping import organization_id
from rangkul.foundation.actor import Actor
from rangkul.foundation.numbers import number_of as number_of_row
from rangkul.referrals import queries as referrals
from rangkul.repatriation import queries as repatriation
from rangkul.reports import queries as reports
from rangkul.retention import queries as rights
from rangkul.shelter import queries as shelter

METHODS = ("GET", "POST")
NOWHERE = 8_000_001
_NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern of the resolver: its address with holes, and the view behind it."""

    address: str
    view: Callable[..., HttpResponse]

    @property
    def holes(self) -> tuple[str, ...]:
        """What stands between angle brackets, without converters."""
        return tuple(re.findall(r"<(\w+)>", self.address))

    @property
    def is_api(self) -> bool:
        """Whether it signs in by a secret that each call shows."""
        return self.address.startswith("/api/") or self.is_phone

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone's, which shows a name and a password."""
        return self.address.startswith("/openrosa/")

    @property
    def is_public(self) -> bool:
        """Whether it is the public portal's: for everybody, and nobody is known there."""
        return self.address.startswith(("/info/", "/en/info/"))

    @property
    def names_one_thing(self) -> bool:
        """Whether it names a case, a report or a packet, or a row of one."""
        return self.address.startswith(
            ("/kasus/<", "/laporan/<", "/laporan-serupa/<", "/laporan/kontak/<", "/rujukan/<",
             "/p/<",
             "/pelimpahan/<", "/panggilan/<", "/tak-terjawab/<",
             "/rapat/<",
             "/hak/permintaan/<", "/hak/penghapusan/<", "/hak/tahan/<",
             "/hunian/inap/<", "/hunian/rumah/<", "/hunian/rujukan/<",
             "/pemulangan/rombongan/<", "/pemulangan/orang/<", "/pemulangan/tahap/<",
             "/pemulangan/berita-acara/<", "/pemulangan/bersama-kami/<",
             "/ekspor/<", "/ekspor/penerima/<",
             "/api/v1/cases/<", "/api/v1/reports/<", "/api/v1/referrals/<", "/api/v1/calls/<",
             "/api/v1/referral-drafts/<", "/api/v1/transfers/<", "/api/v1/conferences/<",
             "/api/v1/decisions/<", "/api/v1/waiting-referrals/<")
        )  # fmt: skip

    def filled(self, parts: Mapping[str, Any]) -> str:
        """The address with every hole filled; a hole nobody can fill is a fault of this test."""
        kind = self.address.removeprefix("/api/v1").split("/")[1]
        known = dict(parts) | {"number": parts.get(f"number of {kind}", "")}
        missing = [hole for hole in self.holes if known.get(hole, "") == ""]
        assert not missing, f"tests/world.py: what is {missing} in {self.address}?"
        return re.sub(r"<(\w+)>", lambda hole: str(known[hole[1]]), self.address)


def routes(urlconf: str | None = None) -> list[Route]:
    """Every pattern once, in the order of the addresses' letters."""
    found: dict[str, Route] = {}
    for address, pattern in _walk(get_resolver(urlconf).url_patterns, "/"):
        found.setdefault(address, Route(address, pattern.callback))
    return [found[address] for address in sorted(found)]


def _walk(patterns: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = before + _readable(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield address, pattern
        else:
            yield from _walk(pattern.url_patterns, address)


def _readable(pattern: str) -> str:
    """Converters and regular expressions become holes with a name."""
    pattern = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", pattern.strip("^$"))
    return re.sub(r"<\w+:(\w+)>", r"<\1>", pattern)


# -- who knocks -------------------------------------------------------------------------------


def members(cast: Cast) -> dict[str, Actor | None]:
    """Column of the table → who that is."""
    return {
        "out": None,
        "carries": cast.ratih,
        "colleague": cast.nining,
        "superv.": cast.wahyuni,
        "intake": cast.joko,
        "receiver": cast.melki,
        "shelter": cast.laras,
        "stranger": cast.andi,
        "all-roles": ALL_ROLES,
        "auditor": cast.bagas,
        "admin": cast.sinta,
        "province": cast.retno,
        "nation": cast.hendra,
        "former": cast.darto,
        "reporter": REPORTER,
    }


REPORTER = Actor(
    user_id=9098,
    agency_id=SEMARANG,
    membership_id=9098,
    membership_version=1,
    roles=frozenset({"pelapor_terdaftar"}),
)
"""Somebody of the agency itself who may send reports, and may be the suspect."""

ALL_ROLES = Actor(
    user_id=9099,
    agency_id=MAKASSAR,
    membership_id=9099,
    membership_version=1,
    roles=frozenset(ROLES),
    desk_ids=frozenset({SERVICE_DESK[MAKASSAR]}),
)
"""A stranger who holds every role there is: no permission stands between them and a foreign row."""


@contextmanager
def standing(stranger: Actor) -> Iterator[None]:
    """Let this person, and the reporter, stand in the clone; the owner commits and removes them."""
    people = (stranger, REPORTER)
    with as_owner() as owner:
        for who in people:
            owner.execute(
                "insert into accounts_user (id, username, display_name, email, password, language, "
                "is_active, is_demo, created_at) values (%s, %s, 'Segala Peran Uji', '', '!', "
                "'id', true, false, now())",
                [who.user_id, f"segala-{who.user_id}"],
            )
            owner.execute(
                "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
                "version, since, until) values (%s, %s, %s, %s, %s, '', 1, now(), null)",
                [who.membership_id, who.agency_id, who.user_id, sorted(who.roles),
                 sorted(who.desk_ids)],
            )  # fmt: skip
    try:
        yield
    finally:
        with as_owner() as owner:
            for who in people:
                places = [who.membership_id]
                owner.execute("delete from api_servicetoken where membership_id = %s", places)
                owner.execute("delete from field_device where membership_id = %s", places)
                owner.execute("delete from network_membership where id = %s", places)
                owner.execute("delete from accounts_user where id = %s", [who.user_id])


def shown(route: Route, secret: str) -> str:
    """How a call of this route shows a machine's secret (``tests.api.machine``)."""
    if not route.is_phone:
        return f"Bearer {secret}"
    return "Basic " + base64.b64encode(f"{phone_name(secret)}:{secret}".encode()).decode()


def parts_of(world: World) -> dict[str, Any]:
    """What fills every hole of every address in this world."""
    numbers = {
        "kasus": world.case_number,
        "cases": world.case_number,
        "laporan": world.report_number,
        "pelapor": world.report_number,
        "reports": world.report_number,
        "rujukan": world.packet_number,
        "referrals": world.packet_number,
        "p": world.packet_number,
        "rapat": world.conference_number,
        "conferences": world.conference_number,
        "transfers": world.transfer_number,
        "hunian": world.stay_number,
        "pelimpahan": world.transfer_number,
        "tak-terjawab": world.packet_number,
        "pemulangan": world.group_number,
        "hak": world.right_number,
        "ekspor": world.export_number,
        "directory": number_of(AGENCY, world.parts["agency_id"]),
    }
    parts: dict[str, Any] = world.parts | {f"number of {kind}": n for kind, n in numbers.items()}
    parts |= {"pk": NOWHERE, "key": "kunci", "uidb36": "1", "rest": "tidak-ada"}
    parts |= {"procedure": "report_follow_up", "override_id": NOWHERE}
    # What the open directory names: an agency of the cast.
    parts |= {"identifier": organization_id("uji-semarang")}
    return parts


class Knocking:
    """Sends one request after the other into the same world; nothing of any of them remains."""

    def __init__(self, world: World, tokens: Mapping[str, str]) -> None:
        self.world = world
        self._tokens = tokens
        self._sessions: dict[str, str] = {}
        for name, actor in members(world.cast).items():
            if actor is not None:
                client = Client()
                sign_in(client, actor)
                self._sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
        # A token works only for an account that never signed in on a screen.
        User.objects.filter(last_login__isnull=False).update(last_login=None)
        self._parts = parts_of(world)

    def ask(
        self, route: Route, method: str, who: str, *, nowhere: bool = False, csrf: bool = False
    ) -> HttpResponse:
        """What ``who`` is answered; ``nowhere`` names things of a right form that do not exist."""
        cache.clear()
        client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
        headers: dict[str, str] = {}
        sent: dict[str, Any] = {}
        if route.is_api:
            headers["Idempotency-Key"] = str(uuid4())
            sent = {"content_type": "application/json", "data": "{}"} if method == "POST" else {}
            if who in self._tokens:
                headers["Authorization"] = shown(route, self._tokens[who])
        if who in self._sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        address = route.filled(self._parts | parts_of_nothing() if nowhere else self._parts)
        with transaction.atomic():
            answer: HttpResponse = getattr(client, method.lower())(address, headers=headers, **sent)
            transaction.set_rollback(True)
        return answer

    def session_of(self, who: str) -> str:
        """The session in which this member is signed in."""
        return self._sessions[who]

    def address(self, route: Route) -> str:
        """Where this route leads in this world."""
        return route.filled(self._parts)


def parts_of_nothing() -> dict[str, Any]:
    """Numbers and ids of a right form that name no row."""
    case, report = custody.case_number(NOWHERE), reports.report_number(NOWHERE)
    packet = referrals.packet_number(NOWHERE)
    return {
        "number of kasus": case, "number of cases": case,
        "number of laporan": report, "number of reports": report, "number of pelapor": report,
        "number of rujukan": packet, "number of referrals": packet, "number of p": packet,
        "number of rapat": conferences.conference_number(NOWHERE),
        "number of conferences": conferences.conference_number(NOWHERE),
        "number of transfers": referrals.transfer_number(NOWHERE), "proposal_id": _NIL,
        "waiting_id": _NIL,
        "seat_id": _NIL, "share_id": _NIL, "decision_id": _NIL,
        "clock_id": _NIL,
        "note_id": _NIL, "need_id": _NIL, "document_id": _NIL, "submission_id": _NIL,
        "number of pelimpahan": referrals.transfer_number(NOWHERE), "offer_id": _NIL,
        "draft_id": _NIL, "number of hak": rights.request_number(NOWHERE),
        "legal_hold_id": _NIL, "erasure_id": _NIL,
        "number of ekspor": exports.export_number(NOWHERE), "recipient_id": NOWHERE,
        "number of tak-terjawab": packet,
        "number of hunian": shelter.admission_number(NOWHERE), "packet": packet,
        "house_id": NOWHERE, "room_id": NOWHERE, "bed_id": NOWHERE, "day_note_id": _NIL,
        "number of pemulangan": repatriation.group_number(NOWHERE),
        "leg": repatriation.leg_number(NOWHERE), "returnee_id": NOWHERE, "hold_id": NOWHERE,
        "handover_id": _NIL, "clearance_id": NOWHERE, "journey_id": NOWHERE,
        "form_id": _NIL, "grant_id": NOWHERE, "stop_id": _NIL, "relation_id": _NIL, "look_id": _NIL,
        "line_id": _NIL,
        "flock": number_of_row("KL", NOWHERE), "file_id": _NIL,
        "person_id": _NIL, "link_id": _NIL, "basis_id": _NIL, "notice_id": _NIL,
    }  # fmt: skip


def said(answer: HttpResponse) -> str:
    """An answer as the table writes it: its status, and for the way to a door the door's name."""
    if answer.status_code != 302:
        return str(answer.status_code)
    where = answer["Location"].split("?")[0]
    doors = {
        reverse(settings.LOGIN_URL): "login",
        reverse("mfa_index"): "2nd",
        reverse("entrance-unlock"): "locked",
    }
    return doors.get(where, "302")
