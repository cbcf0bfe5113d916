"""A request from its first word to its answer: clocks, two persons, guardians, her copy."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.utils.translation import override
from tests.domain.referrals.scene import CALLED, FULL_NAME, PHONE, SUSPECT, Scene, make_scene
from tests.domain.retention import scene
from tests.people import NOW, Cast
from tests.rows import as_owner
from tests.world import HOUSE_PLACE, REPORTER, World

from rangkul.access.policy import Forbidden, OwnException
from rangkul.cases import operations as cases
from rangkul.cases.operations.notes import file_note
from rangkul.clocks.tick import tick
from rangkul.custody.models import Case
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting, system
from rangkul.foundation.workflow import IllegalMove
from rangkul.people import operations as people
from rangkul.people.models import Person
from rangkul.referrals import operations as referrals
from rangkul.retention import copying, operations, others, policy, queries, workflow
from rangkul.retention.models import Request


@pytest.fixture
def opened(ring_path: Path, cast: Cast) -> Scene:
    from tests.domain.referrals.scene import seed_desks

    seed_desks()
    with acting(cast.ratih):
        return make_scene(cast)


def clock(request: Request) -> tuple[str, float, bool]:
    """State, length in hours, and whether it ended late."""
    with as_owner() as owner:
        row = owner.execute(
            "select state, extract(epoch from due_at - started_at) / 3600, "
            "coalesce(ended_at > due_at, false) from clocks_clock "
            "where subject_kind = 'right' and subject_id = %s", [str(request.id)],
        ).fetchone()  # fmt: skip
    assert row is not None
    return row[0], float(row[1]), row[2]


def fresh(who: Actor, request: Request) -> Request:
    with acting(who):
        return queries.get_request(who, request.id)


def refuse(who: Actor, second: Actor, request: Request) -> Request:
    row = fresh(who, request)
    with acting(who):
        row = operations.propose_refusal(
            request_id=row.id, expected_version=row.version, reason="membahayakan",
            words="Sekarang ini berbahaya.", by=who, at=hour.now(),
        )  # fmt: skip
    with acting(second):
        return operations.refuse_request(
            request_id=row.id, expected_version=row.version, by=second, at=hour.now()
        )


@pytest.mark.promise(
    "rights-on-the-clock", chapter="rights",
    sentence="Every request about one's own data runs 3×24 hours from when it came, and a late "
    "answer stands as late.",
)  # fmt: skip
def test_each_kind_runs_three_days_from_when_it_came(
    opened: Scene, cast: Cast, figure: Callable[[str], None]
) -> None:
    came = hour.now() - timedelta(hours=30)
    for kind in workflow.KINDS:
        made = scene.receive(cast.joko, opened.case_id, kind, received_at=came)
        assert clock(made) == ("running", 72.0, False)
        with system("tick"):
            tick(at=came + timedelta(hours=71, minutes=59))
        assert clock(made)[0] == "running"
        with system("tick"):
            tick(at=came + timedelta(hours=72, minutes=1))
        assert clock(made)[0] == "missed"
    figure(
        f"{len(workflow.KINDS)} kinds: 72 hours each, missed a minute after, from the hour it came"
    )


def test_answered_late_it_is_met_late(opened: Scene, cast: Cast) -> None:
    made = scene.receive(
        cast.ratih, opened.case_id, "restriction", received_at=hour.now() - timedelta(days=5)
    )
    granted = scene.grant(cast.bagas, made)
    with acting(cast.bagas):
        operations.restrict_file(
            case_id=opened.case_id, reason="atas_permintaan", request_id=made.id,
            expected_version=granted.version, by=cast.bagas, at=hour.now(),
        )  # fmt: skip
    assert clock(made) == ("met", 72.0, True)


@pytest.mark.planted("rights-on-the-clock")
def test_a_clock_that_begins_when_it_is_typed_is_seen(
    opened: Scene, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the clock starts at the typing, so that a late answer looks timely."""
    from rangkul.clocks import operations as clocks

    start = clocks.start
    monkeypatch.setattr(
        "rangkul.retention.operations.receiving.clocks.start",
        lambda **given: start(**(given | {"since": None})),
    )
    came = hour.now() - timedelta(hours=70)
    made = scene.receive(cast.joko, opened.case_id, received_at=came)
    with system("tick"):
        tick(at=came + timedelta(hours=72, minutes=1))
    assert clock(made)[0] == "running"


@pytest.mark.promise(
    "refused-by-two", chapter="rights",
    sentence="A request is refused only by a second person, with a coded reason and its article, "
    "and its clock runs on until she was told.",
)  # fmt: skip
def test_refused_by_a_second_person_and_told(
    opened: Scene, cast: Cast, figure: Callable[[str], None]
) -> None:
    made = scene.receive(cast.ratih, opened.case_id)
    with acting(cast.bagas):
        weighed = operations.propose_refusal(
            request_id=made.id, expected_version=made.version, reason="membahayakan",
            words="Sekarang ini berbahaya.", by=cast.bagas, at=hour.now(),
        )  # fmt: skip
        with pytest.raises(OwnException):
            operations.refuse_request(
                request_id=made.id, expected_version=weighed.version, by=cast.bagas, at=hour.now()
            )
    with acting(cast.ratih), pytest.raises(Forbidden):
        operations.refuse_request(
            request_id=made.id, expected_version=weighed.version, by=cast.ratih, at=hour.now()
        )
    with pytest.raises(DatabaseError, match="right_refused_by_two"), acting(cast.bagas):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "update retention_request set state = 'refused', decided_by = %s where id = %s",
                [cast.bagas.user_id, made.id],
            )
    with acting(cast.wahyuni):
        refused = operations.refuse_request(
            request_id=made.id, expected_version=weighed.version, by=cast.wahyuni, at=hour.now()
        )
    assert (refused.state, refused.article) == (workflow.REFUSED, "UU 27/2022 ps 33")
    assert clock(made)[0] == "running"
    with acting(cast.ratih):
        operations.tell_person(
            request_id=made.id, expected_version=refused.version, by=cast.ratih, at=hour.now()
        )
    assert clock(made)[0] == "met"
    figure("3 ways tried by the proposer or without the role: 0 refusals; met only once told")


@pytest.mark.planted("refused-by-two")
def test_a_refusal_by_one_is_seen(
    opened: Scene, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: nobody asks who proposed it, and the constraint is gone."""
    with as_owner() as owner:
        owner.execute("alter table retention_request drop constraint right_refused_by_two")
    monkeypatch.setattr(policy, "require_second_person", lambda **_: None)
    made = scene.receive(cast.ratih, opened.case_id)
    assert refuse(cast.bagas, cast.bagas, made).state == workflow.REFUSED


def test_a_dropped_refusal_leaves_the_request_as_it_came(opened: Scene, cast: Cast) -> None:
    made = scene.receive(cast.ratih, opened.case_id)
    with acting(cast.bagas):
        weighed = operations.propose_refusal(
            request_id=made.id, expected_version=made.version, reason="proses_hukum",
            words="Belum.", by=cast.bagas, at=hour.now(),
        )  # fmt: skip
    with acting(cast.wahyuni):
        row = operations.drop_refusal(
            request_id=made.id, expected_version=weighed.version, by=cast.wahyuni, at=hour.now()
        )
    assert (row.state, row.reason, row.refusal_by) == (workflow.RECEIVED, "", None)
    assert clock(made)[0] == "running"


def test_a_refusal_needs_a_known_reason_and_words(opened: Scene, cast: Cast) -> None:
    made = scene.receive(cast.ratih, opened.case_id)
    with acting(cast.bagas), pytest.raises(InvalidInput) as fault:
        operations.propose_refusal(
            request_id=made.id, expected_version=made.version, reason="malas", words=" ",
            by=cast.bagas, at=hour.now(),
        )  # fmt: skip
    assert fault.value.errors == {"reason": "unknown", "words": "required"}


def test_only_the_lead_receives_and_a_foreign_case_is_none(opened: Scene, cast: Cast) -> None:
    with pytest.raises(NotReachable):
        scene.receive(cast.ester, opened.case_id)
    with pytest.raises(NotReachable):
        scene.receive(cast.joko, 8_000_001)
    with pytest.raises(Forbidden):
        scene.receive(cast.sinta, opened.case_id)
    with acting(cast.marten):
        assert queries.list_requests(cast.marten) == []


def test_sent_twice_it_counts_once(opened: Scene, cast: Cast) -> None:
    token = uuid4()
    first = scene.receive(cast.joko, opened.case_id, token=token)
    assert scene.receive(cast.joko, opened.case_id, token=token).id == first.id
    assert scene.scalar("select count(*) from clocks_clock where subject_kind = 'right'") == 1


def test_who_took_it_in_sees_it_and_a_colleague_does_not(opened: Scene, cast: Cast) -> None:
    made = scene.receive(cast.joko, opened.case_id)
    with acting(cast.joko):
        assert operations.read_words(request_id=made.id, by=cast.joko, at=hour.now()).asked
    with acting(cast.nining), pytest.raises(NotReachable):
        queries.get_request(cast.nining, made.id)
    with acting(cast.ratih):
        assert [row.id for row in queries.list_of_case(cast.ratih, opened.case_id)] == [made.id]


@pytest.mark.promise(
    "suspect-guardian-turned-away", chapter="rights",
    sentence="A guardian who may be the suspect does not use the child's rights and learns "
    "nothing.",
)  # fmt: skip
def test_a_guardian_who_may_be_the_suspect_is_turned_away(
    ring_path: Path, cast: Cast, figure: Callable[[str], None]
) -> None:
    with acting(cast.ratih):
        child = make_scene(cast, child=True, flags=("anak", "wali_diduga"))
        suspect = Person.objects.get(case_id=child.case_id, part="suspect")
    before = scene.scalar("select count(*) from retention_request")
    tried = 0
    for kind in workflow.KINDS:
        with pytest.raises(policy.GuardianTurnedAway):
            scene.receive(cast.joko, child.case_id, kind, asked_by="guardian")
        with pytest.raises(policy.GuardianTurnedAway):
            scene.receive(cast.ratih, child.case_id, kind, asked_by="proxy", person_id=suspect.id)
        tried += 2
    assert scene.scalar("select count(*) from retention_request") == before
    # She herself is heard at any age.
    assert scene.receive(cast.joko, child.case_id).state == workflow.RECEIVED
    figure(f"0 of {tried} requests of suspect guardians taken in")


@pytest.mark.planted("suspect-guardian-turned-away")
def test_a_suspect_guardian_who_is_heard_is_seen(ring_path: Path, cast: Cast) -> None:
    """Planted: the flag on the file is not looked at."""
    with acting(cast.ratih):
        child = make_scene(cast, child=True, flags=("anak", "wali_diduga"))
    with as_owner() as owner:
        owner.execute(
            "create or replace function house.guardian_barred(p_case bigint, p_person uuid, "
            "p_flag text) returns boolean language sql stable security definer "
            "set search_path = house, public, pg_temp as $$ select false $$"
        )
    assert scene.receive(cast.joko, child.case_id, asked_by="guardian").id


@pytest.mark.promise(
    "restricted-file-takes-no-acts", chapter="rights",
    sentence="A restricted file takes no new note, need, document, consent or referral from "
    "anybody; safety and deadlines go on.",
)  # fmt: skip
def test_a_restricted_file_takes_safety_and_nothing_else(
    opened: Scene, cast: Cast, figure: Callable[[str], None]
) -> None:
    basis = scene_consent(opened, cast)
    with acting(cast.bagas):
        operations.restrict_file(
            case_id=opened.case_id, reason="keberatan", by=cast.bagas, at=hour.now()
        )
    refused = [name for name, act in ordinary(opened, cast, basis).items() if is_refused(cast, act)]
    assert refused == list(ordinary(opened, cast, basis))
    with acting(cast.ratih):
        cases.set_risk(
            case_id=opened.case_id, risk="tinggi", reason="ancaman", by=cast.ratih, at=NOW
        )
    danger = opened.other_ground("d", "medis")
    with acting(cast.ratih):
        ground = referrals.record_ground(
            case_id=opened.case_id, ground=danger, by=cast.ratih, at=NOW
        )
        opened.send(ground)
    with acting(cast.wahyuni):
        operations.lift_restriction(case_id=opened.case_id, by=cast.wahyuni, at=hour.now())
    with acting(cast.ratih):
        assert cases.write_note(case_id=opened.case_id, body="Lagi.", by=cast.ratih, at=NOW)
    figure(
        f"{len(refused)} of {len(refused)} ordinary acts refused; "
        "risk and a request in danger go on"
    )


def scene_consent(opened: Scene, cast: Cast) -> object:
    with acting(cast.ratih):
        return opened.consent()


def ordinary(opened: Scene, cast: Cast, basis: object) -> dict[str, Callable[[], object]]:
    ratih, case_id = cast.ratih, opened.case_id
    return {
        "note": lambda: cases.write_note(case_id=case_id, body="Catatan.", by=ratih, at=NOW),
        "need": lambda: opened.need("psikologi"),
        "document": lambda: cases.add_attachment(
            case_id=case_id, name="x.pdf", content=b"%PDF-1.7 x", by=ratih, at=NOW
        ),
        "consent": lambda: opened.consent("psikologi"),
        "referral": lambda: opened.send(basis),
    }


def is_refused(cast: Cast, act: Callable[[], object]) -> bool:
    try:
        with acting(cast.ratih):
            act()
    except DatabaseError as fault:
        return getattr(fault.__cause__, "sqlstate", "") == "RK423"
    return False


@pytest.mark.planted("restricted-file-takes-no-acts")
def test_a_restriction_that_a_table_does_not_know_is_seen(opened: Scene, cast: Cast) -> None:
    """Planted: notes have lost their trigger."""
    basis = scene_consent(opened, cast)
    with as_owner() as owner:
        owner.execute("drop trigger house_restricted on cases_note")
    with acting(cast.bagas):
        operations.restrict_file(
            case_id=opened.case_id, reason="keberatan", by=cast.bagas, at=hour.now()
        )
    assert not is_refused(cast, ordinary(opened, cast, basis)["note"])


def test_stopping_withdraws_every_consent_at_once(opened: Scene, cast: Cast) -> None:
    with acting(cast.ratih):
        opened.send(opened.consent())
        opened.consent("psikologi")
    made = scene.grant(cast.bagas, scene.receive(cast.ratih, opened.case_id, "stop"))
    with acting(cast.ratih):
        stopped = operations.stop_processing(
            request_id=made.id, expected_version=made.version, by=cast.ratih, at=hour.now()
        )
    assert stopped == 2
    assert clock(made)[0] == "met"
    assert scene.scalar(
        "select count(*) from referrals_packet where destroyed_at is null"
    ) == 0  # fmt: skip


def test_a_correction_stays_with_its_note(opened: Scene, cast: Cast) -> None:
    made = scene.grant(cast.bagas, scene.receive(cast.ratih, opened.case_id, "correction"))
    with acting(cast.ratih), pytest.raises(InvalidInput):
        operations.finish_request(
            request_id=made.id, expected_version=made.version, by=cast.ratih, at=hour.now()
        )
    with acting(cast.ratih):
        done = operations.finish_request(
            request_id=made.id, expected_version=made.version, by=cast.ratih, at=hour.now(),
            words="Tanggal lahir diperbaiki.",
        )  # fmt: skip
        words = operations.read_words(request_id=made.id, by=cast.ratih, at=hour.now())
    assert (done.state, words.answered) == (workflow.DONE, "Tanggal lahir diperbaiki.")


def test_with_the_case_its_requests_go_to_the_new_lead(opened: Scene, cast: Cast) -> None:
    made = scene.receive(cast.ratih, opened.case_id)
    with as_owner() as owner:
        owner.execute(
            "update custody_caseaccess set until = now() where case_id = %s", [opened.case_id]
        )
        owner.execute(
            "insert into custody_caseaccess (case_id, agency_id, basis, opened_at, since) "
            "values (%s, %s, 'lead', now(), now())", [opened.case_id, cast.marten.agency_id],
        )  # fmt: skip
        owner.execute("select set_config('rangkul.scope', %s, true)", [signed(owner, cast.marten)])
        owner.execute(
            "update custody_case set lead_agency_id = %s where id = %s",
            [cast.marten.agency_id, opened.case_id],
        )
    with acting(cast.wahyuni), pytest.raises(NotReachable):
        queries.get_request(cast.wahyuni, made.id)
    with acting(cast.marten):
        words = operations.read_words(request_id=made.id, by=cast.marten, at=hour.now())
    assert words.asked
    assert scene.scalar(
        "select agency_id from clocks_clock where subject_kind = 'right'"
    ) == cast.marten.agency_id  # fmt: skip


def signed(owner: object, who: Actor) -> str:
    import time

    from django.conf import settings

    from rangkul.foundation.scope import Scope as Signed

    return Signed.of(who).sign(
        settings.KEY_RING.scope_secret, backend_pid=owner.info.backend_pid,
        expires=int(time.time()) + 60,
    )  # fmt: skip


# -- her own copy -----------------------------------------------------------------------------


def readable(pdf: bytes) -> bytes:
    """The streams of a PDF, inflated; typst writes glyphs, so this only proves it is one."""
    assert pdf.startswith(b"%PDF")
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            continue
    return b"".join(found)


def copied(world: World, monkeypatch: pytest.MonkeyPatch, *, all_of_them: bool = True) -> str:
    """Everything that would stand on the paper, as text, every box ticked."""
    said: list[dict[str, object]] = []

    def typeset(_package: str, _template: str, data: dict[str, object]) -> bytes:
        said.append(data)
        return b"%PDF"

    monkeypatch.setattr(copying, "typeset", typeset)
    ratih = world.cast.ratih
    made = scene.grant(world.cast.bagas, scene.receive(ratih, world.case_id))
    with acting(ratih), override("id"):
        items = copying.open_items(request_id=made.id, by=ratih, at=hour.now())
        copying.hand_over_copy(
            request_id=made.id, expected_version=made.version,
            chosen=[item.key for item in items] if all_of_them else [], check="known",
            safe_to_carry=True, titles=lambda name: name, by=ratih, at=hour.now(),
        )  # fmt: skip
    return repr(said[0])


PLANTED = (
    f"Kata pelapor {REPORTER}, ia mendengar semuanya.",
    f"{SUSPECT} datang lagi ke rumah.",
    f"Ia tidur di {HOUSE_PLACE.address}.",
    "Telepon 085712349876 bila ada kabar.",
    "Adiknya Sari menunggu di luar.",
)


@pytest.mark.promise(
    "copy-reveals-nobody-else", chapter="rights",
    sentence="A person's copy of her data reveals no reporter, no other person of the case, no "
    "shelter's address and no member of the staff.",
)  # fmt: skip
def test_her_copy_says_hers_and_nobody_elses(
    world_open: World, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    plant(world_open)
    text = copied(world_open, monkeypatch)
    assert FULL_NAME in text
    assert CALLED in text
    assert PHONE[1:] in text
    secrets = ("Paulina", "085712349876", "Bramantyo", HOUSE_PLACE.address, "Sari", "Wulandari",
               "Nining", "report.")  # fmt: skip
    assert [secret for secret in secrets if secret in text] == []
    assert "tidak ada dalam salinan ini" in text
    figure(f"0 of {len(secrets)} secrets of others on it, with {len(PLANTED)} notes that hold them")


@pytest.mark.planted("copy-reveals-nobody-else")
def test_a_copy_that_does_not_look_is_seen(
    world_open: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: nobody looks whom the words speak of."""
    plant(world_open)
    monkeypatch.setattr(others, "revealing", lambda *_: False)
    assert "Bramantyo" in copied(world_open, monkeypatch)


def plant(world: World) -> None:
    """Notes as careful people would not write them."""
    at = hour.now()
    with as_owner() as owner:
        owner.execute("alter table reports_report disable trigger user")
        owner.execute("update reports_report set case_id = %s", [world.case_id])
        owner.execute("alter table reports_report enable trigger user")
    with acting(world.cast.ratih):
        for words in PLANTED:
            # The house keeps its address out of notes by itself; this goes around it.
            file_note(
                case=Case.objects.get(id=world.case_id), body=words, kind="note",
                by=world.cast.ratih, at=at, happened_at=at,
            )  # fmt: skip


@pytest.fixture
def world_open(ring_path: Path, cast: Cast) -> World:
    from tests.world import build

    return build(cast)


def test_a_copy_wants_the_person_known_and_the_paper_safe(opened: Scene, cast: Cast) -> None:
    made = scene.grant(cast.bagas, scene.receive(cast.ratih, opened.case_id))
    with acting(cast.ratih), pytest.raises(InvalidInput) as fault:
        copying.hand_over_copy(
            request_id=made.id, expected_version=made.version, chosen=[], check="",
            safe_to_carry=False, titles=str, by=cast.ratih, at=hour.now(),
        )  # fmt: skip
    assert set(fault.value.errors) == {"check", "safe"}


def test_the_auditor_prints_none_and_an_ungranted_one_is_none(opened: Scene, cast: Cast) -> None:
    made = scene.receive(cast.ratih, opened.case_id)
    with acting(cast.ratih), pytest.raises(IllegalMove):
        copying.open_items(request_id=made.id, by=cast.ratih, at=hour.now())
    scene.grant(cast.bagas, made)
    with acting(cast.bagas), pytest.raises(Forbidden):
        copying.open_items(request_id=made.id, by=cast.bagas, at=hour.now())


def test_it_is_a_paper_and_ends_the_request(opened: Scene, cast: Cast) -> None:
    made = scene.grant(cast.bagas, scene.receive(cast.ratih, opened.case_id))
    for language in ("id", "en"):
        with acting(cast.ratih), override(language):
            row = queries.get_request(cast.ratih, made.id)
            if row.state == workflow.GRANTED:
                pdf = copying.hand_over_copy(
                    request_id=made.id, expected_version=row.version, chosen=[], check="document",
                    safe_to_carry=True, titles=str, by=cast.ratih, at=hour.now(),
                )  # fmt: skip
    assert len(readable(pdf)) > 2_000
    assert clock(made)[0] == "met"


def test_open_identity_and_people_stay_as_they_were(opened: Scene, cast: Cast) -> None:
    """Looking whom words speak of opens seals and shows nobody: the file's people are untouched."""
    with acting(cast.ratih):
        found = others.of_case(cast.ratih, opened.case_id)
        assert found.named_in(f"tadi {SUSPECT} lewat")
        assert not found.named_in(f"{FULL_NAME} bercerita")
        assert people.open_identity(
            case_id=opened.case_id, reason="pendampingan", by=cast.ratih, at=NOW
        )
