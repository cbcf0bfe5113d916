"""Referrals through the URL, the whole stack: the sender's pages, the receiver's, the letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.clients import Client
from tests.domain.referrals.scene import (
    CALLED,
    DESK,
    FULL_NAME,
    NIK,
    PHONE,
    SECOND_DESK,
    SUSPECT,
    Scene,
    make_scene,
    seed_desks,
)
from tests.people import KUPANG, Cast, owner_url, sign_in

from rangkul.consent import queries as consent_queries
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request
from rangkul.trail import queries as trail

HOUR = timedelta(hours=1)


class Story:
    """The same case through the browser: who signs in, what is where."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        with acting(cast.ratih):
            self.scene: Scene = make_scene(cast)
        self.number = custody.case_number(self.scene.case_id)

    def as_(self, actor: Actor) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        sign_in(client, actor)
        return client

    def consent(self, service: str = "medis", **changes: Any) -> str:
        """The id of a consent that stands now."""
        with acting(self.cast.ratih):
            ground = self.scene.ground(
                service, **({"valid_until": timezone.now() + timedelta(days=30)} | changes)
            )
            return str(
                operations.record_ground(
                    case_id=self.scene.case_id, ground=ground, by=self.cast.ratih,
                    at=timezone.now(),
                ).id
            )  # fmt: skip

    def send(self, basis_id: str | None = None) -> str:
        """The number of a packet on its way."""
        basis_id = basis_id or self.consent()
        with acting(self.cast.ratih):
            basis = consent_queries.get_basis(self.cast.ratih, _uuid(basis_id))
            asked = self.scene.asked(basis, words={"complaint": "Nyeri tangan"})
            made = operations.send_referral(
                asked=asked, token=uuid4(), by=self.cast.ratih, at=timezone.now()
            )
        return queries.packet_number(made.id)

    def request(self, number: str) -> Request:
        """The request as the sender's agency sees it."""
        with acting(self.cast.ratih):
            return Request.objects.get(id=queries.request_id_of(number))


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


@pytest.fixture
def story(db: None, cast: Cast) -> Story:
    """The case, with somebody on duty at the receiving desk now."""
    import psycopg

    seed_desks()
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "insert into network_dutyshift (agency_id, desk_id, membership_id, starts_at, ends_at)"
            " select %s, %s, 9025, now() - interval '1 day', now() + interval '9 days' where not "
            "exists (select 1 from network_dutyshift where starts_at > now() - interval '2 days')",
            [KUPANG, DESK],
        )
    return Story(cast)


def _draft(story: Story, **changes: Any) -> dict[str, Any]:
    sent = {
        "service": "medis", "desk": str(DESK), "asked": "Periksa luka tangan",
        "reach": "Ratih, lewat aplikasi", "words.complaint": "Nyeri menggenggam",
        "token": str(uuid4()), "step": "show", "languages": ["tet"],
    }  # fmt: skip
    return sent | changes


def _seen(html: str) -> str:
    return html.split('name="seen" value="')[1].split('"')[0]


# -- the sender ---------------------------------------------------------------------------------


def test_the_page_begins_with_the_fifteen_services(story: Story) -> None:
    answer = story.as_(story.cast.ratih).get(f"/kasus/{story.number}/rujukan/baru/")
    html = answer.content.decode()
    assert answer.status_code == 200 and html.count('name="service"') == 15
    assert answer["Cache-Control"] == "no-store"


def test_choose_look_send(story: Story) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    basis = story.consent()
    desks = client.get(url, {"layanan": "medis"}).content.decode()
    assert f'name="desk" value="{DESK}"' in desks and f'name="basis" value="{basis}"' in desks
    sent = _draft(story, basis=basis)
    shown = client.post(url, sent)
    html = shown.content.decode()
    assert shown.status_code == 200
    assert CALLED in html and "Nyeri menggenggam" in html
    assert FULL_NAME not in html and NIK not in html and PHONE not in html
    answer = client.post(url, sent | {"step": "send", "seen": _seen(html)})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = client.get(answer["Location"])
    assert page.status_code == 200 and story.number in page.content.decode()
    # The same form again, pressed twice: the same request.
    again = client.post(url, sent | {"step": "send", "seen": _seen(html)})
    assert again["Location"] == answer["Location"]


def test_nothing_is_sent_unseen(story: Story) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    answer = client.post(url, _draft(story, basis=story.consent(), step="send"))
    assert answer.status_code == 422 and 'name="seen"' in answer.content.decode()
    with acting(story.cast.ratih):
        assert not Request.objects.filter(sender_agency_id=story.cast.ratih.agency_id).exists()


def test_without_a_ground_there_is_no_packet_and_one_can_be_recorded_here(story: Story) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    bare = client.post(url, _draft(story))
    assert 'name="asked"' not in bare.content.decode()
    recorded = client.post(
        url,
        _draft(story, step="record")
        | {"ground-letter": "a", "ground-given_by": "penyintas", "ground-manner": "lisan",
           "ground-days": "30", "ground-level_I": "1", "ground-level_C": "0",
           "ground-level_L": "0", "ground-level_A": "0", "ground-level_H": "1",
           "ground-level_G": "0"},
    )  # fmt: skip
    html = recorded.content.decode()
    assert 'name="asked"' in html and "Periksa luka tangan" in html
    with acting(story.cast.ratih):
        bases = consent_queries.list_bases(story.cast.ratih, story.scene.case_id)
    assert [(b.letter, b.levels["H"]) for b in bases] == [("a", 1)]


@pytest.mark.parametrize(
    "words", [FULL_NAME, f"Awas {SUSPECT}", "berkas RK-7F3K-9QXT", "x" * 900, "ODHA"]
)
def test_words_that_tell_too_much_are_given_back(story: Story, words: str) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    answer = client.post(url, _draft(story, basis=story.consent(), asked=words, step="send"))
    html = answer.content.decode()
    assert answer.status_code == 422 and 'name="seen"' not in html and "field-error" in html


@pytest.mark.parametrize(
    "odd",
    [{"service": "memasak"}, {"desk": "999999"}, {"desk": "9" * 40}, {"basis": "x"},
     {"need": str(uuid4())}, {"token": "x"}, {"within": "99"}, {"left_out": ["nik", "x"]},
     {"languages": ["klingon"]}, {"bans": ["x"]}, {"worker_sex": "Z"}],
)  # fmt: skip
def test_odd_values_break_nothing(story: Story, odd: dict[str, Any]) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    answer = client.post(url, _draft(story, basis=story.consent()) | odd)
    assert answer.status_code in (200, 404, 422)


def test_only_those_of_the_case_and_of_the_role(story: Story) -> None:
    cast = story.cast
    url = f"/kasus/{story.number}/rujukan/baru/"
    statuses = {
        name: story.as_(actor).get(url).status_code
        for name, actor in (
            ("ratih", cast.ratih), ("wahyuni", cast.wahyuni), ("nining", cast.nining),
            ("yohana", cast.yohana), ("melki", cast.melki), ("sinta", cast.sinta),
        )
    }  # fmt: skip
    assert statuses == {
        "ratih": 200, "wahyuni": 200, "nining": 404, "yohana": 404, "melki": 403, "sinta": 403,
    }  # fmt: skip
    assert Client().get(url).status_code == 302


def test_take_back_and_lists(story: Story) -> None:
    number, client = story.send(), story.as_(story.cast.ratih)
    for url in ("/rujukan/keluar/", f"/kasus/{story.number}/rujukan/"):
        assert number in client.get(url).content.decode()
    answer = client.post(f"/rujukan/{number}/batal/", {"version": "1"})
    assert answer.status_code == 302 and story.request(number).state == "cancelled"
    assert client.post(f"/rujukan/{number}/batal/", {"version": "1"}).status_code == 409
    assert client.post(f"/rujukan/{number}/batal/", {"version": "x"}).status_code == 409


def test_the_sender_can_look_at_the_packet_and_that_is_recorded(story: Story) -> None:
    number, client = story.send(), story.as_(story.cast.ratih)
    assert "Nyeri tangan" not in client.get(f"/rujukan/{number}/").content.decode()
    assert "Nyeri tangan" in client.get(f"/rujukan/{number}/?paket=lihat").content.decode()
    with acting(story.cast.ratih):
        acts = trail.list_subject(story.cast.ratih, "request", queries.request_id_of(number))
    assert "referral.packet_read" in [act.name for act in acts]


# -- the receiver -------------------------------------------------------------------------------


def test_two_clicks_to_yes(story: Story) -> None:
    number, client = story.send(), story.as_(story.cast.melki)
    assert f"/rujukan/{number}/" in client.get("/rujukan/masuk/").content.decode()
    html = client.get(f"/rujukan/{number}/").content.decode()
    assert "Nyeri tangan" in html and CALLED in html
    answer = client.post(
        f"/rujukan/{number}/jawab/", {"version": "1", "decision": "accept", "reason": ""}
    )
    assert answer.status_code == 302 and story.request(number).state == "accepted"


def test_the_receiver_never_meets_the_case(story: Story) -> None:
    number, client = story.send(), story.as_(story.cast.melki)
    for url in ("/rujukan/masuk/", f"/rujukan/{number}/", "/"):
        html = client.get(url).content.decode()
        for secret in (story.number, FULL_NAME, NIK, PHONE, SUSPECT, f"/{story.scene.case_id}/"):
            assert secret not in html
    for url in (f"/kasus/{story.number}/rujukan/", f"/kasus/{story.number}/persetujuan/"):
        assert client.get(url).status_code == 404
    assert client.get(f"/rujukan/{number}/surat/").status_code == 403


def test_ask_reply_contact_outcome(story: Story) -> None:
    number = story.send()
    desk, sender = story.as_(story.cast.melki), story.as_(story.cast.ratih)

    def post(client: Client, act: str, **sent: str) -> int:
        return client.post(f"/rujukan/{number}/{act}/", sent).status_code

    assert post(desk, "jawab", version="1", decision="ask", words="Apakah puasa?") == 302
    assert "Apakah puasa?" in sender.get(f"/rujukan/{number}/").content.decode()
    assert post(sender, "balas", version="2", words=FULL_NAME) == 422
    assert post(sender, "balas", version="2", words="Tidak") == 302
    assert post(desk, "jawab", version="3", decision="decline", reason="") == 422
    assert post(desk, "jawab", version="3", decision="accept") == 302
    assert post(desk, "jawab", version="3", decision="accept") == 409
    assert post(desk, "kontak", version="4") == 302
    assert post(desk, "hasil", version="5", result="done", outcome="cured") == 422
    assert post(desk, "hasil", version="5", result="done", outcome="served",
                next_on="2020-01-01", risk_change="same") == 422  # fmt: skip
    assert post(desk, "hasil", version="5", result="done", outcome="served", risk_change="same",
                words="Hadir") == 302  # fmt: skip
    assert story.request(number).state == "done"
    assert "Hadir" in sender.get(f"/rujukan/{number}/").content.decode()


def test_no_with_its_reason(story: Story) -> None:
    number = story.send()
    answer = story.as_(story.cast.melki).post(
        f"/rujukan/{number}/jawab/", {"version": "1", "decision": "decline", "reason": "penuh"}
    )
    assert answer.status_code == 302
    page = story.as_(story.cast.ratih).get(f"/rujukan/{number}/").content.decode()
    assert f"/kasus/{story.number}/rujukan/baru/?layanan=medis" in page


def test_others_meet_nothing(story: Story) -> None:
    number, cast = story.send(), story.cast
    for actor in (cast.yohana, cast.marten, cast.andi, cast.nining, cast.laras):
        client = story.as_(actor)
        assert client.get(f"/rujukan/{number}/").status_code == 404
        assert client.get(f"/p/{number}/").status_code == 404
        sent = {"version": "1", "decision": "accept"}
        assert client.post(f"/rujukan/{number}/jawab/", sent).status_code in (403, 404)
    assert story.as_(cast.melki).get("/rujukan/PK-0000-0000/").status_code == 404
    assert story.as_(cast.melki).get("/rujukan/bukan-nomor/").status_code == 404
    assert story.request(number).state == "sent"


# -- consent ------------------------------------------------------------------------------------


def test_withdrawing_is_one_press_and_the_receiver_is_told_to_stop(story: Story) -> None:
    basis = story.consent()
    number, client = story.send(basis), story.as_(story.cast.ratih)
    page = client.get(f"/kasus/{story.number}/persetujuan/").content.decode()
    assert f"/persetujuan/{basis}/cabut/" in page
    answer = client.post(f"/kasus/{story.number}/persetujuan/{basis}/cabut/")
    assert answer.status_code == 302 and story.request(number).state == "withdrawn"
    told = story.as_(story.cast.melki).get(f"/rujukan/{number}/")
    assert told.status_code == 200 and "Nyeri tangan" not in told.content.decode()
    again = client.post(f"/kasus/{story.number}/persetujuan/{basis}/cabut/")
    assert again.status_code == 409


def test_a_foreign_basis_is_nothing_here(story: Story) -> None:
    other = Story(story.cast)
    basis, client = other.consent(), story.as_(story.cast.ratih)
    for act in ("cabut", "setujui", "diberi-tahu"):
        url = f"/kasus/{story.number}/persetujuan/{basis}/{act}/"
        assert client.post(url).status_code in (403, 404)
        assert client.get(url).status_code in (403, 405)


def test_recording_on_the_consent_page(story: Story) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/persetujuan/"
    assert 'name="ground-letter"' in client.get(url, {"layanan": "psikologi"}).content.decode()
    levels = {f"ground-level_{letter}": "0" for letter in "ICLAHG"}
    other = {
        "service": "psikologi", "record": "1", "ground-letter": "d", "ground-days": "7",
        "ground-article": "uu27_2022_20_d", "ground-why": "bahaya_segera",
        "ground-given_by": "penyintas", "ground-manner": "lisan",
    } | levels  # fmt: skip
    assert client.post(url, other).status_code == 422
    assert client.post(url, other | {"ground-why_words": "Ia tidak sadar"}).status_code == 302
    with acting(story.cast.ratih):
        basis = consent_queries.list_bases(story.cast.ratih, story.scene.case_id)[0]
    approve = f"{url}{basis.id}/setujui/"
    assert client.post(approve).status_code == 403
    assert story.as_(story.cast.wahyuni).post(approve).status_code == 302


# -- letters ------------------------------------------------------------------------------------


def test_the_slip_asks_first_and_is_recorded(story: Story) -> None:
    number, client = story.send(), story.as_(story.cast.ratih)
    url, slip = f"/rujukan/{number}/surat/", {"when": "Senin 13.00", "place": "Gedung B"}
    assert client.post(url, slip | {"language": "id"}).status_code == 422
    telling = slip | {"language": "id", "safe": "on", "place": "Unit PPA Polres"}
    assert client.post(url, telling).status_code == 422
    answer = client.post(url, slip | {"language": "id", "safe": "on"})
    assert answer["Content-Type"] == "application/pdf" and answer.content[:5] == b"%PDF-"
    assert "rujukan" not in answer["Content-Disposition"]
    with acting(story.cast.ratih):
        acts = trail.list_case(story.cast.ratih, story.scene.case_id)
    printed = [act for act in acts if act.name == "letter.printed"]
    assert [act.reason for act in printed] == ["aman_dibawa"]


def test_the_receiver_prints_the_full_letter(story: Story) -> None:
    number = story.send()
    answer = story.as_(story.cast.melki).post(f"/rujukan/{number}/surat/lengkap/")
    assert answer.status_code == 200 and answer.content[:5] == b"%PDF-"
    assert story.as_(story.cast.ratih).post(f"/rujukan/{number}/surat/lengkap/").status_code == 403


def test_the_code_on_a_letter_leads_to_sign_in(story: Story) -> None:
    number = story.send()
    anonymous = Client().get(f"/p/{number}/")
    assert anonymous.status_code == 302 and number in anonymous["Location"]
    assert "Nyeri" not in anonymous.content.decode()
    answer = story.as_(story.cast.melki).get(f"/p/{number}/")
    assert answer["Location"] == f"/rujukan/{number}/"


# -- figures ------------------------------------------------------------------------------------


def test_lists_cost_the_same_with_one_and_with_three(story: Story) -> None:
    """What a closed desk asks more (when it opens, who covers it) is asked once, at any hour."""
    pages = (
        (story.cast.melki, "/rujukan/masuk/", 8),
        (story.cast.ratih, "/rujukan/keluar/", 9),
        (story.cast.ratih, f"/kasus/{story.number}/rujukan/", 10),
        (story.cast.ratih, f"/kasus/{story.number}/persetujuan/", 14),
        (story.cast.ratih, f"/kasus/{story.number}/rujukan/baru/?layanan=medis", 23),
    )
    basis = story.consent()
    story.send(basis)
    with_one = [_cost(story.as_(actor), url) for actor, url, _most in pages]
    story.send(basis)
    story.send(basis)
    with_three = [_cost(story.as_(actor), url) for actor, url, _most in pages]
    assert with_one == with_three
    for cost, (_actor, url, most) in zip(with_three, pages, strict=True):
        assert 0 < cost <= most, url


def _cost(client: Client, url: str) -> int:
    """The queries of a page that was seen once before."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


# -- whose words ----------------------------------------------------------------------------------


def test_what_one_side_sent_the_other_has_to_answer(story: Story) -> None:
    number = story.send()
    sender, receiver = story.as_(story.cast.ratih), story.as_(story.cast.melki)
    for page in ("/rujukan/masuk/", f"/rujukan/{number}/"):
        words = receiver.get(page).content.decode()
        assert "Menunggu jawaban" in words and "Terkirim<" not in words
        receiver.cookies["rangkul_language"] = "en"
        assert "Waits for an answer" in receiver.get(page).content.decode()
        receiver.cookies["rangkul_language"] = "id"
    for page in ("/rujukan/keluar/", f"/rujukan/{number}/"):
        words = sender.get(page).content.decode()
        assert "Terkirim<" in words and "Menunggu jawaban" not in words
    version = story.request(number).version
    asked = {"version": version, "decision": "ask", "words": "Kapan bisa datang?"}
    assert receiver.post(f"/rujukan/{number}/jawab/", asked).status_code == 302
    assert "Menunggu pengirim" in receiver.get(f"/rujukan/{number}/").content.decode()
    assert "Penerima bertanya" in sender.get(f"/rujukan/{number}/").content.decode()


def test_a_refused_answer_keeps_what_was_typed(story: Story) -> None:
    number = story.send()
    typed = {"decision": "decline", "words": "Coba puskesmas kecamatan", "version": "1"}
    page = story.as_(story.cast.melki).post(f"/rujukan/{number}/jawab/", typed)
    assert page.status_code == 422
    assert page.content.decode().count("Coba puskesmas kecamatan") == 1


# -- another desk ---------------------------------------------------------------------------------


def test_a_desk_beyond_the_offered_is_found_chosen_and_kept(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offered is only the one that is not meant; the other is found by its name and stays."""
    from rangkul.network import queries as network

    real = network.suggest_desks

    def few(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        rest = tuple(each for each in found.ranked if each.desk_id != SECOND_DESK)
        return replace(found, ranked=rest[:1])

    monkeypatch.setattr(network, "suggest_desks", few)
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    choice = f'name="desk" value="{SECOND_DESK}"'
    assert choice not in client.get(url, {"layanan": "medis"}).content.decode()
    part = {"service": "medis", "find": "layanan KEDUA"}
    assert choice in client.post(f"{url.replace('baru', 'unit')}", part).content.decode()
    whole = client.post(url, part | {"step": "find"})
    assert whole.status_code == 200 and choice in whole.content.decode()
    kept = client.post(url, {"service": "medis", "desk": str(SECOND_DESK)}).content.decode()
    assert f'{choice} id="desk-{SECOND_DESK}" checked' in kept


def test_what_no_desk_bears_finds_none(story: Story) -> None:
    url = f"/kasus/{story.number}/rujukan/unit/"
    client = story.as_(story.cast.ratih)
    page = client.post(url, {"service": "medis", "find": "tidak ada nama ini"}).content.decode()
    assert 'type="radio"' not in page and "Tidak ada unit lain" in page
    assert (
        'type="radio"' not in client.post(url, {"service": "medis", "find": "a"}).content.decode()
    )


def test_sending_without_what_is_asked_is_refused(story: Story) -> None:
    client, url = story.as_(story.cast.ratih), f"/kasus/{story.number}/rujukan/baru/"
    sent = _draft(story, basis=story.consent(), asked="", step="send")
    answer = client.post(url, sent)
    assert answer.status_code == 422 and "Nyeri menggenggam" in answer.content.decode()
    # A change of a field alone only draws the page anew.
    assert client.post(url, sent | {"step": ""}).status_code == 200


def test_the_fields_of_a_ground_are_told_apart(story: Story) -> None:
    """The style shows those of the chosen ground; the page itself holds all of them."""
    page = story.as_(story.cast.ratih).get(
        f"/kasus/{story.number}/persetujuan/", {"service": "medis"}
    )
    html = page.content.decode()
    consent, other = html.index("with-consent"), html.index("with-other")
    assert consent < html.index('name="ground-manner"') < other
    assert other < html.index('name="ground-article"')
