"""A packet held back for want of a review says so, on both sides and to a machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.api.machine import machine_of
from tests.clients import Client
from tests.domain.referrals.scene import make_scene, seed_desks
from tests.people import Cast, sign_in

from rangkul.consent import operations as consent
from rangkul.consent.models import Basis
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import operations, queries

HELD, OVERDUE = "Paket terbuka lagi begitu penyelia", "Dasar ini belum ditelaah dalam 24 jam"


@pytest.fixture
def held(committed_db: None, cast: Cast) -> tuple[str, Basis]:
    """The number of a packet that went a day ago in danger to life, and its unreviewed basis."""
    seed_desks()
    at = timezone.now() - timedelta(hours=25)
    with acting(cast.ratih):
        scene = make_scene(cast)
        ground = scene.other_ground("d", "medis", valid_until=at + timedelta(days=30))
        basis = operations.record_ground(case_id=scene.case_id, ground=ground, by=cast.ratih, at=at)
        request = operations.send_referral(
            asked=scene.asked(basis), token=uuid4(), by=cast.ratih, at=at, uncovered_ok=True
        )
    return queries.packet_number(request.id), basis


def page(actor: Actor, number: str) -> str:
    """The request's page as this person meets it."""
    client = Client()
    sign_in(client, actor)
    answer: Any = client.get(f"/rujukan/{number}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_both_sides_and_the_machine_learn_why(held: tuple[str, Basis], cast: Cast) -> None:
    number, basis = held
    # Before anybody signs in: an account is a machine's or a person's.
    refused = machine_of(cast.melki).get(f"/referrals/{number}/packet")
    assert (refused.status, refused.json["code"], refused.json["why"]) == (
        410, "packet_closed", "not_reviewed",
    )  # fmt: skip
    assert "terbuka lagi" in refused.json["message_id"]
    receiver, sender = page(cast.melki, number), page(cast.wahyuni, number)
    assert HELD in receiver and 'class="packet' not in receiver
    assert OVERDUE in sender
    with acting(cast.wahyuni):
        consent.approve_basis(basis_id=basis.id, by=cast.wahyuni, at=timezone.now())
    assert HELD not in page(cast.melki, number)
    assert OVERDUE not in page(cast.wahyuni, number)
