"""Lists that a role has no right to: refused with the house's sentence, and never offered."""

from __future__ import annotations

import pytest
from tests.people import Cast
from tests.web.files import signed_in

pytestmark = pytest.mark.django_db

CASES, OUTBOX, NOTICES, REPORTS = "/kasus/", "/rujukan/keluar/", "/laporan/kontak/", "/laporan/"
LISTS = (CASES, OUTBOX, NOTICES, REPORTS)
OPEN = {
    "ratih": {CASES, OUTBOX, NOTICES},
    "wahyuni": {CASES, OUTBOX, NOTICES, REPORTS},
    "joko": {REPORTS},
    "melki": set(),
    "bagas": set(),
    "sinta": set(),
}


@pytest.mark.parametrize("who", OPEN)
def test_a_list_is_open_or_refused_and_the_navigation_knows(cast: Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))
    home = client.get("/").content.decode()
    for address in LISTS:
        answer = client.get(address)
        assert answer.status_code == (200 if address in OPEN[who] else 403), address
        if address not in OPEN[who]:
            assert f'href="{address}"' not in home
            assert "Who can help" in answer.content.decode()
        elif address != NOTICES:
            assert f'href="{address}"' in home


def test_the_caseload_leads_to_earlier_contact(cast: Cast) -> None:
    """Who carries cases and takes no reports still finds what other desks asked."""
    assert f'href="{NOTICES}"' in signed_in(cast.ratih).get(CASES).content.decode()
