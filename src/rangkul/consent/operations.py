"""Recording what the survivor agreed to, or why something may go without; taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require, require_second_person
from rangkul.clocks import operations as clocks
from rangkul.consent import deciding as deciders
from rangkul.consent import events, notice, policy, queries
from rangkul.consent.deciding import Deciding
from rangkul.consent.models import Basis
from rangkul.consent.policy import Circumstances
from rangkul.consent.queries import BasisWords
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode
from rangkul.trail.operations import record

# The classes that a level can be given for, and the highest level of each.
CLASSES: Final[Mapping[str, int]] = {"I": 2, "C": 1, "L": 2, "A": 3, "H": 2, "G": 2}
# [local] No agreement is asked for longer than this; it can be given again.
LONGEST: Final = timedelta(days=366)
MOST_WORDS: Final = 1000
_REVIEW, _TOLD = "other_basis_review", "other_basis_told"


@dataclass(frozen=True, slots=True)
class Ground:
    """A basis as it is put down: consent (letter a), or another with article and reason (c–e).

    ``levels`` maps class letters to levels; ``purposes`` (``policy.PURPOSES``) says what for.
    ``is_child`` and ``guardian_excluded`` are what the file knows; ``told_at`` when the person was
    told of a basis other than consent. ``told_how`` and ``understood``: how the notice reached her,
    and what she said back in her own words (``notice.TOLD_HOW``, ``notice.TEACH_BACK``).
    """

    letter: str
    service: str
    levels: Mapping[str, int]
    given_by: str
    valid_until: datetime
    manner: str = ""
    language: str = ""
    article: str = ""
    why: str = ""
    words: BasisWords = field(default_factory=BasisWords)
    recipient_desk_id: int | None = None
    fallback_desk_ids: Sequence[int] = ()
    told_at: datetime | None = None
    is_child: bool = False
    guardian_excluded: bool = False
    purposes: Sequence[str] = (policy.SERVICE,)
    deciding: Deciding = field(default_factory=Deciding)
    told_how: str = ""
    understood: Sequence[str] = ()
    notice_language: str = "id"

    @property
    def person(self) -> Circumstances:
        """What the file knows of the person."""
        return Circumstances(self.is_child, self.guardian_excluded)


@transaction.atomic
def record_basis(*, case_id: int, ground: Ground, by: Actor, at: datetime) -> Basis:
    """Put a basis down. One other than consent starts the clocks of its review and of telling.

    Raises ``InvalidInput`` (field → code). Trail: ``consent.recorded``.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    case = custody.lock_case(by, case_id)
    errors = _errors(ground, at)
    if errors:
        raise InvalidInput(errors)
    decided = ground.deciding
    basis = Basis(
        id=new_id(), case=case, letter=ground.letter, article=ground.article,
        service=ground.service, recipient_desk_id=ground.recipient_desk_id,
        fallback_desk_ids=list(ground.fallback_desk_ids), levels=dict(ground.levels),
        purposes=list(ground.purposes), relation=decided.relation, child_age=decided.child_age,
        child_says=decided.child_says, stand_in=decided.stand_in,
        decider_article=decided.article, support=list(decided.support),
        given_by=ground.given_by, manner=ground.manner, language=ground.language,
        why=ground.why, best_interest=bool(ground.words.best_interest),
        guardian_excluded=ground.guardian_excluded, recorded_at=at, recorded_by=by.user_id,
        valid_until=ground.valid_until, told_at=ground.told_at,
    )  # fmt: skip
    if ground.letter == policy.CONSENT:
        _keep_notice(basis, ground)
    if ground.words:
        key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
        basis.why_sealed = vault.seal(key, queries.words_place(basis.id), ground.words.to_json())
    basis.save(force_insert=True)
    if ground.letter != policy.CONSENT:
        _start_clocks(basis, case, by=by, at=at)
    _record(
        events.CONSENT_RECORDED, basis, by=by, at=at, reason=ground.why,
        detail={"letter": basis.letter, "article": basis.article, "service": basis.service,
                "levels": dict(ground.levels), "purposes": basis.purposes,
                "given_by": basis.given_by, "notice": basis.notice_version},
    )  # fmt: skip
    return basis


@transaction.atomic
def record_narrower(
    *, old: Basis, levels: Mapping[str, int], desks: Sequence[int], by: Actor, at: datetime
) -> Basis:
    """What is left of a consent of which a part was taken back: the same words, until the same day.

    Only ``referrals.operations.narrow_consent`` calls it, which has asked that it is less.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    if any(level > old.levels.get(letter, 0) for letter, level in levels.items()):
        raise InvalidInput({"levels": "not_less"})
    words = queries.open_words(old)
    basis = Basis.objects.get(id=old.id)
    basis.id, basis.levels = new_id(), dict(levels)
    basis.recipient_desk_id = desks[0] if desks else None
    basis.fallback_desk_ids = list(desks[1:])
    basis.recorded_at, basis.recorded_by = at, by.user_id
    basis.withdrawn_at = basis.withdrawn_by = None
    if words:
        key = vault.key_for(Owner("case", old.case_id), old.case.subject, DataClass.ACCOUNT)
        basis.why_sealed = vault.seal(key, queries.words_place(basis.id), words.to_json())
    basis._state.adding = True
    basis.save(force_insert=True)
    _record(
        events.CONSENT_RECORDED, basis, by=by, at=at, reason="narrowed",
        detail={"letter": basis.letter, "service": basis.service, "levels": dict(levels),
                "purposes": basis.purposes, "narrows": str(old.id)},
    )  # fmt: skip
    return basis


@transaction.atomic
def approve_basis(*, basis_id: UUID, by: Actor, at: datetime) -> Basis:
    """A second person's look at a basis other than consent; never one's own.

    Raises ``Forbidden``, ``OwnException``, ``IllegalMove`` (consent, withdrawn, or looked at).
    """
    basis = queries.lock_basis(by, basis_id)
    require(by.roles, Permission.APPROVE_OTHER_BASIS)
    require_second_person(requested_by=basis.recorded_by, approved_by=by.user_id)
    if basis.letter == policy.CONSENT:
        raise IllegalMove("approve", "consent")
    if basis.withdrawn_at is not None:
        raise IllegalMove("approve", "withdrawn")
    if basis.approved_at is not None:
        raise IllegalMove("approve", "approved")
    basis.approved_at, basis.approved_by = at, by.user_id
    basis.save(update_fields=["approved_at", "approved_by"])
    clocks.meet(
        subject_kind="basis", subject_id=basis.id, by=by, at=at, procedures=[_REVIEW]
    )  # fmt: skip
    _record(events.BASIS_APPROVED, basis, by=by, at=at)
    return basis


@transaction.atomic
def tell_person(*, basis_id: UUID, by: Actor, at: datetime) -> Basis:
    """Note that the person was told of a basis that is not her consent."""
    require(by.roles, Permission.RECORD_CONSENT)
    basis = queries.lock_basis(by, basis_id)
    if basis.told_at is not None:
        raise IllegalMove("tell", "told")
    basis.told_at = at
    basis.save(update_fields=["told_at"])
    clocks.meet(subject_kind="basis", subject_id=basis.id, by=by, at=at, procedures=[_TOLD])
    _record(events.PERSON_TOLD, basis, by=by, at=at)
    return basis


@transaction.atomic
def withdraw_basis(*, basis_id: UUID, by: Actor, at: datetime) -> Basis:
    """Take a basis back, at once and without a reason.

    Only ``referrals.operations.withdraw_consent`` calls it: the requests that rest on the basis
    end in the same transaction, or the database refuses all of it. Raises ``IllegalMove`` when it
    was taken back before.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    basis = queries.lock_basis(by, basis_id)
    if basis.withdrawn_at is not None:
        raise IllegalMove("withdraw", "withdrawn")
    basis.withdrawn_at, basis.withdrawn_by = at, by.user_id
    basis.save(update_fields=["withdrawn_at", "withdrawn_by"])
    clocks.void(subject_kind="basis", subject_id=basis.id, by=by, at=at)
    _record(
        events.CONSENT_WITHDRAWN, basis, by=by, at=at,
        detail={"letter": basis.letter, "service": basis.service},
    )  # fmt: skip
    return basis


@transaction.atomic
def read_words(*, basis_id: UUID, by: Actor, at: datetime) -> BasisWords:
    """Open what was written beside a basis; the reading is recorded."""
    basis = queries.get_basis(by, basis_id)
    words = queries.open_words(basis)
    _record(events.WORDS_READ, basis, by=by, at=at)
    return words


def _keep_notice(basis: Basis, ground: Ground) -> None:
    """The words that were said, by version, language and hash; how, and what came back of them."""
    said = notice.get_notice(ground.notice_language)
    basis.notice_version, basis.notice_language = said.version, said.language
    basis.notice_hash, basis.told_how = said.hash, ground.told_how
    basis.understood = [code for code in notice.TEACH_BACK if code in ground.understood]


def _start_clocks(basis: Basis, case: Case, *, by: Actor, at: datetime) -> None:
    area = case.lead_agency.area_id
    for procedure in (_REVIEW, *((_TOLD,) if basis.told_at is None else ())):
        clocks.start(
            procedure=procedure, subject_kind="basis", subject_id=basis.id, area=area, by=by,
            at=at, case_id=case.id,
        )  # fmt: skip


def _errors(ground: Ground, at: datetime) -> dict[str, str]:
    """What cannot be taken, by field; whether the service's ceiling allows it is asked above."""
    errors: dict[str, str] = {}
    if ground.service not in (*ServiceCode, policy.HANDING_OVER):
        errors["service"] = "unknown"
    if any(
        CLASSES.get(name) is None or not 0 <= level <= CLASSES[name]
        for name, level in ground.levels.items()
    ):
        errors["levels"] = "unknown"
    if ground.valid_until <= at:
        errors["valid_until"] = "past"
    elif ground.valid_until > at + LONGEST:
        errors["valid_until"] = "too_long"
    known = {policy.HANDING_OVER: {policy.TRANSFER}}.get(
        ground.service, {policy.SERVICE, policy.CONFERENCE}
    )
    if not ground.purposes or not set(ground.purposes) <= known:
        errors["purposes"] = "unknown" if ground.purposes else "required"
    if ground.language and not reference.is_code("bahasa", ground.language):
        errors["language"] = "unknown"
    for name in BasisWords.__slots__:
        if len(getattr(ground.words, name)) > MOST_WORDS:
            errors[name] = "too_long"
    return errors | (
        _consent_errors(ground) if ground.letter == policy.CONSENT else _other_errors(ground, at)
    )


def _consent_errors(ground: Ground) -> dict[str, str]:
    errors: dict[str, str] = {}
    if ground.given_by == notice.LAW:
        errors["given_by"] = "unknown"
    if ground.told_how and ground.told_how not in notice.TOLD_HOW:
        errors["told_how"] = "unknown"
    if not set(ground.understood) <= notice.TEACH_BACK.keys():
        errors["understood"] = "unknown"
    if ground.notice_language not in notice.languages():
        errors["notice_language"] = "unknown"
    if ground.manner not in notice.MANNERS:
        errors["manner"] = "unknown"
    if ground.article:
        errors["article"] = "not_with_consent"
    # A guardian who may be the suspect is not asked; nor may the suspect's child be made to agree.
    if ground.guardian_excluded:
        errors["letter"] = "guardian_excluded"
    if ground.is_child and not ground.words.best_interest:
        errors["best_interest"] = "required"
    return errors | _decider_errors(ground)


def _decider_errors(ground: Ground) -> dict[str, str]:
    return deciders.faults(
        ground.deciding, given_by=ground.given_by, person=ground.person,
        supporter=ground.words.supporter, court_order=ground.words.court_order,
    )  # fmt: skip


def _other_errors(ground: Ground, at: datetime) -> dict[str, str]:
    errors: dict[str, str] = {}
    if ground.letter not in ("c", "d", "e"):
        return {"letter": "unknown"}
    # Whether the article carries this service is said by the ceilings, one floor up.
    if not ground.article or len(ground.article) > 48:
        errors["article"] = "required"
    if ground.given_by != notice.LAW:
        errors["given_by"] = "unknown"
    if not reference.is_code("alasan_tanpa_persetujuan", ground.why):
        errors["why"] = "unknown"
    if not ground.words.why:
        errors["why_words"] = "required"
    if ground.told_at is not None and ground.told_at > at:
        errors["told_at"] = "future"
    if ground.guardian_excluded and ground.letter not in ("c", "d"):
        errors["letter"] = "guardian_excluded"
    if ground.guardian_excluded and not ground.words.substitute:
        errors["substitute"] = "required"
    if ground.guardian_excluded:
        standing_in = _decider_errors(ground)
        errors |= {n: standing_in[n] for n in ("stand_in", "decider_article") if n in standing_in}
    # In danger the note may follow; else a child's packet waits for it.
    if ground.is_child and ground.letter != "d" and not ground.words.best_interest:
        errors["best_interest"] = "required"
    return errors


def _record(
    name: str, basis: Basis, *, by: Actor, at: datetime, reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, name=name, subject_kind="basis", subject_id=basis.id, case_id=basis.case_id,
        reason=reason, detail=detail or {},
    )  # fmt: skip
