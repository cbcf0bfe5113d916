"""A form that was not taken leads back to its page, and to no other house."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from rangkul.look.wayback import HOME, page_of

HOST = "http://testserver"


def test_a_page_is_its_own_address() -> None:
    assert page_of(RequestFactory().get("/kasus/?risk=tinggi")) == "/kasus/?risk=tinggi"


@pytest.mark.parametrize(
    ("before", "back"),
    [
        (f"{HOST}/kasus/RK-1/catatan/", "/kasus/RK-1/catatan/"),
        (f"{HOST}/rujukan/baru/?layanan=medis", "/rujukan/baru/?layanan=medis"),
        (HOST, HOME),
        ("", HOME),
        ("https://elsewhere.invalid/kasus/", HOME),
        ("//elsewhere.invalid/kasus/", HOME),
        ("javascript:alert(1)", HOME),
    ],
)
def test_what_was_sent_leads_to_the_page_of_its_form(before: str, back: str) -> None:
    sent = RequestFactory().post("/rujukan/PK-1/jawab/", headers={"Referer": before})
    assert page_of(sent) == back


def test_a_part_leads_to_the_page_around_it() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HOST}/kasus/"}
    assert page_of(RequestFactory().get("/pemberitahuan/jumlah", headers=headers)) == "/kasus/"
