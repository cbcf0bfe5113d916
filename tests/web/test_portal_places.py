"""Find help over the whole stack: places, needs, cards, and that a shelter is never a place."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import visitors
from tests.clients import Client
from tests.rows import as_owner

from rangkul.network.models import Agency, Desk
from rangkul.network.operations import DeskDetails, Offer, create_agency, create_desk
from rangkul.network.queries import public as directory
from rangkul.portal import places, tiles
from rangkul.portal.needs import NEEDS
from rangkul.portal.numbers import dialled, international
from rangkul.reference.services import SERVICES

# A Monday, 09:00 in Jakarta.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OFFICE = {str(day): [["08:00", "16:00"]] for day in range(1, 6)}
SEARCH = {"id": "/info/tempat/", "en": "/en/info/tempat/"}
SHELTER = "Every page of the public portal shows a shelter as a contact and never as a place."
HIDDEN = (
    "A desk that is not listed, is out of service, or whose agency is not in force is on no "
    "public page."
)


def _agency(code: str, name: str, area: str, **more: Any) -> Agency:
    return create_agency(
        using="owner", code=code, name=name, short_name=name[:60], kind="uptd_ppa",
        level="kab_kota", area=area, **more,
    )  # fmt: skip


def _desk(agency: Agency, name: str, *offers: Offer, **given: Any) -> Desk:
    hours = given.pop("hours", OFFICE)
    outer = {key: given.pop(key) for key in ("always_open", "confirmed_at") if key in given}
    return create_desk(
        using="owner", agency=agency, code=f"{agency.code}.{name.casefold().replace(' ', '-')}",
        details=DeskDetails(name=name, **given), offers=list(offers), hours=hours, **outer,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """The desks that a visitor may meet, or must not."""

    office: Desk
    house: Desk
    hotline: Desk
    hidden: dict[str, Desk]


@pytest.fixture
def scene(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("rangkul.foundation.hour.now", lambda: NOW)
    kota = _agency("publik-kota", "UPTD Uji Tirtasari", "33.74")
    office = _desk(
        kota, "Layanan Uji", Offer("psikologi"), Offer("bantuan_hukum", "P", 18), Offer("medis"),
        phone="(024) 555-0101", whatsapp="0812 5550 101", address="Jalan Uji 1", latitude=-7.0,
        longitude=110.4, languages=("ind", "jav"), accessible=True, website="https://uji.example",
        confirmed_at=NOW - timedelta(days=10),
    )  # fmt: skip
    shelter = _agency("publik-rumah", "Rumah Uji Teduh", "33.74.01")
    house = _desk(
        shelter, "Hunian Uji", Offer("hunian"), Offer("psikososial"), phone="024 555 0202",
        serves=("33.74.01",), always_open=True,
    )  # fmt: skip
    nation = _agency("publik-negeri", "Layanan Uji Nusantara", "31")
    hotline = _desk(
        nation, "Saluran Uji", Offer("psikososial"), phone="129000", serves=("ID",),
        always_open=True, confirmed_at=NOW - timedelta(days=400),
    )  # fmt: skip
    ended = _agency("publik-usai", "Lembaga Uji Usai", "33.74")
    hidden = {
        "unlisted": _desk(kota, "Meja Tersembunyi", Offer("medis"), listed=False),
        "inactive": _desk(kota, "Meja Berhenti", Offer("medis"), active=False),
        "ended": _desk(ended, "Meja Usai", Offer("medis")),
    }
    Agency.objects.using("owner").filter(id=ended.id).update(
        valid_until=(NOW - timedelta(days=1)).date()
    )
    directory.forget()
    yield Scene(office, house, hotline, hidden)
    directory.forget()


@pytest.fixture
def client() -> Client:
    return Client()


def _find(client: Client, language: str = "id", **fields: str) -> str:
    answer = client.post(SEARCH[language], fields)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def _named(page: str) -> list[str]:
    """The agencies on the cards, in order."""
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a>', page)


def test_the_other_language_shows_the_same_desks(scene: Scene) -> None:
    client = Client()
    asked = {"q": "Kota Semarang", "need": "tubuh", "open": "1"}
    first = client.post(SEARCH["id"], {name: asked[name] for name in asked}).content.decode()
    address, fields = visitors.other_language(first)
    assert address == SEARCH["en"]
    assert fields["area"] == "33.74"
    second = client.post(address, fields).content.decode()
    assert "Help near" in second
    desks = [re.findall(r"/info/tempat/(\d+)/", page) for page in (first, second)]
    assert desks[0] == desks[1] != []
    # A page that was not asked anything leads to where it begins.
    assert "foot-ways" in (begin := client.get(SEARCH["id"]).content.decode())
    assert f'href="{SEARCH["en"]}"' in begin


def test_a_place_by_words_gives_the_nearest_first(scene: Scene, client: Client) -> None:
    page = _find(client, q="Kota Semarang")
    assert _named(page) == ["UPTD Uji Tirtasari", "Rumah Uji Teduh", "Layanan Uji Nusantara"]
    assert 'value="Kota Semarang, Jawa Tengah"' in page
    assert "Buka sampai 16.00 WIB" in page
    assert "Hari ini 08.00–16.00 WIB" in page
    assert 'href="tel:0245550101"' in page
    assert 'href="whatsapp://send?phone=628125550101"' in page


def test_one_name_of_two_places_is_asked_back_and_the_choice_holds(
    scene: Scene, client: Client
) -> None:
    asked = _find(client, q="semarang", need="hukum")
    assert _named(asked) == []
    assert re.findall(r'name="choose" value="([\d.]+)">', asked)[:2] == ["33.22", "33.74"]
    assert 'name="need" value="hukum"' in asked
    chosen = _find(client, q="", choose="33.74", need="hukum")
    assert _named(chosen) == ["UPTD Uji Tirtasari"]


def test_a_slip_of_the_finger_still_finds_the_place(scene: Scene, client: Client) -> None:
    assert "Kota Semarang, Jawa Tengah" in _find(client, q="smarang")
    assert "tidak ditemukan" in _find(client, q="zzzzqqqq")


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"need": "dokter"}, ["UPTD Uji Tirtasari"]),
        ({"need": "aman"}, ["Rumah Uji Teduh"]),
        ({"need": "hukum", "who": "l"}, []),
        ({"need": "hukum", "who": "a"}, []),
        ({"lang": "jav"}, ["UPTD Uji Tirtasari"]),
        ({"wheel": "1"}, ["UPTD Uji Tirtasari"]),
    ],
)
def test_what_narrows(
    scene: Scene, client: Client, asked: dict[str, str], named: list[str]
) -> None:
    assert _named(_find(client, choose="33.74", **asked)) == named


def test_open_now_is_judged_at_the_desk(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rangkul.foundation.hour.now", lambda: NOW + timedelta(hours=12))
    page = _find(client, choose="33.74", open="1")
    assert _named(page) == ["Rumah Uji Teduh", "Layanan Uji Nusantara"]
    assert "Buka Selasa pukul 08.00 WIB" in _find(client, choose="33.74")


def test_a_desk_a_short_way_beyond_the_border_is_named_with_its_distance(
    scene: Scene, client: Client
) -> None:
    inside, across = (
        _agency("publik-sini", "Uji Sini", "33.08"),
        _agency("publik-sana", "Uji Sana", "34.04"),
    )
    _desk(inside, "Meja Sini", Offer("medis"), latitude=-7.5, longitude=110.2)
    _desk(across, "Meja Sana", Offer("medis"), latitude=-7.7, longitude=110.3)
    directory.forget()
    page = _find(client, choose="33.08", need="dokter")
    assert _named(page)[0] == "Uji Sini"
    assert "Uji Sana" in _named(page)
    assert "Kabupaten Sleman, kira-kira 25 km dari Kabupaten Magelang" in page
    assert "Melayani Kabupaten Sleman" in page
    assert "Uji Sana" not in _named(_find(client, choose="33.22", need="dokter"))


def test_a_holiday_is_said_and_not_only_closed(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_year = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
    monkeypatch.setattr("rangkul.foundation.hour.now", lambda: new_year)
    page = _find(client, choose="33.74", need="dokter")
    assert "Libur: Tahun Baru Masehi" in page
    assert "Buka Jumat pukul 08.00 WIB" in page


def test_nothing_found_leaves_a_number_and_a_way_on(scene: Scene, client: Client) -> None:
    page = _find(client, choose="33.74", need="sekolah")
    assert "Belum ada layanan yang cocok di sini." in page
    assert "tel:110" in page
    assert '<input type="hidden" name="choose" value="33.74">' in page


def test_a_place_never_comes_by_the_address(scene: Scene, client: Client) -> None:
    page = client.get("/info/tempat/?q=Kota+Semarang&choose=33.74").content.decode()
    assert _named(page) == []
    assert "Semarang" not in page
    forms = re.findall(r"<form[^>]*>", page + _find(client, q="semarang"))
    assert forms
    assert [form for form in forms if 'method="post"' not in form] == []


def test_stale_entries_are_marked_and_confirmed_ones_dated(scene: Scene, client: Client) -> None:
    page = _find(client, choose="33.74")
    assert page.count("Telepon dulu sebelum berangkat.") == 2
    assert "Belum dipastikan" in page
    assert "Dipastikan 26 Jan 2025" in page
    own = client.get(f"/info/tempat/{scene.office.id}/").content.decode()
    assert "Dipastikan 20 Feb 2026" in own


def test_pages_of_ten(scene: Scene, client: Client) -> None:
    many = _agency("publik-banyak", "Lembaga Uji Banyak", "34.71")
    for number in range(12):
        _desk(many, f"Meja {number}", Offer("medis"))
    directory.forget()
    first = _find(client, choose="34.71")
    assert len(_named(first)) == places.PAGE
    assert 'name="page" value="2"' in first
    second = _find(client, choose="34.71", page="2")
    assert len(_named(second)) == 3
    assert 'name="page" value="1"' in second


@pytest.mark.promise("public-hidden-desks", chapter="web", sentence=HIDDEN)
def test_hidden_desks_are_nowhere(
    scene: Scene, client: Client, figure: Callable[[str], None]
) -> None:
    looked = _hidden_seen(client, scene)
    assert looked == []
    figure(f"0 of {len(scene.hidden)} hidden desks in searches, cards and counts")


def _hidden_seen(client: Client, scene: Scene) -> list[str]:
    pages = _find(client, choose="33.74") + _find(client, choose="33", need="dokter")
    seen = [why for why, desk in scene.hidden.items() if desk.name in pages]
    for why, desk in scene.hidden.items():
        for rest in ("", "kartu/"):
            if client.get(f"/info/tempat/{desk.id}/{rest}").status_code != 404:
                seen.append(why)
    if directory.count_by_province(at=NOW)["33"] != 2:
        seen.append("counted")
    return seen


@pytest.mark.planted("public-hidden-desks")
def test_planted_a_desk_that_is_listed_again_is_seen(scene: Scene, client: Client) -> None:
    Desk.objects.using("owner").filter(id=scene.hidden["unlisted"].id).update(listed=True)
    directory.forget()
    assert set(_hidden_seen(client, scene)) == {"unlisted", "counted"}


# -- shelters ---------------------------------------------------------------------------------

_TELLING = ("Jalan Rahasia 7", "-7.0123", "110.4567", "geo:", "Gang Belakang", "rumah.example")


@pytest.fixture
def placed(scene: Scene) -> Scene:
    """A shelter whose row does say where it stands, as no form and no import would let it."""
    with as_owner() as owner:
        owner.execute("alter table network_desk disable trigger house_guard_place")
        owner.execute(
            "update network_desk set address = %s, latitude = -7.0123, longitude = 110.4567,"
            " access_notes = %s, website = %s, hours_note = %s where id = %s",
            [_TELLING[0], _TELLING[4], "https://rumah.example", _TELLING[4], scene.house.id],
        )
        owner.execute("alter table network_desk enable trigger house_guard_place")
    directory.forget()
    return scene


def _places_told(client: Client, scene: Scene) -> list[str]:
    """What the pages about the shelter tell of where it stands; its district is one such word."""
    from rangkul.reference.models import Area

    district = Area.objects.get(code="33.74.01").name
    found = []
    for language, search in SEARCH.items():
        cards = _find(client, language, choose="33.22", need="aman") + _find(
            client, language, choose="33.74.01", need="aman"
        )
        pages = "".join(re.findall("<article.*?</article>", cards, re.DOTALL))
        for rest in ("", "kartu/"):
            pages += client.get(f"{search}{scene.house.id}/{rest}").content.decode()
        found += [f"{language}: {word}" for word in (*_TELLING, district, " km") if word in pages]
    return found


@pytest.mark.promise("public-shelter-pages", chapter="web", sentence=SHELTER)
def test_no_page_tells_where_a_shelter_stands(
    placed: Scene, client: Client, figure: Callable[[str], None]
) -> None:
    page = _find(client, choose="33.74", need="aman")
    assert _named(page) == ["Rumah Uji Teduh"]
    assert "tel:0245550202" in page
    assert "Melayani Kota Semarang" in page
    assert _places_told(client, placed) == []
    figure(f"0 of {len(_TELLING) + 2} telling words on 8 pages in 2 languages")


@pytest.mark.planted("public-shelter-pages")
def test_planted_a_shelter_shown_like_an_office_is_seen(
    placed: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "without_place", lambda desk: desk)
    directory.forget()
    told = _places_told(client, placed)
    assert {f"id: {_TELLING[0]}", f"en: {_TELLING[0]}"} <= set(told)


# -- one desk, and its card -------------------------------------------------------------------


def test_a_desk_says_how_to_come_and_for_whom(scene: Scene, client: Client) -> None:
    page = html.unescape(client.get(f"/en/info/tempat/{scene.office.id}/").content.decode())
    for words in ("Jalan Uji 1", "geo:-7.00000,110.40000", "Open until 16:00 WIB", "Legal aid",
                  "a woman, from 18 years", "Javanese", "Monday", "08:00–16:00 WIB"):  # fmt: skip
        assert words in page, words


_KINDS = re.compile(
    r"kekerasan|korban|violen|victim|abuse|perempuan|women|anak\b|child|seksual|sexual|traffick"
    r"|perdagangan|psikolog|hukum",
    re.IGNORECASE,
)


def test_the_folded_card_says_numbers_and_nothing_of_what_for(scene: Scene, client: Client) -> None:
    for place in ("/info/", "/en/info/"):
        page = client.get(f"{place}tempat/{scene.office.id}/kartu/").content.decode()
        cards = re.findall("<article.*?</article>", page, re.DOTALL)
        assert len(cards) == 2
        assert all("(024) 555-0101" in card for card in cards)
        assert all("110" in card and "08" in card for card in cards)
        assert [found for card in cards for found in _KINDS.findall(card)] == []
        assert "UPTD Uji Tirtasari" not in cards[0]
        assert "UPTD Uji Tirtasari" in cards[1]


# -- what stands behind -----------------------------------------------------------------------


def test_a_change_is_seen_after_two_seconds_and_costs_nothing_before(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _find(client, choose="33.74")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        _find(client, choose="33.74")
    assert len(asked) == 0
    Desk.objects.using("owner").filter(id=scene.office.id).update(active=False, version=99)
    assert "UPTD Uji Tirtasari" in _named(_find(client, choose="33.74"))
    later = directory.time.monotonic() + 2.1
    monkeypatch.setattr(directory.time, "monotonic", lambda: later)
    assert "UPTD Uji Tirtasari" not in _named(_find(client, choose="33.74"))


def test_every_service_answers_a_need_and_every_need_is_known() -> None:
    met = set[str]().union(*(need.services for need in NEEDS.values()))
    assert met == {str(code) for code in SERVICES}


@pytest.mark.django_db
def test_thirty_eight_tiles_one_a_province_none_on_another() -> None:
    from rangkul.reference import queries as reference

    assert {code for code, *_ in tiles.LAYOUT} == {
        area.code for area in reference.list_areas(kind="province")
    }
    assert len({(column, row) for *_, column, row in tiles.LAYOUT}) == len(tiles.LAYOUT) == 38
    assert len({letters for _, letters, *_ in tiles.LAYOUT}) == 38


def test_the_map_is_a_list_of_buttons_with_names_and_counts(scene: Scene, client: Client) -> None:
    page = html.unescape(client.get("/info/").content.decode())
    assert 'aria-label="JT, Jawa Tengah: 2 layanan"' in page
    assert len(re.findall(r'<button type="submit" class="t\d" name="choose"', page)) == 38
    assert len(re.findall(r'<th scope="row"><button', page)) == 38


@pytest.mark.parametrize(
    ("written", "dials", "abroad"),
    [
        ("(024) 555-0101", "0245550101", "62245550101"),
        ("+62 812 5550 101", "+628125550101", "628125550101"),
        ("0812-5550-101", "08125550101", "628125550101"),
        ("129", "129", "129"),
        ("tanya di loket", "", ""),
    ],
)
def test_how_a_number_is_dialled(written: str, dials: str, abroad: str) -> None:
    assert dialled(written) == dials
    assert international(written) == abroad


@pytest.mark.django_db
def test_what_the_form_cannot_send_is_not_asked(client: Client) -> None:
    sent = {"need": "x", "who": "q", "page": "-1", "open": "yes", "choose": "99.99", "lang": "??"}
    assert client.post("/info/tempat/", sent).status_code == 200
