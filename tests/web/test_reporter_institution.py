"""What a desk does about a reporter's institution: fixed sentences with agreement, a silent end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import SEMARANG, Cast, sign_in
from tests.rows import as_owner
from tests.web.test_reporter import SCHOOL, STORY, TEACHER, browser, norma, sent, shown

from rangkul.access.policy import Forbidden
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import operations as network
from rangkul.network import policy as network_policy
from rangkul.reports import institutions, operations, queries
from rangkul.reports.institutions import ADVICE
from rangkul.reports.models import Report

__all__ = ["browser", "norma"]
_TOLD = (
    "A registered reporter learns received or in hand, and what she may do at her place once the "
    "person has agreed; never more."
)
_SILENT = "Where the institution is suspected its reporters' access ends, and nobody there is told."


def _advise(cast: Cast, report_id: int, *codes: str, agreed_by: str = "orangnya") -> None:
    with acting(cast.joko):
        institutions.advise(
            report_id=report_id, codes=codes, agreed_by=agreed_by, by=cast.joko, at=timezone.now()
        )


def _take(cast: Cast, report_id: int) -> None:
    with acting(cast.joko):
        operations.take_in_hand(report_id=report_id, by=cast.joko, at=timezone.now())


def _desk(cast: Cast, actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["rangkul_language"] = "id"
    sign_in(client, actor)
    return client


# -- what may be done there ---------------------------------------------------------------------


@pytest.mark.promise("reporter-learns-no-more", chapter="web", sentence=_TOLD)
def test_she_reads_the_agreed_sentences_and_nothing_else(
    browser: Client, norma: Actor, cast: Cast, figure: Callable[[str], None]
) -> None:
    report_id, other = sent(norma), sent(norma)
    before = shown(browser.get("/pelapor/"))
    assert "Orangnya sudah setuju" not in before
    _take(cast, report_id)
    _advise(cast, report_id, "waktu_istirahat", "rahasia")
    page = shown(browser.get("/pelapor/"))
    assert page.count("Orangnya sudah setuju") == 1
    assert "Biarkan ia keluar ruangan sebentar" in page and "Beri waktu lebih" not in page
    secrets = (STORY, "Anggrek", "Joko", "UPTD", "tinggi", "Pengaduan", "luka")
    found = [word for word in secrets if word in page]
    figure(f"2 of 9 sentences shown, both agreed to; {len(found)} of {len(secrets)} other facts")
    assert found == []
    assert queries.report_number(other) in page
    # Taken back, it is gone.
    _advise(cast, report_id, agreed_by="")
    assert "Orangnya sudah setuju" not in shown(browser.get("/pelapor/"))


@pytest.mark.planted("reporter-learns-no-more")
def test_planted_advice_without_agreement_is_refused(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    _take(cast, report_id)
    for agreed_by in ("", "sekolah", "ORANGNYA"):
        with pytest.raises(InvalidInput):
            _advise(cast, report_id, "rahasia", agreed_by=agreed_by)
    with pytest.raises(InvalidInput):
        _advise(cast, report_id, "Ayahnya memukulnya")
    with acting(norma):
        assert institutions.list_advice([report_id]) == {}


@pytest.mark.planted("reporter-learns-no-more")
def test_planted_the_database_tells_nobody_but_the_sender(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    _take(cast, report_id)
    _advise(cast, report_id, *ADVICE)
    with acting(norma):
        assert institutions.list_advice([report_id]) == {report_id: ADVICE}
    for other in (cast.nining, cast.joko, cast.andi):
        with acting(other):
            assert institutions.list_advice([report_id]) == {}


def test_nothing_is_said_before_somebody_answers(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    with pytest.raises(IllegalMove):
        _advise(cast, report_id, "rahasia")


def test_a_report_of_the_own_desk_has_no_institution(cast: Cast, committed_db: None) -> None:
    with acting(cast.joko):
        own = operations.begin_report(by=cast.joko, at=timezone.now())
    with pytest.raises(NotReachable):
        _advise(cast, own.id, "rahasia")
    client = _desk(cast, cast.joko)
    assert client.get(f"/laporan/{queries.report_number(own.id)}/lembaga/").status_code == 404


def test_the_desk_ticks_what_was_agreed_to(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    client, number = _desk(cast, cast.joko), queries.report_number(report_id)
    address = f"/laporan/{number}/lembaga/"
    assert address not in shown(client.get(f"/laporan/{number}/"))
    fields = {"do": "advise", "codes": ["rahasia", "waktu_tugas"], "agreed_by": "anak_dan_wali"}
    refused = client.post(address, fields)
    assert refused.status_code == 422 and "Tangani dulu laporannya" in shown(refused)
    _take(cast, report_id)
    refused = client.post(address, fields | {"agreed_by": ""})
    assert refused.status_code == 422
    page = shown(refused)
    assert "Tanpa persetujuan" in page
    assert len(re.findall(r'name="codes" value="\w+" checked', page)) == 2
    assert client.post(address, fields)["Location"] == address
    page = shown(client.get(address))
    assert 'value="waktu_tugas" checked' in page and 'value="tempat_duduk" checked' not in page
    assert "SMP Uji Semarang" in page and "1 pelapor terdaftar" in page
    # Only a supervisor decides about an institution.
    assert "Akhiri tanpa pemberitahuan" not in page


# -- a suspected institution --------------------------------------------------------------------


def _end(actor: Actor, report_id: int) -> int:
    with acting(actor):
        return institutions.end_reporters(report_id=report_id, by=actor, at=timezone.now())


@pytest.mark.promise("suspected-institution-ends-silently", chapter="web", sentence=_SILENT)
def test_their_access_ends_at_once_and_nothing_there_says_why(
    browser: Client, norma: Actor, cast: Cast, figure: Callable[[str], None]
) -> None:
    report_id = sent(norma)
    _take(cast, report_id)
    with as_owner() as owner:
        before = owner.execute(
            "select count(*) from trail_act where agency_id = %s", [SCHOOL]
        ).fetchone()
    assert _end(cast.wahyuni, report_id) == 1
    answer = browser.get("/pelapor/")
    page = shown(answer)
    assert answer.status_code == 403
    told = [
        word for word in ("curiga", "dicurigai", "laporan Anda", "diakhiri oleh") if word in page
    ]
    # Whoever is no suspect still finds a way to help.
    assert "110" in page and "/info/" in page
    with as_owner() as owner:
        after = owner.execute(
            "select count(*) from trail_act where agency_id = %s", [SCHOOL]
        ).fetchone()
        alerts = owner.execute(
            "select count(*) from alerts_alert where agency_id = %s", [SCHOOL]
        ).fetchone()
        own = owner.execute(
            "select agency_id, detail from trail_act where name = 'report.reporters_ended'"
        ).fetchall()
    figure(
        f"1 of 1 reporters shut out at the next request; {after[0] - before[0]} lines in the "
        f"institution's trail, {alerts[0]} alerts there, {len(told)} telling words on her page"
    )
    assert (told, before, alerts) == ([], after, (0,))
    assert own == [(SEMARANG, {"institution": SCHOOL})]
    with acting(cast.wahyuni):
        assert Report.objects.filter(id=report_id).exists()


@pytest.mark.planted("suspected-institution-ends-silently")
def test_planted_nobody_else_ends_them(browser: Client, norma: Actor, cast: Cast) -> None:
    """Not the intake officer, not a foreign supervisor, not a report of one's own, not by SQL."""
    report_id = sent(norma)
    with pytest.raises(Forbidden):
        _end(cast.joko, report_id)
    for stranger in (cast.andi, replace(cast.andi, roles=frozenset({"penyelia"}))):
        with pytest.raises((Forbidden, NotReachable)):
            _end(stranger, report_id)
    with acting(cast.joko):
        from django.db import DatabaseError, connection

        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select house.end_reporters(%s, now())", [report_id])
    assert browser.get("/pelapor/").status_code == 200


def test_a_reporter_who_holds_another_role_keeps_that_one(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = '{admin_lembaga,pelapor_terdaftar}' "
            "where id = %s", [TEACHER],
        )  # fmt: skip
    assert _end(cast.wahyuni, report_id) == 1
    with as_owner() as owner:
        row = owner.execute(
            "select roles, until, version from network_membership where id = %s", [TEACHER]
        ).fetchone()
    assert row == (["admin_lembaga"], None, 2)
    with pytest.raises(NotReachable):
        _end(cast.wahyuni, report_id)


def test_the_supervisor_ends_it_on_the_page(norma: Actor, cast: Cast, browser: Client) -> None:
    report_id = sent(norma)
    client = _desk(cast, cast.wahyuni)
    address = f"/laporan/{queries.report_number(report_id)}/lembaga/"
    page = shown(client.get(address))
    assert "Akhiri tanpa pemberitahuan" in page
    assert client.post(address, {"do": "end"})["Location"] == address
    assert "Tidak ada dari lembaga ini yang punya akses sekarang" in shown(client.get(address))
    assert browser.get("/pelapor/").status_code == 403


# -- one or two, trained ------------------------------------------------------------------------


def _invite(cast: Cast, name: str, *roles: str) -> None:
    with acting(cast.sinta):
        network.invite_member(
            username=name, display_name=name.title(), email="", sex="", roles=roles, desk_ids=(),
            password=f"kata-{uuid4()}", by=cast.sinta, at=timezone.now(),
        )  # fmt: skip


def test_a_third_registered_reporter_is_refused(cast: Cast, committed_db: None) -> None:
    _invite(cast, "guru.satu", "pelapor_terdaftar")
    _invite(cast, "guru.dua", "pelapor_terdaftar")
    with pytest.raises(network_policy.TooManyReporters):
        _invite(cast, "guru.tiga", "pelapor_terdaftar")
    _invite(cast, "guru.empat", "petugas_pengaduan")


def test_the_half_day_is_noted_by_the_admin(cast: Cast, committed_db: None) -> None:
    client = _desk(cast, cast.sinta)
    page = shown(client.get("/instrumen/pelatihan/"))
    assert "Pelapor terdaftar, setengah hari" in page
    client.post("/instrumen/pelatihan/", {"user": str(cast.ratih.user_id), "module": ["pelapor"]})
    assert 'value="pelapor" checked' in shown(client.get("/instrumen/pelatihan/"))
