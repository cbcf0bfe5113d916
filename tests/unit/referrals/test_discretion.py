"""Free words may not carry past the levels what the levels hold back."""

from __future__ import annotations

import pytest

from rangkul.referrals.discretion import Secrets, find

SECRETS = Secrets(
    names=("Marlina Kusumaningrum",), suspects=("Bram Hartono",), phones=("+6281234567890",),
    addresses=("Jalan Kenanga 17",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Berkas RK-7F3K-9QXT", "case_number"),
        ("berkas rk 7f3k 9qxt", "case_number"),
        ("NIK 3374 0155 0703 0002", "identity_number"),
        ("hubungi 0812-3456-7890", "contact"),
        ("menginap di jalan  KENANGA 17", "address"),
        ("Ibu Kusumaningrum datang pukul satu", "name"),
        ("melati kusumaningrum", "name"),
        ("suaminya, Hartono, mencari", "suspect_named"),
        ("sedang minum ARV", "hiv"),
        ("hamil tujuh bulan", "pregnancy"),
    ],
)
def test_finds(text: str, code: str) -> None:
    assert find({"asked": text}, SECRETS) == {"asked": code}


@pytest.mark.parametrize(
    "text",
    ["Periksa luka tangan kanan, nyeri menggenggam", "Datang 13.00", "Umur 22, berat 48 kg",
     "Mulai 2026-03-02 pukul 0900", "Bramantyo bukan siapa-siapa di sini"],
)  # fmt: skip
def test_lets_plain_words_through(text: str) -> None:
    assert find({"asked": text}, SECRETS) == {}


def test_the_risk_sentence_never_mentions_a_withheld_suspect() -> None:
    said = {"risk_note": "Terduga tahu tempat ini"}
    assert find(said, SECRETS) == {"risk_note": "suspect_named"}
    assert find(said, Secrets(suspect_withheld=False)) == {}
    assert find({"asked": said["risk_note"]}, SECRETS) == {}


def test_who_must_not_come_in_may_be_named_in_its_own_field_only() -> None:
    texts = {"words.must_not_enter": "Bram Hartono", "words.diet": "Bram Hartono"}
    found = find(texts, SECRETS, may_name_suspect=["words.must_not_enter"])
    assert found == {"words.diet": "suspect_named"}
