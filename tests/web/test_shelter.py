"""The shelter's screens: the board, an admission from the packet to the leaving, a lost bed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.clients import Client
from tests.domain.shelter.scene import ADDRESS, NAME, Shelter, build
from tests.people import NOW, Cast, sign_in

from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import queries as requests
from rangkul.shelter import operations, queries
from rangkul.shelter.models import Admission, Stay


@pytest.fixture
def shelter(db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelter]:
    """A house of four rooms in Kupang, at the hour of its requests: their consent still holds."""
    monkeypatch.setattr(hour, "now", lambda: NOW)
    yield build(cast)


def browser(actor: Actor, language: str = "en") -> Client:
    """A signed-in browser."""
    client = Client()
    sign_in(client, actor)
    client.cookies["rangkul_language"] = language
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    """A page's text."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


def placing(shelter: Shelter, admission: Admission, bed: str = "1A") -> dict[str, object]:
    """What the form of a placing sends."""
    return {
        "version": admission.version, "willing": "on", "criteria": ["kdrt"], "when": "now",
        "words": "Di terminal", "group-0": "adult", "sex-0": "P", "bed-0": shelter.beds[bed],
    }  # fmt: skip


def test_from_the_packet_to_the_leaving(shelter: Shelter) -> None:
    client, by = browser(shelter.officer), shelter.officer
    asked = shelter.request()
    packet = requests.packet_number(asked.id)
    board = page(client, "/hunian/")
    assert packet in board and NAME in board and ADDRESS not in board
    assert "conflict" in page(client, f"/hunian/rujukan/{packet}/")
    answer = client.post(f"/hunian/rujukan/{packet}/", {"version": 0, "conflict": "none"})
    with acting(by):
        admission = Admission.objects.get(request_id=asked.id)
    number = queries.admission_number(admission.id)
    home = f"/hunian/inap/{number}/"
    assert answer.headers["Location"] == home
    assert "bed-0" in page(client, home)
    assert client.post(f"{home}tempatkan/", placing(shelter, admission)).status_code == 302
    assert number in page(client, "/hunian/")
    text = page(client, home)
    assert "Has arrived" not in text and "Leaves by plan" in text
    assert ADDRESS not in text
    intake = {"version": 0, "medicine": "Paracetamol", "health_checked": "on"}
    assert client.post(f"{home}awal/", intake).status_code == 302
    assert "Paracetamol" in page(client, f"{home}awal/")
    assert client.post(f"{home}awal/", intake).status_code == 409
    assert client.post(f"{home}catatan/", {"body": "Tidur nyenyak"}).status_code == 302
    assert "Tidur nyenyak" in page(client, home)
    with acting(by):
        admission.refresh_from_db()
        stay = Stay.objects.get(admission=admission)
    leaving = {
        "version": admission.version, "stays": [stay.id], "destination": "family",
        "whereto": "Ke bibi", "words": "",
    }  # fmt: skip
    assert client.post(f"{home}pulang/", leaving).status_code == 302
    assert "Ke bibi" in page(client, home)
    assert number in page(client, "/hunian/riwayat/")
    assert number not in page(client, "/hunian/")


def test_a_yes_from_the_list_of_referrals_goes_through_the_check_and_takes_a_bed(
    shelter: Shelter,
) -> None:
    client = browser(shelter.officer)
    asked = shelter.request()
    packet = requests.packet_number(asked.id)
    for decision in ("accept", "accept_partly"):
        sent = {"version": asked.version, "decision": decision, "reason": "penuh", "words": "x"}
        answer = client.post(f"/rujukan/{packet}/jawab/", sent)
        assert answer.headers.get("Location") == f"/hunian/rujukan/{packet}/", decision
    with acting(shelter.officer):
        asked.refresh_from_db()
        assert asked.state == "sent"
        assert not Admission.objects.filter(request_id=asked.id).exists()


def test_who_loses_the_bed_keeps_the_form_and_reads_why(shelter: Shelter) -> None:
    client = browser(shelter.officer)
    admission = shelter.asked()
    shelter.placed("1A")
    home = f"/hunian/inap/{queries.admission_number(admission.id)}/"
    answer = client.post(f"{home}tempatkan/", placing(shelter, admission))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "given this bed a moment ago" in text
    assert "Di terminal" in text and 'value="kdrt"' in text
    again = placing(shelter, admission, "1B")
    assert client.post(f"{home}tempatkan/", again).status_code == 302


def test_a_form_that_tells_the_address_is_refused_beside_its_field(shelter: Shelter) -> None:
    client = browser(shelter.officer)
    admission = shelter.asked()
    home = f"/hunian/inap/{queries.admission_number(admission.id)}/"
    told = placing(shelter, admission) | {"words": f"Datang ke {ADDRESS}"}
    answer = client.post(f"{home}tempatkan/", told)
    assert answer.status_code == 422
    assert "meeting point" in answer.content.decode()


def test_the_address_is_covered_until_it_is_opened(shelter: Shelter) -> None:
    client, address = browser(shelter.officer), f"/hunian/rumah/{shelter.house.id}/alamat/"
    assert ADDRESS not in page(client, address)
    opened = client.post(address)
    assert ADDRESS in opened.content.decode()
    assert opened.headers["Cache-Control"] == "no-store"
    for other, status in ((shelter.cast.dorce, 403), (shelter.cast.marten, 403)):
        assert browser(other).post(address).status_code == status
    assert browser(shelter.cast.laras).post(address).status_code == 404


def test_an_admin_sets_the_house_up(shelter: Shelter) -> None:
    client = browser(shelter.cast.dorce)
    assert NAME in page(client, "/hunian/rumah/")
    home = f"/hunian/rumah/{shelter.house.id}/"
    room = {"age_group": "family", "sex": "", "beds": 3, "cots": 1}
    assert client.post(f"{home}kamar/", room).status_code == 302
    assert "Room 5" in page(client, home)
    bed = shelter.beds["1B"]
    closing = {"version": 1, "reason": "repair", "until": ""}
    assert client.post(f"/hunian/tempat/{bed}/tutup/", closing).status_code == 302
    assert "Being repaired" in page(client, home)
    assert client.post(f"/hunian/tempat/{bed}/buka/", {"version": 2}).status_code == 302
    made = {
        "version": 0, "desk_id": 9202, "name": "Rumah Uji Kedua", "kind": "rptc",
        "stay_days": 14, "criteria": ["kdrt"], "open": "on",
    }  # fmt: skip
    assert client.post("/hunian/rumah/baru/", made).status_code == 302
    assert "Rumah Uji Kedua" in page(client, "/hunian/rumah/")
    page(client, "/hunian/", 403)


def test_a_supervisor_sees_numbers_and_decides(shelter: Shelter) -> None:
    admission = shelter.placed()
    with acting(shelter.officer):
        operations.ask_extension(
            admission_id=admission.id, days=7, reason="health",
            expected_version=admission.version, by=shelter.officer, at=admission.asked_at,
        )  # fmt: skip
        operations.write_note(
            admission_id=admission.id, body="Rahasia rumah", by=shelter.officer,
            at=admission.asked_at,
        )  # fmt: skip
        admission.refresh_from_db()
    client = browser(shelter.cast.marten)
    number = queries.admission_number(admission.id)
    assert number in page(client, "/hunian/")
    text = page(client, f"/hunian/inap/{number}/")
    assert "Grant" in text and "Rahasia rumah" not in text
    decided = {"version": admission.version, "granted": "yes"}
    assert client.post(f"/hunian/inap/{number}/perpanjang/putus/", decided).status_code == 302
    page(client, f"/hunian/inap/{number}/awal/", 403)


def test_the_bed_list_on_paper_bears_no_name(shelter: Shelter) -> None:
    admission = shelter.placed()
    text = page(browser(shelter.officer), f"/hunian/cetak/{shelter.house.id}/")
    assert queries.admission_number(admission.id) in text
    assert NAME not in text and ADDRESS not in text and "Nara" not in text


def test_a_companion_asks_the_own_shelter(shelter: Shelter) -> None:
    from tests.domain.referrals.scene import make_scene
    from tests.people import NOW

    from rangkul.custody import queries as custody
    from rangkul.shelter.operations import HouseDetails

    cast = shelter.cast
    with acting(cast.laras):
        operations.make_house(
            details=HouseDetails(9102, "Rumah Uji Marlina", "rptc", 14, ("kdrt",)), by=cast.laras,
            at=NOW,
        )  # fmt: skip
    with acting(cast.ratih):
        number = custody.case_number(make_scene(cast).case_id)
    client, home = browser(cast.ratih), f"/kasus/{number}/hunian/"
    assert "Rumah Uji Marlina" not in page(client, home)
    asked = {"desk_id": 9102, "criteria": ["kdrt"], "children": 1}
    assert client.post(home, asked).status_code == 302
    text = page(client, home)
    assert "Waits for a decision" in text
    board = page(browser(cast.laras), "/hunian/")
    assert "with 1 child" in board


def test_empty_screens_say_what_to_do(shelter: Shelter) -> None:
    text = page(browser(shelter.cast.laras), "/hunian/")
    assert "There is no house yet." in text
    page(browser(shelter.cast.laras), "/hunian/riwayat/")
    page(browser(shelter.cast.laras), "/hunian/rumah/")


def test_several_are_checked_and_placed_on_one_page(shelter: Shelter) -> None:
    client, by = browser(shelter.officer), shelter.officer
    asked = [shelter.request(), shelter.request(), shelter.request()]
    told = page(client, "/hunian/bersama/")
    assert ADDRESS not in told
    assert all(requests.packet_number(each.id) in told for each in asked)
    nothing = client.post("/hunian/bersama/periksa/", {})
    assert nothing.status_code == 422
    found = {f"conflict-{each.id}": "none" for each in asked[:2]} | {
        f"conflict-{asked[2].id}": "resident"
    }
    assert client.post("/hunian/bersama/periksa/", found).status_code == 302
    with acting(by):
        first, second = Admission.objects.filter(conflict="none").order_by("id")
    told = page(client, "/hunian/bersama/")
    # Who is a conflict is not offered a bed here.
    assert queries.admission_number(first.id) in told
    sent: dict[str, object] = {
        "willing": "on", "criteria": ["kdrt"], "when": "now", "words": "Di terminal",
    }  # fmt: skip
    for admission, bed in ((first, "1A"), (second, "3A")):
        sent |= {
            f"take-{admission.id}": "on", f"version-{admission.id}": admission.version,
            f"group-{admission.id}": "adult", f"sex-{admission.id}": "P",
            f"bed-{admission.id}": shelter.beds[bed],
        }  # fmt: skip
    refused = client.post("/hunian/bersama/tempatkan/", sent)
    assert refused.status_code == 422
    assert "This room is for the other sex." in refused.content.decode()
    with acting(by):
        assert not Stay.objects.exists()
    sent[f"bed-{second.id}"] = shelter.beds["1B"]
    assert client.post("/hunian/bersama/tempatkan/", sent).status_code == 302
    with acting(by):
        assert Stay.objects.filter(state="staying").count() == 2
    # Sent once more by a second press: nobody waits any more, nothing is doubled.
    assert client.post("/hunian/bersama/tempatkan/", sent).status_code in (302, 422)
    with acting(by):
        assert Stay.objects.count() == 2


def test_into_another_house_on_its_page(shelter: Shelter) -> None:
    client, by = browser(shelter.officer), shelter.officer
    admission = shelter.placed("1A")
    number = queries.admission_number(admission.id)
    assert client.get(f"/hunian/inap/{number}/pindah-rumah/").status_code == 404
    with acting(by):
        other = operations.make_house(
            details=operations.HouseDetails(
                shelter.house.desk_id, "Rumah Uji Kedua", "rptc", 14, ("kdrt",)
            ),
            by=by, at=admission.asked_at,
        )  # fmt: skip
        room = operations.add_room(
            house_id=other.id, sex="P", group="adult", beds=1, by=by, at=admission.asked_at
        )
        bed = room.beds.get().id
    assert "Another house" in page(client, f"/hunian/inap/{number}/")
    form = {"version": admission.version, "bed-0": bed}
    assert client.post(f"/hunian/inap/{number}/pindah-rumah/", form).status_code == 302
    with acting(by):
        assert Admission.objects.get(id=admission.id).house_id == other.id
    assert "→" in page(client, f"/hunian/inap/{number}/")
