"""One conference: Ratih of Semarang calls it about her case and invites Kupang's service desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.domain.referrals.scene import DESK, FULL_NAME, Scene, make_scene, seed_desks
from tests.people import KUPANG, NOW, Cast

from rangkul.conferences import operations, queries
from rangkul.conferences.models import Conference, Decision, Seat, Share
from rangkul.conferences.operations import AgendaEntry, Calling, Meeting, Showing
from rangkul.conferences.sharing import Line
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

START = NOW + timedelta(days=2)
HELD = START + timedelta(hours=2)
MEETING = Meeting(title="Rencana aman bersama", starts_at=START, manner="place", place="Ruang 2")
AGENDA = (AgendaEntry("danger", "Siapa menjemput dari sekolah"), AgendaEntry("services", "Visum"))
NAME = FULL_NAME


@dataclass(slots=True)
class Table:
    """A conference under way, and short ways to act at it as each of its people."""

    cast: Cast
    scene: Scene
    conference_id: int
    desk_seat: UUID

    @property
    def lead(self) -> Actor:
        """Who called it."""
        return self.cast.ratih

    @property
    def guest(self) -> Actor:
        """Who sits at the invited desk."""
        return self.cast.melki

    def row(self, by: Actor | None = None) -> Conference:
        """The conference as somebody sees it."""
        with acting(by or self.lead):
            return queries.get_conference(by or self.lead, self.conference_id)

    def accept(self) -> Seat:
        """Melki comes."""
        with acting(self.guest):
            return operations.answer_seat(
                seat_id=self.desk_seat, decision="accept", by=self.guest, at=NOW
            )

    def showing(self, *lines: Line, **changes: Any) -> Showing:
        """What Ratih would show Kupang, on a consent for medical care."""
        with acting(self.lead):
            basis = self.scene.consent("medis")
        made = Showing(
            self.conference_id, KUPANG, self.scene.case_id, basis.id,
            lines or (Line("H", 1, "Luka di lengan kiri, sudah dibalut"),),
        )  # fmt: skip
        return replace(made, **changes)

    def show(self, showing: Showing | None = None) -> Share:
        """Previewed, then sealed."""
        wanted = showing or self.showing()
        with acting(self.lead):
            seen = operations.preview_share(showing=wanted, by=self.lead, at=NOW)
            return operations.share_facts(
                showing=wanted, seen=seen.digest, by=self.lead, at=NOW
            )  # fmt: skip

    def hold(self) -> Conference:
        """It took place; everybody who had accepted came."""
        with acting(self.lead):
            seats = Seat.objects.filter(conference_id=self.conference_id, state="accepted")
            return operations.hold_conference(
                conference_id=self.conference_id, attended=[seat.id for seat in seats],
                expected_version=self.row().version, by=self.lead, at=HELD,
            )  # fmt: skip

    def decide(self, words: str = "Visum dijadwalkan", **changes: Any) -> Decision:
        """A decision for Kupang's desk, due in three days."""
        given: dict[str, Any] = {"seat_id": self.desk_seat, "due_on": due(), "as_desk": True}
        with acting(self.lead):
            return operations.decide(
                conference_id=self.conference_id, words=words, by=self.lead, at=HELD,
                **(given | changes),
            )  # fmt: skip


def due() -> date:
    """Three days after it was held."""
    return (HELD + timedelta(days=3)).date()


def calling(case_id: int, **changes: Any) -> Calling:
    """What Ratih's form says."""
    return replace(Calling((case_id,), MEETING, AGENDA), **changes)


def make_table(cast: Cast) -> Table:
    """Call it and invite the desk, each as a committed act."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        row = operations.call_conference(calling=calling(scene.case_id), by=cast.ratih, at=NOW)
        seat = operations.offer_seat(
            conference_id=row.id, desk_id=DESK, by=cast.ratih, at=NOW
        )  # fmt: skip
    return Table(cast, scene, row.id, seat.id)
