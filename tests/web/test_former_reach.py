"""Who gave a case away, or left the agency, reaches nothing of it from that second on.

One test for each way that was open before: tabs with forms in them, links, queued work, a machine's
token, an import half done, a list to take away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.api.machine import Machine, machine_of
from tests.clients import Client
from tests.domain.cases.books import HEAD, ROW, workbook
from tests.people import INTAKE_DESK, KUPANG, SEMARANG, Cast
from tests.rows import as_owner
from tests.web.files import signed_in
from tests.web.test_imports import fields, to_preview
from tests.world import HOUSE_NAME, World, build

from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import referral_answers
from rangkul.people import queries as people
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request

pytestmark = pytest.mark.usefixtures("committed_db")
GONE = {302, 401, 403, 404}


@pytest.fixture
def world(cast: Cast) -> World:
    """The case with everything in it, committed."""
    return build(cast)


def hand_over(world: World) -> datetime:
    """Ratih's case goes to Kupang, and nobody of Semarang stays in the team."""
    cast, at = world.cast, timezone.now()
    ground = Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        valid_until=at + timedelta(days=30), recipient_desk_id=INTAKE_DESK[KUPANG],
    )  # fmt: skip
    offer = operations.Offer(
        world.case_id, INTAKE_DESK[KUPANG], "lives_there", "Pindah ke sana.", ground
    )
    with acting(cast.wahyuni):
        made = operations.offer_transfer(offer=offer, by=cast.wahyuni, at=at)
    with acting(cast.marten):
        operations.take_over(
            transfer_id=made.id, companion_id=cast.yohana.user_id, expected_version=1,
            by=cast.marten, at=at + timedelta(minutes=1),
        )  # fmt: skip
    return at


def move_agency(world: World, who: Actor | None = None) -> datetime:
    """Ratih (or another) leaves Semarang and works in Kupang from this second."""
    at, who = timezone.now(), who or world.cast.ratih
    with as_owner() as owner:
        owner.execute(
            "update network_membership set until = %s, version = version + 1 where id = %s",
            [at, who.membership_id],
        )
        owner.execute(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
            "version, since, until) values (9777, %s, %s, '{penyelia}', '{9201}', '', 1, %s, "
            "null)",
            [KUPANG, who.user_id, at],
        )
    return at


Leave = Callable[[World], datetime]
both = pytest.mark.parametrize("leave", [hand_over, move_agency])


def _own(world: World) -> Client:
    return signed_in(world.cast.ratih)


@both
def test_an_open_tab_shows_and_saves_nothing(world: World, leave: Leave) -> None:
    tab, case = _own(world), f"/kasus/{world.case_number}/"
    assert tab.get(case).status_code == 200
    leave(world)
    pages = ("", "orang/", "rencana/", "rujukan/", "dokumen/", "persetujuan/", "perjalanan/",
             "jejak/", "asesmen/")  # fmt: skip
    for page in pages:
        assert tab.get(case + page).status_code in GONE, page
    sent = {"body": "Ditulis sesudah pergi", "words": "x", "risk": "tinggi"}
    for form in ("catatan/", "perjalanan/risiko/", "perjalanan/keadaan/", "rencana/"):
        assert tab.post(case + form, sent).status_code in GONE | {405}, form
    with as_owner() as owner:
        count = owner.execute(
            "select count(*) from trail_act where case_id = %s and actor_id = %s and at > "
            "(select max(since) from custody_caseaccess where case_id = %s)",
            [world.case_id, world.cast.ratih.user_id, world.case_id],
        ).fetchone()
    assert leave is move_agency or count == (0,)


@both
def test_links_to_documents_and_letters_open_nothing(world: World, leave: Leave) -> None:
    tab = _own(world)
    document = f"/kasus/{world.case_number}/dokumen/{world.parts['document_id']}/"
    letter = f"/rujukan/{world.packet_number}/surat/"
    for link in (document, letter, f"/p/{world.packet_number}/"):
        assert tab.get(link).status_code in (200, 302), link
    leave(world)
    for link in (document, letter):
        assert tab.get(link).status_code in GONE - {302}, link
    followed = tab.get(f"/p/{world.packet_number}/", follow=True)
    assert followed.status_code in GONE - {302}


@both
def test_the_request_on_its_way_is_nobodys_old(world: World, leave: Leave) -> None:
    tab = _own(world)
    url = f"/rujukan/{world.packet_number}/"
    assert tab.get(url).status_code == 200
    leave(world)
    assert tab.get(url).status_code in GONE
    assert tab.get(f"{url}?paket=lihat").status_code in GONE
    for act in ("batal/", "pesan/", "balas/", "pindah/", "versi/", "lama/", "panggil/"):
        sent = {"version": 1, "words": "x"}
        assert tab.post(url + act, sent).status_code in GONE, act


@both
def test_queued_work_in_the_old_name_does_nothing_of_hers(world: World, leave: Leave) -> None:
    """The answer waits in the queue, in the name of who has gone since."""
    cast = world.cast
    with acting(cast.melki):
        operations.answer(
            request_id=world.request_id, decision="accept",
            expected_version=Request.objects.get(id=world.request_id).version, by=cast.melki,
            at=timezone.now(),
        )  # fmt: skip
    queued = Event(
        "request.accepted", "request", str(world.request_id), SEMARANG,
        actor_id=cast.ratih.user_id,
    )  # fmt: skip
    leave(world)
    referral_answers.follow(queued)
    holder = cast.marten if leave is hand_over else cast.wahyuni
    if leave is hand_over:
        # The new holder has an event of its own, and nothing of the answer is lost.
        with acting(cast.wahyuni), pytest.raises(NotReachable):
            queries.get_referral(cast.wahyuni, world.request_id)
        referral_answers.follow(
            Event("request.went_along", "request", str(world.request_id), KUPANG)
        )
    with acting(holder):
        states = {
            c.procedure: c.state
            for c in _clocks(holder, world.request_id)
        }  # fmt: skip
    assert states["referral_accept"] == "met"
    assert states["referral_first_contact"] == "running"
    with as_owner() as owner:
        acted = owner.execute(
            "select actor_id from trail_act where name = 'referral.answered' and subject_id = %s",
            [str(world.request_id)],
        ).fetchall()
    assert acted == [(holder.user_id,)]


def _clocks(holder: object, request_id: int) -> list[object]:
    from rangkul.clocks import queries as clocks

    return list(clocks.list_subject(holder, "request", request_id))


@both
def test_a_machine_with_the_old_token_reads_nothing(world: World, leave: Leave) -> None:
    with as_owner() as owner:
        owner.execute("update accounts_user set last_login = null")
    machine: Machine = machine_of(world.cast.ratih)
    paths = (f"/cases/{world.case_number}", f"/referrals/{world.packet_number}",
             f"/cases/{world.case_number}/referrals")  # fmt: skip
    for path in paths:
        assert machine.get(path).status == 200, path
    leave(world)
    for path in paths:
        assert machine.get(path).status in {401, 403, 404}, path
    assert machine.post(
        f"/referrals/{world.packet_number}/cancel", {"version": 1}
    ).status in {401, 403, 404}  # fmt: skip


def test_an_import_half_done_makes_no_file_in_the_old_agency(world: World) -> None:
    tab = signed_in(world.cast.wahyuni)
    preview = to_preview(tab, workbook([HEAD, ROW]))
    assert preview.status_code == 200

    def files() -> list[tuple[int, int]]:
        with as_owner() as owner:
            return owner.execute(
                "select lead_agency_id, count(*)::int from custody_case group by 1 order by 1"
            ).fetchall()

    before = dict(files())
    move_agency(world, world.cast.wahyuni)
    tab.post("/impor/masukkan/", fields(preview))
    assert dict(files()) == before


def test_what_is_uploaded_from_an_old_tab_is_kept_nowhere(world: World) -> None:
    tab = _own(world)
    hand_over(world)
    file = SimpleUploadedFile("surat.pdf", b"%PDF-1.7 sesudah pergi")
    answer = tab.post(f"/kasus/{world.case_number}/dokumen/", {"file": file})
    assert answer.status_code in GONE - {302}


@both
def test_searches_and_lists_do_not_know_her(world: World, leave: Leave) -> None:
    """What could be taken away as a list: the case list, the search, the outbox."""
    leave(world)
    tab = _own(world)
    for page in ("/kasus/", "/rujukan/keluar/", "/"):
        shown = tab.get(page, follow=True).content.decode()
        assert world.case_number not in shown and world.packet_number not in shown, page
    if leave is hand_over:
        with acting(world.cast.ratih):
            assert not people.search_names(world.cast.ratih, "Marlina Uji Kusumaningrum") or all(
                found != world.case_id
                for found in people.search_names(world.cast.ratih, "Marlina Uji Kusumaningrum")
            )


def test_the_scope_signed_before_is_refused_by_the_database(world: World) -> None:
    """Not only the page: the old membership's version opens no transaction."""
    ratih = world.cast.ratih
    move_agency(world)
    with pytest.raises(Exception, match="scope"), acting(ratih):
        custody.get_access(ratih, world.case_id)


# -- the four ways, each with a planted fault: where nothing ends, each is still open ------------


def _by_tab(world: World, tab: Client) -> bool:
    return tab.get(f"/kasus/{world.case_number}/catatan/").status_code == 200


def _by_link(world: World, tab: Client) -> bool:
    document = f"/kasus/{world.case_number}/dokumen/{world.parts['document_id']}/"
    return tab.get(document).status_code == 200


def _by_export(world: World, tab: Client) -> bool:
    """What is taken away on paper: a letter of the request, the beds of the house as a list."""
    slip = {"when": "Senin", "place": "Loket dua", "language": "id", "safe": "on", "bring": ""}
    answer = tab.post(f"/rujukan/{world.packet_number}/surat/", slip)
    return answer.status_code == 200 and answer.content.startswith(b"%PDF")


def _by_queue(world: World, tab: Client) -> bool:
    """Work that waits in her name: whether it is done in her name."""
    cast = world.cast
    with acting(cast.melki):
        operations.answer(
            request_id=world.request_id, decision="accept",
            expected_version=Request.objects.get(id=world.request_id).version, by=cast.melki,
            at=timezone.now(),
        )  # fmt: skip
    referral_answers.follow(
        Event("request.accepted", "request", str(world.request_id), SEMARANG,
              actor_id=cast.ratih.user_id)
    )  # fmt: skip
    with as_owner() as owner:
        acted = owner.execute(
            "select actor_id from trail_act where name = 'referral.answered' and subject_id = %s",
            [str(world.request_id)],
        ).fetchall()
    return acted == [(cast.ratih.user_id,)]


def _place_stays(world: World) -> None:
    """Planted: she works elsewhere, and nobody ended the place that she left."""
    move_agency(world)
    with as_owner() as owner:
        owner.execute(
            "update network_membership set until = null where id = %s",
            [world.cast.ratih.membership_id],
        )


def _access_stays(world: World) -> None:
    """Planted: the case is handed over, and the giver's access and reach are left as they were."""
    hand_over(world)
    with as_owner() as owner:
        owner.execute(
            "update custody_caseaccess set until = null, basis = 'joint' where case_id = %s and "
            "agency_id = %s", [world.case_id, SEMARANG],
        )  # fmt: skip
        owner.execute(
            "update custody_assignment set until = null where case_id = %s and agency_id = %s",
            [world.case_id, SEMARANG],
        )
        owner.execute("select house.refresh_reach(%s)", [world.case_id])


WAYS = [_by_tab, _by_link, _by_export, _by_queue]


@pytest.mark.parametrize("way", WAYS)
@both
def test_none_of_the_four_ways_is_open_any_more(
    world: World, leave: Leave, way: Callable[[World, Client], bool]
) -> None:
    tab = _own(world)
    assert tab.get(f"/kasus/{world.case_number}/").status_code == 200
    leave(world)
    assert not way(world, tab)


@pytest.mark.parametrize(
    ("plant", "way"),
    [(_place_stays, way) for way in WAYS] + [(_access_stays, way) for way in (_by_tab, _by_link)],
)
def test_a_reach_that_stays_would_be_seen(
    world: World, plant: Callable[[World], None], way: Callable[[World, Client], bool]
) -> None:
    tab = _own(world)
    plant(world)
    assert way(world, tab)


def test_no_list_of_the_beds_is_printed_by_who_left_the_shelter(world: World) -> None:
    laras, house = world.cast.laras, world.parts["house_id"]
    tab = signed_in(laras)
    pages = ("/hunian/", f"/hunian/cetak/{house}/", f"/hunian/inap/{world.stay_number}/",
             f"/hunian/rumah/{house}/alamat/", "/hunian/riwayat/")  # fmt: skip
    assert {tab.get(page).status_code for page in pages} == {200}
    move_agency(world, laras)
    # In Kupang she supervises: there are such pages, and nothing of her old house on them.
    for page in pages:
        answer = tab.get(page)
        assert answer.status_code in GONE or HOUSE_NAME not in answer.content.decode(), page
        assert world.stay_number not in answer.content.decode(), page
    assert tab.post(f"/hunian/rumah/{house}/alamat/").status_code in GONE - {302}
