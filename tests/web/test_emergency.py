"""The screens of emergency access: number, reason, second factor, what is lent, its end, review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.rows import as_owner
from tests.web.files import NAME, number_of, open_file, signed_in

from rangkul.cases.models import CaseFile
from rangkul.custody import emergency
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

ASKED = {"reason": "before_me", "words": "Ia datang malam ini.", "minutes": "30"}


@pytest.fixture
def file(committed_db: None, cast: Cast) -> CaseFile:
    return open_file(cast.yohana, area="53.71")


def _borrow(client: Client, file: CaseFile) -> str:
    answer = client.post("/darurat/baru/", {**ASKED, "number": number_of(file)})
    assert answer.status_code == 302, answer.content
    return str(answer.url)


def test_a_companion_borrows_reads_and_ends(file: CaseFile, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    page = _borrow(client, file)
    covered = client.get(page).content.decode()
    assert NAME not in covered
    assert "Show what is lent" in covered
    shown = client.post(f"{page}buka/")
    assert NAME in shown.content.decode()
    assert client.post(f"{page}langkah/", {"step": "ended"}).status_code == 302
    over = client.post(f"{page}buka/")
    assert over.status_code == 410
    assert NAME not in over.content.decode()
    assert "has ended" in client.get(f"{page}tutup/").content.decode()


def test_the_case_itself_stays_closed(file: CaseFile, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    _borrow(client, file)
    for part in ("", "jejak/", "orang/", "rencana/"):
        assert client.get(f"/kasus/{number_of(file)}/{part}").status_code == 404


@pytest.mark.promise(
    "emergency-fresh-factor", chapter="emergency",
    sentence="Emergency access asks for the second factor anew; without it nothing is borrowed.",
)  # fmt: skip
def test_without_a_fresh_factor_nothing_is_borrowed(
    file: CaseFile, cast: Cast, figure: Any
) -> None:
    client = Client()
    sign_in(client, cast.ratih, fresh=False)
    answer = client.post("/darurat/baru/", {**ASKED, "number": number_of(file)})
    assert answer.status_code in (302, 403)
    assert _grants() == 0
    figure("0 grants by a session whose second factor is older than ten minutes")


@pytest.mark.planted("emergency-fresh-factor")
def test_planted_a_page_that_asks_for_no_factor_is_seen(
    file: CaseFile, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rangkul.desk.page.ask_factor", lambda request: None)
    client = Client()
    sign_in(client, cast.ratih, fresh=False)
    client.post("/darurat/baru/", {**ASKED, "number": number_of(file)})
    assert _grants() == 1


def _grants() -> int:
    with as_owner() as owner:
        row = owner.execute("select count(*) from custody_emergencygrant").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("RK-0000-0001", "has a slip in it"),
        ("", "required"),
    ],
)
def test_a_wrong_number_keeps_what_was_typed(
    file: CaseFile, cast: Cast, number: str, sentence: str
) -> None:
    answer = signed_in(cast.ratih).post("/darurat/baru/", {**ASKED, "number": number})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Ia datang malam ini." in answer.content.decode()


def test_a_supervisor_of_the_lead_reviews(file: CaseFile, cast: Cast) -> None:
    page = _borrow(signed_in(cast.ratih), file)
    reviewer = signed_in(cast.marten)
    assert "To be reviewed" in reviewer.get("/darurat/").content.decode()
    seen = reviewer.get(page).content.decode()
    assert "Ia datang malam ini." in seen
    refused = reviewer.post(f"{page}langkah/", {"step": "unjustified", "words": ""})
    assert refused.status_code == 422
    assert reviewer.post(f"{page}langkah/", {"step": "justified"}).status_code == 302
    assert reviewer.post(f"{page}langkah/", {"step": "justified"}).status_code == 422


def test_strangers_see_no_borrowing(file: CaseFile, cast: Cast) -> None:
    page = _borrow(signed_in(cast.ratih), file)
    for other in (cast.nining, cast.andi, cast.besse):
        assert signed_in(other).get(page).status_code == 404
        assert signed_in(other).post(f"{page}langkah/", {"step": "ended"}).status_code == 404
    for other in (cast.wahyuni, cast.marten, cast.nining):
        assert signed_in(other).post(f"{page}buka/").status_code == 404
    for other in (cast.joko, cast.bagas, cast.sinta):
        assert signed_in(other).get("/darurat/").status_code == 403


def test_a_tab_left_open_is_told_that_it_is_over(file: CaseFile, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    page = _borrow(client, file)
    _let_run_out()
    assert client.post(f"{page}buka/").status_code == 410
    assert "has ended" in client.get(page).content.decode()


def _let_run_out() -> None:
    with as_owner() as owner:
        owner.execute("alter table custody_emergencygrant disable trigger house_kept")
        owner.execute(
            "update custody_emergencygrant set opened_at = opened_at - %(back)s, "
            "ends_at = ends_at - %(back)s",
            {"back": timedelta(minutes=31)},
        )
        owner.execute("alter table custody_emergencygrant enable trigger house_kept")
        owner.commit()


def test_the_end_in_the_middle_of_a_reading_is_told_kindly(
    file: CaseFile, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.ratih)
    page = _borrow(client, file)
    _let_run_out()
    # The page believed that it still ran; the database did not.
    monkeypatch.setattr(emergency, "is_live", lambda grant, *, at: True)
    answer = client.post(f"{page}buka/")
    assert answer.status_code == 410
    assert NAME not in answer.content.decode()


def test_a_right_that_rests_is_said_plainly(file: CaseFile, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    page = _borrow(client, file)
    signed_in(cast.marten).post(f"{page}langkah/", {"step": "unjustified", "words": "Tidak perlu."})
    assert "rests" in client.get("/darurat/").content.decode()
    answer = client.post("/darurat/baru/", {**ASKED, "number": number_of(file)})
    assert answer.status_code == 422
    with acting(cast.ratih):
        assert emergency.standing_of_own().suspended


def test_the_survivors_trail_shows_it_in_red(file: CaseFile, cast: Cast) -> None:
    _borrow(signed_in(cast.ratih), file)
    trail = signed_in(cast.yohana).get(f"/kasus/{number_of(file)}/jejak/").content.decode()
    assert "Borrowed in an emergency" in trail
    assert "is-emergency" in trail
    assert "Ratih Wulandari Uji" in trail


def test_a_colleague_declares_and_the_file_is_gone(committed_db: None, cast: Cast) -> None:
    file = open_file(cast.ratih)
    client, number = signed_in(cast.ratih), number_of(file)
    answer = client.post(
        f"/kasus/{number}/terkait/",
        {"user": cast.ratih.user_id, "related_to": "suspect", "tie": "kin"},
    )
    assert (answer.status_code, answer.url) == (302, "/kasus/")
    assert client.get(f"/kasus/{number}/").status_code == 404
    assert number not in client.get("/kasus/").content.decode()
    supervisor = signed_in(cast.wahyuni)
    page = supervisor.get(f"/kasus/{number}/terkait/").content.decode()
    assert "Ratih Wulandari Uji" in page
    _lift(supervisor, number, cast.ratih)


def _lift(supervisor: Client, number: str, whom: Actor) -> None:
    with as_owner() as owner:
        row = owner.execute(
            "select id from custody_relation where user_id = %s", [whom.user_id]
        ).fetchone()
    assert row is not None
    answer = supervisor.post(f"/kasus/{number}/terkait/{row[0]}/buka/", {"reason": "mistaken"})
    assert answer.status_code == 302
    assert "Open again" in supervisor.get(f"/kasus/{number}/terkait/").content.decode()
    assert hour.now() is not None
