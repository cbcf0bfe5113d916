"""Invented names are many, skewed, repeatable, and reach nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date

import phonenumbers
import pytest

from rangkul.commands.synth.name_customs import CUSTOMS, PROVINCES
from rangkul.commands.synth.name_pools import COMPOUNDS, POOLS
from rangkul.commands.synth.names import GeneratedName, NameGenerator
from rangkul.people.matching import nik_key, phone_key
from rangkul.people.phonetics import normalise


def test_the_same_seed_gives_the_same_names() -> None:
    one, other, third = NameGenerator(5), NameGenerator(5), NameGenerator(6)
    drawn = [one.person("P") for _ in range(200)]
    assert drawn == [other.person("P") for _ in range(200)]
    assert drawn != [third.person("P") for _ in range(200)]


def test_names_are_skewed_and_many() -> None:
    generator = NameGenerator(1)
    count = Counter(generator.person("P").full for _ in range(20_000))
    assert len(count) > 8_000
    assert 40 < count.most_common(1)[0][1] < 400
    words = Counter(len(name.split()) for name in count.elements())
    assert words[1] > 1_000
    assert words[2] > words[3] > 200


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_every_province_has_names(province: str) -> None:
    generator = NameGenerator(2)
    for sex in ("L", "P"):
        for _ in range(300):
            name = generator.person(sex, province)
            assert normalise(name.full)
            assert name.called
            assert set(name.called.split()) <= set(name.full.split())
            assert "  " not in name.full
            assert "_" not in name.full


def test_customs_name_pools_that_exist() -> None:
    pools = {*POOLS, *COMPOUNDS}
    for by_sex in CUSTOMS.values():
        for text in by_sex.values():
            for line in text.split("|"):
                weight, *steps = line.replace("~", " ").split()
                assert float(weight) > 0
                assert all(step in pools or step == step.upper() for step in steps)
    for people, shares in PROVINCES.values():
        assert people > 0
        assert set(shares.split()[1::2]) <= set(CUSTOMS)


def test_customs_of_the_regions() -> None:
    generator = NameGenerator(3)

    def some(sex: str, province: str) -> list[GeneratedName]:
        return [generator.person("L" if sex == "L" else "P", province) for _ in range(500)]

    assert sum(name.full.startswith("Ni ") for name in some("P", "51")) > 150
    assert sum(name.full.startswith("I ") for name in some("L", "51")) > 150
    assert not any(name.full.startswith("Ni ") for name in some("L", "51"))
    assert any(name.full.startswith("Andi ") for name in some("L", "73"))
    assert any(" binti " in name.full for name in some("P", "14"))
    assert any(name.full.startswith("Abdur") for name in some("L", "35") + some("L", "14"))


def test_nobody_is_called_by_the_father_or_by_muhammad() -> None:
    generator = NameGenerator(4)
    for name in (generator.person("P", "73") for _ in range(3_000)):
        before, _, father = name.full.partition(" binti ")
        assert name.called in before
        assert not father or name.called in before.split()
    called = {generator.person("L").called for _ in range(3_000)}
    assert not called & {"Muhammad", "Moh.", "I", "bin"}


def test_an_unknown_province_is_refused() -> None:
    with pytest.raises(KeyError):
        NameGenerator(1).person("P", "99")


def test_numbers_belong_to_nobody() -> None:
    generator = NameGenerator(7)
    for _ in range(200):
        nik = generator.nik("P", date(1999, 2, 3))
        assert nik_key(nik) == nik
        assert nik[:2] not in PROVINCES
        assert nik[6:12] == "430299"
        phone = generator.phone()
        assert phone_key(phone) == "62" + phone[1:]
        assert not phonenumbers.is_valid_number(phonenumbers.parse(phone, "ID"))


def test_call_words_say_nothing_of_anyone() -> None:
    generator = NameGenerator(8)
    words = [generator.pseudonym() for _ in range(2_000)]
    assert len(set(words)) > 400
    assert all(1 <= len(word.split()) <= 3 and "_" not in word for word in words)
