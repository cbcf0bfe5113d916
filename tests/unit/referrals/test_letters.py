"""What stands on paper: the slip gives nothing away, and its code holds a number and no more."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from tests.unit.referrals.reading import pdf_text, qr_text

from rangkul.referrals import letters
from rangkul.referrals.letters import TELLING, Slip

NUMBER = "PK-8RDM-3TXW"
ADDRESS = f"https://contoh.example/p/{NUMBER}/"
SLIP = Slip("Senin 2 Maret, 13.00", "Gedung B, loket 4", "Botol minum")


def _words(slip: Slip, language: str) -> str:
    with override(language):
        made = letters._pdf("neutral.typ", letters.slip_data(slip, NUMBER, ADDRESS))
    return pdf_text(made)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_slip_says_when_where_and_the_number(language: str) -> None:
    words = _words(SLIP, language)
    for part in ("Senin 2 Maret, 13.00", "Gedung B, loket 4", "Botol minum", NUMBER):
        assert part in words


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_slip_says_nothing_else(language: str) -> None:
    words = _words(SLIP, language)
    assert not letters.tells(words), words
    for forbidden in (*TELLING, "RK-", "rujukan", "rangkul", "referral"):
        assert forbidden not in words.casefold().split() and forbidden not in words


def test_the_reader_would_see_a_telling_word() -> None:
    """The planted fault: the check above reads what is really drawn."""
    assert letters.tells(_words(Slip("Senin", "Unit PPA Polres, korban"), "id"))


@pytest.mark.parametrize(
    ("slip", "field"),
    [
        (Slip("", "Gedung B"), "when"), (Slip("Senin", " "), "place"),
        (Slip("Senin", "x" * 161), "place"), (Slip("Senin", "Kantor Polisi"), "place"),
        (Slip("Senin", "UPTD-PPA"), "place"), (Slip("Senin", "Rumah aman Marlina"), "place"),
        (Slip("Senin", "Gedung B", "surat RK-7F3K-9QXT"), "bring"),
        (Slip("Senin", "Gedung B", "NIK 3374015507030002"), "bring"),
    ],
)  # fmt: skip
def test_words_that_are_not_printed(slip: Slip, field: str) -> None:
    assert field in slip.errors()


def test_words_that_are() -> None:
    assert SLIP.errors() == {}


def test_words_are_data_never_markup() -> None:
    words = _words(Slip("#panic() *tebal* $x$", '#read("/etc/hosts") <label>'), "id")
    assert "#panic() *tebal* $x$" in words and '#read("/etc/hosts") <label>' in words


def test_the_code_holds_the_number_and_nothing_else() -> None:
    assert qr_text(letters.qr_svg(ADDRESS)) == ADDRESS


@pytest.mark.parametrize("text", ["a", "x" * 25, "http://127.0.0.1:8000/p/PK-0000-0000/", "y" * 80])
def test_the_reading_of_codes_is_right(text: str) -> None:
    assert qr_text(letters.qr_svg(text)) == text
