"""A survivor's code: given by her companion, two ways, ended at once; what it shows and takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.domain.referrals.scene import Scene, make_scene, seed_desks
from tests.people import NOW, Cast
from tests.rows import as_owner
from tests.web.files import open_file

from rangkul.access.policy import Forbidden
from rangkul.alerts.models import Alert
from rangkul.consent.models import Basis
from rangkul.foundation import longcode
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.longcode import LongCode
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import queries as people
from rangkul.tidings import events, operations, queries, workflow
from rangkul.tidings.openings import Pointer
from rangkul.tidings.operations import Given

pytestmark = pytest.mark.usefixtures("committed_db")

LATER = NOW + timedelta(hours=1)
PLACE = "Puskesmas Uji Melati, poli umum, dr. Wening Uji"


@dataclass
class Kept:
    """Ratih, one of her files, and the codes that she gave."""

    by: Actor
    case_id: int
    person_id: UUID

    def give(self, shows: str = workflow.MESSAGES, **more: Any) -> Given:
        keywords = {"language": "id", "ends_on": (NOW + timedelta(days=90)).date(), "at": NOW,
                    "by": self.by, "person_id": self.person_id} | more  # fmt: skip
        with acting(keywords["by"]):
            return operations.give_code(case_id=self.case_id, shows=shows, **keywords)

    def talk(self, given: Given) -> queries.Talk:
        with acting(self.by):
            return operations.read_talk(line_id=given.line.id, by=self.by, at=LATER)

    def told(self) -> None:
        """Whom her code calls is emptied between two acts."""
        with as_owner() as owner:
            owner.execute("delete from alerts_alert where subject_kind = 'tidings'")


def kept_of(by: Actor, case_id: int) -> Kept:
    with acting(by):
        return Kept(by, case_id, people.get_survivor(by, case_id).id)


@pytest.fixture
def kept(cast: Cast) -> Kept:
    return kept_of(cast.ratih, open_file(cast.ratih).case_id)


def find(code: LongCode, at: Any = LATER) -> Pointer | None:
    return operations.find_line(code=code, digest=longcode.digest(code), at=at)


def pointer(code: LongCode) -> Pointer:
    found = find(code)
    assert found is not None
    return found


def calls() -> list[tuple[str, str, int | None, bool]]:
    with as_owner() as owner:
        return owner.execute(
            "select kind, audience, user_id, urgent from alerts_alert "
            "where subject_kind = 'tidings' order by at, kind"
        ).fetchall()


def test_messages_go_both_ways_and_somebody_is_called(kept: Kept) -> None:
    given = kept.give()
    mine = pointer(given.code)
    assert not mine.pressed
    assert operations.open_line(pointer=mine, at=LATER) == queries.Told()
    token = uuid4()
    for _twice in range(2):
        operations.write_by_code(pointer=mine, text=" Saya aman di rumah ", token=token, at=LATER)
    assert calls() == [(events.TIDINGS_ARRIVED, Alert.PERSON, kept.by.user_id, False)]
    with acting(kept.by):
        assert queries.count_unread(kept.by, kept.case_id) == 1
        operations.write_to_her(
            line_id=given.line.id, text="Baik, kabari saya.", token=uuid4(), by=kept.by,
            at=LATER + timedelta(minutes=1),
        )  # fmt: skip
    talk = kept.talk(given)
    assert [(word.hers, word.text) for word in talk.words] == [
        (True, "Saya aman di rumah"), (False, "Baik, kabari saya."),
    ]  # fmt: skip
    with acting(kept.by):
        assert queries.count_unread(kept.by, kept.case_id) == 0
    told = operations.open_line(pointer=mine, at=LATER)
    assert [word.text for word in told.words] == [word.text for word in talk.words]
    assert told.meetings == ()


MEETS = "A survivor's code shows appointments only if she asked, and place, service and name never \
unless she asked for those too; the code for pressure shows nothing and takes nothing away."


def shown_by_each(kept: Kept) -> dict[str, str]:
    """What each choice shows of the same appointment, in words."""
    found = {}
    for shows in workflow.SHOWN:
        given = kept.give(shows)
        with acting(kept.by):
            operations.tell_appointment(
                line_id=given.line.id, starts_at=NOW + timedelta(days=3), detail=PLACE,
                token=uuid4(), by=kept.by, at=NOW,
            )  # fmt: skip
            operations.write_to_her(
                line_id=given.line.id, text="Sampai bertemu.", token=uuid4(), by=kept.by, at=NOW
            )
        found[shows] = str(operations.open_line(pointer=pointer(given.code), at=LATER))
        found[f"{shows}, pressed"] = str(
            operations.open_line(pointer=pointer(given.pressed), at=LATER)
        )
    return found


@pytest.mark.promise("tidings-as-she-asked", chapter="walls", sentence=MEETS)
def test_her_page_tells_what_she_asked_for(kept: Kept, figure: Callable[[str], None]) -> None:
    shown = shown_by_each(kept)
    assert "Meeting" not in shown["messages"]
    assert "Meeting" in shown["times"]
    assert "Puskesmas" not in shown["times"]
    assert PLACE in shown["details"]
    pressed = {words for name, words in shown.items() if name.endswith("pressed")}
    assert pressed == {str(queries.Told())}
    figure("3 choices and 3 codes for pressure: nothing beyond what was asked")


@pytest.mark.planted("tidings-as-she-asked")
def test_a_page_that_tells_more_is_seen(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the detail goes along with the hour."""
    monkeypatch.setattr(workflow, "DETAILS", workflow.TIMES)
    assert PLACE in shown_by_each(kept)["times"]


def test_the_code_for_pressure_calls_her_companion_and_only_looks_so(kept: Kept) -> None:
    given = kept.give()
    forced = pointer(given.pressed)
    assert forced.pressed
    operations.open_line(pointer=forced, at=LATER)
    operations.open_line(pointer=forced, at=LATER + timedelta(minutes=1))
    assert calls() == [(events.CODE_PRESSED, Alert.PERSON, kept.by.user_id, True)]
    operations.write_by_code(pointer=forced, text="Semua baik", token=uuid4(), at=LATER)
    assert operations.take_back_consent(pointer=forced, at=LATER) is True
    assert operations.open_line(pointer=forced, at=LATER) == queries.Told()
    operations.end_by_code(pointer=forced, at=LATER)
    assert find(given.pressed) is None
    assert find(given.code) is not None
    [word] = kept.talk(given).words
    assert (word.hers, word.pressed) == (True, True)


def test_the_companion_ends_it_at_once(kept: Kept) -> None:
    given = kept.give()
    mine = pointer(given.code)
    with acting(kept.by):
        operations.end_line(line_id=given.line.id, by=kept.by, at=LATER)
        operations.end_line(line_id=given.line.id, by=kept.by, at=LATER)
    assert find(given.code) is None
    assert find(given.pressed) is None
    with pytest.raises(NotReachable):
        operations.open_line(pointer=mine, at=LATER)
    with pytest.raises(NotReachable):
        operations.write_by_code(pointer=mine, text="Halo", token=uuid4(), at=LATER)
    with acting(kept.by), pytest.raises(IllegalMove):
        operations.write_to_her(
            line_id=given.line.id, text="Halo", token=uuid4(), by=kept.by, at=LATER
        )


def test_a_code_given_anew_ends_the_former(kept: Kept) -> None:
    former, newer = kept.give(), kept.give()
    assert find(former.code) is None
    assert find(newer.code) is not None
    with acting(kept.by):
        lines = queries.list_lines(kept.by, kept.case_id)
    assert [line.state for line in lines] == [workflow.LIVE, workflow.ENDED]
    assert lines[1].ended_why == workflow.REPLACED


def test_she_ends_it_and_it_ends_by_itself(kept: Kept) -> None:
    given = kept.give()
    operations.end_by_code(pointer=pointer(given.code), at=LATER)
    assert find(given.code) is None
    assert calls() == [(events.CODE_ENDED, Alert.PERSON, kept.by.user_id, False)]
    newer = kept.give(ends_on=(NOW + timedelta(days=2)).date())
    assert find(newer.code, NOW + timedelta(days=2)) is not None
    assert find(newer.code, NOW + timedelta(days=3)) is None


def test_what_she_agreed_to_is_taken_back_at_once(cast: Cast) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene: Scene = make_scene(cast)
        request = scene.send()
    kept = kept_of(scene.sender, scene.case_id)
    given = kept.give()
    assert operations.take_back_consent(pointer=pointer(given.code), at=LATER) is True
    with acting(scene.sender):
        assert not Basis.objects.filter(case_id=kept.case_id, withdrawn_at=None).exists()
        request.refresh_from_db()
    assert request.state == "withdrawn"
    assert calls() == [(events.CONSENT_TAKEN_BACK, Alert.PERSON, scene.sender.user_id, True)]


def test_only_her_companions_give_it(kept: Kept, cast: Cast) -> None:
    for stranger, fault in (
        (cast.yohana, NotReachable), (cast.nining, NotReachable), (cast.sinta, Forbidden),
        (cast.bagas, Forbidden), (cast.retno, Forbidden), (cast.laras, (Forbidden, NotReachable)),
    ):  # fmt: skip
        with pytest.raises(fault):
            kept.give(by=stranger)
    given = kept.give(by=cast.wahyuni)
    with acting(cast.yohana), pytest.raises(NotReachable):
        operations.read_talk(line_id=given.line.id, by=cast.yohana, at=LATER)


def test_what_cannot_be_taken_is_said(kept: Kept) -> None:
    for wrong, field in (
        ({"shows": "semua"}, "shows"), ({"language": "xx"}, "language"),
        ({"ends_on": NOW.date()}, "ends_on"),
        ({"ends_on": (NOW + timedelta(days=366)).date()}, "ends_on"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            kept.give(**wrong)
        assert set(refused.value.errors) == {field}
    with pytest.raises(NotReachable):
        kept.give(person_id=uuid4())
    given = kept.give()
    mine = pointer(given.code)
    for text, code in (("  ", "required"), ("x" * 2001, "too_long")):
        with pytest.raises(InvalidInput) as refused:
            operations.write_by_code(pointer=mine, text=text, token=uuid4(), at=LATER)
        assert refused.value.errors == {"message": code}
    for _each in range(operations.MOST_UNREAD):
        operations.write_by_code(pointer=mine, text="Halo", token=uuid4(), at=LATER)
    with pytest.raises(InvalidInput):
        operations.write_by_code(pointer=mine, text="Halo", token=uuid4(), at=LATER)
    with acting(kept.by):
        for starts, code in ((NOW, "past"), (NOW + timedelta(days=900), "impossible")):
            with pytest.raises(InvalidInput) as refused:
                operations.tell_appointment(
                    line_id=given.line.id, starts_at=starts, detail="", token=uuid4(), by=kept.by,
                    at=LATER,
                )  # fmt: skip
            assert refused.value.errors == {"starts_at": code}


def test_an_appointment_is_taken_off(kept: Kept) -> None:
    given = kept.give(workflow.DETAILS)
    token = uuid4()
    with acting(kept.by):
        for _twice in range(2):
            operations.tell_appointment(
                line_id=given.line.id, starts_at=NOW + timedelta(days=1), detail="", token=token,
                by=kept.by, at=NOW,
            )  # fmt: skip
    mine = pointer(given.code)
    assert len(operations.open_line(pointer=mine, at=LATER).meetings) == 1
    with acting(kept.by):
        operations.cancel_appointment(appointment_id=token, by=kept.by, at=LATER)
    assert operations.open_line(pointer=mine, at=LATER).meetings == ()


STOLEN = "A stolen database tells of survivors' codes how many there are, and neither whose nor \
what was written."


def said_of_codes(given: Given) -> list[str]:
    """Whatever of the line stands readable beside a digest, and whatever of the codes anywhere."""
    with as_owner() as owner:
        rows = owner.execute("select t::text from tidings_opening t").fetchall()
        lines = owner.execute("select t::text from tidings_line t").fetchall()
        words = owner.execute("select t::text from tidings_word t").fetchall()
    text = "\n".join(row[0] for row in [*rows, *lines, *words])
    told = [str(given.line.id), str(given.line.person_id)]
    plain = [given.code.digits, given.code.digits.replace(" ", ""), given.code.words, "berita uji"]
    beside = "\n".join(row[0] for row in rows)
    return [value for value in told if value.replace("-", "") in beside.replace("-", "")] + [
        value for value in plain if value in text or value.encode().hex() in text
    ]


@pytest.mark.promise("codes-are-silent", chapter="vault", sentence=STOLEN)
def test_a_stolen_database_knows_no_code(kept: Kept, figure: Callable[[str], None]) -> None:
    given = kept.give()
    operations.write_by_code(
        pointer=pointer(given.code), text="berita uji", token=uuid4(), at=LATER
    )
    assert said_of_codes(given) == []
    figure("0 of 6 values found beside 2 digests, in plain or in hex")


@pytest.mark.planted("codes-are-silent")
def test_a_pointer_in_the_clear_is_seen(kept: Kept) -> None:
    """Planted: the line's id stands beside the digest as it is."""
    given = kept.give()
    with as_owner() as owner:
        owner.execute("update tidings_opening set pointer_sealed = %s", [given.line.id.bytes])
    assert said_of_codes(given) == [str(given.line.id)]
