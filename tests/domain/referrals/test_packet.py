"""A packet holds what its levels let through and nothing else, whatever the file and form hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.domain.referrals.scene import (
    ADDRESS,
    CALLED,
    FULL_NAME,
    NIK,
    PHONE,
    SUSPECT,
    Scene,
    make_scene,
)
from tests.people import NOW

from rangkul.cases.models import CaseFile
from rangkul.consent.models import Basis
from rangkul.consent.policy import BasisMissing
from rangkul.foundation.errors import InvalidInput
from rangkul.network.models import Agency, Desk
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person
from rangkul.people.queries import OpenPerson
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds, operations, packet
from rangkul.referrals.ceilings import DataClass, Levels
from rangkul.referrals.packet import Content, Draft, Sender

# What may stand in a packet only from this level of its class on.
GUARDED = {
    FULL_NAME: (DataClass.IDENTITY, 2), NIK: (DataClass.IDENTITY, 2),
    CALLED: (DataClass.IDENTITY, 1), PHONE: (DataClass.CONTACT, 1),
    ADDRESS: (DataClass.LOCATION, 2), SUSPECT: (DataClass.LEGAL, 1),
}  # fmt: skip
SENDER = Sender("UPTD Uji Semarang", "Layanan", "Pendamping Uji")


def _levels() -> st.SearchStrategy[Levels]:
    return st.builds(Levels, *(st.integers(0, each.highest) for each in DataClass))


def _file() -> CaseFile:
    return CaseFile(
        case_id=7, pseudonym="Kenari", age_band="18_24", sex="P", risk="tinggi", area="33.74.05",
        languages=["tet"], flags=[], is_child=False,
    )  # fmt: skip


def _people() -> list[OpenPerson]:
    survivor = OpenPerson(
        Person(part="survivor", sex="P", birth_year=2003),
        Identity(full_name=FULL_NAME, called_name=CALLED, nik=NIK),
        Contact(phone=PHONE, how="Pesan"), Location(address=ADDRESS),
    )  # fmt: skip
    suspect = OpenPerson(Person(part="suspect"), Identity(full_name=SUSPECT), Contact(), Location())
    return [survivor, suspect]


def _build(service: ServiceCode, levels: Levels, *, words: dict[str, str] | None = None) -> Content:
    basis = Basis(service=str(service), letter="a", recorded_at=NOW, valid_until=NOW)
    desk = Desk(id=1, name="Meja", agency=Agency(id=2, short_name="Lembaga"))
    draft = Draft(asked="Tolong periksa", reach="Ratih", words=words or {})
    return packet.build(
        file=_file(), people=_people(), draft=draft, basis=basis, levels=levels, desk=desk,
        sender=SENDER,
    ).content  # fmt: skip


def _breaches(service: ServiceCode, levels: Levels, content: Content) -> list[str]:
    """What stands in the packet though its class is not let through that far."""
    text = content.to_json()
    found = [
        secret
        for secret, (data_class, level) in GUARDED.items()
        if secret in text and levels.meet(ceilings.HIGHEST)[data_class] < level
    ]
    if SUSPECT in text and service not in ("polisi", "lpsk", "bantuan_hukum"):
        found.append("suspect to a desk that is no justice desk")
    allowed = {fact.code for fact in ceilings.facts_allowed(service, levels)}
    return found + [code for code, _ in content.facts if code not in allowed]


@given(service=st.sampled_from(list(ServiceCode)), levels=_levels())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_packet_holds_more_than_its_levels(
    db: None, service: ServiceCode, levels: Levels
) -> None:
    assert _breaches(service, levels, _build(service, levels)) == []


def test_the_property_fails_when_the_ceiling_is_bypassed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_fact = tuple(ceilings.FACTS.values())
    monkeypatch.setattr(packet.ceilings, "facts_allowed", lambda service, levels: every_fact)
    content = _build(ServiceCode.ROHANI, Levels())
    monkeypatch.undo()
    assert {FULL_NAME, NIK, PHONE, SUSPECT} <= set(_breaches(ServiceCode.ROHANI, Levels(), content))


def test_there_is_no_field_for_what_must_never_travel() -> None:
    fields = set(Content.__slots__)
    for never in ("case_id", "case_number", "shelter", "hiv", "pregnancy", "photo", "reporter"):
        assert not any(never in name for name in fields | set(ceilings.FACTS))


def test_silence_is_never_read_as_no(db: None) -> None:
    levels = ceilings.ceiling_for(ServiceCode.MEDIS)
    content = _build(ServiceCode.MEDIS, levels, words={"complaint": "Nyeri"})
    assert {"allergy", "medicine", "hours_since"} <= set(content.not_known)
    assert "complaint" not in content.not_known
    assert {"suspect", "account", "hiv"} <= set(content.withheld)


def test_sealed_and_opened_it_is_the_same(db: None) -> None:
    content = _build(ServiceCode.POLISI, ceilings.ceiling_for(ServiceCode.POLISI))
    assert Content.from_json(content.to_json()) == content
    assert SUSPECT in dict(content.facts)["suspect"]


@pytest.mark.parametrize(
    ("service", "change", "field"),
    [
        ("medis", {"asked": ""}, "asked"),
        ("medis", {"reach": " "}, "reach"),
        ("medis", {"asked": "x" * 601}, "asked"),
        ("medis", {"words": {"faith": "Katolik"}}, "words.faith"),
        ("medis", {"words": {"shelter_address": "Jl. Aman 1"}}, "words.shelter_address"),
        ("medis", {"words": {"complaint": f"{FULL_NAME} nyeri"}}, "words.complaint"),
        ("medis", {"ban_note": f"Jangan sebut {SUSPECT}"}, "ban_note"),
        ("medis", {"risk_note": "Terduga mengikuti"}, "risk_note"),
        ("medis", {"bans": ("berteriak",)}, "bans"),
        ("medis", {"languages": ("klingon",)}, "languages"),
        ("medis", {"worker_sex": "Z"}, "worker_sex"),
        ("medis", {"left_out": frozenset({"nik"})}, "left_out"),
    ],
)
def test_what_a_form_cannot_send(
    scene: Scene, service: str, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        scene.send(scene.consent(service), **change)
    assert field in caught.value.errors


def test_who_must_not_come_in_goes_to_the_shelter(scene: Scene) -> None:
    request = scene.send(scene.consent("hunian"), words={"must_not_enter": SUSPECT})
    content = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW)
    assert dict(content.facts)["must_not_enter"] == SUSPECT


def test_the_sender_can_leave_more_out(scene: Scene) -> None:
    request = scene.send(left_out=frozenset({"called_name"}))
    content = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW)
    assert "called_name" not in dict(content.facts)
    assert "fact:called_name" in content.withheld and CALLED not in content.to_json()


@pytest.mark.parametrize("service", [str(code) for code in ServiceCode])
def test_every_service_can_be_asked_for(scene: Scene, service: str) -> None:
    request = scene.send(scene.consent(service))
    content = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW)
    assert content.service == service and content.withheld


def test_another_basis_lets_less_through(scene: Scene) -> None:
    levels = {"I": 1, "L": 1, "A": 1, "H": 1}
    basis = operations.record_ground(
        case_id=scene.case_id, ground=scene.other_ground("d", "medis", levels=levels),
        by=scene.sender, at=NOW,
    )  # fmt: skip
    request = scene.send(basis)
    content = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW)
    assert (content.basis_letter, content.basis_article) == ("d", "uu27_2022_20_d")
    assert FULL_NAME not in content.to_json() and "nik" not in dict(content.facts)


@pytest.mark.parametrize(
    ("letter", "service", "change", "field"),
    [
        ("a", "medis", {"levels": {"I": 2}}, "levels"),
        ("a", "rohani", {"levels": {"I": 1}}, "levels"),
        ("a", "memasak", {}, "service"),
        ("a", "medis", {"levels": {"X": 1}}, "levels"),
        ("a", "medis", {"recipient_desk_id": 424_242}, "desk"),
        ("a", "medis", {"fallback_desk_ids": (9202,)}, "fallback"),
        ("d", "vokasi", {}, "letter"),
        ("e", "medis", {}, "letter"),
        ("d", "medis", {"article": "uu12_2022_39"}, "article"),
        ("d", "medis", {"levels": {"I": 2}}, "levels"),
        ("b", "medis", {"article": "x"}, "letter"),
    ],
)
def test_grounds_that_cannot_be_put_down(
    scene: Scene, letter: str, service: str, change: dict[str, object], field: str
) -> None:
    if letter == "a":
        ground = replace(scene.ground(), **{"service": service, **change})
    else:
        ground = replace(scene.other_ground("d", "medis"), **change)
        ground = replace(ground, letter=letter, service=service)
    with pytest.raises(InvalidInput) as caught:
        operations.record_ground(case_id=scene.case_id, ground=ground, by=scene.sender, at=NOW)
    assert field in caught.value.errors


def test_a_childs_packet_waits_for_the_best_interest_note(scene: Scene) -> None:
    from rangkul.consent.deciding import Deciding
    from rangkul.consent.queries import BasisWords

    child = make_scene(scene.cast, child=True)
    with pytest.raises(InvalidInput) as caught:
        child.consent("psikologi")
    assert caught.value.errors == {
        "best_interest": "required", "given_by": "child_not_alone", "child_age": "required",
        "child_says": "required",
    }  # fmt: skip
    words = BasisWords(best_interest="Anak memilih sendiri.", child_view="Aku mau.")
    deciding = Deciding(relation="ibu", child_age=14, child_says="ya")
    basis = child.consent("psikologi", words=words, given_by="wali", deciding=deciding)
    assert child.send(basis).is_child
    # Recorded before anybody knew that it is a child: the packet still waits.
    adult = scene.consent("psikologi")
    with pytest.raises(BasisMissing):
        grounds.allowed(adult, grounds.Standing(is_child=True, guardian_excluded=False))


def test_a_suspected_guardian_gives_no_consent(scene: Scene) -> None:
    from rangkul.consent.deciding import Deciding
    from rangkul.consent.queries import BasisWords

    child = make_scene(scene.cast, child=True, flags=("wali_diduga",))
    words = BasisWords(why="Walinya terduga.", best_interest="Perlu segera.")
    with pytest.raises(InvalidInput):
        child.consent("psikologi", given_by="wali", words=words)
    ground = child.other_ground("d", "psikologi", why="anak_wali_diduga", words=words)
    with pytest.raises(InvalidInput) as caught:
        operations.record_ground(case_id=child.case_id, ground=ground, by=child.sender, at=NOW)
    assert caught.value.errors == {"substitute": "required", "stand_in": "required"}
    named = replace(
        ground, words=replace(words, substitute="Bibi Uji"),
        deciding=Deciding(stand_in="peksos", article="uu11_2012_23"),
    )  # fmt: skip
    basis = operations.record_ground(case_id=child.case_id, ground=named, by=child.sender, at=NOW)
    assert basis.guardian_excluded and child.send(basis).id
