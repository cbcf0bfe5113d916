"""A session or a place that ends under an open form: nothing stored, a way back, nothing told."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.rows import as_owner
from tests.web.files import number_of, open_file
from tests.web.test_faults import WORDS, browser, counted


@pytest.mark.usefixtures("committed_db")
def test_a_session_that_ended_in_the_middle_of_a_form_stores_nothing_and_leads_back(
    cast: Cast,
) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/catatan/"
    client = browser(cast.ratih)
    before = counted()
    session = client.session
    session["seen_at"] = int((timezone.now() - timedelta(hours=1)).timestamp())
    session.save()
    answer = client.post(here, {"body": WORDS}, headers={"Referer": f"http://testserver{here}"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/akun/login/?{urlencode({'next': here, 'idle': 1})}"
    assert WORDS not in answer["Location"]
    assert counted() == before
    # A page's own saving is told to load the sign-in page instead of putting it into the form.
    page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}"}
    told = client.post(here, {"body": WORDS}, headers=page)
    assert told.status_code == 401
    assert told["HX-Redirect"] == f"/akun/login/?{urlencode({'next': here})}"


@pytest.mark.usefixtures("committed_db")
def test_a_form_from_before_the_sign_out_is_refused_with_a_sentence(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["rangkul_language"] = "en"
    sign_in(client, cast.ratih)
    answer = client.post(f"/kasus/{number_of(file)}/catatan/", {"body": WORDS})
    assert answer.status_code == 403
    assert "kept in this tab" in answer.content.decode()


@pytest.mark.usefixtures("committed_db")
def test_a_membership_that_ends_under_an_open_tab_writes_nothing(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = browser(cast.ratih)
    before = counted()
    with as_owner() as owner:
        owner.execute(
            "update network_membership set until = now() - interval '1 second', version = 2 "
            "where id = %s", [cast.ratih.membership_id],
        )  # fmt: skip
    answer = client.post(f"/kasus/{number_of(file)}/catatan/", {"body": WORDS})
    assert answer.status_code == 403
    assert counted() == before
