"""Files of Semarang's, a recipient whose secret key only the test holds, and exports of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pyrage
from tests.domain.referrals.scene import seed_desks
from tests.people import Cast, owner_url
from tests.world import CALM

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.consent.operations import Ground
from rangkul.exchange import operations, queries
from rangkul.exchange.columns import COLUMNS
from rangkul.exchange.models import Export, Recipient
from rangkul.exchange.operations import Asking, NewRecipient
from rangkul.exchange.queries import Narrowed
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import exports as jobs
from rangkul.people.identity import Identity
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds
from rangkul.referrals import operations as referrals

NAMES = ("Kusumaningrum", "Bramantyo", "3374015505990001", "081390001122", "Seroja")


@dataclass
class Scene:
    """Four open files of grown women, a child's, and Dinas Uji with its own key."""

    cast: Cast
    secret: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)
    case_ids: list[int] = field(default_factory=list)
    child_id: int = 0
    recipient_id: int = 0

    @property
    def maker(self) -> Actor:
        """Who exports: Semarang's supervisor."""
        return self.cast.wahyuni

    def new(self, **changes: Any) -> NewRecipient:
        """What the administrator types."""
        values: dict[str, Any] = {
            "name": "Dinas Uji Kota", "key": str(self.secret.to_public()), "purpose": "Laporan",
            "ground": "duty", "article": "UU 12/2022 ps 83", "token": uuid4(),
        }  # fmt: skip
        return NewRecipient(**(values | changes))

    def asking(self, **changes: Any) -> Asking:
        """The whole table, as CSV."""
        values: dict[str, Any] = {
            "form": "csv", "columns": tuple(COLUMNS), "narrowed": Narrowed(),
            "recipient_id": self.recipient_id, "reason": "laporan_berkala", "language": "id",
            "token": uuid4(),
        }  # fmt: skip
        return Asking(**(values | changes))

    def ask(self, **changes: Any) -> Export:
        """Asked for, not yet made."""
        with acting(self.maker):
            return operations.ask_export(
                asking=self.asking(**changes), by=self.maker, at=hour.now()
            )

    def made(self, **changes: Any) -> Export:
        """Asked for, and made by the worker."""
        row = self.ask(**changes)
        work(row)
        return self.again(row)

    def again(self, row: Export) -> Export:
        """The export as it is now."""
        with acting(self.maker):
            return queries.get_export(self.maker, row.id)

    def fetch(self, row: Export, *, by: Actor | None = None, **later: float) -> bytes | None:
        """Fetched, some time later."""
        who = by or self.maker
        with acting(who):
            return operations.fetch_export(
                export_id=row.id, by=who, at=hour.now() + timedelta(**later)
            )

    def opened(self, content: bytes | None) -> bytes:
        """As the recipient opens it."""
        assert content is not None
        return bytes(pyrage.decrypt(content, [self.secret]))


def make_scene(cast: Cast, *, files: int = 4) -> Scene:
    """Everything committed."""
    seed_desks()
    scene = Scene(cast)
    with acting(cast.ratih):
        scene.case_ids = [open_file(cast).case_id for _ in range(files)]
        scene.child_id = open_file(cast, age=12).case_id
    add_recipient(scene)
    return scene


def open_file(cast: Cast, **changes: Any) -> Any:
    """A file of Ratih's, under a name that no export may carry."""
    values: dict[str, Any] = {
        "area": "33.74", "categories": ("ktk",), "triage": Answers.of(CALM), "sex": "P", "age": 31,
        "violence_kinds": ("fisik",), "identity": Identity(full_name=f"Sekar {NAMES[0]} Uji"),
    }  # fmt: skip
    return cases.open_file(
        opening=cases.Opening(**(values | changes)), by=cast.ratih, at=hour.now()
    )


def add_recipient(scene: Scene) -> Recipient:
    """Sinta adds, Wahyuni compares and confirms."""
    cast = scene.cast
    with acting(cast.sinta):
        row = operations.add_recipient(new=scene.new(), by=cast.sinta, at=hour.now())
    with acting(cast.wahyuni):
        operations.confirm_recipient(
            recipient_id=row.id, compared=True, by=cast.wahyuni, at=hour.now()
        )
    scene.recipient_id = row.id
    return row


def work(row: Export) -> None:
    """What the worker does with what was posted."""
    jobs.make_export(Event("export.asked", "export", str(row.id), row.agency_id, row.asked_by))


def agree(scene: Scene, case_id: int) -> Any:
    """A consent on this file; its basis."""
    ratih = scene.cast.ratih
    levels = grounds.stored(ceilings.ceiling_for(ServiceCode("medis")))
    ground = Ground(
        letter="a", service="medis", levels=levels, given_by="penyintas", manner="lisan",
        valid_until=hour.now() + timedelta(days=30), purposes=("layanan",),
    )  # fmt: skip
    with acting(ratih):
        return referrals.record_ground(case_id=case_id, ground=ground, by=ratih, at=hour.now())


def take_back(scene: Scene, basis_id: Any) -> None:
    """She takes it back."""
    ratih = scene.cast.ratih
    with acting(ratih):
        referrals.withdraw_consent(basis_id=basis_id, by=ratih, at=hour.now())


def rows_of(content: bytes) -> list[dict[str, str]]:
    """A CSV as a reader takes it."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def scalar(question: str, *values: object) -> Any:
    """One value, read as the owner."""
    with psycopg.connect(owner_url()) as owner:
        row = owner.execute(question, list(values)).fetchone()
    return row[0] if row else None
