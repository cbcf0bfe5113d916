"""New facts travel as a new version of the packet; the old one opens for nobody any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.domain.referrals.scene import Scene
from tests.people import NOW

from rangkul.consent.policy import BasisMissing
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import acting
from rangkul.foundation.vault import DataClass
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import operations as people_operations
from rangkul.people import queries as people
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Packet, Request
from rangkul.referrals.policy import PacketClosed, PreviewChanged

LATER = NOW + timedelta(hours=5)
NEW_NAME = "Nirmala"


def _new_name(scene: Scene) -> None:
    survivor = next(
        one
        for one in people.unseal(people.list_people(scene.sender, scene.case_id))
        if one.person.part == "survivor"
    )
    people_operations.change_person(
        person_id=survivor.person.id, expected_version=survivor.person.version,
        identity=replace(survivor.identity, called_name=NEW_NAME), contact=survivor.contact,
        location=survivor.location, sex=survivor.person.sex,
        birth_year=survivor.person.birth_year, relation=survivor.person.relation,
        contact_allowed=survivor.person.contact_allowed,
        contact_bans=survivor.person.contact_bans, by=scene.sender, at=LATER,
    )  # fmt: skip


def _changes(scene: Scene, request: Request) -> tuple[str, ...]:
    return operations.list_changes(request_id=request.id, by=scene.sender, at=LATER)


def _renew(scene: Scene, request: Request, seen: str = "") -> Packet:
    return operations.renew_packet(request_id=request.id, by=scene.sender, at=LATER, seen=seen)


def _keys(request: Request) -> list[int]:
    packets = Packet.objects.filter(request=request).order_by("version")
    return [
        DataKey.objects.filter(subject=each.id, data_class=DataClass.PACKET).count()
        for each in packets
    ]


def test_nothing_new_sends_nothing(scene: Scene) -> None:
    request = scene.send()
    assert _changes(scene, request) == ()
    with pytest.raises(InvalidInput):
        _renew(scene, request)


def test_a_new_name_is_offered_previewed_and_sent(scene: Scene) -> None:
    request = scene.send()
    _new_name(scene)
    assert _changes(scene, request) == ("called_name",)
    shown = operations.preview_renewal(request_id=request.id, by=scene.sender, at=LATER)
    assert dict(shown.content.facts)["called_name"] == NEW_NAME
    with pytest.raises(PreviewChanged):
        _renew(scene, request, "another digest")
    packet = _renew(scene, request, shown.content.digest)
    assert (packet.version, packet.changed) == (2, ["called_name"])
    connection.check_constraints()
    assert _keys(request) == [0, 1]
    with acting(scene.receiver):
        opened = operations.open_packet(request_id=request.id, by=scene.receiver, at=LATER)
    assert dict(opened.content.facts)["called_name"] == NEW_NAME
    assert _changes(scene, request) == ()


def test_the_thread_goes_on_across_versions_and_ends_with_consent(scene: Scene) -> None:
    basis = scene.consent()
    request = scene.send(basis)

    def write(words: str) -> None:
        with acting(scene.receiver):
            operations.write_message(
                request_id=request.id, words=words, by=scene.receiver, at=LATER
            )

    write("satu")
    _new_name(scene)
    _renew(scene, request)
    write("dua")
    with acting(scene.receiver):
        assert [m.body for m in queries.list_messages(request)] == ["satu", "dua"]
    operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER)
    connection.check_constraints()
    with acting(scene.receiver):
        assert [m.body for m in queries.list_messages(request)] == ["", ""]


def test_only_while_ground_and_request_stand(scene: Scene) -> None:
    basis = scene.consent(valid_until=NOW + timedelta(hours=3))
    request = scene.send(basis)
    _new_name(scene)
    assert _changes(scene, request) == ()
    with pytest.raises((BasisMissing, PacketClosed)):
        _renew(scene, request)
    ended = scene.send()
    operations.cancel_referral(request_id=ended.id, expected_version=1, by=scene.sender, at=NOW)
    with pytest.raises(IllegalMove):
        _renew(scene, ended)


def test_longer_only_as_long_as_the_ground(scene: Scene) -> None:
    basis = scene.consent(valid_until=NOW + timedelta(days=90))
    request = scene.send(basis)
    packet = queries.packet_of(request)
    assert packet.expires_at < basis.valid_until
    until = packet.expires_at + timedelta(days=10)
    found = operations.extend_packet(request_id=request.id, until=until, by=scene.sender, at=LATER)
    assert found.expires_at == until
    for wrong in (basis.valid_until + timedelta(days=1), until - timedelta(days=1)):
        with pytest.raises(InvalidInput):
            operations.extend_packet(request_id=request.id, until=wrong, by=scene.sender, at=LATER)


def test_the_database_holds_both(scene: Scene) -> None:
    """The net under it: no longer than the ground, and never two versions that open."""
    request = scene.send()
    with pytest.raises(DatabaseError, match="ground for so long"), transaction.atomic():
        Packet.objects.filter(request=request).update(expires_at=NOW + timedelta(days=900))
    _new_name(scene)
    with pytest.MonkeyPatch.context() as fault:
        fault.setattr("rangkul.referrals.operations.renewing.destroy_packet", lambda *_, **__: None)
        with pytest.raises(DatabaseError, match="too many"), transaction.atomic():
            _renew(scene, request)
            connection.check_constraints()
