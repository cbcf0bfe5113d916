"""rk11 on the stories: a wish is honoured, silence closes nothing."""

from __future__ import annotations

import pytest

from rangkul.assessments.answers import Answers
from rangkul.assessments.rk11_tutup import Search, advice, close

READY = {
    "sebab": "tujuan_tercapai",
    "ulang": "ya",
    "risiko": "rendah",
    "kendali": "ya",
    "rujuk": "ya",
    "hukum": "ya",
    "hak": "ya",
    "tutup_ok": "setuju",
}


def told(**changed: str) -> Answers:
    return Answers.of({**READY, **changed})


def test_goals_met_and_signed_may_close() -> None:
    result = close(told())
    assert result.advice == "dapat_ditutup"
    assert result.may_close
    assert result.sentence_id == "Dapat ditutup."


def test_without_the_supervisor_nothing_closes() -> None:
    assert not close(told(tutup_ok="kembali")).may_close
    assert not close(told(tutup_ok="")).may_close


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ulang", "tidak"),
        ("risiko", "sedang"),
        ("kendali", "tidak"),
        ("rujuk", "tidak_tahu"),
        ("hukum", ""),
        ("hak", "menolak"),
    ],
)
def test_each_open_matter_keeps_it_open_and_is_named(name: str, answer: str) -> None:
    result = close(told(**{name: answer}))
    assert result.advice == "belum"
    assert not result.may_close
    assert [reason.items for reason in result.blocking] == [(name,)]
    assert result.sentence_id.startswith("Belum dapat ditutup, karena: ")


def test_a_wish_to_stop_is_honoured_whatever_the_risk() -> None:
    result = close(told(sebab="permintaan", risiko="tinggi", kendali="tidak"))
    assert result.advice == "putusan_penyelia"
    assert result.may_close
    assert "bukan tekanan terduga" in result.to_weigh[0].text_id
    assert {reason.items[0] for reason in result.to_weigh[1:]} == {"risiko", "kendali"}


@pytest.mark.parametrize(
    ("search", "closes"),
    [
        (None, False),
        (Search(attempts=2, days=120), False),
        (Search(attempts=5, days=30), False),
        (Search(attempts=3, days=90), True),
    ],
)
def test_silence_alone_closes_nothing(search: Search | None, closes: bool) -> None:
    result = close(told(sebab="tak_terhubung"), search=search)
    assert result.advice == "putusan_penyelia"
    assert result.may_close is closes
    assert result.sentence_en.startswith("Not to be closed yet") is not closes


def test_death_is_reviewed_and_a_duplicate_simply_ends() -> None:
    died = close(Answers.of({"sebab": "meninggal", "tutup_ok": "setuju"}))
    assert died.may_close
    assert "ditinjau" in died.to_weigh[0].text_id
    assert close(Answers.of({"sebab": "ganda", "tutup_ok": "setuju"})).to_weigh == ()


def test_no_reason_no_closing() -> None:
    unnamed = told(sebab="")
    assert advice(unnamed) == "dapat_ditutup"
    assert not close(unnamed).may_close
    assert close(unnamed).sentence_id.startswith("Belum dapat ditutup")
