"""Lists of hand-offs that are longer than a page: the last one is found like the first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.domain.referrals.scene import make_scene, seed_desks
from tests.people import NOW, Cast
from tests.web.files import signed_in

from rangkul.access.policy import Forbidden
from rangkul.desk.referrals import lists
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import queries
from rangkul.referrals.models import Request

MANY = 2 * queries.PAGE + 3


def _sent(cast: Cast, many: int) -> list[str]:
    """Requests of one case at one desk; their numbers."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        basis = scene.consent()
        return [queries.packet_number(scene.send(basis).id) for _ in range(many)]


def _walk(actor: Actor, address: str) -> tuple[list[str], int]:
    client, seen = signed_in(actor), []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        seen.append(answer.content.decode())
        found = re.search(r'rel="next" href="([^"]+)"', seen[-1])
        address = found[1].replace("&amp;", "&") if found else ""
    return seen, len(seen)


def test_nobody_is_beyond_the_end_of_the_list(db: None, cast: Cast) -> None:
    numbers = _sent(cast, MANY)
    for actor, address in ((cast.melki, "/rujukan/masuk/"), (cast.ratih, "/rujukan/keluar/")):
        seen, pages = _walk(actor, address)
        assert pages == 3
        assert [number for number in numbers if number not in "".join(seen)] == []
    # The desk reads how many wait, not how many fit; a page fetches itself anew, not the first.
    seen, _pages = _walk(cast.melki, "/rujukan/masuk/")
    assert all(f'<span class="push">{MANY}</span>' in page for page in seen)
    assert 'hx-get="/rujukan/masuk/?hal=2"' in seen[1]


def test_a_supervisor_reads_how_long_hand_offs_take_each_way(
    db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_WINDOW", timedelta(days=36_500))
    numbers = _sent(cast, 4)
    with acting(cast.melki):
        for number, minutes in zip(numbers, (10, 30, 50), strict=False):
            Request.objects.filter(id=queries.request_id_of(number)).update(
                state="accepted", answered_at=NOW + timedelta(minutes=minutes),
                answered_by=cast.melki.user_id,
            )  # fmt: skip
    with acting(cast.wahyuni):
        (ours,) = queries.delays_of_agency(cast.wahyuni, since=NOW, until=NOW + timedelta(days=1))
    assert (ours.requests, ours.answered, ours.contacted) == (4, 1_800, None)
    asked_of, asked_by = "What we asked of others", "What others asked of us"
    for actor, said in ((cast.wahyuni, [asked_of]), (cast.marten, [asked_by]), (cast.besse, [])):
        page = signed_in(actor).get("/rujukan/keluar/").content.decode()
        assert [words for words in (asked_of, asked_by) if words in page] == said
    for other in (cast.ratih, cast.melki):
        assert asked_of not in signed_in(other).get("/rujukan/keluar/").content.decode()
        with acting(other), pytest.raises(Forbidden):
            queries.delays_of_agency(other, since=NOW, until=NOW + timedelta(days=1))
