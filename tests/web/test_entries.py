"""Upkeep of the directory through the URL: confirm, see what changed, take back; files too."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.clients import Client
from tests.people import KUPANG, SEMARANG, SERVICE_DESK, Cast, sign_in

from rangkul.exchange.hsds import mapping
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.jobs import directory_upkeep
from rangkul.network import operations, queries
from rangkul.network.models import Desk, DeskService, DirectoryChange
from rangkul.network.operations import DeskDetails, Offer

# A house of its own: what others' worlds offer at these desks would change what is read here.
pytestmark = pytest.mark.usefixtures("committed_db")

OURS, THEIRS = SERVICE_DESK[SEMARANG], SERVICE_DESK[KUPANG]


def page_of(actor: Actor) -> Client:
    found = Client()
    sign_in(found, actor)
    return found


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def desk(desk_id: int = OURS) -> Desk:
    return Desk.objects.get(id=desk_id)


def changes(cast: Cast) -> list[DirectoryChange]:
    """The changes of our desk, newest first, as its agency reads them."""
    with acting(cast.sinta):
        return list(DirectoryChange.objects.filter(desk_id=OURS).order_by("-number"))


def confirm(client: Client, desk_id: int = OURS, version: int | None = None) -> Any:
    sent = {"version": desk(desk_id).version if version is None else version}
    return client.post(reverse("network-desk-confirm", args=[desk_id]), sent)


def edit(cast: Cast, **changes: Any) -> None:
    row = desk()
    told = DeskDetails(**({"name": row.name, "takes_reports": row.takes_reports} | changes))
    with acting(cast.sinta):
        operations.edit_desk(
            desk_id=OURS, details=told, version=row.version, by=cast.sinta, at=hour.now()
        )


# -- one press --------------------------------------------------------------------------------


def test_one_press_confirms_an_entry(cast: Cast) -> None:
    client = page_of(cast.sinta)
    before = body(client.get(reverse("network-entries")))
    assert "belum dikonfirmasi" in before
    answer = confirm(client)
    assert answer["Location"] == reverse("network-desk", args=[OURS])
    after = desk()
    assert (after.confirmed_by, after.version) == (cast.sinta.user_id, 2)
    assert after.confirmed_at is not None
    (change,) = changes(cast)
    assert (change.kind, change.number, change.by_user) == ("confirmed", 2, cast.sinta.user_id)
    assert "Terima kasih" in body(client.get(reverse("network-desk", args=[OURS])))
    with acting(cast.sinta):
        (row,) = queries.search_directory(at=hour.now(), words="UPTD Uji Semarang").rows
    assert (row.confirmed, row.stale) == (True, False)


def test_whoever_sits_at_the_desk_confirms_it_and_no_other(cast: Cast) -> None:
    mine = page_of(cast.laras)
    assert OURS in cast.laras.desk_ids
    assert confirm(mine).status_code == 302
    other = next(d.id for d in Desk.objects.filter(agency_id=SEMARANG).exclude(id=OURS))
    assert confirm(mine, other).status_code == 403
    assert confirm(mine, THEIRS).status_code == 404
    assert desk(THEIRS).confirmed_at is None


def test_an_entry_that_changed_meanwhile_is_not_confirmed_unread(cast: Cast) -> None:
    client, version = page_of(cast.sinta), desk().version
    edit(cast, phone="0840 5")
    assert confirm(client, version=version).status_code == 409
    assert desk().confirmed_at is None


def test_after_half_a_year_an_entry_is_old_everywhere(cast: Cast) -> None:
    with acting(cast.sinta):
        Desk.objects.filter(id=OURS).update(confirmed_at=hour.now() - timedelta(days=181))
        Desk.objects.filter(agency_id=SEMARANG).exclude(id=OURS).update(confirmed_at=hour.now())
        due = [row.id for row in queries.list_to_confirm(cast.sinta, at=hour.now())]
        (row,) = queries.search_directory(at=hour.now(), words="UPTD Uji Semarang").rows
    assert due == [OURS]
    assert row.stale
    client = page_of(cast.sinta)
    assert "perlu dikonfirmasi lagi" in body(client.get(reverse("network-entries")))
    assert "terakhir dikonfirmasi" in body(client.get(reverse("network-desk", args=[OURS])))
    with acting(cast.sinta):
        Desk.objects.filter(id=OURS).update(confirmed_at=hour.now() - timedelta(days=179))
        assert queries.list_to_confirm(cast.sinta, at=hour.now()) == []


def test_a_coordinator_sees_how_far_her_province_is(cast: Cast) -> None:
    with acting(cast.sinta):
        Desk.objects.filter(id=OURS).update(confirmed_at=hour.now())
    told = re.sub(r"<[^>]+>", " ", body(page_of(cast.retno).get(reverse("network-entries"))))
    assert re.search(r"Jawa Tengah\s+1/2\s+1", told)
    assert "Nusa Tenggara Timur" not in told
    assert re.search(r"UPTD Uji Semarang\s+1/2\s+1", told)
    assert "UPTD Uji Kupang" not in told
    nation = re.sub(r"<[^>]+>", " ", body(page_of(cast.hendra).get(reverse("network-entries"))))
    assert re.search(r"Nusa Tenggara Timur\s+0/2\s+2", nation)
    assert "1/2" not in body(page_of(cast.laras).get(reverse("network-entries")))


def test_an_admin_is_told_on_her_first_page_and_by_the_bell(cast: Cast) -> None:
    where = reverse("network-entries")
    assert where in body(page_of(cast.sinta).get(reverse("today")))
    assert where not in body(page_of(cast.laras).get(reverse("today")))
    directory_upkeep.ask(hour.now())
    bell = body(page_of(cast.sinta).get(reverse("alert-list")))
    assert where in bell
    assert "menunggu kepastian" in bell


# -- history ----------------------------------------------------------------------------------


def test_each_change_stands_in_the_history_and_the_last_is_taken_back(cast: Cast) -> None:
    edit(cast, phone="0840 5", website="https://uji.example")
    with acting(cast.sinta):
        operations.set_hours(
            desk_id=OURS, always_open=False, hours={"1": [["08:00", "12:00"]]},
            version=desk().version, by=cast.sinta, at=hour.now(),
        )  # fmt: skip
    client = page_of(cast.sinta)
    told = body(client.get(reverse("network-desk-history", args=[OURS])))
    assert "0840 5" in told
    assert "08:00–12:00" in told
    assert told.count("network-desk-undo") + told.count("kembalikan/") == 1
    newest, first = changes(cast)
    where = reverse("network-desk-undo", args=[OURS])
    client.post(where, {"change": first.id})
    assert desk().hours == {"1": [["08:00", "12:00"]]}
    assert client.post(where, {"change": newest.id}).status_code == 302
    assert (desk().hours, desk().phone) == ({}, "0840 5")
    undone = changes(cast)[0]
    assert (undone.kind, undone.undoes, undone.after) == (
        "undone",
        newest.id,
        {"hours": {}, "always_open": True},
    )
    client.post(where, {"change": undone.id})
    assert len(changes(cast)) == 3


def test_services_and_a_confirmation_are_taken_back_too(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.set_services(
            desk_id=OURS, offers=[Offer("medis", "P", 3, 9)], version=1, by=cast.sinta,
            at=hour.now(),
        )  # fmt: skip
        operations.set_services(
            desk_id=OURS, offers=[Offer("visum")], version=2, by=cast.sinta, at=hour.now()
        )
    client, where = page_of(cast.sinta), reverse("network-desk-undo", args=[OURS])
    last = changes(cast)[0]
    client.post(where, {"change": last.id})
    (offer,) = desk().offers.all()
    assert (offer.service, offer.sex, offer.age_min, offer.age_max) == ("medis", "P", 3, 9)
    confirm(client)
    client.post(where, {"change": changes(cast)[0].id})
    assert (desk().confirmed_at, desk().confirmed_by) == (None, None)


def test_what_would_be_wrong_today_is_not_put_back(cast: Cast) -> None:
    """An address that was taken off cannot come back once the desk offers shelter."""
    edit(cast, address="Jalan Uji 3")
    edit(cast, address="")
    gone = changes(cast)[0]
    with acting(cast.sinta):
        # Behind the operations: what arrives from elsewhere is no last change of theirs.
        DeskService.objects.create(agency_id=SEMARANG, desk_id=OURS, service="hunian")
    answer = page_of(cast.sinta).post(
        reverse("network-desk-undo", args=[OURS]), {"change": gone.id}, follow=True
    )
    assert "tidak disimpan di sini" in body(answer)
    assert desk().address == ""


def test_the_history_is_the_agencys_own(cast: Cast) -> None:
    edit(cast, phone="0840 5")
    stranger = page_of(cast.melki)
    assert stranger.get(reverse("network-desk-history", args=[OURS])).status_code == 404
    own = page_of(cast.laras)
    told = own.get(reverse("network-desk-history", args=[OURS]))
    assert told.status_code == 200
    assert "kembalikan/" not in body(told)
    change = changes(cast)[0].id
    assert (
        own.post(reverse("network-desk-undo", args=[OURS]), {"change": change}).status_code == 403
    )
    with acting(cast.melki):
        assert not DirectoryChange.objects.exists()


# -- files ------------------------------------------------------------------------------------


def brought(client: Client, content: bytes, name: str = "rangkul-hsds.json") -> Any:
    return client.post(reverse("network-entries-file"), {"file": SimpleUploadedFile(name, content)})


def carried(answer: Any) -> str:
    (found,) = re.findall(r'name="carried" value="([^"]+)"', body(answer))
    return str(found)


def taken_out(client: Client, **asked: str) -> bytes:
    content: bytes = client.get(reverse("network-entries-export"), asked).content
    return content


def corrected(content: bytes, **changes: str) -> bytes:
    said = json.loads(content)
    place = next(
        each for each in said[0]["locations"] if each["id"] == mapping.location_id(desk().code)
    )
    place.update(changes)
    return json.dumps(said).encode()


def test_out_corrected_seen_and_applied(cast: Cast) -> None:
    client = page_of(cast.sinta)
    content = taken_out(client)
    same = brought(client, content)
    assert (same.status_code, "carried" in body(same)) == (200, False)
    preview = brought(client, corrected(content, name="Layanan Baru"))
    assert preview.status_code == 200
    assert "Layanan Baru" in body(preview)
    assert desk().name == "Layanan"
    answer = client.post(reverse("network-entries-apply"), {"carried": carried(preview)})
    assert answer["Location"] == reverse("network-entries")
    assert desk().name == "Layanan Baru"
    change = changes(cast)[0]
    assert (change.kind, change.before, change.by_user) == (
        "imported", {"name": "Layanan"}, cast.sinta.user_id,
    )  # fmt: skip


def test_the_tables_go_the_same_way(cast: Cast) -> None:
    client = page_of(cast.sinta)
    content = taken_out(client, bentuk="csv")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    assert {"locations.csv", "services.csv", "datapackage.json"} <= names
    assert brought(client, content, "rangkul-hsds.zip").status_code == 200


def test_somebody_was_quicker(cast: Cast) -> None:
    client = page_of(cast.sinta)
    preview = brought(client, corrected(taken_out(client), name="Layanan Baru"))
    edit(cast, phone="0840 5")
    answer = client.post(reverse("network-entries-apply"), {"carried": carried(preview)})
    assert answer.status_code == 422
    assert (desk().name, desk().phone) == ("Layanan", "0840 5")


@pytest.mark.parametrize("spoiled", ["", "x", "a:b:c"])
def test_only_what_was_shown_is_applied(cast: Cast, spoiled: str) -> None:
    client = page_of(cast.sinta)
    preview = carried(brought(client, corrected(taken_out(client), name="Layanan Baru")))
    answer = page_of(cast.dorce).post(reverse("network-entries-apply"), {"carried": preview})
    assert answer.status_code == 422
    answer = client.post(reverse("network-entries-apply"), {"carried": spoiled})
    assert answer.status_code == 422
    assert desk().name == "Layanan"


def test_another_agencys_desks_are_strangers_in_the_file(cast: Cast) -> None:
    client = page_of(cast.sinta)
    content = taken_out(client).replace(
        mapping.location_id(desk().code).encode(),
        mapping.location_id(desk(THEIRS).code).encode(),
    )
    answer = brought(client, content)
    assert answer.status_code == 422
    assert "tidak menunjuk meja Anda" in body(answer)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\\x03\\x04", b"[" * 100_000, b"{}"])
def test_bad_files_get_a_sentence(cast: Cast, content: bytes) -> None:
    answer = brought(page_of(cast.sinta), content)
    assert answer.status_code == 422
    assert 'role="alert"' in body(answer) or "<li><code>" in body(answer)
    assert "carried" not in body(answer)


def test_only_admins_take_out_and_bring_in(cast: Cast) -> None:
    for actor in (cast.laras, cast.ratih, cast.retno):
        client = page_of(actor)
        assert client.get(reverse("network-entries-export")).status_code == 403
        assert client.get(reverse("network-entries-file")).status_code == 403
        assert client.post(reverse("network-entries-apply")).status_code == 403
        assert client.get(reverse("network-entries")).status_code == 200


# -- what the desk's form says more -----------------------------------------------------------


def test_the_form_keeps_what_the_public_reads(cast: Cast) -> None:
    client = page_of(cast.sinta)
    where = reverse("network-desk-edit", args=[OURS])
    sent = {
        "version": desk().version, "name": "Layanan", "whatsapp": "0840 12", "active": "on",
        "website": "https://uji.example", "address": "Jalan Uji 9", "hours_note": "Telepon dulu",
        "access_notes": "Ramp", "languages": ["ind"],
    }  # fmt: skip
    assert client.post(where, sent).status_code == 302
    row = desk()
    assert (row.whatsapp, row.address, row.access_notes, row.hours_note, row.listed) == (
        "0840 12", "Jalan Uji 9", "Ramp", "Telepon dulu", False,
    )  # fmt: skip
    wrong = sent | {"version": row.version, "website": "javascript:alert(1)", "whatsapp": "call me"}
    answer = client.post(where, wrong)
    assert answer.status_code == 422
    assert body(answer).count("field-error") >= 2


def test_a_shelter_gets_no_address_by_any_door(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.set_services(
            desk_id=OURS, offers=[Offer("hunian")], version=1, by=cast.sinta, at=hour.now()
        )
    client = page_of(cast.sinta)
    answer = client.post(
        reverse("network-desk-edit", args=[OURS]),
        {"version": 2, "name": "Layanan", "address": "Jalan Rahasia", "languages": ["ind"]},
    )
    assert answer.status_code == 422
    assert desk().address == ""
