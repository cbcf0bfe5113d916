"""Case conferences through the URL: called from the file, answered by the guest, carried out."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clients import Client
from tests.domain.referrals.scene import CALLED, DESK, FULL_NAME, Scene, make_scene, seed_desks
from tests.people import KUPANG, Cast
from tests.web.files import signed_in

from rangkul.conferences import operations
from rangkul.conferences.models import Conference, Decision, Seat, Share
from rangkul.custody.queries import case_number
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs import conference_alerts

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def scene(db: None, cast: Cast) -> Scene:
    seed_desks()
    with acting(cast.ratih):
        return make_scene(cast)


def sent(**changes: str) -> dict[str, str]:
    start = timezone.localtime() + timedelta(days=2)
    return {
        "title": "Rencana aman bersama", "day": start.date().isoformat(), "hour": "09:30",
        "lasts_minutes": "60", "manner": "place", "place": "Ruang rapat lantai 2", "link": "",
        "kind_0": "danger", "words_0": "Siapa menjemput dari sekolah",
    } | changes  # fmt: skip


def call(client: Client, scene: Scene) -> str:
    address = reverse("conference-new", args=[case_number(scene.case_id)])
    answer = client.post(address, sent())
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].rstrip("/").rsplit("/", 1)[1]


def body(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def invite(lead: Client, number: str, cast: Cast) -> Seat:
    found = lead.get(reverse("conference-page", args=[number]) + "?cari=Kupang").content.decode()
    assert f'value="{DESK}"' in found
    assert lead.post(reverse("conference-invite", args=[number]), {"desk": DESK}).status_code == 302
    with acting(cast.melki):
        return Seat.objects.get(desk_id=DESK)


def begin(number: str) -> None:
    """The hour comes."""
    Conference.objects.update(starts_at=timezone.now() - timedelta(minutes=5))


def test_from_the_call_to_the_signed_minutes(scene: Scene, cast: Cast) -> None:
    lead, guest = signed_in(cast.ratih), signed_in(cast.melki)
    number = call(lead, scene)
    seat = invite(lead, number, cast)
    assert "Waiting for your answer" in body(guest, "conference-list")
    assert number in guest.get("/").content.decode()
    page = body(guest, "conference-page", number)
    assert "Siapa menjemput dari sekolah" in page
    assert case_number(scene.case_id) not in page
    answered = guest.post(
        reverse("conference-answer", args=[number, seat.id]), {"decision": "accept"}
    )
    assert answered.status_code == 302

    with acting(cast.ratih):
        basis = scene.consent("medis", valid_until=timezone.now() + timedelta(days=30))
    address = reverse("conference-share", args=[number, KUPANG])
    form = {"case": scene.case_id, "basis": basis.id, "level_0": "H1", "words_0": "Luka dibalut"}
    looked = lead.post(address, form | {"step": "look"}).content.decode()
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    assert len(seen) == 64
    assert lead.post(address, form | {"step": "send", "seen": seen}).status_code == 302
    with acting(cast.melki):
        share = Share.objects.get()
    shown = body(guest, "conference-shown", number, share.id)
    assert "Luka dibalut" in shown
    assert CALLED not in shown
    assert not any(word in shown for word in FULL_NAME.replace("Uji", "").split())

    with acting(cast.ratih):
        begin(number)
        version = Conference.objects.get().version
        seats = [str(s.id) for s in Seat.objects.all()]
    held = lead.post(reverse("conference-hold", args=[number]), {"version": version, "came": seats})
    assert held.status_code == 302
    decided = lead.post(
        reverse("conference-decide", args=[number]),
        {"words": "Visum dijadwalkan", "owner": f"{seat.id}:m",
         "due_on": (timezone.localdate() + timedelta(days=1)).isoformat()},
    )  # fmt: skip
    assert decided.status_code == 302
    assert "Visum dijadwalkan" in guest.get("/").content.decode()
    assert "Visum dijadwalkan" in body(lead, "case-plan", case_number(scene.case_id))
    with acting(cast.melki):
        decision = Decision.objects.get()
    done = guest.post(reverse("conference-decided", args=[number, decision.id]), {"move": "finish"})
    assert done.status_code == 302
    with acting(cast.ratih):
        version = Conference.objects.get().version
    signed = lead.post(
        reverse("conference-minutes", args=[number]),
        {"body": "Disepakati bersama.", "version": version},
    )
    assert signed.status_code == 302
    pdf = guest.get(reverse("conference-minutes-pdf", args=[number]))
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"] == 'attachment; filename="risalah.pdf"'


def test_what_cannot_stand_is_told_beside_its_field(scene: Scene, cast: Cast) -> None:
    lead = signed_in(cast.ratih)
    address = reverse("conference-new", args=[case_number(scene.case_id)])
    answer = lead.post(address, sent(words_0="Marlina dijemput", day="2020-01-01"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "use the pseudonym" in page
    assert "This moment has passed" in page


def test_without_consent_nothing_can_be_shown(scene: Scene, cast: Cast) -> None:
    lead = signed_in(cast.ratih)
    number = call(lead, scene)
    invite(lead, number, cast)
    page = body(lead, "conference-share", number, KUPANG)
    assert "The survivor has agreed to nothing that this agency may be shown" in page


@pytest.mark.parametrize("who", ["nining", "andi", "yohana"])
def test_others_meet_nothing(scene: Scene, cast: Cast, who: str) -> None:
    number = call(signed_in(cast.ratih), scene)
    stranger = signed_in(getattr(cast, who))
    for name, args in (
        ("conference-page", [number]), ("conference-minutes-pdf", [number]),
        ("conference-shown", [number, uuid4()]),
    ):  # fmt: skip
        assert stranger.get(reverse(name, args=args)).status_code == 404
    assert stranger.get(reverse("conference-share", args=[number, KUPANG])).status_code == 404


def test_the_guest_s_hand_does_not_lead(scene: Scene, cast: Cast) -> None:
    lead, guest = signed_in(cast.ratih), signed_in(cast.melki)
    number = call(lead, scene)
    invite(lead, number, cast)
    for name in ("conference-cancel", "conference-hold", "conference-decide", "conference-minutes"):
        assert guest.post(reverse(name, args=[number]), {}).status_code == 403
    page = body(guest, "conference-page", number)
    assert reverse("conference-cancel", args=[number]) not in page


def test_declining_asks_for_the_reason(scene: Scene, cast: Cast) -> None:
    lead, guest = signed_in(cast.ratih), signed_in(cast.melki)
    number = call(lead, scene)
    seat = invite(lead, number, cast)
    address = reverse("conference-answer", args=[number, seat.id])
    assert guest.post(address, {"decision": "decline"}).status_code == 422
    assert guest.post(address, {"decision": "decline", "reason": "no_time"}).status_code == 302
    assert "Nobody can come at that hour" in body(lead, "conference-page", number)


def test_it_is_moved_and_called_off(scene: Scene, cast: Cast) -> None:
    lead = signed_in(cast.ratih)
    number = call(lead, scene)
    moved = lead.post(reverse("conference-move", args=[number]), sent(version="1", hour="13:00"))
    assert moved.status_code == 302
    off = lead.post(
        reverse("conference-cancel", args=[number]), {"version": "2", "reason": "survivor_wish"}
    )
    assert off.status_code == 302
    assert "The survivor does not wish it" in body(lead, "conference-page", number)


def test_the_bell_leads_to_the_table(scene: Scene, cast: Cast) -> None:
    lead = signed_in(cast.ratih)
    number = call(lead, scene)
    seat = invite(lead, number, cast)
    conference_alerts.tell_invited(Event("conference.seat_offered", "seat", str(seat.id), KUPANG))
    notices = signed_in(cast.melki).get("/pemberitahuan/").content.decode()
    assert "You are invited to a case conference" in notices
    assert f'href="/rapat/{number}/"' in notices
    assert signed_in(cast.melki).get(f"/rapat/{number}/").status_code == 200
    assert number not in signed_in(cast.yohana).get("/pemberitahuan/").content.decode()


def test_a_coordinator_proposes_by_number_and_the_holder_calls(scene: Scene, cast: Cast) -> None:
    coordinator, number = signed_in(cast.retno), case_number(scene.case_id)
    assert "/rapat/usul/" in coordinator.get("/rapat/").content.decode()
    address = reverse("conference-propose")
    wrong = coordinator.post(address, {"number": "RK-AAAA-AAAB", "reason": "disputed"})
    assert (wrong.status_code, b"letter by letter" in wrong.content) == (422, True)
    told = [
        coordinator.post(address, {"number": each, "reason": "disputed"}, follow=True)
        for each in (number, case_number(987_654))
    ]
    assert [answer.status_code for answer in told] == [200, 200]
    # Whether there is such a case or not, the answer is the same to the letter.
    assert [b"its holder is asked now" in answer.content for answer in told] == [True, True]
    assert number.encode() not in told[0].content
    with acting(cast.ratih):
        made = operations.receive_proposal(
            case_id=scene.case_id, wish=operations.Wish("disputed"),
            asking=(cast.retno.agency_id, cast.retno.user_id), by=cast.ratih, at=timezone.now(),
        )  # fmt: skip
    assert made is not None
    lead = signed_in(cast.ratih)
    page = body(lead, "conference-case", number)
    assert "Agencies differ on who does what" in page
    answer = lead.post(reverse("conference-new", args=[number]) + f"?usul={made.id}", sent())
    assert answer.status_code == 302
    conference = answer["Location"].rstrip("/").rsplit("/", 1)[1]
    assert "Agencies differ" not in body(lead, "conference-case", number)
    seen = body(coordinator, "conference-page", conference)
    assert "Siapa menjemput dari sekolah" in seen
    assert number not in seen and FULL_NAME not in seen and CALLED not in seen


def test_a_proposal_is_refused_by_the_holder_only(scene: Scene, cast: Cast) -> None:
    with acting(cast.ratih):
        made = operations.receive_proposal(
            case_id=scene.case_id, wish=operations.Wish("return"),
            asking=(cast.retno.agency_id, cast.retno.user_id), by=cast.ratih, at=timezone.now(),
        )  # fmt: skip
    assert made is not None
    address = reverse("conference-refuse", args=[case_number(scene.case_id), made.id])
    assert signed_in(cast.retno).post(address).status_code == 403
    assert signed_in(cast.yohana).post(address).status_code == 404
    lead = signed_in(cast.ratih)
    assert lead.post(address).status_code == 302
    assert lead.post(address).status_code == 404


# -- the chair, and colleagues ----------------------------------------------------------------


def test_a_colleague_who_was_asked_to_come_says_so(scene: Scene, cast: Cast) -> None:
    """A supervisor sees the file and is invited all the same: she answers like any guest."""
    lead, supervisor = signed_in(cast.ratih), signed_in(cast.wahyuni)
    number = call(lead, scene)
    lead.post(reverse("conference-invite", args=[number]), {"user": cast.wahyuni.user_id})
    with acting(cast.wahyuni):
        seat = Seat.objects.get(user_id=cast.wahyuni.user_id)
    here = reverse("conference-answer", args=[number, seat.id])
    assert here in body(supervisor, "conference-page", number)
    assert here not in body(lead, "conference-page", number)
    supervisor.post(here, {"decision": "accept"})
    with acting(cast.wahyuni):
        assert Seat.objects.get(id=seat.id).state == "accepted"


def test_a_supervisor_takes_the_chair_and_signs(scene: Scene, cast: Cast) -> None:
    lead, supervisor = signed_in(cast.ratih), signed_in(cast.wahyuni)
    number = call(lead, scene)
    here = reverse("conference-chair", args=[number])
    assert here not in body(lead, "conference-page", number)
    assert here in body(supervisor, "conference-page", number)
    assert supervisor.post(here, {"version": 7}).status_code == 409
    assert supervisor.post(here, {"version": 1}).status_code == 302
    page = body(supervisor, "conference-page", number)
    assert here not in page
    with acting(cast.wahyuni):
        assert Conference.objects.get().chair_user_id == cast.wahyuni.user_id
    # Who sat there before is no supervisor: the chair stays where it is.
    assert lead.post(here, {"version": 2}).status_code == 403
    assert signed_in(cast.melki).post(here, {"version": 2}).status_code in (403, 404)
