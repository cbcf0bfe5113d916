"""Agreements through the URL: read by all, kept by a party, changed by a new version only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clients import Client
from tests.people import Cast
from tests.web.files import signed_in

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries
from rangkul.network.agreements import Limit

pytestmark = pytest.mark.usefixtures("db")
TODAY = timezone.localdate()


def sent(**changes: str) -> dict[str, str]:
    start = {
        "title": "PKS Uji Layanan Medis", "kind": "bilateral", "paper_number": "12/PKS/2026",
        "since": TODAY.isoformat(), "until": (TODAY + timedelta(days=30)).isoformat(),
        "source": "PKS 12/2026", "agencies": "UPTD Uji Semarang\nUPTD Uji Kupang", "areas": "",
        "medis_on": "on", "medis_accept": "3", "medis_accept_unit": "hours",
        "medis_residency": "everyone", "medis_payer": "origin",
    }  # fmt: skip
    return start | changes


def enter(client: Client, **changes: str) -> int:
    answer = client.post(reverse("agreement-new"), sent(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def test_the_list_shows_the_ten_provinces_as_not_confirmed(cast: Cast) -> None:
    page = signed_in(cast.ratih).get(reverse("agreement-list")).content.decode()
    assert "Forum Mitra Praja Utama" in page
    assert "Not confirmed yet" in page
    assert reverse("agreement-new") not in page


def test_a_party_s_admin_enters_one_and_the_other_s_changes_it(cast: Cast) -> None:
    agreement = enter(signed_in(cast.sinta))
    theirs = signed_in(cast.dorce)
    page = theirs.get(reverse("agreement-page", args=[agreement])).content.decode()
    assert "3 hours" in page
    assert "Ends soon" in page
    assert reverse("agreement-change", args=[agreement]) in page
    form = theirs.get(reverse("agreement-change", args=[agreement])).content.decode()
    assert "12/PKS/2026" in form
    answer = theirs.post(
        reverse("agreement-change", args=[agreement]),
        sent(number="1", areas="Nusa Tenggara Timur: rumah_sakit", medis_contact="2",
             medis_contact_unit="working_days"),
    )  # fmt: skip
    assert answer.status_code == 302
    with acting(cast.dorce):
        row, rows = queries.get_agreement(agreement, on=TODAY)
    assert [each.number for each in rows] == [2, 1]
    (terms,) = (queries.agreements.terms_of(t) for t in row.terms.all())
    assert (terms.accept, terms.contact) == (Limit(3), Limit(2, "working_days"))
    assert [m.area_id for m in row.members.all() if m.area_id] == ["53"]
    old = theirs.get(reverse("agreement-page", args=[agreement]) + "?versi=1").content.decode()
    assert "This is version 1, not the one of today." in old


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agencies": "Lembaga Tak Dikenal"}, "has no one agency named"),
        ({"areas": "Bali: warung"}, "is no kind of agency"),
        ({"until": (TODAY - timedelta(days=1)).isoformat()}, "The last day lies before the first"),
        ({"medis_contact": "1", "medis_contact_unit": "hours"}, "contact before outcome"),
        ({"agencies": "UPTD Uji Kupang\nLSM Uji Makassar"}, "kept by an agency that is a party"),
    ],
)
def test_what_cannot_stand_is_told_on_the_form(
    cast: Cast, changes: dict[str, str], said: str
) -> None:
    answer = signed_in(cast.sinta).post(reverse("agreement-new"), sent(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("who", ["ratih", "wahyuni", "melki", "bagas"])
def test_without_the_permission_nobody_keeps_one(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    assert signed_in(actor).get(reverse("agreement-new")).status_code == 403


def test_a_stranger_may_read_and_not_touch(cast: Cast) -> None:
    agreement = enter(signed_in(cast.sinta), agencies="UPTD Uji Semarang\nLSM Uji Makassar")
    client = signed_in(cast.dorce)
    assert client.get(reverse("agreement-page", args=[agreement])).status_code == 200
    assert client.get(reverse("agreement-change", args=[agreement])).status_code == 403
    answer = client.post(
        reverse("agreement-end", args=[agreement]),
        {"number": "1", "last_day": TODAY.isoformat(), "reason": "x"},
    )
    assert answer.status_code == 403
    with acting(cast.dorce):
        assert len(queries.get_agreement(agreement, on=TODAY)[1]) == 1


def test_ending_needs_the_reason_and_shows_it(cast: Cast) -> None:
    client = signed_in(cast.sinta)
    agreement = enter(client)
    address = reverse("agreement-end", args=[agreement])
    refused = client.post(address, {"number": "1", "last_day": TODAY.isoformat(), "reason": ""})
    assert refused.status_code == 422
    told = client.post(
        address, {"number": "1", "last_day": TODAY.isoformat(), "reason": "Diganti PKS baru"}
    )
    assert told.status_code == 302
    page = client.get(reverse("agreement-page", args=[agreement])).content.decode()
    assert "Diganti PKS baru" in page


def test_an_unknown_one_is_not_there(cast: Cast) -> None:
    assert signed_in(cast.ratih).get(reverse("agreement-page", args=[999_999])).status_code == 404


def test_only_ours_shows_those_that_name_us(cast: Cast) -> None:
    enter(signed_in(cast.sinta), agencies="UPTD Uji Semarang\nLSM Uji Makassar")
    page = signed_in(cast.yohana).get(reverse("agreement-list") + "?siapa=kami").content.decode()
    assert "PKS Uji Layanan Medis" not in page
    assert "Forum Mitra Praja Utama" in page
