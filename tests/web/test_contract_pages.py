"""The contract on the screens: a part, a rest, another desk, an open call, a new version."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.referrals.scene import CALLED, DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import Cast
from tests.web.files import signed_in

from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people import operations as people_operations
from rangkul.people import queries as people
from rangkul.referrals import operations, queries, waiting
from rangkul.referrals.models import CallOffer, Request


class Story:
    """A request of Ratih's at Melki's desk, sent ``ago`` before now."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        with acting(cast.ratih):
            self.scene: Scene = make_scene(cast)
        self.case = custody.case_number(self.scene.case_id)

    def consent(self, *, service: str = "medis", **changes: object) -> Basis:
        """A consent that stood already when the request was sent, and stands now."""
        now = timezone.now()
        ground = self.scene.ground(service, valid_until=now + timedelta(days=60), **changes)
        with acting(self.cast.ratih):
            return operations.record_ground(
                case_id=self.scene.case_id, ground=ground, by=self.cast.ratih,
                at=now - timedelta(days=20),
            )  # fmt: skip

    def send(self, *, ago: timedelta = timedelta(0), **changes: object) -> str:
        """The request's number."""
        basis = self.consent(**changes)
        with acting(self.cast.ratih):
            made = operations.send_referral(
                asked=self.scene.asked(basis), token=uuid4(), by=self.cast.ratih,
                at=timezone.now() - ago, uncovered_ok=True,
            )  # fmt: skip
        return queries.packet_number(made.id)

    def row(self, number: str) -> Request:
        """The request as it stands."""
        with acting(self.cast.wahyuni):
            return Request.objects.get(id=queries.request_id_of(number))


@pytest.fixture
def story(db: None, cast: Cast) -> Story:
    """The case and its desks."""
    seed_desks()
    return Story(cast)


def _read(actor: Actor, url: str) -> str:
    answer = signed_in(actor).get(url)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_a_part_is_accepted_and_the_sender_reads_what_stays_open(story: Story) -> None:
    number = story.send()
    melki = signed_in(story.cast.melki)
    url = f"/rujukan/{number}/jawab/"
    assert melki.post(url, {"version": 1, "decision": "accept_partly"}).status_code == 422
    sent = {"version": 1, "decision": "accept_partly", "limits": ["no_transport"]}
    assert melki.post(url, sent).status_code == 302
    assert story.row(number).state == "partly_accepted"
    assert "Without transport" in _read(story.cast.ratih, f"/rujukan/{number}/")
    assert "Without transport" in _read(story.cast.melki, f"/rujukan/{number}/")


def test_a_service_rests_and_goes_on(story: Story) -> None:
    number = story.send()
    melki = signed_in(story.cast.melki)
    melki.post(f"/rujukan/{number}/jawab/", {"version": 1, "decision": "accept"})
    url = f"/rujukan/{number}/jeda/"
    assert melki.post(url, {"pause-version": 2}).status_code == 422
    until = (timezone.now() + timedelta(days=5)).date().isoformat()
    sent = {"pause-version": 2, "pause-reason": "ill", "pause-until": until}
    assert melki.post(url, sent).status_code == 302
    for actor in (story.cast.ratih, story.cast.melki):
        assert "Paused" in _read(actor, f"/rujukan/{number}/")
    assert melki.post(f"/rujukan/{number}/lanjut/", {"version": 2}).status_code == 409
    assert melki.post(f"/rujukan/{number}/lanjut/", {"version": 3}).status_code == 302
    assert story.row(number).state == "accepted"


def test_the_agreed_desk_was_asked_and_the_person_is_told(story: Story) -> None:
    number = story.send(
        ago=timedelta(days=5), recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,)
    )
    with acting(story.cast.ratih):
        moved = operations.pass_on(
            request_id=queries.request_id_of(number), by=story.cast.ratih, at=timezone.now()
        ).moved
    assert moved is not None
    after = queries.packet_number(moved.id)
    assert after in _read(story.cast.ratih, f"/rujukan/{number}/")
    assert "destroyed" in _read(story.cast.melki, f"/rujukan/{number}/")
    assert "/diberi-tahu/" in _read(story.cast.ratih, f"/rujukan/{after}/")
    ratih = signed_in(story.cast.ratih)
    assert ratih.post(f"/rujukan/{after}/diberi-tahu/").status_code == 302
    assert "/diberi-tahu/" not in _read(story.cast.ratih, f"/rujukan/{after}/")


def _called(story: Story) -> tuple[str, CallOffer]:
    basis = story.consent(recipient_desk_id=SECOND_DESK)
    with acting(story.cast.ratih):
        made = operations.send_referral(
            asked=story.scene.asked(basis, desk_id=SECOND_DESK), token=uuid4(),
            by=story.cast.ratih, at=timezone.now() - timedelta(days=5), uncovered_ok=True,
        )  # fmt: skip
        offers = operations.call_desks(
            request_id=made.id, desk_ids=[DESK], by=story.cast.ratih, at=timezone.now()
        )
    return queries.packet_number(made.id), offers[0]


def test_a_called_desk_says_yes_and_the_packet_follows(story: Story) -> None:
    number, offer = _called(story)
    inbox = _read(story.cast.melki, "/rujukan/masuk/")
    assert f"/panggilan/{offer.id}/jawab/" in inbox and CALLED not in inbox
    melki = signed_in(story.cast.melki)
    assert melki.post(f"/panggilan/{offer.id}/jawab/", {"can": "ya"}).status_code == 302
    page = _read(story.cast.ratih, f"/rujukan/{number}/")
    assert f"desk={DESK}&amp;ganti={number}" in page
    form = f"/kasus/{story.case}/rujukan/baru/"
    shown = _read(story.cast.ratih, f"{form}?layanan=medis&desk={DESK}&ganti={number}")
    assert f'name="ganti" value="{number}"' in shown
    basis = story.consent(recipient_desk_id=DESK)
    sent = {
        "token": str(uuid4()), "service": "medis", "desk": DESK, "basis": str(basis.id),
        "asked": "Periksa luka tangan", "reach": "Ratih", "ganti": number, "uncovered_ok": "on",
    }  # fmt: skip
    ratih = signed_in(story.cast.ratih)
    looked = ratih.post(form, sent | {"step": "show"}).content.decode()
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    assert ratih.post(form, sent | {"step": "send", "seen": seen}).status_code == 302
    assert story.row(number).state == "moved"


def test_a_called_desk_says_no(story: Story) -> None:
    _number, offer = _called(story)
    melki = signed_in(story.cast.melki)
    for _ in range(2):
        assert melki.post(f"/panggilan/{offer.id}/jawab/", {"can": "tidak"}).status_code == 302
    stranger = signed_in(story.cast.besse)
    assert stranger.post(f"/panggilan/{offer.id}/jawab/", {"can": "ya"}).status_code in (403, 404)


def test_the_sender_calls_other_desks_when_overdue(story: Story) -> None:
    number = story.send(ago=timedelta(days=5))
    assert "/panggil/" in _read(story.cast.ratih, f"/rujukan/{number}/")
    assert signed_in(story.cast.ratih).post(f"/rujukan/{number}/panggil/").status_code == 302


def test_the_coordinator_reads_numbers_and_has_a_desk_called(story: Story) -> None:
    number = story.send(ago=timedelta(days=5))
    listed = _read(story.cast.filmon, "/tak-terjawab/")
    assert number in listed and story.case not in listed and CALLED not in listed
    filmon = signed_in(story.cast.filmon)
    page = filmon.get(f"/tak-terjawab/{number}/?cari=Makassar")
    assert page.status_code == 200
    assert filmon.post(f"/tak-terjawab/{number}/", {"unit": DESK}).status_code == 302
    assert filmon.get(f"/rujukan/{number}/").status_code == 404
    for other in (story.cast.retno, story.cast.ratih):
        assert signed_in(other).get(f"/tak-terjawab/{number}/").status_code in (403, 404)


def test_new_facts_are_offered_looked_at_and_sent(story: Story) -> None:
    number = story.send()
    ratih = signed_in(story.cast.ratih)
    assert "/versi/" not in _read(story.cast.ratih, f"/rujukan/{number}/")
    with acting(story.cast.ratih):
        known = people.unseal(people.list_people(story.cast.ratih, story.scene.case_id))
        survivor = next(one for one in known if one.person.part == "survivor")
        people_operations.change_person(
            person_id=survivor.person.id, expected_version=survivor.person.version,
            identity=replace(survivor.identity, called_name="Nirmala"), contact=survivor.contact,
            location=survivor.location, sex=survivor.person.sex,
            birth_year=survivor.person.birth_year, relation=survivor.person.relation,
            contact_allowed=survivor.person.contact_allowed,
            contact_bans=survivor.person.contact_bans, by=story.cast.ratih, at=timezone.now(),
        )  # fmt: skip
    assert f"/rujukan/{number}/versi/" in _read(story.cast.ratih, f"/rujukan/{number}/")
    shown = _read(story.cast.ratih, f"/rujukan/{number}/versi/")
    assert "Nirmala" in shown
    assert ratih.post(f"/rujukan/{number}/versi/", {"seen": "x"}).status_code == 422
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    assert ratih.post(f"/rujukan/{number}/versi/", {"seen": seen}).status_code == 302
    read = _read(story.cast.melki, f"/rujukan/{number}/")
    assert "Nirmala" in read and "new version" in read


def test_the_packets_time_is_drawn_out_with_its_ground(story: Story) -> None:
    number = story.send()
    url = f"/rujukan/{number}/lama/"
    ratih = signed_in(story.cast.ratih)
    with acting(story.cast.ratih):
        before = queries.packet_of(story.row(number)).expires_at
    for days in (2, 900):
        until = (before + timedelta(days=days)).date().isoformat()
        assert ratih.post(url, {"until": until}).status_code == 302
    with acting(story.cast.ratih):
        after = queries.packet_of(story.row(number)).expires_at
    assert timedelta(0) < after - before < timedelta(days=4)


def test_a_draft_is_kept_gone_on_with_and_sent(story: Story) -> None:
    basis = story.consent(recipient_desk_id=DESK)
    form, ratih = f"/kasus/{story.case}/rujukan/baru/", signed_in(story.cast.ratih)
    sent = {
        "token": str(uuid4()), "service": "medis", "desk": DESK, "basis": str(basis.id),
        "asked": "Periksa luka tangan kiri", "reach": "Ratih", "uncovered_ok": "on",
    }  # fmt: skip
    assert ratih.post(form, sent | {"step": "draft"}).status_code == 302
    listed = _read(story.cast.ratih, f"/kasus/{story.case}/rujukan/")
    draft = listed.split("?draf=")[1].split('"')[0]
    assert "kiri" not in listed
    shown = _read(story.cast.ratih, f"{form}?draf={draft}")
    assert "Periksa luka tangan kiri" in shown and f'name="draf" value="{draft}"' in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    more = {"draf": draft, "step": "send", "seen": seen}
    assert ratih.post(form, sent | more).status_code == 302
    assert "?draf=" not in _read(story.cast.ratih, f"/kasus/{story.case}/rujukan/")


def test_a_draft_is_thrown_away(story: Story) -> None:
    form, ratih = f"/kasus/{story.case}/rujukan/baru/", signed_in(story.cast.ratih)
    ratih.post(form, {"service": "medis", "step": "draft"})
    listed = _read(story.cast.ratih, f"/kasus/{story.case}/rujukan/")
    draft = listed.split("?draf=")[1].split('"')[0]
    away = f"/kasus/{story.case}/rujukan/konsep/{draft}/buang/"
    assert signed_in(story.cast.andi).post(away).status_code == 404
    assert ratih.post(away).status_code == 302
    assert "?draf=" not in _read(story.cast.ratih, f"/kasus/{story.case}/rujukan/")


def test_several_needs_are_looked_at_and_sent_in_one_act(story: Story) -> None:
    basis = {service: story.consent(service=service) for service in ("medis", "psikologi")}
    with acting(story.cast.ratih):
        needs = {service: str(story.scene.need(service)) for service in basis}
    url, ratih = f"/kasus/{story.case}/rujukan/bersama/", signed_in(story.cast.ratih)
    assert all(need in ratih.get(url).content.decode() for need in needs.values())
    sent: dict[str, object] = {"need": list(needs.values()), "reach": "Ratih", "token": uuid4()}
    for service, need in needs.items():
        sent |= {f"desk-{need}": DESK, f"basis-{need}": basis[service].id,
                 f"asked-{need}": "Tolong diperiksa"}  # fmt: skip
    sent[f"after-{needs['medis']}"] = needs["psikologi"]
    assert ratih.post(url, sent | {"step": "send"}).status_code == 422
    looked = ratih.post(url, sent | {"step": "show"})
    assert looked.status_code == 200
    page = looked.content.decode()
    for need in needs.values():
        sent[f"seen-{need}"] = page.split(f'name="seen-{need}" value="')[1].split('"')[0]
    assert ratih.post(url, sent | {"step": "send"}).status_code == 302
    with acting(story.cast.ratih):
        ((first, request),) = queries.list_case(story.cast.ratih, story.scene.case_id)
        (after,) = waiting.list_waiting(story.cast.ratih, story.scene.case_id)
    assert (request.service, after.service) == ("psikologi", "medis")
    assert (first.plan, first.id) == (after.plan, after.after)


# -- the order of a plan ----------------------------------------------------------------------


def _in_line(story: Story) -> tuple[str, str]:
    """A plan by the page: the clinic at once, the psychologist after it; the page, and its id."""
    with acting(story.cast.ratih):
        needs = {service: story.scene.need(service) for service in ("medis", "psikologi")}
    bases = {service: story.consent(service=service) for service in needs}
    ratih = signed_in(story.cast.ratih)
    form = {"need": [str(n) for n in needs.values()], "reach": "Ratih, lewat aplikasi"}
    for service, need in needs.items():
        form |= {f"asked-{need}": "Mohon dibantu", f"basis-{need}": str(bases[service].id),
                 f"desk-{need}": str(DESK)}  # fmt: skip
    form[f"after-{needs['psikologi']}"] = str(needs["medis"])
    url = f"/kasus/{story.case}/rujukan/bersama/"
    looked = ratih.post(url, form | {"step": "show"}).content.decode()
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', looked)
    assert token is not None
    for need in needs.values():
        seen = re.search(rf'name="seen-{need}" value="([0-9a-f]{{64}})"', looked)
        assert seen is not None, looked
        form[f"seen-{need}"] = seen[1]
    sent = ratih.post(url, form | {"step": "send", "token": token[1]}, follow=True)
    page = sent.content.decode()
    assert "1 referral is on its way." in page
    assert "1 waits and goes when the one before it is done." in page
    turn = re.search(r"/rujukan/giliran/([0-9a-f-]{36})/", page)
    assert turn is not None
    return page, turn[1]


def test_what_comes_after_waits_and_the_plan_shows_it(story: Story) -> None:
    page, _turn = _in_line(story)
    assert "Waiting for their turn" in page and "Goes when this is done" in page
    with acting(story.cast.ratih):
        assert [
            r.service for _x, r in queries.list_case(story.cast.ratih, story.scene.case_id)
        ] == ["medis"]
    plan = _read(story.cast.ratih, f"/kasus/{story.case}/rencana/")
    assert plan.count("Waits for its turn") == 1


def test_by_hand_it_goes_with_a_word_and_not_without(story: Story) -> None:
    _page, turn = _in_line(story)
    url = f"/kasus/{story.case}/rujukan/giliran/{turn}/"
    ratih = signed_in(story.cast.ratih)
    silent = ratih.post(url, {"do": "send", "words": " "}, follow=True).content.decode()
    assert "Please say in a word why." in silent and "Waiting for their turn" in silent
    for stranger in (story.cast.yohana, story.cast.andi):
        assert signed_in(stranger).post(url, {"do": "send", "words": "x"}).status_code == 404
    sent = ratih.post(url, {"do": "send", "words": "Ia minta sekarang"}, follow=True)
    assert sent.status_code == 200
    assert "Waiting for their turn" not in _read(story.cast.ratih, f"/kasus/{story.case}/rujukan/")
    again = ratih.post(url, {"do": "let_go", "words": "x"}, follow=True).content.decode()
    assert "It has gone already" in again
