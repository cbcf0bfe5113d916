"""The notices of earlier contact: whom to call, and as many questions for one as for many."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.people import INTAKE_DESK, KUPANG, MAKASSAR, SERVICE_DESK, Cast
from tests.web.files import open_file, signed_in

from rangkul.reports import queries as reports
from rangkul.reports.models import EarlierContact

pytestmark = pytest.mark.django_db

ASKING = [
    (KUPANG, INTAKE_DESK[KUPANG]), (KUPANG, SERVICE_DESK[KUPANG]),
    (MAKASSAR, SERVICE_DESK[MAKASSAR]), (MAKASSAR, None),
]  # fmt: skip


@pytest.mark.parametrize("many", [1, 4])
def test_the_page_costs_the_same_for_one_desk_and_for_four(
    cast: Cast, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, now = open_file(cast.ratih), timezone.now()
    rows = [
        EarlierContact(
            id=uuid4(), agency_id=cast.ratih.agency_id, case_id=file.case_id,
            asking_agency_id=agency, asking_desk_id=desk, noticed_at=now - timedelta(hours=2),
            answered_at=now, answer=EarlierContact.CONTACT,
        )
        for agency, desk in ASKING[:many]
    ]  # fmt: skip
    monkeypatch.setattr(reports, "list_earlier_contacts", lambda actor, *, since: rows)
    client = signed_in(cast.ratih)
    client.get("/laporan/kontak/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/laporan/kontak/").content.decode()
    desks = [each["sql"] for each in asked if 'FROM "network_desk"' in each["sql"]]
    assert len(desks) == 1
    assert page.count('<p class="row-wrap">') == many
