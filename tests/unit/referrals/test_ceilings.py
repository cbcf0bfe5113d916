"""A packet never holds more than the table allows; lowering consent never adds a fact."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.referrals.ceilings import (
    ENVELOPE,
    FACTS,
    HIGHEST,
    LEVELS,
    OVER_ALL_ROWS,
    REDUCED,
    ROWS,
    Basis,
    BasisNotOffered,
    ConsentMissing,
    DataClass,
    Levels,
    SpecialRule,
    allowed_levels,
    bases_for,
    ceiling_for,
    describe_level,
    facts_allowed,
    proposed_for,
    rules_for,
    withheld,
)
from rangkul.referrals.ceilings import bases as law

S = ServiceCode
TABLE = {
    S.MEDIS: "I1 C0 L1 A1 H1 G0",
    S.VISUM: "I2 C0 L0 A2 H1 G1",
    S.PSIKOLOGI: "I1 C1 L0 A2 H2 G0",
    S.PSIKOSOSIAL: "I1 C1 L0 A1 H0 G0",
    S.HUNIAN: "I1 C0 L0 A1 H1 G0",
    S.BANTUAN_HUKUM: "I2 C1 L0 A2 H0 G2",
    S.POLISI: "I2 C0 L0 A3 H0 G2",
    S.LPSK: "I2 C1 L0 A2 H1 G2",
    S.PEMULANGAN: "I1 C0 L1 A0 H1 G1",
    S.LAYANAN_ASAL: "I2 C1 L2 A1 H1 G1",
    S.VOKASI: "I1 C1 L0 A0 H1 G0",
    S.EKONOMI: "I2 C1 L2 A0 H0 G0",
    S.SEKOLAH: "I1 C0 L0 A0 H1 G0",
    S.ROHANI: "I0 C0 L0 A0 H0 G0",
    S.JURU_BAHASA: "I0 C0 L1 A0 H0 G0",
}
"""The design's column of ceilings, the police's recorded statement included."""

BASES = {
    S.MEDIS: "d",
    S.VISUM: "c",
    S.PSIKOLOGI: "d",
    S.PSIKOSOSIAL: "",
    S.HUNIAN: "de",
    S.BANTUAN_HUKUM: "",
    S.POLISI: "cd",
    S.LPSK: "c",
    S.PEMULANGAN: "e",
    S.LAYANAN_ASAL: "e",
    S.VOKASI: "",
    S.EKONOMI: "e",
    S.SEKOLAH: "",
    S.ROHANI: "",
    S.JURU_BAHASA: "",
}
"""Bases other than consent for an adult, by letter."""

services = st.sampled_from(list(ServiceCode))
levels = st.builds(
    Levels,
    **{name.value: st.integers(min_value=0, max_value=name.highest) for name in DataClass},
)


def codes(service: ServiceCode, at: Levels) -> set[str]:
    return {fact.code for fact in facts_allowed(service, at)}


@pytest.mark.parametrize("service", list(ServiceCode))
def test_the_table(service: ServiceCode) -> None:
    assert str(ceiling_for(service)) == TABLE[service]
    assert "".join(sorted(option.basis.letter for option in bases_for(service))) == BASES[service]


def test_every_service_has_a_row_that_explains_itself() -> None:
    assert set(ROWS) == set(SERVICES)
    for row in ROWS.values():
        assert row.needed_id
        assert row.needed_en
        assert row.withheld
        for line in row.withheld:
            assert all((line.what_id, line.what_en, line.why_id, line.why_en))
        for option in row.bases:
            assert option.articles
            assert option.condition_id
            assert option.condition_en


# --- levels -------------------------------------------------------------------------------------


@given(levels)
def test_notation_reads_back(at: Levels) -> None:
    assert Levels.parse(str(at)) == at


@pytest.mark.parametrize("text", ["I3", "C2", "X1", "I", "I1 I2", "i1", "G-1"])
def test_no_other_notation(text: str) -> None:
    with pytest.raises(ValueError, match="level"):
        Levels.parse(text)


@given(levels, levels)
def test_meeting_and_joining(a: Levels, b: Levels) -> None:
    assert a.meet(b).within(a)
    assert a.meet(b).within(b)
    assert a.within(a.join(b))
    assert a.meet(b) == b.meet(a)
    assert a.within(b) is (a.meet(b) == a)


def test_every_level_has_words() -> None:
    assert len(LEVELS) == sum(data_class.highest + 1 for data_class in DataClass)
    for step in LEVELS:
        assert step.label_id
        assert step.label_en
        assert describe_level(step.data_class, step.level) is step
    with pytest.raises(ValueError, match="contact has no level 2"):
        describe_level(DataClass.CONTACT, 2)


# --- never above --------------------------------------------------------------------------------


@given(services, levels)
def test_consent_only_lowers(service: ServiceCode, consent: Levels) -> None:
    allowed = allowed_levels(service, consent)
    assert allowed.within(ceiling_for(service))
    assert allowed.within(consent)


@given(services, levels, levels)
def test_lowering_consent_never_adds_a_fact(
    service: ServiceCode, consent: Levels, other: Levels
) -> None:
    lower = consent.meet(other)
    fewer = codes(service, allowed_levels(service, lower))
    assert fewer <= codes(service, allowed_levels(service, consent))


@given(services, levels)
def test_no_fact_lies_above_what_is_handed_in_or_the_table(
    service: ServiceCode, at: Levels
) -> None:
    outermost = ceiling_for(service)
    for option in bases_for(service, child=True):
        outermost = outermost.join(ceiling_for(service, option.basis, child=True))
    for fact in facts_allowed(service, at):
        if fact.data_class is not None:
            assert fact.level <= at[fact.data_class]
            assert fact.level <= outermost[fact.data_class]


@given(services, levels)
def test_what_is_not_let_through_is_said(service: ServiceCode, consent: Levels) -> None:
    allowed = allowed_levels(service, consent)
    said = {line.code for line in withheld(service, allowed)}
    for data_class in DataClass:
        for level in range(ceiling_for(service)[data_class] + 1):
            assert (f"{data_class}:{level}" in said) is (level > allowed[data_class])


@given(services, levels, levels)
def test_the_standing_list_betrays_nothing(service: ServiceCode, a: Levels, b: Levels) -> None:
    standing = ROWS[service].withheld
    assert withheld(service, a)[: len(standing)] == withheld(service, b)[: len(standing)]


def test_consent_is_the_basis_unless_another_is_named() -> None:
    with pytest.raises(ConsentMissing):
        allowed_levels(S.VOKASI, None)


# --- other bases --------------------------------------------------------------------------------


@given(services, st.sampled_from(list(Basis)), st.booleans(), st.booleans())
def test_another_basis_stays_small_unless_the_duty_says_more(
    service: ServiceCode, basis: Basis, child: bool, excluded: bool
) -> None:
    if basis is Basis.CONSENT:
        return
    offered = {o.basis for o in bases_for(service, child=child, guardian_excluded=excluded)}
    if basis not in offered:
        with pytest.raises(BasisNotOffered) as caught:
            allowed_levels(service, None, basis, child=child, guardian_excluded=excluded)
        assert caught.value.message_id
        return
    allowed = allowed_levels(service, None, basis, child=child, guardian_excluded=excluded)
    says_more = {(S.VISUM, Basis.LEGAL_DUTY), (S.POLISI, Basis.VITAL_INTEREST)}
    if (service, basis) not in says_more:
        assert allowed.within(REDUCED)
        assert allowed.within(ceiling_for(service))


def test_the_reduced_ceiling_is_the_designs() -> None:
    assert (REDUCED.identity, REDUCED.account, REDUCED.contact, REDUCED.health) == (1, 1, 0, 1)


def test_urgent_danger_lets_person_place_and_threat_through_and_no_more() -> None:
    danger = allowed_levels(S.POLISI, None, Basis.VITAL_INTEREST)
    found = codes(S.POLISI, danger)
    assert {"called_name", "address", "threat"} <= found
    assert not found & {"full_name", "summary", "statement", "suspect", "documents", "complaint"}


def test_the_duty_to_report_names_the_suspect_but_not_the_survivor() -> None:
    found = codes(S.POLISI, allowed_levels(S.POLISI, None, Basis.LEGAL_DUTY))
    assert "suspect" in found
    assert not found & {"full_name", "nik", "summary", "statement", "address"}


def test_an_investigators_request_names_the_person_to_examine() -> None:
    found = codes(S.VISUM, allowed_levels(S.VISUM, None, Basis.LEGAL_DUTY))
    assert {"full_name", "mechanism", "hours_since", "investigator_request"} <= found
    assert not found & {"suspect", "documents", "safe_contact"}


def test_the_recorded_statement_is_asked_for_and_never_proposed() -> None:
    assert proposed_for(S.POLISI) == Levels.parse("I2 A2 G2")
    assert "statement" not in codes(S.POLISI, proposed_for(S.POLISI))
    assert "statement" in codes(S.POLISI, allowed_levels(S.POLISI, HIGHEST))
    for service in set(ServiceCode) - {S.POLISI}:
        assert proposed_for(service) == ceiling_for(service)


def test_a_child_whose_guardian_is_not_known_to_be_safe() -> None:
    for service in ServiceCode:
        offered = {o.basis for o in bases_for(service, child=True, guardian_excluded=True)}
        assert offered == {Basis.VITAL_INTEREST, Basis.LEGAL_DUTY}, service
        for basis in offered:
            allowed = allowed_levels(service, None, basis, child=True, guardian_excluded=True)
            assert "safe_contact" not in codes(service, allowed)
    assert bases_for(S.ROHANI, guardian_excluded=True) == ()


def test_some_bases_are_for_children_only() -> None:
    assert [o.basis for o in bases_for(S.SEKOLAH, child=True)] == [Basis.LEGAL_DUTY]
    with pytest.raises(BasisNotOffered):
        ceiling_for(S.SEKOLAH, Basis.LEGAL_DUTY)


def test_an_interpreter_comes_on_the_basis_of_what_he_serves() -> None:
    serving = ceiling_for(S.JURU_BAHASA, Basis.VITAL_INTEREST, serving=S.MEDIS)
    assert serving == Levels.parse("L1")
    assert bases_for(S.JURU_BAHASA, serving=S.VOKASI) == ()
    assert bases_for(S.JURU_BAHASA, serving=S.JURU_BAHASA) == ()
    for option in bases_for(S.JURU_BAHASA, serving=S.POLISI):
        at = ceiling_for(S.JURU_BAHASA, option.basis, serving=S.POLISI)
        assert at == Levels.parse("L1")


def test_letters_name_the_bases() -> None:
    assert [basis.letter for basis in Basis] == ["a", "c", "d", "e"]
    assert Basis.of_letter("d") is Basis.VITAL_INTEREST
    for refused in "bf":
        with pytest.raises(ValueError, match="offered"):
            Basis.of_letter(refused)


def test_bases_and_articles_are_those_of_the_reference_lists() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        path = resources.files("rangkul.reference") / "data" / "codes" / name
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))

    offered = {row["code"]: row["map.letter"] for row in rows("dasar_hukum.csv")}
    assert all(offered[basis] == basis.letter for basis in Basis)
    parents = {row["code"]: row["parent"] for row in rows("dasar_pasal.csv")}
    for service in ServiceCode:
        for option in bases_for(service, child=True, guardian_excluded=True) + bases_for(
            service, child=True
        ):
            for article in option.articles:
                if article != law.CHILD:
                    assert parents[article.code] == option.basis, (service, article)


# --- facts --------------------------------------------------------------------------------------


def test_what_is_no_fact_cannot_travel() -> None:
    for fact in FACTS.values():
        words = f"{fact.code} {fact.label_id} {fact.label_en}".lower()
        for never in (
            "hiv",
            "hamil",
            "kandungan",
            "pregnan",
            "shelter",
            "hunian",
            "rumah aman",
            "foto",
            "photo",
            "diagnos",
            "terapi",
            "therapy",
            "vehicle",
            "kendaraan",
            "reporter",
            "case_number",
            "rekening",
            "bank",
        ):
            assert never not in words, fact.code
    assert not {line.code for line in ENVELOPE} & set(FACTS)


@pytest.mark.parametrize("code", list(FACTS))
def test_every_fact_reaches_some_desk(code: str) -> None:
    assert any(
        code in codes(service, ceiling_for(service, basis))
        for service in ServiceCode
        for basis in {Basis.CONSENT, *(option.basis for option in bases_for(service))}
    )


def test_every_fact_has_an_existing_level() -> None:
    for fact in FACTS.values():
        if fact.data_class is None:
            assert fact.level == 0
            assert fact.services
        else:
            assert fact.level <= fact.data_class.highest


def test_suspects_name_goes_to_justice_desks_and_their_shadow_to_doors() -> None:
    reach = {service for service in ServiceCode if "suspect" in codes(service, HIGHEST)}
    assert reach == {S.POLISI, S.LPSK, S.BANTUAN_HUKUM}
    doors = {service for service in ServiceCode if "must_not_enter" in codes(service, HIGHEST)}
    assert doors == {S.HUNIAN, S.SEKOLAH, S.PEMULANGAN}


def test_a_carrier_is_told_nothing_of_the_case() -> None:
    found = codes(S.PEMULANGAN, HIGHEST)
    assert {"meeting_point", "drop_point", "clearance", "fit_to_travel"} <= found
    assert not found & {"neutral_lines", "police_number", "legal_status", "address", "complaint"}


def test_interpreter_and_guide_know_almost_nothing() -> None:
    assert codes(S.JURU_BAHASA, HIGHEST) == {
        "pseudonym",
        "age_band",
        "through_companion",
        "regency",
        "meeting_point",
        "dialect",
        "session_hour",
        "setting",
    }
    assert codes(S.ROHANI, HIGHEST) == {
        "pseudonym",
        "age_band",
        "through_companion",
        "regency",
        "faith",
        "convenient_hours",
    }


def test_consent_to_nothing_leaves_a_request_without_a_person() -> None:
    for service in ServiceCode:
        for fact in facts_allowed(service, Levels()):
            assert fact.level == 0


# --- rules --------------------------------------------------------------------------------------


def test_special_rules_where_the_table_names_them() -> None:
    assert {SpecialRule.MEDICAL_WINDOW_FIRST, SpecialRule.NO_POLICE_LETTER} <= rules_for(S.MEDIS)
    for service in ServiceCode:
        rules = rules_for(service)
        assert rules >= OVER_ALL_ROWS
        checked = SpecialRule.CONFLICT_CHECK_FIRST in rules
        assert checked is (service in (S.HUNIAN, S.BANTUAN_HUKUM))
    used = frozenset().union(*(rules_for(service) for service in ServiceCode))
    assert used == set(SpecialRule)
    assert all(rule.prose_id and rule.prose_en for rule in SpecialRule)
