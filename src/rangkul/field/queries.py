"""Reading phones, their forms and keys, and what arrived; from a password to who calls."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from rangkul.accounts import policy as accounts
from rangkul.assessments import queries as assessments
from rangkul.assessments.models import FormVersion
from rangkul.assessments.workflow import PUBLISHED
from rangkul.field import phone_form, policy
from rangkul.field.models import Arrival, ArrivedFile, Device, FormKey
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.calling import digest_of
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.keyring import KeyRing
from rangkul.network import queries as network

_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose phone calls, with which one, at which hour, and the language of its person."""

    actor: Actor
    device_id: UUID
    at: datetime
    language: str
    last_used_on: date | None


def caller_of(name: str, password: str, *, at: datetime) -> Caller | None:
    """Who this phone speaks for now, or ``None``: unknown, withdrawn, expired, membership over, or
    its person's account at rest.

    Asked before any scope exists, of the one function that may answer it, alike for every password.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select device, name, membership, actor, used from house.device_membership(%s)",
            [digest_of(password)],
        )
        found = cursor.fetchone()
    device_id, known_as, membership_id, user_id, used = found or (_NOBODY, "", 0, 0, None)
    places = network.list_places(user_id)
    place = next((each for each in places if each.id == membership_id), None)
    named = hmac.compare_digest(name.encode("utf-8", "replace"), known_as.encode())
    if place is None or not named or not accounts.may_enter(place.user, at=at):
        return None
    return Caller(network.actor_of(place), device_id, at, place.user.language, used)


# -- phones -----------------------------------------------------------------------------------


def list_devices(actor: Actor) -> list[Device]:
    """The phones that the person may withdraw, newest first, those that are over included."""
    return list(Device.objects.filter(policy.devices_seen_by(actor)).order_by("-created_at"))


def get_device(actor: Actor, device_id: UUID) -> Device:
    """One phone of the agency. Raises ``NotReachable``."""
    found = Device.objects.filter(policy.devices_seen_by(actor), id=device_id).first()
    if found is None:
        raise NotReachable("no such phone")
    return found


def count_live(actor: Actor, *, at: datetime) -> int:
    """How many phones of this person may call."""
    mine = Device.objects.filter(agency_id=actor.agency_id, user_id=actor.user_id)
    return mine.filter(withdrawn_at=None, expires_at__gt=at).count()


# -- keys that phones seal with ---------------------------------------------------------------


def list_keys(actor: Actor) -> list[FormKey]:
    """The agency's pairs, the one in force first."""
    found = FormKey.objects.filter(agency_id=actor.agency_id)
    return sorted(found, key=lambda key: (key.ended_at is not None, -key.made_at.timestamp()))


def key_in_force(actor: Actor) -> FormKey | None:
    """The pair with which the agency's phones seal, or ``None``: then they send in the open line's
    own sealing (TLS) alone."""
    return FormKey.objects.filter(agency_id=actor.agency_id, ended_at=None).first()


def written(key: FormKey) -> str:
    """The public half as forms name it: Base64 of its DER."""
    return base64.b64encode(bytes(key.public_key)).decode()


def open_privates(actor: Actor) -> list[bytes]:
    """The private halves of the agency's pairs (DER), opened by the vault."""
    keys = list_keys(actor)
    return vault.open_bytes([(bytes(key.private_sealed), private_place(key.id)) for key in keys])


def private_place(key_id: UUID) -> vault.Place:
    """Where a private half stands."""
    return vault.Place("field_formkey", "private_sealed", key_id)


# -- forms for phones -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A published version as phones get it; ``refusal`` is a code for one that they do not get."""

    row: FormVersion
    xml: str
    refusal: str = ""


def list_phone_forms(actor: Actor) -> list[PhoneForm]:
    """The newest published version of each form that this person may fill."""
    published = [form for form in assessments.list_forms(actor) if form.state == PUBLISHED]
    published.sort(key=lambda form: (form.published_at or form.uploaded_at, form.id))
    newest = {form.code: form for form in published}
    keys = _KeysOf(actor)
    return [
        _for_phones(form, keys)
        for _code, form in sorted(newest.items())
        if policy.may_fill(actor, form)
    ]


def get_phone_form(actor: Actor, form_id: UUID) -> PhoneForm:
    """One version for a phone. Raises ``NotReachable`` for what this phone does not get."""
    row = assessments.get_form(actor, form_id)
    if row.state != PUBLISHED or not policy.may_fill(actor, row):
        raise NotReachable("not a form for this phone")
    found = _for_phones(row, _KeysOf(actor))
    if found.refusal:
        raise NotReachable(found.refusal)
    return found


class _KeysOf:
    """The agency's public keys, written; asked once for a list of forms."""

    def __init__(self, actor: Actor) -> None:
        keys = list_keys(actor)
        self.all = frozenset(written(key) for key in keys)
        self.in_force = next((written(key) for key in keys if key.ended_at is None), "")


@dataclass(frozen=True, slots=True)
class _Source:
    """What a form on a phone is made of; the row itself is only where its text comes from."""

    xform_sha256: str
    public_key: str
    row: FormVersion = field(compare=False, repr=False)


def _for_phones(row: FormVersion, keys: _KeysOf) -> PhoneForm:
    own, xml = _drawn(_Source(row.xform_sha256, keys.in_force, row))
    if not xml:
        return PhoneForm(row, "", "taken_name")
    if own and own not in keys.all:
        return PhoneForm(row, "", "foreign_key")
    return PhoneForm(row, xml)


@lru_cache(maxsize=128)
def _drawn(source: _Source) -> tuple[str, str]:
    """The form's own key, and the form as phones get it; empty where it has our question's name."""
    xform = source.row.xform
    try:
        return (
            phone_form.public_key_of(xform),
            phone_form.for_phones(xform, public_key=source.public_key),
        )
    except phone_form.NotForPhones:
        return "", ""


# -- what arrived -----------------------------------------------------------------------------


def mark_of(sent: bytes) -> bytes:
    """By what the same sending is known again: keyed, so that it tells nothing of the words."""
    ring: KeyRing = settings.KEY_RING
    return hmac.digest(ring.derive("field/arrival"), sent, "sha256")


def list_open(actor: Actor) -> list[Arrival]:
    """Fillings that wait, and those whose parts still arrive: the oldest first."""
    if not policy.sees_arrivals(actor):
        return []
    found = Arrival.objects.filter(
        policy.arrivals_seen_by(actor), state__in=(Arrival.PARTIAL, Arrival.WAITING)
    )
    return list(found.order_by("received_at", "id"))


def get_arrival(actor: Actor, arrival_id: UUID) -> Arrival:
    """One filling from a phone that this person may see. Raises ``NotReachable``."""
    found = Arrival.objects.filter(policy.arrivals_seen_by(actor), id=arrival_id).first()
    if found is None:
        raise NotReachable("no such filling")
    return found


def typed_numbers(arrivals: list[Arrival]) -> dict[UUID, str]:
    """What was typed as the file's number, by filling; with one look into the key store."""
    sealed = [each for each in arrivals if each.number_sealed]
    texts = vault.open_texts(
        [(bytes(each.number_sealed or b""), number_place(each.id)) for each in sealed]
    )
    return dict(zip([each.id for each in sealed], texts, strict=True))


def read_files(arrival: Arrival) -> dict[str, bytes]:
    """The pictures and recordings of a filling that waits, by name."""
    rows = list(ArrivedFile.objects.filter(arrival_id=arrival.id))
    names = vault.open_texts([(bytes(row.name_sealed), file_place(row.id, "name")) for row in rows])
    contents = vault.open_bytes(
        [(bytes(row.content_sealed), file_place(row.id, "content")) for row in rows]
    )
    return dict(zip(names, contents, strict=True))


def read_content(arrival: Arrival) -> bytes:
    """The filling that waits, without our question."""
    return vault.open_bytes([(bytes(arrival.content_sealed or b""), content_place(arrival.id))])[0]


def number_place(arrival_id: UUID) -> vault.Place:
    """Where the number stands that was typed on the phone."""
    return vault.Place("field_arrival", "number_sealed", arrival_id)


def content_place(arrival_id: UUID) -> vault.Place:
    """Where a filling stands while it waits."""
    return vault.Place("field_arrival", "content_sealed", arrival_id)


def file_place(file_id: UUID, part: str) -> vault.Place:
    """Where a file of a waiting filling stands (``name`` or ``content``)."""
    return vault.Place("field_arrivedfile", f"{part}_sealed", file_id)
