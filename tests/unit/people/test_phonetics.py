"""Every usual spelling of a name meets in one key, and titles are told from names."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.people.phonetics import (
    is_title,
    normalise,
    phonetic_key,
    readings,
    skeleton,
    written_in_full,
)

ONE_NAME = [
    "soekarno sukarno sukarna",
    "tjahjono cahyono",
    "djoko joko",
    "soesilo susilo",
    "oetami utami",
    "sandjaja sanjaya",
    "njoman nyoman",
    "wahjoeni wahyuni wahyuny",
    "wijaya widjaja wijaja",
    "muhammad muhamad mohamad mohammad mohammed moh muh mhd mochammad muchamad mukhamad",
    "ahmad akhmad achmad ahmat ach",
    "abdul abd abdoel",
    "abdurrahman abdulrahman abdurahman abdoerrachman",
    "abdussalam abdulsalam abdusalam",
    "abdullah abdulah abdoellah",
    "nur noor noer",
    "siti sitti st sity",
    "sjarif syarif sharif sarip sjarief syarip",
    "fatimah fatima patimah fathimah vatimah",
    "rizki rizky risqi riski rizqi rizqy",
    "khairul chairul hairul chaerul",
    "dzulkifli zulkifli zulkipli",
    "usman utsman oesman",
    "zainab zaenab zaynab zainap",
    "aisyah aisah aisya aisha",
    "taufik taufiq taufiek",
    "naufal nawfal",
    "aditya aditia adithya",
    "sofyan sofian sopian",
    "maria mariya marya",
    "yohanes johanes yohannes johannes",
    "kristina christina cristina",
    "theresia teresia",
    "elisabet elisabeth",
    "filipus philipus pilipus",
    "franciscus fransiskus",
    "xaverius saverius",
    "alex aleks",
    "suwarno soewarno suarno",
    "simanjuntak simandjuntak",
    "kadek kade",
]

DIFFERENT = [
    ("siti", "sri"),
    ("wayan", "made"),
    ("ratna", "ratih"),
    ("mahmud", "muhammad"),
    ("mamat", "muhammad"),
    ("muhammadiyah", "muhammad"),
    ("abdi", "abdul"),
    ("nurul", "nur"),
    ("lubis", "siregar"),
    ("aminah", "amanah"),
]


@pytest.mark.parametrize("spellings", ONE_NAME)
def test_spellings_of_one_name_share_a_key(spellings: str) -> None:
    assert len({phonetic_key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_keep_apart(one: str, other: str) -> None:
    assert phonetic_key(one) != phonetic_key(other)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Hj. Fāṭimah binti 'Abdullāh, S.Pd.", ("fatimah", "abdullah")),
        ("H. Ahmad", ("ahmad",)),
        ("Drs. H. Moh. Rizki, M.Si", ("moh", "rizki")),
        ("M.Rizki S. Pd.", ("m", "rizki")),
        ("M.A. Rizki", ("m", "a", "rizki")),
        ("Siti  NUR   hayati", ("siti", "nur", "hayati")),
        ("Nu'man Al-Amin", ("numan", "al", "amin")),
        ("Nur‘aini", ("nuraini",)),
        ("Lubis, Siti", ("lubis", "siti")),
        ("St. Aminah", ("st", "aminah")),
        ("Aminah, ST", ("aminah",)),
        ("dr. Ratna Dewi, Sp.OG", ("ratna", "dewi")),
        ("Hj.Siti Aminah, S.E., M.M.", ("siti", "aminah")),
        ("Rr. Retno Wulandari SH", ("retno", "wulandari")),
        ("Ibu Yuni", ("yuni",)),
        ("Almarhum Pak Slamet", ("slamet",)),
        ("Dayu Kade", ("ida", "ayu", "kade")),
        ("A.A. Ngurah Oka", ("anak", "agung", "ngurah", "oka")),
        ("Ia Saminem", ("ia", "saminem")),
        ("Anak Agung Oka", ("anak", "agung", "oka")),
        ("Bulan anak Jawa", ("bulan", "jawa")),
        ("Andi Tenri", ("andi", "tenri")),
        ("Cut Intan", ("cut", "intan")),
        ("Ma Ling", ("ma", "ling")),
        ("Haji", ("haji",)),
        ("", ()),
        (" . , - 12", ()),
    ],
)
def test_words_without_titles(written: str, words: tuple[str, ...]) -> None:
    assert normalise(written) == words


def test_a_title_that_may_be_a_name_is_read_both_ways() -> None:
    assert ("h", "ahmad") in readings("H. Ahmad")
    assert ("tenri",) in readings("Andi Tenri")
    assert ("fatimah",) in readings("Fatimah binti Abdullah")
    assert readings("Wayan Sudarma") == [("wayan", "sudarma")]


@pytest.mark.parametrize("word", ["H.", "Hj", "Drs.", "dr.", "S.Pd.", "M.Si", "SH", "Bapak", "Rr."])
def test_titles(word: str) -> None:
    assert is_title(word)


@pytest.mark.parametrize("word", ["Andi", "Cut", "Teuku", "Gusti", "Siti", "Ma", "Hana", ""])
def test_names_are_no_titles(word: str) -> None:
    assert not is_title(word)


words = st.text(string.ascii_lowercase, max_size=12)


@given(st.text(max_size=40))
def test_any_text_gives_plain_words(text: str) -> None:
    for reading in readings(text):
        assert reading
        assert all(word and set(word) <= set(string.ascii_lowercase) for word in reading)


@given(st.text(alphabet=string.ascii_letters + " .,'-éâ", max_size=30))
def test_case_and_spaces_do_not_matter(text: str) -> None:
    assert normalise(text) == normalise("  " + text.upper().replace(" ", "   "))


@given(words)
def test_a_key_is_plain_and_empty_only_for_nothing(word: str) -> None:
    key = phonetic_key(word)
    assert bool(key) == bool(word)
    assert set(key) <= set(string.ascii_lowercase)
    assert bool(skeleton(key)) == bool(key)


@given(words, st.data())
def test_doubling_a_letter_changes_no_key(word: str, data: st.DataObject) -> None:
    places = [at for at, letter in enumerate(word) if letter not in "aiueoh" and at]
    if places:
        at = data.draw(st.sampled_from(places))
        doubled = word[:at] + word[at] + word[at:]
        if written_in_full(word) == word and written_in_full(doubled) == doubled:
            assert phonetic_key(doubled) == phonetic_key(word)
