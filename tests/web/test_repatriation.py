"""Twenty-four people of five provinces: from the list by name to the sixth month, page by page."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from openpyxl import Workbook
from tests import people
from tests.clients import Client
from tests.domain.referrals.scene import seed_desks
from tests.people import KUPANG, MAKASSAR, SEMARANG, Cast
from tests.web.files import signed_in

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reference.queries import zone_for
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations
from rangkul.repatriation.models import Group, Hold, Journey, Leg, Pin, Returnee, Traveller
from rangkul.repatriation.queries import group_number, leg_number
from rangkul.trail.models import Act

STROKES = "M10 10L20 24L40 8"
# Province → (agency, desk, officer): where people of the list come home to.
_HOMES = {
    "53": (9501, 9551, 9581, "Dinsos Uji NTT", "53"),
    "52": (9502, 9552, 9582, "Dinsos Uji NTB", "52"),
    "73": (MAKASSAR, 9301, 9583, "LSM Uji Makassar", "73"),
    "35": (9504, 9554, 9584, "Dinsos Uji Jatim", "35"),
    "18": (9505, 9555, 9585, "Dinsos Uji Lampung", "18"),
}
_ORIGINS = {
    "53": "Kota Kupang", "52": "Kota Mataram", "73": "Kota Makassar", "35": "Kota Surabaya",
    "18": "Kota Bandar Lampung",
}  # fmt: skip
TRANSIT, SILENT = 9202, 9556
_TRANSIT_OFFICER = 9590


def _seed() -> None:
    """Five desks at home, one that never answers, the transit desk: committed by the owner."""
    seed_desks()
    with psycopg.connect(people.owner_url()) as owner, owner.cursor() as cursor:
        cursor.execute("select 1 from network_agency where id = 9501")
        if cursor.fetchone():
            return
        for province, (agency, desk, officer, name, _area) in _HOMES.items():
            if agency >= 9501:
                cursor.execute(
                    "insert into network_agency (id, code, short_name, name, kind, level, area_id, "
                    "version) values (%s, %s, %s, %s, 'dinas_sosial', 'provinsi', %s, 1)",
                    [agency, f"uji-dinsos-{province}", name, name, province],
                )
                _desk(cursor, desk, agency, f"uji-asal-{province}")
            _offer(cursor, desk, agency)
            _officer(cursor, officer, agency, desk)
        _desk(cursor, SILENT, 9505, "uji-asal-sunyi")
        _offer(cursor, SILENT, 9505)
        _offer(cursor, TRANSIT, KUPANG)
        _officer(cursor, _TRANSIT_OFFICER, KUPANG, TRANSIT)


def _desk(cursor: Any, desk: int, agency: int, code: str) -> None:
    cursor.execute(
        "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, hours, "
        "languages, serves, accessible, phone, active, version) values (%s, %s, %s, 'Pemulangan', "
        "false, true, '{}', '{}', '{}', false, '', true, 1)",
        [desk, agency, code],
    )


def _offer(cursor: Any, desk: int, agency: int) -> None:
    cursor.executemany(
        "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
        "residents_only, active) values (%s, %s, %s, '', 0, 200, false, true) on conflict do "
        "nothing",
        [(agency, desk, service) for service in ("pemulangan", "layanan_asal")],
    )


def _officer(cursor: Any, officer: int, agency: int, desk: int) -> None:
    cursor.execute(
        "insert into accounts_user (id, username, display_name, email, password, language, "
        "is_active, is_demo, created_at) values (%s, %s, 'Petugas Uji', '', '!', 'id', true, "
        "false, now())",
        [officer, f"petugas-{officer}"],
    )
    cursor.execute(
        "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, version, "
        "since, until) values (%s, %s, %s, '{petugas_layanan}', %s, '', 1, '2025-01-06', null)",
        [officer, agency, officer, [desk]],
    )


def _actor(officer: int, agency: int, desk: int) -> Actor:
    return Actor(officer, agency, officer, 1, frozenset({"petugas_layanan"}), frozenset({desk}))


def _list() -> bytes:
    """Twenty-four rows as a ministry writes them: titles above, dates of every shape, gaps."""
    book = Workbook()
    sheet = book.active
    sheet.append(["DAFTAR NAMA PEMULANGAN WNI BERMASALAH"])
    sheet.append([])
    sheet.append(["No", "Nama Lengkap", "L/P", "Tgl Lahir", "No Paspor", "Kab/Kota Asal", "Sakit",
                  "Mampu/Miskin", "Izin Penyidik", "Kewarganegaraan"])  # fmt: skip
    provinces = list(_ORIGINS.values())
    for number in range(24):
        child = number == 7
        sheet.append([
            number + 1, f"Pekerja {_WORDS[number]} Uji", "P" if number % 3 else "LK",
            "12 Mei 2014" if child else f"{number + 1:02d}/03/19{70 + number}",
            f"C{number:07d}", provinces[number % 5], "demam" if number == 3 else "tidak",
            "miskin" if number % 2 else "mampu", "tidak perlu", "WNI",
        ])  # fmt: skip
    # The same passport once more, and a line without any name.
    sheet.append([25, "Pekerja Satu", "P", "", "C0000000", provinces[0], "", "", "", ""])
    sheet.append([26, "", "P", "", "", provinces[1], "", "", "", ""])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_WORDS = (
    "Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan", "Sembilan", "Sepuluh",
    "Sebelas", "Duabelas", "Tigabelas", "Empatbelas", "Limabelas", "Enambelas", "Tujuhbelas",
    "Delapanbelas", "Sembilanbelas", "Duapuluh", "Duasatu", "Duadua", "Duatiga", "Duaempat",
)  # fmt: skip


@pytest.fixture
def cast_at_home(db: None, cast: Cast) -> Cast:
    """The cast, with the desks at home."""
    _seed()
    return cast


class Group24:
    """The group as it goes, by its pages only; what is asserted is read as the organiser."""

    def __init__(self, cast: Cast) -> None:
        self.organiser = cast.wahyuni
        self.browser = signed_in(cast.wahyuni)
        self.companion = cast.ratih
        self.at = timezone.now()

    def desk(self, province: str) -> tuple[Client, Actor]:
        agency, desk, officer, _name, _area = _HOMES[province]
        actor = _actor(officer, agency, desk)
        return signed_in(actor), actor

    @property
    def transit(self) -> Client:
        return signed_in(_actor(_TRANSIT_OFFICER, KUPANG, TRANSIT))

    def post(self, browser: Client, address: str, **values: Any) -> Any:
        answer = browser.post(address, values, follow=True)
        assert answer.status_code == 200, _faults(answer)
        return answer

    def board(self, **narrowed: Any) -> boards.Board:
        with acting(self.organiser):
            return boards.board(self.organiser, now=timezone.now(), **narrowed)

    def missing(self) -> set[str]:
        return {code for row in self.board().rows for code in row.missing}

    def holders(self) -> dict[int, int]:
        with acting(self.organiser):
            live = Hold.objects.filter(until__isnull=True).values_list("agency_id", flat=True)
            counted: dict[int, int] = {}
            for agency in live:
                counted[agency] = counted.get(agency, 0) + 1
            return counted

    def people(self, **narrowed: Any) -> list[int]:
        with acting(self.organiser):
            return list(Returnee.objects.filter(**narrowed).values_list("id", flat=True))

    def import_list(self) -> Any:
        content = io.BytesIO(_list())
        content.name = "daftar.xlsx"
        when = (self.at + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
        page = self.browser.post(
            "/pemulangan/impor/",
            {"label": "Kapal Uji", "source": "perwakilan", "area": "33.74", "arrives_at": when,
             "basis": "pp9_2008_17", "category": "kpo", "companion": self.companion.user_id,
             "file": content},
        )  # fmt: skip
        assert page.status_code == 200, _faults(page)
        return page

    def take(self, page: Any) -> Any:
        return self.browser.post("/pemulangan/impor/masukkan/", _fields(page), follow=True)

    def journey(self, label: str) -> int:
        with acting(self.organiser):
            group = Group.objects.get()
        self.post(self.browser, f"/pemulangan/rombongan/{group_number(group.id)}/", label=label)
        with acting(self.organiser):
            return Journey.objects.latest("id").id

    def leg(self, journey: int, desk: int, chosen: list[int], *, homeward: bool) -> str:
        answer = self.browser.post(
            "/pemulangan/tahap-baru/",
            {"orang": ",".join(map(str, chosen)), "journey": journey, "service": "pemulangan",
             "desk": desk, "mode": "sea", "meeting_point": "Pintu timur", "drop_point": "",
             "carrier": "", "escort": "", "escort_sex": "P",
             "departs_at": (self.at + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
             "arrives_at": (self.at + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M"),
             **({"homeward": "on"} if homeward else {}),
             **({"unstaffed": "on"} if desk == SILENT else {})},
            follow=True,
        )  # fmt: skip
        assert answer.status_code == 200, _faults(answer)
        return str(answer.redirect_chain[-1][0]).rstrip("/").rsplit("/", 1)[-1]

    def ask(self, leg: str) -> None:
        self.post(
            self.browser, f"/pemulangan/tahap/{leg}/minta/", asked="Mohon diterima",
            reach="Wahyuni, lewat aplikasi", letter="e", article="pp9_2008_17",
            why="Rombongan pulang bersama", best_interest="Bersama keluarga", uncovered="on",
        )  # fmt: skip

    def travellers(self, leg: str, *states: str) -> list[str]:
        with acting(self.organiser):
            found = next(leg_id for leg_id in Leg.objects.all() if leg_number(leg_id.id) == leg)
            rows = Traveller.objects.filter(leg=found)
            return [str(t.id) for t in rows if not states or t.state in states]

    def hand_over(self, leg: str, giver: Client, receiver: Client) -> None:
        people_there = {f"there-{t}": "yes" for t in self.travellers(leg, "accepted", "handed")}
        self.post(
            giver, f"/pemulangan/tahap/{leg}/serah-terima/", place="Dermaga", strokes=STROKES,
            token="0b6b6600-0000-4000-8000-000000000001", signed_at=_now(), **people_there,
        )  # fmt: skip
        page = giver.get(f"/pemulangan/tahap/{leg}/")
        minutes = re.search(r"/pemulangan/berita-acara/[0-9a-f-]{36}/", page.content.decode())
        assert minutes is not None
        self.post(receiver, minutes[0], strokes=STROKES, signed_at=_now())


def _now() -> str:
    return str(int(datetime.now(UTC).timestamp() * 1000))


def _faults(answer: Any) -> list[str]:
    page = answer.content.decode()
    return [re.sub(r"<[^>]+>", " ", each) for each in
            re.findall(r'role="alert">(.*?)</div>|class="field-error">(.*?)</p>', page, re.S)
            for each in each if each]  # fmt: skip


def _fields(page: Any) -> dict[str, Any]:
    """What the preview's form would send, as it stands."""
    text = page.content.decode()
    form = text[text.index('id="return-preview"') :]
    fields: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    )
    for name, options in re.findall(r'<select[^>]*name="(column-\d+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else "note"
    fields["take"] = re.findall(r'name="take" value="(\d+)"[^>]* checked', form)
    return fields


def _today_at(province: str) -> str:
    """The day as it is where these people came home."""
    return timezone.now().astimezone(zone_for(_HOMES[province][4])).date().isoformat()


def test_a_group_of_twenty_four_goes_home(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)

    # The list: one double and one nameless row are offered, not taken.
    page = group.import_list()
    text = page.content.decode()
    assert "24 people are ready" in text
    assert "1 may be known already" in text
    assert "1 cannot be taken" in text
    assert "Pekerja" not in text
    made = group.take(page)
    assert made.status_code == 200, _faults(made)
    assert len(group.people()) == 24
    assert group.holders() == {SEMARANG: 24}
    # Sent again: the same group, nobody twice.
    group.take(page)
    assert len(group.people()) == 24
    told = group.board()
    assert told.counts["moving"] == 24
    # The one who is ill stands on top, the child next.
    assert [row.returnee.marks[0] for row in told.rows[:2]] == ["ill", "child"]
    assert len(told.origins) == 5

    # To the transit shelter: one is refused there and stays with the organiser.
    transit = group.leg(group.journey("Ke transit"), TRANSIT, group.people(), homeward=False)
    assert group.board().rows[0].missing[-1] == "asked"
    group.ask(transit)
    assert "acceptance" in group.missing()
    refused, *accepted = group.travellers(transit)
    group.post(
        group.transit, f"/pemulangan/tahap/{transit}/jawab/",
        **{f"decision-{t}": "accept" for t in accepted},
        **{f"decision-{refused}": "decline", f"reason-{refused}": "penuh"},
    )  # fmt: skip
    told = group.board()
    assert sum("refused" in row.missing for row in told.rows) == 1
    assert told.counts["unanswered"] == 1
    group.hand_over(transit, group.browser, group.transit)
    assert group.holders() == {SEMARANG: 1, KUPANG: 23}

    # Three journeys: by road to Kupang itself and Mataram, by ship east, by ship west.
    group.post(group.browser, "/pemulangan/tindakan/", act="match-confirmed", person=group.people())
    chosen = ",".join(map(str, group.people()))
    answer = group.browser.post(
        "/pemulangan/tindakan/", {"act": "origin", "person": group.people()}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/pemulangan/asal-aman/?orang={chosen}"
    unsaid = group.browser.post("/pemulangan/asal-aman/", {"orang": chosen, "result": "safe"})
    assert unsaid.status_code == 422
    group.post(
        group.browser, "/pemulangan/asal-aman/", orang=chosen, result="safe", who="Dinsos asal"
    )
    with acting(group.organiser):
        assert Act.objects.filter(name="repatriation.origin_judged").count() == 24
        stays = Returnee.objects.get(passages__traveller_id=refused).id
    ways = {"Timur": ("53", "52"), "Tengah": ("73", "35"), "Barat": ("18",)}
    legs: dict[str, str] = {}
    for label, provinces in ways.items():
        journey = group.journey(label)
        for province in provinces:
            chosen = [p for p in group.people(origin_area__startswith=province) if p != stays]
            desk = SILENT if province == "18" else _HOMES[province][1]
            legs[province] = group.leg(journey, desk, chosen, homeward=True)
            group.ask(legs[province])
    for province in ("53", "52", "73", "35"):
        browser, _who = group.desk(province)
        group.post(browser, f"/pemulangan/tahap/{legs[province]}/jawab/", all="accept")
        group.hand_over(legs[province], group.transit, browser)

    # One desk is silent: the board says so, and another desk is chosen.
    with psycopg.connect(people.owner_url()):
        late = timezone.now() + timedelta(days=9)
    with acting(group.organiser):
        silent = boards.board(group.organiser, now=late)
    quiet = [row for row in silent.rows if "silent" in row.missing]
    assert quiet
    assert {row.returnee.origin_area[:2] for row in quiet} == {"18"}
    moved = group.post(
        group.browser, f"/pemulangan/tahap/{legs['18']}/meja-lain/", desk=_HOMES["18"][1]
    )
    legs["18"] = str(moved.redirect_chain[-1][0]).rstrip("/").rsplit("/", 1)[-1]
    group.ask(legs["18"])
    browser, _who = group.desk("18")
    group.post(browser, f"/pemulangan/tahap/{legs['18']}/jawab/", all="accept")
    group.hand_over(legs["18"], group.transit, browser)
    holders = group.holders()
    assert (holders.pop(SEMARANG), sum(holders.values())) == (1, 23)
    assert group.board().counts["unconfirmed"] == 23

    # The one who was refused goes straight home.
    province = next(p for p in _HOMES if stays in group.people(origin_area__startswith=p))
    last = group.leg(group.journey("Menyusul"), _HOMES[province][1], [stays], homeward=True)
    group.ask(last)
    browser, _who = group.desk(province)
    group.post(browser, f"/pemulangan/tahap/{last}/jawab/", all="accept")
    group.hand_over(last, group.browser, browser)
    assert SEMARANG not in group.holders()

    # Arrived, and visited in the first month.
    for province in _HOMES:
        browser, who = group.desk(province)
        with acting(who):
            held = list(
                Hold.objects.filter(agency_id=who.agency_id, until__isnull=True).values_list(
                    "id", flat=True
                )
            )
        page = browser.get("/pemulangan/bersama-kami/")
        assert page.content.decode().count('name="hold"') == len(held)
        group.post(browser, "/pemulangan/bersama-kami/tiba/", hold=held)
        for hold in held:
            group.post(
                browser, f"/pemulangan/bersama-kami/{hold}/kabar/", month=1, result="safe",
                visited_on=_today_at(province),
            )  # fmt: skip
    told = group.board()
    assert told.counts["followed"] == 24
    assert {row.visits[1] for row in told.rows} == {"safe"}
    for province in _HOMES:
        browser, who = group.desk(province)
        with acting(who):
            held = list(
                Hold.objects.filter(agency_id=who.agency_id, until__isnull=True).values_list(
                    "id", flat=True
                )
            )
        # The sixth month is not closed on the first day; then the months pass.
        early = browser.post(
            f"/pemulangan/bersama-kami/{held[0]}/kabar/",
            {"month": 6, "result": "safe", "visited_on": _today_at(province)},
        )
        assert early.status_code == 422
        assert "Too early for this month" in early.content.decode()
        with acting(who):
            for hold in held:
                for month, days in ((3, 95), (6, 190)):
                    later = timezone.now() + timedelta(days=days)
                    operations.record_visit(
                        hold_id=hold, month=month, result="safe", by=who, at=later,
                        visited_on=later.astimezone(zone_for(_HOMES[province][4])).date(),
                    )  # fmt: skip
    assert group.board().counts["ended"] == 24
    assert group.holders() == {}


def test_a_wrong_row_is_corrected_in_the_preview_and_nothing_is_half_taken(
    cast_at_home: Cast,
) -> None:
    group = Group24(cast_at_home)
    page = group.import_list()
    # The nameless row stands in line 29: title, gap, heading and twenty-five rows lie above it.
    line = re.search(r'name="edit" value="(\d+)"', page.content.decode())
    assert line is not None
    number = line[1]
    sent = _fields(page)
    opened = group.browser.post("/pemulangan/impor/periksa/", sent | {"edit": number})
    text = opened.content.decode()
    assert f'name="cell-{number}-1"' in text
    # One row is open, the others stay without their names.
    assert "Pekerja" not in text
    cells = dict(re.findall(rf'name="(cell-{number}-\d+)" value="([^"]*)"', text))
    typed = _fields(opened) | cells | {f"cell-{number}-1": "Pekerja Susulan Uji"}
    # Pressed at once: nothing is taken before it was looked at once more.
    hurried = group.browser.post("/pemulangan/impor/masukkan/", typed)
    assert hurried.status_code == 422
    assert group.people() == []
    checked = group.browser.post("/pemulangan/impor/periksa/", typed)
    told = checked.content.decode()
    assert "25 people are ready" in told
    assert "cannot be taken" not in told
    assert "Susulan" not in told
    made = group.take(checked)
    assert made.status_code == 200, _faults(made)
    assert len(group.people()) == 25
    # Sent again with the same list: nobody twice.
    group.take(checked)
    assert len(group.people()) == 25


def test_every_page_opens_for_its_side(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    chosen = group.people()[:2]
    leg = group.leg(group.journey("Ke transit"), TRANSIT, chosen, homeward=False)
    group.ask(leg)
    group.post(group.transit, f"/pemulangan/tahap/{leg}/jawab/", all="accept")
    with acting(group.organiser):
        number = group_number(Group.objects.get().id)
    for address in (
        "/pemulangan/", "/pemulangan/?tahap=ready", "/pemulangan/daftar/", "/pemulangan/impor/",
        f"/pemulangan/rombongan/{number}/", f"/pemulangan/orang/{chosen[0]}/",
        f"/pemulangan/tahap/{leg}/", f"/pemulangan/tahap/{leg}/serah-terima/",
        f"/pemulangan/tahap-baru/?orang={chosen[0]}",
    ):  # fmt: skip
        page = group.browser.get(address)
        assert page.status_code == 200, address
        assert "Pekerja Satu" not in page.content.decode()
    group.hand_over(leg, group.browser, group.transit)
    with acting(group.organiser):
        journey = Journey.objects.get().id
    told = group.browser.get(f"/pemulangan/perjalanan/{journey}/").content.decode()
    assert leg in told and "2 of 2" in told
    assert group.transit.get(f"/pemulangan/perjalanan/{journey}/").status_code == 403
    page = group.transit.get("/pemulangan/bersama-kami/")
    assert page.status_code == 200
    page = group.browser.get(f"/pemulangan/tahap/{leg}/")
    minutes = re.search(r"/pemulangan/berita-acara/[0-9a-f-]{36}/", page.content.decode())
    assert minutes is not None
    for browser in (group.browser, group.transit):
        assert browser.get(minutes[0]).status_code == 200
        letter = browser.post(f"{minutes[0]}surat/")
        assert letter.content.startswith(b"%PDF")
    stranger = signed_in(cast_at_home.besse)
    for address in (f"/pemulangan/tahap/{leg}/", minutes[0], f"/pemulangan/rombongan/{number}/"):
        assert stranger.get(address).status_code == 404


def test_a_password_that_does_not_fit_signs_nothing(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    leg = group.leg(group.journey("Ke transit"), TRANSIT, group.people()[:1], homeward=False)
    group.ask(leg)
    group.post(group.transit, f"/pemulangan/tahap/{leg}/jawab/", all="accept")
    traveller = group.travellers(leg)[0]
    answer = group.browser.post(
        f"/pemulangan/tahap/{leg}/serah-terima/",
        {"place": "Dermaga", "token": "0b6b6600-0000-4000-8000-000000000002",
         f"there-{traveller}": "yes", "password": "bukan ini"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert group.holders() == {SEMARANG: 24}


def test_a_desk_with_nobody_is_named_and_chosen_knowingly(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    way = {
        "orang": str(group.people()[0]), "journey": group.journey("Ke barat"),
        "service": "pemulangan", "desk": SILENT, "mode": "sea", "meeting_point": "Pintu timur",
        "departs_at": (group.at + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
        "arrives_at": (group.at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    warned = group.browser.post("/pemulangan/tahap-baru/", way)
    assert warned.status_code == 422
    assert "Nobody of Pemulangan, Dinsos Uji Lampung has an account here." in html.unescape(
        warned.content.decode()
    )
    planned = group.browser.post("/pemulangan/tahap-baru/", way | {"unstaffed": "on"})
    assert planned.status_code == 302


def test_off_a_leg_and_signed_by_a_number_on_the_other_screen(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    chosen = group.people()[:3]
    leg = group.leg(group.journey("Ke transit"), TRANSIT, chosen, homeward=False)
    group.ask(leg)
    group.post(group.transit, f"/pemulangan/tahap/{leg}/jawab/", all="accept")
    refused = group.browser.post(f"/pemulangan/tahap/{leg}/turun/", {"off": chosen[0]})
    assert refused.status_code == 422
    group.post(group.browser, f"/pemulangan/tahap/{leg}/turun/", off=chosen[0], reason="ill")
    assert len(group.travellers(leg, "accepted")) == 2
    # The transit desk makes a number for its escort; it is shown once and not again.
    made = group.transit.post(f"/pemulangan/tahap/{leg}/nomor/", {"side": "receiver"})
    number = re.search(r'class="road-number"[^>]*>(\d{6})<', made.content.decode())
    assert number is not None
    assert number[1] not in group.transit.get(f"/pemulangan/tahap/{leg}/").content.decode()
    there = {f"there-{t}": "yes" for t in group.travellers(leg, "accepted")}
    group.post(
        group.browser, f"/pemulangan/tahap/{leg}/serah-terima/", place="Dermaga", strokes=STROKES,
        token="0b6b6600-0000-4000-8000-000000000002", signed_at=_now(), **there,
    )  # fmt: skip
    page = group.browser.get(f"/pemulangan/tahap/{leg}/").content.decode()
    minutes = re.search(r"/pemulangan/berita-acara/[0-9a-f-]{36}/", page)
    assert minutes is not None
    lent = {"for": "receiver", "name": "Kapten Uji", "strokes": STROKES, "signed_at": _now()}
    wrong = f"{(int(number[1]) + 1) % 1_000_000:06d}"
    assert group.browser.post(minutes[0], lent | {"number": wrong}).status_code == 422
    with acting(_actor(_TRANSIT_OFFICER, KUPANG, TRANSIT)):
        # The page said no, and the try stays counted.
        assert Pin.objects.values_list("tries", flat=True).get() == 1
    group.post(group.browser, minutes[0], **lent, number=number[1])
    assert group.holders() == {SEMARANG: 22, KUPANG: 2}
    assert "Kapten Uji" in group.transit.get(minutes[0]).content.decode()


def test_the_investigators_answer_on_a_page_of_their_own(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    person = group.people()[1]
    group.post(
        group.browser, f"/pemulangan/orang/{person}/", act="ask_clearance", agency=KUPANG,
        words="LP 12 bulan Februari",
    )  # fmt: skip
    assert "clearance" in group.missing()
    page = group.transit.get("/pemulangan/izin/").content.decode()
    assert "LP 12 bulan Februari" in page
    address = re.search(r'action="(/pemulangan/izin/\d+/)"', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert address is not None and version is not None
    form = {"version": version[1], "answer": "needed"}
    assert group.transit.post(address[1], form).status_code == 422
    until = (timezone.now() + timedelta(days=5)).date().isoformat()
    group.post(group.transit, address[1], **form, until=until, because="Rekonstruksi hari Kamis")
    told = group.browser.get(f"/pemulangan/orang/{person}/").content.decode()
    assert "Rekonstruksi hari Kamis" in told
    assert "clearance" in group.missing()
    other, _who = group.desk("18")
    assert "LP 12" not in other.get("/pemulangan/izin/").content.decode()
    assert other.post(address[1], form).status_code == 404


def test_a_foreign_person_s_papers_are_written_on_her_page(cast_at_home: Cast) -> None:
    group = Group24(cast_at_home)
    group.take(group.import_list())
    person = group.people()[1]
    known = {"act": "known", "nationality": "VN", "origin_area": "", "means": "poor", "match": ""}

    def version() -> int:
        with acting(group.organiser):
            return Returnee.objects.get(id=person).version

    group.post(group.browser, f"/pemulangan/orang/{person}/", **known, version=version())
    assert "embassy" in group.missing()
    assert (
        'name="travel_paper"' in group.browser.get(f"/pemulangan/orang/{person}/").content.decode()
    )
    group.post(
        group.browser, f"/pemulangan/orang/{person}/", **known, version=version(),
        travel_paper="emergency", embassy_told_on=timezone.now().date().isoformat(),
    )  # fmt: skip
    assert "embassy" not in group.missing()
