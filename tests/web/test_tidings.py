"""A survivor's code over the whole stack: given in the file, opened at the one door, ended."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from tests import visitors
from tests.clients import Client
from tests.people import Cast
from tests.rows import as_owner
from tests.web.files import number_of, open_file, signed_in

from rangkul.foundation import hour
from rangkul.portal import codes, effort
from rangkul.portal.effort import Gate

pytestmark = pytest.mark.usefixtures("committed_db")

CODE = "/info/kode/"


class Door:
    """Somebody at the one door, without scripts, whom nobody knows."""

    def __init__(self) -> None:
        self.client = Client()
        self.status = 0
        self.page = ""

    def post(self, place: str, fields: dict[str, Any]) -> str:
        answer = self.client.post(place, fields)
        assert not answer.cookies
        self.status, self.page = answer.status_code, answer.content.decode()
        return self.page

    def opens(self, code: str) -> str:
        return visitors.opened(self.post, self.client.get(CODE).content.decode(), code)

    def presses(self, do: str, **more: str) -> str:
        sent = {"opened": visitors.hidden(self.page, "opened"), "do": do} | more
        if do == "message":
            sent["token"] = visitors.hidden(self.page, "token")
        return self.post(CODE, sent)


class Ward:
    """Ratih's file with its page of messages."""

    def __init__(self, cast: Cast) -> None:
        self.client = signed_in(cast.ratih)
        self.number = number_of(open_file(cast.ratih))
        self.place = f"/kasus/{self.number}/kabar/"

    def gives(self, **more: str) -> list[str]:
        """Her code in words, the code for pressure in words."""
        sent = {"days": "90", "shows": "messages", "language": "id"} | more
        answer = self.client.post(f"{self.place}beri/", sent)
        assert answer.status_code == 200
        shown = re.findall(r'class="code-large">([^<]+)<', answer.content.decode())
        assert len(shown) == 3
        return [shown[1], shown[2]]

    def acts(self, do: str, **more: str) -> Any:
        page = self.text()
        place = re.search(rf"{self.place}[0-9a-f-]{{36}}/", page)
        assert place
        return self.client.post(place[0], {"do": do} | more)

    def text(self) -> str:
        answer = self.client.get(self.place)
        assert answer.status_code == 200
        return str(answer.content.decode())


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    gate = Gate()
    for module in (effort, codes):
        monkeypatch.setattr(module, "GATE", gate)
    return Door()


@pytest.fixture
def ward(cast: Cast) -> Ward:
    return Ward(cast)


def test_a_code_from_its_giving_to_its_end(ward: Ward, door: Door) -> None:
    assert "Give the survivor a code" in ward.text()
    hers, _pressed = ward.gives()
    assert hers not in ward.text()
    assert "Belum ada pesan" in door.opens(hers)
    assert "Anda ditunggu" not in door.page
    assert "sudah sampai" in door.presses("message", message="Saya di tempat adik.")
    assert "Saya di tempat adik." in ward.text()
    assert ward.acts("write", message="Baik, besok saya kabari.").status_code == 302
    assert "Baik, besok saya kabari." in door.opens(hers)
    assert ward.number not in door.page
    assert ward.acts("end").status_code == 302
    door.presses("message", message="Terlambat datang")
    assert "Terlambat datang" not in ward.text()
    door.opens(hers)
    assert door.status == 422
    assert "ended here" in ward.text()


def test_behind_the_code_for_pressure_stands_an_empty_page(ward: Ward, door: Door) -> None:
    hers, pressed = ward.gives(shows="details")
    soon = (hour.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00")
    assert ward.acts("expect", starts_at=soon, detail="Klinik Uji Kenari").status_code == 302
    ward.acts("write", message="Sampai lusa.")
    assert "Klinik Uji Kenari" in door.opens(hers)
    assert "Sampai lusa." in door.page
    empty = door.opens(pressed)
    assert door.status == 200
    assert "Belum ada pesan" in empty
    for word in ("Klinik Uji Kenari", "Sampai lusa.", "ditunggu"):
        assert word not in empty
    door.presses("message", message="Baik saja")
    assert "Baik saja" not in door.page
    door.presses("consent", sure="ya")
    assert "Sudah dicabut" in door.page
    page = ward.text()
    assert "under pressure" in page
    assert "code for pressure was used" in page
    with as_owner() as owner:
        [[urgent]] = owner.execute(
            "select count(*) from alerts_alert where kind = 'tidings.code_pressed' and urgent"
        ).fetchall()
    assert urgent >= 1
    assert "Sampai lusa." in door.opens(hers)


def test_only_hours_where_she_asked_for_hours(ward: Ward, door: Door) -> None:
    hers, _pressed = ward.gives(shows="times")
    soon = (hour.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00")
    ward.acts("expect", starts_at=soon, detail="Klinik Uji Kenari")
    assert "Anda ditunggu" in door.opens(hers)
    assert "09.00" in door.page
    assert "Klinik" not in door.page
    assert ward.acts("shows", shows="messages").status_code == 302
    assert "Anda ditunggu" not in door.opens(hers)


def test_what_cannot_be_taken_is_said_and_kept_on_the_page(ward: Ward) -> None:
    ward.gives()
    for sent, words in (
        ({"do": "write", "message": ""}, "Please fill this in."),
        ({"do": "expect", "starts_at": "2020-01-01T09:00"}, "This lies in the past."),
        ({"do": "expect", "starts_at": "kapan-kapan"}, "Please fill this in."),
    ):
        do = sent.pop("do")
        answer = ward.acts(do, **sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert ward.client.post(f"{ward.place}beri/", {"days": "7"}).status_code == 422
    assert ward.acts("cancel", which="x").status_code == 404


def test_nobody_else_reaches_her_messages(ward: Ward, cast: Cast) -> None:
    ward.gives()
    for stranger, status in ((cast.yohana, 404), (cast.nining, 404), (cast.sinta, 403)):
        client = signed_in(stranger)
        assert client.get(ward.place).status_code == status
        assert client.post(f"{ward.place}beri/", {"days": "90"}).status_code == status
