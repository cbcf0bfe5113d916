"""Pelimpahan through the URL: offered, read, taken over, refused, taken back; and stale tabs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.domain.referrals.scene import FULL_NAME, Scene, make_scene, seed_desks
from tests.people import Cast
from tests.web.files import signed_in

from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Transfer

WORDS = "Pindah ke Kupang bulan ini; masih perlu pendampingan dan layanan psikologi."
RECEIVER = 9201


class Story:
    """One case and the offer of it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        with acting(cast.ratih):
            self.scene: Scene = make_scene(cast)
        self.case = custody.case_number(self.scene.case_id)

    def offer(self, **changes: Any) -> Any:
        """What the supervisor's form is answered."""
        sent = {
            "unit": RECEIVER, "ground-reason": "lives_there", "ground-words": WORDS,
            "ground-letter": "a", "ground-given_by": "penyintas", "ground-manner": "lisan",
        } | changes  # fmt: skip
        return signed_in(self.cast.wahyuni).post(f"/kasus/{self.case}/limpahkan/", sent)

    @property
    def transfer(self) -> Transfer:
        """The newest offer."""
        with acting(self.cast.wahyuni):
            return queries.list_transfers(self.cast.wahyuni)[0]

    @property
    def url(self) -> str:
        """Its page."""
        return f"/pelimpahan/{queries.transfer_number(self.transfer.id)}/"

    def take(self, by: Actor | None = None, **changes: Any) -> Any:
        """What taking it over is answered."""
        sent = {"version": 1, "companion": self.cast.yohana.user_id} | changes
        return signed_in(by or self.cast.marten).post(f"{self.url}terima/", sent)


@pytest.fixture
def story(db: None, cast: Cast) -> Story:
    """The case, and the desks that take it."""
    seed_desks()
    return Story(cast)


def _page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return str(answer.content.decode())


def test_the_supervisor_finds_a_desk_and_offers(story: Story) -> None:
    browser = signed_in(story.cast.wahyuni)
    assert "/limpahkan/" in _page(browser, f"/kasus/{story.case}/perjalanan/")
    found = _page(browser, f"/kasus/{story.case}/limpahkan/?cari=Kupang")
    assert f"?unit={RECEIVER}" in found and "?unit=9202" not in found
    assert "Kupang" in _page(browser, f"/kasus/{story.case}/limpahkan/?unit={RECEIVER}")
    assert story.offer().status_code == 302
    assert story.transfer.state == "offered"
    # Offered once: the button leads to the offer, and the file is not closed under its hands.
    assert browser.get(f"/kasus/{story.case}/limpahkan/")["Location"] == story.url
    assert browser.get(f"/kasus/{story.case}/perjalanan/tutup/").status_code == 302
    assert "Offered to" in _page(browser, f"/kasus/{story.case}/perjalanan/")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"ground-reason": ""}, "ground-reason"),
        ({"ground-words": f"{FULL_NAME} pindah"}, "withheld"),
        ({"ground-stays_until": "2020-01-01"}, "past"),
        ({"ground-letter": "e"}, "ground"),
        ({"unit": 9101}, "assignment"),
    ],
)
def test_what_cannot_be_offered_is_said(story: Story, changes: dict[str, Any], shown: str) -> None:
    answer = story.offer(**changes)
    assert answer.status_code == 422 and shown in answer.content.decode()
    with acting(story.cast.wahyuni):
        assert not Transfer.objects.exists()


def test_another_ground_names_article_and_reason(story: Story) -> None:
    answer = story.offer(**{
        "ground-letter": "e", "ground-article": "uu21_2007_51", "ground-why": "bahaya_segera",
        "ground-why_words": "Ia belum sadar.",
    })  # fmt: skip
    assert answer.status_code == 302 and story.transfer.basis_letter == "e"


def test_a_companion_sees_no_button_and_no_page(story: Story) -> None:
    ratih = signed_in(story.cast.ratih)
    assert "/limpahkan/" not in _page(ratih, f"/kasus/{story.case}/perjalanan/")
    _page(ratih, f"/kasus/{story.case}/limpahkan/", 403)
    _page(ratih, "/pelimpahan/", 403)


def test_the_receiver_reads_codes_and_words_and_no_identity(story: Story) -> None:
    story.offer()
    browser = signed_in(story.cast.marten)
    assert story.url in _page(browser, "/pelimpahan/")
    shown = _page(browser, story.url)
    assert WORDS in shown and "Semarang" in shown and story.case not in shown
    assert "Marlina" not in shown and "Kusumaningrum" not in shown
    assert "Yohana" in shown
    assert _page(signed_in(story.cast.besse), story.url, 404)


def test_taken_over_with_a_companion(story: Story) -> None:
    story.offer()
    assert story.take().status_code == 302
    assert _page(signed_in(story.cast.yohana), f"/kasus/{story.case}/")
    for former in (story.cast.wahyuni, story.cast.ratih):
        _page(signed_in(former), f"/kasus/{story.case}/", 404)
    assert "Taken over" in _page(signed_in(story.cast.wahyuni), story.url)


def test_a_companion_of_another_agency_is_not_taken(story: Story) -> None:
    story.offer()
    assert story.take(companion=story.cast.ratih.user_id).status_code == 422
    assert story.transfer.state == "offered"


def test_refused_with_a_reason_only(story: Story) -> None:
    story.offer()
    browser = signed_in(story.cast.marten)
    assert browser.post(f"{story.url}tolak/", {"version": 1}).status_code == 422
    sent = {"version": 1, "reason": "no_capacity"}
    assert browser.post(f"{story.url}tolak/", sent).status_code == 302
    assert "carry it now" in _page(signed_in(story.cast.wahyuni), story.url)


def test_a_stale_tab_changes_nothing(story: Story) -> None:
    story.offer()
    giver = signed_in(story.cast.wahyuni)
    assert giver.post(f"{story.url}batal/", {"version": 1}).status_code == 302
    assert story.take().status_code == 409
    assert story.transfer.state == "cancelled"
    assert "destroyed" in _page(giver, story.url)


def test_a_withdrawn_ground_is_a_page_and_not_a_fault(story: Story) -> None:
    story.offer()
    with acting(story.cast.wahyuni):
        from rangkul.referrals.models import TransferEnd

        basis = TransferEnd.objects.get(transfer=story.transfer).basis_id
        operations.withdraw_consent(basis_id=basis, by=story.cast.wahyuni, at=timezone.now())
    assert story.take().status_code == 409


def test_staying_in_the_team_keeps_the_file_open_to_the_giver(story: Story) -> None:
    until = (timezone.now() + timedelta(days=9)).date().isoformat()
    assert story.offer(**{"ground-stays_until": until}).status_code == 302
    story.take()
    assert _page(signed_in(story.cast.ratih), f"/kasus/{story.case}/")


def test_the_navigation_counts_what_waits(story: Story) -> None:
    marten = signed_in(story.cast.marten)
    assert 'data-count="transfers"' in _page(marten, "/")
    assert _counted(marten, "transfers") == ""
    story.offer()
    assert _counted(marten, "transfers") == "1"
    others = signed_in(story.cast.yohana)
    assert 'href="/pelimpahan/"' not in _page(others, "/")
    assert "transfers" not in _page(others, "/pemberitahuan/jumlah")


def _counted(client: Client, name: str) -> str:
    """What the bell's fragment brings for one line of the navigation."""
    found = re.search(
        rf"data-count='{name}'\]\">(\d*)</span>", _page(client, "/pemberitahuan/jumlah")
    )
    assert found is not None
    return found[1]
