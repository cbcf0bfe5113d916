"""Coordinators read noisy sums of checked job offers, and only what stands out of the noise."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.utils import timezone
from tests.clients import Client
from tests.people import Cast, sign_in

from rangkul.assessments import job_offer
from rangkul.assessments.job_offer import Road, weigh
from rangkul.assessments.offer_counts import Tally, store


def _stored(checks: int, *codes: str, days_ago: int = 3) -> None:
    bad = {one.code: str(one.sign) for one in job_offer.questions(Road.ABROAD)}
    finding = weigh(Road.ABROAD, {code: bad[code] for code in codes})
    tally = Tally(below=Random(8).randrange)
    day = (timezone.now() - timedelta(days=days_ago)).date()
    for _ in range(checks):
        tally.add(finding, day)
    tally.finish()
    store(tally)


def _late(cast: Cast) -> str:
    client = Client()
    client.cookies["rangkul_language"] = "id"
    sign_in(client, cast.retno)
    return " ".join(client.get("/terlambat/").content.decode().split())


def test_what_stands_out_of_the_noise_is_told_in_tens(cast: Cast, committed_db: None) -> None:
    _stored(5000, "izin", "visa")
    page = _late(cast)
    told = page[page.index("Tawaran kerja yang dicek orang") :]
    assert "Kerja di luar negeri" in told and "Kerja di Indonesia" not in told
    assert "Perekrut tanpa izin SIP3MI" in told and "Memakai visa wisata" in told
    assert "Biaya menjadi utang" not in told
    assert "setiap angka dapat meleset 70" in told


def test_too_few_say_nothing(cast: Cast, committed_db: None) -> None:
    page = _late(cast)
    assert "Masih terlalu sedikit" in page
    assert "meleset 0" in page


def test_what_lies_far_back_is_not_counted(cast: Cast, committed_db: None) -> None:
    _stored(5000, "izin", days_ago=200)
    assert "Masih terlalu sedikit" in _late(cast)
