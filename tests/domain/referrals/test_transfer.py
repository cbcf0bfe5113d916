"""Pelimpahan: the giver holds the case until it is taken over, and then holds nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest
from tests.domain.referrals.scene import Scene, make_scene, seed_desks
from tests.people import KUPANG, NOW, SEMARANG, Cast
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks.models import Clock
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.custody import queries as custody
from rangkul.custody.models import Assignment, CaseAccess
from rangkul.custody.operations import end_over_places
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.foundation.vault import KeyDestroyed
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs.joint_search import make_findable
from rangkul.people import queries as people
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request, Transfer, TransferEnd
from rangkul.referrals.operations import Offer

WORDS = "Pindah ke Kupang bulan ini; masih perlu pendampingan dan layanan psikologi."


def _offer(scene: Scene, **changes: object) -> Offer:
    ground = Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        language="ind", valid_until=NOW + timedelta(days=60), recipient_desk_id=9201,
    )  # fmt: skip
    made = Offer(scene.case_id, 9201, "lives_there", WORDS, ground)
    return replace(made, **changes)


def _offered(scene: Scene, **changes: object) -> Transfer:
    by = scene.cast.wahyuni
    with acting(by):
        return operations.offer_transfer(offer=_offer(scene, **changes), by=by, at=NOW)


def _take(scene: Scene, transfer: Transfer, *, by: Actor | None = None, version: int = 1) -> int:
    by = by or scene.cast.marten
    with acting(by):
        return operations.take_over(
            transfer_id=transfer.id, companion_id=scene.cast.yohana.user_id,
            expected_version=version, by=by, at=NOW + timedelta(hours=2),
        )  # fmt: skip


def _reaches(actor: Actor, case_id: int) -> bool:
    with acting(actor):
        try:
            custody.get_access(actor, case_id)
        except NotReachable:
            return False
    return True


def _stands(scene: Scene, transfer: Transfer, state: str = "offered", version: int = 1) -> bool:
    """Whether the offer is in this state and the case with the giver, whole."""
    giver, taker = scene.cast.wahyuni, scene.cast.marten
    with acting(giver):
        told = Transfer.objects.values_list("state", "version").get(id=transfer.id)
        holders = list(
            CaseAccess.objects.filter(case_id=scene.case_id, until__isnull=True).values_list(
                "agency_id", "basis"
            )
        )
        carried_by = list(
            Assignment.objects.filter(case_id=scene.case_id, until__isnull=True)
            .order_by("agency_id")
            .values_list("agency_id", flat=True)
            .distinct()
        )
    assert told == (state, version)
    assert (holders, carried_by) == ([(SEMARANG, "lead")], [SEMARANG])
    return _reaches(giver, scene.case_id) and not _reaches(taker, scene.case_id)


def _offers(scene: Scene) -> int:
    with acting(scene.cast.wahyuni):
        return Transfer.objects.count()


def test_until_it_is_taken_over_nothing_has_moved(db: None, scene: Scene) -> None:
    transfer = _offered(scene)
    assert _reaches(scene.cast.wahyuni, scene.case_id)
    assert _reaches(scene.cast.ratih, scene.case_id)
    assert not _reaches(scene.cast.marten, scene.case_id)
    with acting(scene.cast.marten):
        number = queries.transfer_number(transfer.id)
        seen, words = operations.read_transfer(number=number, by=scene.cast.marten, at=NOW)
        assert (words, seen.cover["area"]) == (WORDS, "33.74")
        assert queries.case_of_transfer(scene.cast.marten, transfer.id) == 0
    with acting(scene.cast.besse), pytest.raises(NotReachable):
        queries.get_transfer(scene.cast.besse, number)
    assert _stands(scene, transfer)


def test_taking_over_moves_everything_in_one_act(db: None, scene: Scene) -> None:
    cast = scene.cast
    with acting(cast.wahyuni):
        due = dict(
            Clock.objects.filter(case_id=scene.case_id, state="running").values_list("id", "due_at")
        )
    transfer = _offered(scene)
    assert _take(scene, transfer) == scene.case_id
    for former in (cast.wahyuni, cast.ratih, cast.nining):
        assert not _reaches(former, scene.case_id)
        with acting(former):
            assert not Clock.objects.filter(case_id=scene.case_id).exists()
            assert not Assignment.objects.filter(case_id=scene.case_id, until__isnull=True).exists()
    assert _reaches(cast.marten, scene.case_id)
    with acting(cast.yohana):
        file = cases.get_file(cast.yohana, scene.case_id)
        assert file.desk_id == 9201
        opened = people.unseal(people.list_people(cast.yohana, scene.case_id))
        assert any(one.identity.full_name for one in opened)
        kept = dict(Clock.objects.filter(id__in=due).values_list("id", "due_at"))
        assert due
        assert kept == due
    with acting(cast.marten):
        live = list(
            CaseAccess.objects.filter(case_id=scene.case_id, until__isnull=True).values_list(
                "agency_id", "basis"
            )
        )
    assert live == [(KUPANG, "lead")]


def test_open_requests_go_along_and_the_giver_reads_them_no_more(db: None, scene: Scene) -> None:
    with acting(scene.sender):
        request = scene.send()
    _take(scene, _offered(scene))
    with acting(scene.cast.wahyuni):
        assert not Request.objects.filter(id=request.id).exists()
    with acting(scene.cast.yohana):
        found = queries.get_request(scene.cast.yohana, queries.packet_number(request.id))
        assert found.sender_agency_id == KUPANG
        assert operations.read_sent_packet(
            request_id=request.id, by=scene.cast.yohana, at=NOW + timedelta(hours=3)
        )


def test_whoever_stays_in_the_team_keeps_reading_until_the_day(db: None, scene: Scene) -> None:
    cast = scene.cast
    until = (NOW + timedelta(days=14)).date()
    transfer = _offered(scene, stays_until=until)
    _take(scene, transfer)
    assert _reaches(cast.wahyuni, scene.case_id)
    assert _reaches(cast.ratih, scene.case_id)
    with acting(cast.marten):
        assert custody.list_team(scene.case_id) == {SEMARANG: until}
    # Until midnight in Semarang, and not a minute longer; once, however often the tick comes.
    over = datetime.combine(until, time(17), tzinfo=UTC)
    for at, ended in ((over - timedelta(minutes=1), 0), (over, 1), (over, 0)):
        with system("tick"):
            assert len(end_over_places(at=at)) == ended
        assert _reaches(cast.wahyuni, scene.case_id) is (at < over)


def test_the_new_agency_finds_her_by_name_and_the_old_one_no_more(db: None, scene: Scene) -> None:
    cast = scene.cast
    with acting(cast.wahyuni):
        name = next(
            one.identity.full_name
            for one in people.unseal(people.list_people(cast.wahyuni, scene.case_id))
            if one.person.part == "survivor"
        )
        assert people.search_names(cast.wahyuni, name)
    _take(scene, _offered(scene))
    make_findable(Event("team.joined", "case", str(scene.case_id), KUPANG))
    with acting(cast.wahyuni):
        assert not people.search_names(cast.wahyuni, name)
    with acting(cast.marten):
        assert people.search_names(cast.marten, name)


def test_a_refusal_leaves_the_case_and_burns_the_words(db: None, scene: Scene) -> None:
    transfer = _offered(scene)
    marten = scene.cast.marten
    with acting(marten), pytest.raises(InvalidInput):
        operations.decline_transfer(
            transfer_id=transfer.id, reason="", expected_version=1, by=marten, at=NOW
        )
    assert _stands(scene, transfer)
    with acting(marten):
        operations.decline_transfer(
            transfer_id=transfer.id, reason="no_capacity", expected_version=1, by=marten, at=NOW
        )
    assert _stands(scene, transfer, "declined", 2)
    with acting(scene.cast.wahyuni):
        assert (
            operations.take_up_refusal(transfer_id=transfer.id, by=scene.cast.wahyuni, at=NOW) == 1
        )
        with pytest.raises(KeyDestroyed):
            operations.read_transfer(
                number=queries.transfer_number(transfer.id), by=scene.cast.wahyuni, at=NOW
            )
    with acting(marten), pytest.raises(IllegalMove):
        operations.take_over(
            transfer_id=transfer.id, companion_id=scene.cast.yohana.user_id, expected_version=2,
            by=marten, at=NOW,
        )  # fmt: skip
    assert _stands(scene, transfer, "declined", 2)


def test_one_offer_at_a_time_and_none_of_a_closed_file(db: None, scene: Scene) -> None:
    transfer = _offered(scene)
    with pytest.raises(IllegalMove, match="offered"):
        _offered(scene)
    assert (_stands(scene, transfer), _offers(scene)) == (True, 1)
    with acting(scene.cast.wahyuni):
        operations.cancel_transfer(
            transfer_id=transfer.id, expected_version=1, by=scene.cast.wahyuni, at=NOW
        )
        CaseFile.objects.filter(case_id=scene.case_id).update(
            state="closed", closed_at=NOW, close_reason="selesai"
        )
    with pytest.raises(IllegalMove, match="closed"):
        _offered(scene)
    assert _offers(scene) == 1


def test_two_answers_at_once_make_one(db: None, scene: Scene) -> None:
    transfer = _offered(scene)
    _take(scene, transfer)
    with pytest.raises(StaleForm):
        _take(scene, transfer)
    assert _reaches(scene.cast.marten, scene.case_id)
    with acting(scene.cast.marten):
        held = CaseAccess.objects.filter(case_id=scene.case_id, until__isnull=True)
        assert [(one.agency_id, one.basis) for one in held] == [(KUPANG, "lead")]
        carried = Assignment.objects.filter(case_id=scene.case_id, until__isnull=True)
        assert [one.user_id for one in carried] == [scene.cast.yohana.user_id]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"reason": "x"}, {"reason"}),
        ({"words": " "}, {"words"}),
        ({"stays_until": NOW.date()}, {"stays_until"}),
        ({"desk_id": 9101}, {"desk", "ground"}),
    ],
)
def test_what_cannot_be_offered_is_said(
    db: None, scene: Scene, change: dict[str, object], faults: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _offered(scene, **change)
    assert set(refused.value.errors) == faults
    assert _offers(scene) == 0


@pytest.mark.parametrize("login", ["ratih", "joko", "laras", "sinta", "bagas"])
def test_only_a_supervisor_offers(db: None, scene: Scene, login: str) -> None:
    actor = scene.cast.everyone()[login]
    with acting(actor), pytest.raises(Forbidden):
        operations.offer_transfer(offer=_offer(scene), by=actor, at=NOW)
    assert _offers(scene) == 0


def test_words_that_name_her_are_refused(db: None, scene: Scene) -> None:
    with acting(scene.cast.wahyuni):
        name = next(
            one.identity.full_name
            for one in people.unseal(people.list_people(scene.cast.wahyuni, scene.case_id))
            if one.person.part == "survivor"
        )
    with pytest.raises(InvalidInput) as refused:
        _offered(scene, words=f"{name} pindah ke Kupang")
    assert set(refused.value.errors) == {"words"}
    assert _offers(scene) == 0


def test_a_withdrawn_consent_stops_the_hand_over(db: None, scene: Scene) -> None:
    transfer = _offered(scene)
    with acting(scene.cast.ratih):
        basis_id = TransferEnd.objects.get(transfer=transfer).basis_id
        operations.withdraw_consent(basis_id=basis_id, by=scene.cast.ratih, at=NOW)
    with pytest.raises(StaleForm):
        _take(scene, transfer)
    with acting(scene.cast.marten):
        found, words = (
            queries.get_transfer(scene.cast.marten, queries.transfer_number(transfer.id)),
            "",
        )
        with pytest.raises(KeyDestroyed):
            _row, words = operations.read_transfer(
                number=queries.transfer_number(transfer.id), by=scene.cast.marten, at=NOW
            )
    assert (found.state, found.cover, words) == ("cancelled", {}, "")


# -- as the app's role in SQL -----------------------------------------------------------------


@pytest.fixture
def committed(committed_db: None, cast: Cast) -> tuple[Scene, Transfer]:
    """A case and its offer that other connections see."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
    return scene, _offered(scene)


@pytest.mark.parametrize("login", ["besse", "yohana", "melki", "wahyuni", "dorce"])
def test_nobody_but_the_receivers_supervisor_takes_it_over(
    committed: tuple[Scene, Transfer], cast: Cast, login: str
) -> None:
    with app_as(cast.everyone()[login]) as app, pytest.raises(psycopg.Error):
        app.execute("select house.accept_transfer(%s, %s)", [committed[1].id, NOW])
    assert _stands(*committed)


def test_the_receivers_supervisor_does(committed: tuple[Scene, Transfer], cast: Cast) -> None:
    with app_as(cast.marten) as app:
        found = app.execute("select house.accept_transfer(%s, %s)", [committed[1].id, NOW])
        assert found.fetchone() == (committed[0].case_id,)


def test_no_state_is_written_by_hand(committed: tuple[Scene, Transfer], cast: Cast) -> None:
    hands = [
        (cast.marten, "accepted"), (cast.marten, "cancelled"), (cast.wahyuni, "declined"),
        (cast.wahyuni, "accepted"),
    ]  # fmt: skip
    for who, state in hands:
        with app_as(who) as app, pytest.raises(psycopg.Error, match=r"own act|not this side"):
            app.execute(
                "update referrals_transfer set state = %s, answer_reason = 'x' where id = %s",
                [state, committed[1].id],
            )
        assert _stands(*committed)


def test_an_offer_cannot_hang_on_anothers_case(
    committed: tuple[Scene, Transfer], cast: Cast
) -> None:
    scene, transfer = committed
    with as_owner() as owner:
        owner.execute("delete from referrals_transferend where transfer_id = %s", [transfer.id])
    for who in (cast.besse, cast.marten):
        with app_as(who) as app, pytest.raises(psycopg.Error, match="not reachable"):
            app.execute(
                "insert into referrals_transferend (id, case_id, audience, basis_id, transfer_id, "
                "made_at) values (gen_random_uuid(), %s, 'case', gen_random_uuid(), %s, now())",
                [scene.case_id, transfer.id],
            )
    with as_owner() as owner:
        hung = owner.execute("select count(*) from referrals_transferend").fetchone()
    assert hung == (0,)


def test_an_offered_file_is_not_closed(committed: tuple[Scene, Transfer], cast: Cast) -> None:
    with app_as(cast.ratih) as app, pytest.raises(psycopg.Error, match="offered"):
        app.execute(
            "update cases_casefile set state = 'closed', closed_at = now(), close_reason = 'x' "
            "where case_id = %s",
            [committed[0].case_id],
        )
    with as_owner() as owner:
        states = owner.execute("select state from cases_casefile").fetchall()
    assert states == [("open",)]
