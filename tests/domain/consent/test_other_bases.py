"""A basis that is not consent: named by article, told, looked at by a second person, and narrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.referrals.scene import Scene, make_scene
from tests.people import NOW

from rangkul.clocks import queries as clocks
from rangkul.consent import operations as consent
from rangkul.consent.deciding import Deciding
from rangkul.consent.policy import BasisMissing
from rangkul.consent.queries import BasisWords
from rangkul.foundation import draw
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds, operations
from rangkul.referrals.ceilings.bases import REDUCED
from rangkul.referrals.policy import PacketClosed

CODE = "other-basis-is-narrow-and-looked-at"
SENTENCE = (
    "What goes without consent names an article that carries its service and the reason, lets "
    "through no more than I1 A1 C0 H1 and what the duty itself says, is told and looked at by a "
    "second person within 24 hours, or is closed to its receiver."
)
DAY = timedelta(hours=24)
WORDS = BasisWords(why="Ia belum sadar.", best_interest="Perlu segera.", substitute="Bibi Uji")
STAND_IN = Deciding(child_age=9, child_says="ya", stand_in="peksos", article="uu11_2012_23")


def _allowed(scene: Scene, standing: grounds.Standing) -> tuple[int, int, int]:
    """Every service, basis and article: (taken, refused by article, refused by level)."""
    taken = by_article = by_level = 0
    every = {a for s in ServiceCode for o in grounds.options(s, standing) for a in o.articles}
    for service in ServiceCode:
        offered = {o.basis.letter: o for o in grounds.options(service, standing)}
        for letter in ("c", "d", "e"):
            option = offered.get(letter)
            for article in sorted(every, key=lambda each: each.code):
                fits = option is not None and article in option.articles
                ground = scene.other_ground(
                    letter, service, article=article.code, words=WORDS,
                    levels={}, deciding=STAND_IN if standing.guardian_excluded else Deciding(),
                )  # fmt: skip
                errors = grounds.check_ground(
                    service=service, letter=letter, article=article.code,
                    levels=grounds.levels_of(ground.levels), standing=standing,
                )  # fmt: skip
                assert bool(errors) is not fits, (service, letter, article.code)
                taken, by_article = taken + fits, by_article + (not fits)
            if option is None:
                continue
            top = grounds.highest(service, letter, standing)
            own = option.levels if option.raises else option.levels.meet(
                ceilings.ceiling_for(service)
            )  # fmt: skip
            assert top.within(own) or top.within(REDUCED.join(own)), (service, letter)
            for data_class in ceilings.DataClass:
                if top[data_class] == 0 and option.levels is REDUCED and data_class.letter == "C":
                    more = grounds.levels_of(grounds.stored(top) | {"C": 1})
                    assert grounds.check_ground(
                        service=service, letter=letter, article=option.articles[0].code,
                        levels=more, standing=standing,
                    ) == {"levels": "over_ceiling"}  # fmt: skip
                    by_level += 1
    return taken, by_article, by_level


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_each_article_carries_its_own_services_only(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    told = [0, 0, 0]
    for standing in (
        grounds.Standing(False, False), grounds.Standing(True, False), grounds.Standing(True, True),
    ):  # fmt: skip
        told = [a + b for a, b in zip(told, _allowed(scene, standing), strict=True)]
    assert min(told) > 0
    figure(
        f"{len(ServiceCode)} services, 3 bases, 3 kinds of person: {told[0]} articles taken, "
        f"{told[1]} refused, {told[2]} times contact data refused as too much"
    )


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_it_closes_to_its_receiver_when_nobody_looked(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    basis = consent.record_basis(
        case_id=scene.case_id, ground=scene.other_ground("d", "medis"), by=scene.sender, at=NOW
    )
    running = {c.procedure: c.due_at for c in clocks.list_subject(scene.sender, "basis", basis.id)}
    assert running == {"other_basis_review": NOW + DAY, "other_basis_told": NOW + DAY}
    request = scene.send(basis)
    with acting(scene.receiver):
        operations.open_packet(
            request_id=request.id, by=scene.receiver, at=NOW + DAY - timedelta(seconds=1)
        )
        for road in (operations.open_packet,):
            with pytest.raises(PacketClosed) as closed:
                road(request_id=request.id, by=scene.receiver, at=NOW + DAY)
        assert closed.value.why == "not_reviewed"
    set_scope(Scope.of(scene.sender))
    with pytest.raises(BasisMissing, match="not_reviewed"):
        operations.send_referral(
            asked=scene.asked(basis), token=basis.id, by=scene.sender, at=NOW + DAY
        )
    with acting(scene.cast.wahyuni):
        consent.approve_basis(basis_id=basis.id, by=scene.cast.wahyuni, at=NOW + DAY)
    with acting(scene.receiver):
        operations.open_packet(request_id=request.id, by=scene.receiver, at=NOW + 2 * DAY)
    set_scope(Scope.of(scene.sender))
    figure("open 1 s before 24 h, closed at 24 h, open again once a second person has looked")


@pytest.mark.planted(CODE)
def test_planted_the_review_is_not_asked_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    basis = consent.record_basis(
        case_id=scene.case_id, ground=scene.other_ground("d", "medis"), by=scene.sender, at=NOW
    )
    request = scene.send(basis)
    monkeypatch.setattr("rangkul.consent.borders.obstacle", lambda subject, *, at: "")
    with acting(scene.receiver):
        opened = operations.open_packet(request_id=request.id, by=scene.receiver, at=NOW + 2 * DAY)
    assert opened.content.asked


@pytest.mark.planted(CODE)
def test_planted_every_article_carries_everything(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounds, "check_ground", lambda **asked: {})
    with pytest.raises(AssertionError):
        _allowed(scene, grounds.Standing(False, False))


@pytest.mark.promise(
    "guardian-in-conflict-decides-nothing", chapter="consent",
    sentence="A guardian who may be the suspect is neither asked nor able to let anything out, "
             "also where he had agreed before it was known; a named stand-in decides, by article.",
)  # fmt: skip
def test_a_guardian_in_conflict_lets_nothing_out(
    cast: object, scene: Scene, figure: Callable[[str], None]
) -> None:
    draw.forget()
    child = make_scene(scene.cast, child=True)
    words = BasisWords(best_interest="Perlu dirawat.")
    deciding = Deciding(relation="ayah", child_age=9, child_says="ya")
    before = child.consent("medis", given_by="wali", words=words, deciding=deciding)
    assert child.send(before).id
    from rangkul.cases import operations as cases
    from rangkul.cases import queries as case_queries

    file = case_queries.get_file(child.sender, child.case_id)
    cases.change_cover(
        case_id=child.case_id, expected_version=file.version, values={"flags": ["wali_diduga"]},
        by=child.sender, at=NOW,
    )  # fmt: skip
    with pytest.raises(BasisMissing, match="guardian_excluded"):
        child.send(before)
    with pytest.raises(InvalidInput):
        child.consent("medis", given_by="wali", words=words, deciding=deciding)
    ground = child.other_ground("d", "medis", words=WORDS)
    with pytest.raises(InvalidInput) as refused:
        operations.record_ground(case_id=child.case_id, ground=ground, by=child.sender, at=NOW)
    assert refused.value.errors == {"stand_in": "required"}
    basis = operations.record_ground(
        case_id=child.case_id, ground=replace(ground, deciding=STAND_IN), by=child.sender, at=NOW
    )
    assert child.send(basis).id
    figure("3 roads past the guardian refused, 1 by a named stand-in taken")


@pytest.mark.planted("guardian-in-conflict-decides-nothing")
def test_planted_what_was_true_of_the_person_is_not_asked_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    adult = scene.consent("medis")
    known = grounds.Standing(is_child=True, guardian_excluded=True)
    with pytest.raises(BasisMissing):
        grounds.allowed(adult, known)
    monkeypatch.setattr(grounds, "person_obstacle", lambda basis, person: "")
    monkeypatch.setattr(grounds, "check_ground", lambda **asked: {})
    assert grounds.allowed(adult, grounds.Standing(is_child=True, guardian_excluded=False))
