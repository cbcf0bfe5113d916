"""A person is found under every way of writing the name, and numbers are read in one form."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.name_pairs import (
    NOT_PROMISED,
    SLIPS,
    VARIANTS,
    NameIndex,
    NamePair,
    build_index,
    build_pairs,
    mark,
    recall_by_kind,
    total,
)

from rangkul.people import matching
from rangkul.people.matching import (
    Hit,
    Kind,
    index_tokens,
    nik_key,
    passport_key,
    phone_key,
    query_stages,
    rank,
)
from rangkul.people.slips import LIKELY_SLIP, NEAR_SOUND, UNLIKELY_SLIP, slips

PERSONS = 20_000

SAME_PERSON = [
    ("Muhammad Rizki", "M. Rizki"),
    ("Muhammad Rizki", "Moh. Rizky"),
    ("M. Rizki", "Muhammad Rizki"),
    ("Mohammed Rizqi Pratama", "Muh Riski Pratama"),
    ("Ahmad Yani", "A. Yani"),
    ("A. Yani", "Achmad Yani"),
    ("Abdul Rahman", "Abdurrahman"),
    ("Abdurrahman", "Abdul Rahman"),
    ("Abdurrahman Wahid", "Abd. Rachman Wahid"),
    ("Abdul Rahman", "Abdulrahman"),
    ("Abdurahman", "Abd Rahman"),
    ("Nurhayati", "Nur Hayati"),
    ("Nur Hayati", "Nurhayati"),
    ("Sri Wahyuni", "Sriwahyuni"),
    ("Siti Nur Hayati", "Siti Nurhayati"),
    ("Soekarno", "Sukarno"),
    ("Tjahjono Widjaja", "Cahyono Wijaya"),
    ("I Wayan Sudarma", "Wayan Sudarma"),
    ("Ida Ayu Kade", "Dayu Kade"),
    ("I Gusti Ngurah Rai", "I Gst. Ngr. Rai"),
    ("Fatimah binti Abdullah", "Patima bt. Abdulloh"),
    ("Fatimah binti Abdullah", "Fatimah"),
    ("Andi Tenriawaru", "Tenriawaru"),
    ("Hj. Siti Aminah, S.Pd.", "Sitti Aminah"),
    ("Siti Aminah", "Ibu Hj. St. Aminah, SH"),
    ("Yohanes Nahak", "NAHAK, Johannes"),
    ("Maria Yosefina Bria", "Mariya Bria"),
    ("Tan Mei Ling", "Mei Ling Tan"),
    ("Karo-Karo Sembiring", "Karokaro Sembiring"),
    ("Nu'man", "Numan"),
    ("Siti Aminah", "Siti Amniah"),
    ("Siti Aminah", "Sii Aminah"),
    ("Siti Aminah", "Siri Aminah"),
    ("Siti Aminah", "SitibAminah"),
    ("I Wayan Sudarma", "O Wayan Sudarma"),
    ("Sari", "Sati"),
    ("Ani", "An"),
    ("Nur Hayati", "Nyr Hayati"),
    ("Muhammad Rizki", "Muhammas Rizki"),
]


@cache
def crowd() -> NameIndex:
    return build_index(PERSONS)


@cache
def crowd_pairs() -> tuple[NamePair, ...]:
    return tuple(build_pairs([names[0] for names in crowd().names], per_kind=30))


@pytest.mark.parametrize(("registered", "written"), SAME_PERSON)
def test_found_under_another_writing(registered: str, written: str) -> None:
    others = ["Ratna Dewi", "Agus Salim", "Made Oka", "Yosef Kolo", "Rina Sari Dewi"] * 20
    index = NameIndex([[name] for name in [*others, registered, *others]])
    assert index.first_ten(written)[0] == registered


def test_recall_in_a_crowd() -> None:
    recall = recall_by_kind(crowd(), crowd_pairs())
    assert set(recall) == {*VARIANTS, *SLIPS}
    assert total(recall, VARIANTS.keys() - NOT_PROMISED) >= 0.97
    assert total(recall, SLIPS) >= 0.97
    for kind in VARIANTS.keys() - NOT_PROMISED - {"initial"}:
        assert recall[kind].share >= 0.9, recall[kind].missed


FAULTS: dict[str, tuple[dict[str, object], list[str]]] = {
    "deaf to sound": (
        {"phonetic_key": lambda word: word, "skeleton": lambda key: key},
        ["old spelling", "new spelling", "two variants"],
    ),
    "blind to slips": ({"slips": lambda word: {}}, sorted(SLIPS)),
    "words never joined": ({"_run_together": lambda words: ""}, ["joined"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_recall_test_notices_a_fault(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, kinds = FAULTS[fault]
    sound = build_index(2_000)
    pairs = build_pairs([names[0] for names in sound.names], per_kind=40, kinds=kinds)
    whole = total(recall_by_kind(sound, pairs), kinds)
    for name, value in broken.items():
        monkeypatch.setattr(matching, name, value)
    faulty = total(recall_by_kind(build_index(2_000), pairs), kinds)
    assert whole >= 0.95
    assert faulty < 0.9, (whole, faulty)


def test_few_rows_are_stored_and_read() -> None:
    index = crowd()
    assert len(index_tokens(["Siti Aminah", "Aminah"])) <= 10
    assert index.rows / PERSONS < 12
    index.first_ten("Siti Nur Aminah")
    touched, asked = index.costs[-1]
    assert touched < 2_000
    assert asked < 1_500


def test_a_common_word_is_not_read_alone_while_others_suffice() -> None:
    first = [token for stage in query_stages("Siti Aminah")[:3] for token in stage]
    assert all(token.kind is not Kind.WORD for token in first)
    assert ("siti",) not in {tuple(token.value.split()) for token in first}


def test_every_name_of_a_person_leads_to_her() -> None:
    index = NameIndex([["Sri Wahyuni", "Yuni", "Dewi Lestari"], ["Yunita Sari"]])
    for query in ("Sri Wahyuni", "yuni", "Dewi Lestary", "Lestari Dewi"):
        assert index.first_ten(query)[0] == "Sri Wahyuni"


def test_the_name_as_written_comes_first() -> None:
    index = NameIndex([["Patimah"], ["Fatima"], ["Fatimah"], ["Vatimah"]])
    assert index.first_ten("Fatimah")[0] == "Fatimah"


def test_many_of_one_name_leave_room_for_a_near_one() -> None:
    index = NameIndex([["Siti Rahma"]] * 50 + [["Siti Rahmi"]])
    found = index.first_ten("Siti Rahma")
    assert found[:3] == ["Siti Rahma"] * 3
    assert "Siti Rahmi" in found


def test_ranking_does_not_depend_on_the_order_of_rows() -> None:
    index = crowd()
    rows: list[Hit[int]] = []

    def remember(tokens: Sequence[matching.QueryToken], most: int) -> list[Hit[int]]:
        hits = index.read(tokens, most)
        rows.extend(hits)
        return hits

    found = matching.search("Siti Rahmah", remember, mark)
    assert found == rank("Siti Rahmah", reversed(rows), mark)
    assert len(found) == len(set(found))


def test_no_letter_no_token() -> None:
    assert index_tokens(["", "..."]) == []
    assert query_stages("123") == []
    assert rank("123", [], mark) == []


names = st.lists(
    st.text(string.ascii_lowercase, min_size=2, max_size=9), min_size=1, max_size=4
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(names)
def test_any_name_is_found_by_itself_and_backwards(name: str) -> None:
    index = NameIndex([[name], ["Ratna Dewi"]])
    assert index.first_ten(name)[:1] == ([name] if index_tokens([name]) else [])


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_may_be_asked(text: str) -> None:
    stages = query_stages(text)
    entries = [(token.kind, token.value) for stage in stages for token in stage]
    assert len(entries) == len(set(entries))
    assert len(index_tokens([text])) == len(
        {(token.kind, token.value) for token in index_tokens([text])}
    )


@given(st.text(string.ascii_lowercase, min_size=1, max_size=10), st.data())
def test_every_slip_can_be_undone(word: str, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(sorted(slips(word))))
    assert word in slips(typed)


def test_likely_slips_cost_less() -> None:
    near = slips("sari")
    assert near["asri"] == near["sati"] == near["saari"] == LIKELY_SLIP
    assert near["sori"] == near["sarih"] == NEAR_SOUND
    assert near["sali"] == UNLIKELY_SLIP
    assert "sari" not in near


def test_a_token_is_a_value() -> None:
    token = index_tokens(["Sukarno"])[0]
    assert replace(token) == token
    assert (token.kind, token.value, token.parts, token.spelling) == ("n", "sukarna", 1, "sukarno")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("0812-3456-7890", "6281234567890"),
        ("+62 812 3456 7890", "6281234567890"),
        ("62 81234567890", "6281234567890"),
        ("(0812) 3456.7890", "6281234567890"),
        ("0840 1234 5678", "6284012345678"),
        ("(021) 555-1234", "62215551234"),
        ("+60 12-345 6789", "60123456789"),
    ],
)
def test_phone(written: str, key: str) -> None:
    assert phone_key(written) == key


@pytest.mark.parametrize("written", ["", "abc", "0812", "081234567890123456789"])
def test_no_phone(written: str) -> None:
    with pytest.raises(ValueError, match="telephone") as caught:
        phone_key(written)
    assert not written or written not in str(caught.value)


@pytest.mark.parametrize(
    "written", ["9901 0143 0299 0001", "990101.430299.0001", "9901016902000001"]
)
def test_nik(written: str) -> None:
    assert nik_key(written) == "".join(filter(str.isdigit, written))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "990101430299000",
        "99010143029900011",
        "9901014302990000",
        "9901013202990001",
        "9901010013990001",
        "9901017202990001",
        "0001014302990001",
        "99010143029900O1",
        "٩٩٠١٠١٤٣٠٢٩٩٠٠٠١",
    ],
)
def test_no_nik(written: str) -> None:
    with pytest.raises(ValueError, match="NIK") as caught:
        nik_key(written)
    assert not written or written not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "key"),
    [("x 1234567", "X1234567"), ("XA-123.456", "XA123456"), ("123456", "123456")],
)
def test_passport(written: str, key: str) -> None:
    assert passport_key(written) == key


@pytest.mark.parametrize("written", ["", "ABCDEF", "A12", "A1234567890", "A12345é"])
def test_no_passport(written: str) -> None:
    with pytest.raises(ValueError, match="passport"):
        passport_key(written)
