"""Where a house stands is found nowhere outside its own agency: canaries over everything there is.

A survivor lives in the house of the world; its name, address, telephone, coordinates and the way
to its door are strings that occur nowhere else. Every page, by every method, for everybody, the
API, packets, letters, exports, logs, mails, jobs, the trail and the raw tables are searched.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from tests import world as worlds
from tests.clients import Client
from tests.contracts.routes import ALL_ROLES, METHODS, Knocking, Route, members, routes, standing
from tests.people import INTAKE_DESK, KUPANG, Cast, sign_in
from tests.rows import as_owner
from tests.unit.referrals.reading import pdf_text
from tests.web.files import open_file
from tests.web.test_leaks import codings, tables
from tests.world import HOUSE_NAME, HOUSE_PLACE, World

from rangkul.cases import operations as cases
from rangkul.conferences import operations as conferences
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.foundation import outgoing
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.network import operations as network
from rangkul.network.operations import DeskDetails
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries

pytestmark = pytest.mark.usefixtures("committed_db")
# The search knocks some ten thousand times: its parts run beside each other, each in a world of
# its own, and together they miss no address.
PARTS = 4

PLACE = (
    HOUSE_PLACE.address, HOUSE_PLACE.phone, HOUSE_PLACE.latitude, HOUSE_PLACE.longitude,
    HOUSE_PLACE.way,
)  # fmt: skip
CANARIES = (HOUSE_NAME, *PLACE)
# Inside the agency: the house's name for those who keep it, where it stands for its officers who
# open it. Nothing of either for anybody else, wherever they look.
NAMED_TO = {"shelter", "admin", "superv."}
OPENS_PLACE = ("shelter", "POST", "/hunian/rumah/<house_id>/alamat/")


def told(content: bytes, sought: tuple[str, ...] = CANARIES) -> list[str]:
    """The canaries that stand in ``content``, in any coding that a careless line would choose."""
    low = content.lower()
    return [word for word in sought if any(form in low for form in codings(word))]


@dataclass
class Search:
    """What was found where."""

    world: World
    found: list[str] = field(default_factory=list)
    seen: int = 0
    opened: bool = False

    def look(self, where: str, content: bytes, *, may_read: tuple[str, ...] = ()) -> None:
        """Note each canary in ``content`` that may not stand there."""
        self.seen += 1
        self.found += [f"{where}: {word}" for word in told(content) if word not in may_read]


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that any logger says meanwhile."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def content_of(answer: HttpResponse) -> bytes:
    """The body, a PDF as its words; and the headers, which travel in the clear too."""
    body = answer.getvalue() if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        body = pdf_text(body).encode()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return bytes(body) + headers.encode()


def search(cast: Cast, doors: Sequence[Route]) -> Search:
    """Build the world, knock at these doors as everybody, then look at all that remains of it."""
    from tests.contracts.test_permissions import _tokens

    with listening() as heard, standing(ALL_ROLES), _tokens(cast) as tokens:
        done = Search(worlds.build(cast))
        knocking = Knocking(done.world, tokens)
        for route in doors:
            for method in METHODS:
                for who in members(cast):
                    _knock(done, knocking, route, method, who)
        _papers(done, cast)
    done.look("log", heard.getvalue().encode())
    done.look("mail", "\n".join(str(m.message()) for m in getattr(mail, "outbox", [])).encode())
    for name, rows in tables():
        done.look(f"table {name}", rows)
    return done


def _knock(done: Search, knocking: Knocking, route: Route, method: str, who: str) -> None:
    answer = knocking.ask(route, method, who)
    content = content_of(answer)
    may_read: tuple[str, ...] = ()
    if who in NAMED_TO and route.address.startswith("/hunian/"):
        may_read = (HOUSE_NAME,)
    if (who, method, route.address) == OPENS_PLACE:
        may_read, done.opened = CANARIES, told(content, PLACE) == list(PLACE)
    done.look(f"{method} {route.address} as {who}", content, may_read=may_read)


def _papers(done: Search, cast: Cast) -> None:
    """Packets as both ends read them, letters as PDF, the trail, the jobs' arguments."""
    request_id = done.world.request_id
    with acting(cast.melki):
        opened = referrals.open_packet(request_id=request_id, by=cast.melki, at=timezone.now())
        done.look("packet", opened.content.to_json().encode())
        done.look("thread", str(referral_queries.list_messages(opened.request)).encode())
    number = done.world.packet_number
    done.look("full letter", _post(cast.melki, f"/rujukan/{number}/surat/lengkap/", {}))
    slip = {"when": "Senin", "place": "Loket dua", "language": "id", "safe": "on", "bring": ""}
    done.look("slip", _post(cast.ratih, f"/rujukan/{number}/surat/", slip))


def _post(actor: Actor, address: str, data: dict[str, str]) -> bytes:
    cache.clear()
    client = Client(raise_request_exception=False)
    sign_in(client, actor)
    answer = client.post(address, data)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.content.startswith(b"%PDF")
    return content_of(answer)


def part_of(number: int) -> list[Route]:
    """Every fourth address, from this one on."""
    return routes()[number::PARTS]


@pytest.mark.parametrize("number", range(PARTS))
def test_where_a_house_stands_is_found_nowhere_else(cast: Cast, number: int) -> None:
    doors = part_of(number)
    done = search(cast, doors)
    assert done.seen > len(doors) * len(METHODS) * len(members(cast))
    assert done.found == []
    opens = OPENS_PLACE[2] in {route.address for route in doors}
    assert done.opened is opens, "its own officer cannot open the address: this proves nothing"


def test_the_parts_of_the_search_are_all_of_it() -> None:
    searched = [route.address for number in range(PARTS) for route in part_of(number)]
    assert sorted(searched) == [route.address for route in routes()]
    assert OPENS_PLACE[2] in searched


# -- planted faults: each is caught ------------------------------------------------------------


def test_an_address_in_the_shared_file_is_refused(cast: Cast) -> None:
    """Each agency of the case reads its notes and plan; a report's own words stand as they came."""
    world = worlds.build(cast)
    now = timezone.now()
    for words in CANARIES:
        with acting(cast.ratih), pytest.raises(InvalidInput) as noting:
            cases.write_note(case_id=world.case_id, body=f"Di {words}", by=cast.ratih, at=now)
        assert noting.value.errors == {"body": "tells_place"}
        with acting(cast.ratih), pytest.raises(InvalidInput) as planning:
            cases.state_need(
                case_id=world.case_id, words=f"Ke {words}", service="hunian", by=cast.ratih, at=now
            )
        assert planning.value.errors == {"words": "tells_place"}
    with acting(cast.ratih):
        cases.write_note(
            case_id=world.case_id, body=CANARIES[0], kind="report", by=cast.ratih, at=now
        )
    client = Client()
    sign_in(client, cast.ratih)
    answer = client.post(f"/kasus/{world.case_number}/catatan/", {"body": CANARIES[0]})
    assert answer.status_code == 422
    assert "letak rumahnya" in answer.content.decode()


def test_an_address_in_a_message_is_refused_by_every_way(cast: Cast) -> None:
    """The officer, the companion: a word to another desk, a packet, a paper in a bag."""
    world = worlds.build(cast)
    own = referral_queries.request_id_of(str(world.parts["packet"]))
    now = timezone.now()
    for words in CANARIES:
        with acting(cast.laras), pytest.raises(InvalidInput) as fault:
            referrals.write_message(request_id=own, words=f"Ke {words}", by=cast.laras, at=now)
        assert fault.value.errors == {"words": "tells_place"}
    with acting(cast.ratih), pytest.raises(InvalidInput) as refused:
        referrals.write_message(
            request_id=world.request_id, words=HOUSE_PLACE.address, by=cast.ratih, at=now
        )
    assert refused.value.errors == {"words": "tells_place"}
    client = Client()
    sign_in(client, cast.ratih)
    slip = {"when": "Senin", "place": HOUSE_PLACE.address, "language": "id", "safe": "on"}
    answer = client.post(f"/rujukan/{world.packet_number}/surat/", slip)
    assert answer.status_code == 422


def test_an_address_leaves_by_no_other_word_either(cast: Cast) -> None:
    """A conference that others attend, the words of a hand-over, the directory."""
    worlds.build(cast)
    now = timezone.now()
    with acting(cast.ratih):
        file = open_file(cast.ratih)
        agenda = (conferences.AgendaEntry("danger", "Siapa menjemput"),)
        meeting = conferences.Meeting("Rencana", now + timedelta(days=2), "place", place="Ruang 2")
        row = conferences.call_conference(
            calling=conferences.Calling((file.case_id,), meeting, agenda), by=cast.ratih, at=now
        )
    for words in CANARIES:
        told_in = {
            "title": replace(meeting, title=words), "place": replace(meeting, place=words),
        }  # fmt: skip
        for name, each in told_in.items():
            with acting(cast.ratih), pytest.raises(InvalidInput) as moving:
                conferences.move_conference(
                    conference_id=row.id, meeting=each, expected_version=row.version,
                    by=cast.ratih, at=now,
                )  # fmt: skip
            assert moving.value.errors == {name: "tells_place"}
        calling = conferences.Calling(
            (file.case_id,), meeting, (conferences.AgendaEntry("danger", f"Jemput di {words}"),)
        )
        with acting(cast.ratih), pytest.raises(InvalidInput) as inviting:
            conferences.call_conference(calling=calling, by=cast.ratih, at=now)
        assert inviting.value.errors == {"agenda.0": "tells_place"}
        ground = Ground(
            letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
            valid_until=now + timedelta(days=30), recipient_desk_id=INTAKE_DESK[KUPANG],
        )  # fmt: skip
        offer = referrals.Offer(
            file.case_id, INTAKE_DESK[KUPANG], "lives_there", f"Kini di {words}", ground
        )
        with acting(cast.wahyuni), pytest.raises(InvalidInput) as handing:
            referrals.offer_transfer(offer=offer, by=cast.wahyuni, at=now)
        assert handing.value.errors == {"words": "tells_place"}
    point = (float(HOUSE_PLACE.latitude), float(HOUSE_PLACE.longitude))
    for listed in (
        DeskDetails("Meja lain", phone=HOUSE_PLACE.phone),
        DeskDetails("Meja lain", latitude=point[0], longitude=point[1]),
    ):
        with acting(cast.sinta), pytest.raises(InvalidInput):
            network.open_desk(details=listed, by=cast.sinta, at=now)
    with acting(cast.sinta):
        assert network.open_desk(details=DeskDetails("Meja lain"), by=cast.sinta, at=now)


def test_an_address_in_a_message_would_be_seen_by_the_search(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: nobody looks at what is written; the other desk's page then tells it."""
    monkeypatch.setattr(outgoing, "_KEEPERS", [])
    world = worlds.build(cast)
    with acting(cast.ratih):
        referrals.write_message(
            request_id=world.request_id, words=f"Ia di {HOUSE_PLACE.address}", by=cast.ratih,
            at=timezone.now(),
        )  # fmt: skip
    client = Client()
    sign_in(client, cast.melki)
    done = Search(world)
    done.look("page", content_of(client.get(f"/rujukan/{world.packet_number}/")))
    assert done.found == [f"page: {HOUSE_PLACE.address}"]


@pytest.mark.parametrize(
    "plant",
    [
        "update network_desk set phone = %s where id = 9102",
        "update shelter_house set name_sealed = convert_to(%s, 'UTF8')",
        "update procrastinate_jobs set args = jsonb_build_object('where', %s::text)",
        "update shelter_admission set reason = left(%s, 32)",
    ],
)
def test_an_address_in_a_column_is_seen_by_the_search(cast: Cast, plant: str) -> None:
    world = worlds.build(cast)
    with as_owner() as owner:
        owner.execute(plant, [HOUSE_PLACE.phone])
        owner.commit()
    done = Search(world)
    for name, rows in tables():
        done.look(name, rows)
    assert [found.split(": ")[1] for found in done.found][:1] == [HOUSE_PLACE.phone]
