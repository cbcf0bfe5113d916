"""What the receiver gets: built strictly from the ceilings, shown to the sender, then sealed.

The preview is this very object. It never holds the case's number, nor a shelter's address, nor
anything that joins it to another packet: there is no field for them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final, Self

from rangkul.cases.models import CaseFile
from rangkul.consent.models import Basis
from rangkul.foundation.errors import InvalidInput
from rangkul.network.models import Desk
from rangkul.people.models import Person
from rangkul.people.queries import OpenPerson
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, discretion
from rangkul.referrals.ceilings import DataClass, Fact, Levels, SpecialRule

MOST_WORDS: Final = 600
# Facts that the file itself fills; the sender can leave them out, never change them here.
FROM_FILE: Final = frozenset(
    {
        "pseudonym", "age_band", "called_name", "sex", "birth_year", "full_name", "birth_date",
        "nik", "passport", "through_companion", "safe_contact", "contact_rules", "regency",
        "address", "suspect",
    }
)  # fmt: skip
# "Who must not come in" names the suspect by right, to shelter, school and escort.
NAMES_SUSPECT: Final = frozenset({"must_not_enter", "suspect"})
# Until the desk has said yes: what tells who she is. A conflict of interest is checked before.
_WHO: Final = frozenset(
    {
        "called_name", "birth_year", "full_name", "birth_date", "nik", "passport", "safe_contact",
        "contact_rules", "address",
    }
)  # fmt: skip
_ANSWER_FIRST: Final = frozenset({SpecialRule.CONFLICT_CHECK_FIRST, SpecialRule.AFTER_ACCEPTANCE})


@dataclass(frozen=True, slots=True)
class Draft:
    """What the sender typed or confirmed on the form; all words are checked before they go.

    ``words`` maps fact codes to words; ``left_out`` are facts that the sender keeps back beyond
    the levels. ``reach`` is whom to call at the sender's desk.
    """

    asked: str
    reach: str
    words: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    risk_note: str = ""
    bans: tuple[str, ...] = ()
    ban_note: str = ""
    languages: tuple[str, ...] = ()
    interpreter: bool = False
    access_note: str = ""
    worker_sex: str = ""

    def texts(self) -> dict[str, str]:
        """Every free text by field; a fact's field is ``words.<code>``."""
        own = {
            "asked": self.asked, "reach": self.reach, "risk_note": self.risk_note,
            "ban_note": self.ban_note, "access_note": self.access_note,
        }  # fmt: skip
        return own | {f"words.{code}": text for code, text in self.words.items()}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, in the words that the receiver reads."""

    agency: str
    desk: str
    companion: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """By when the desk answers, makes contact and reports; aware, in that order."""

    accept_by: datetime
    first_contact_by: datetime
    outcome_by: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """The packet as it is sealed. Codes where a list exists, words where somebody wrote them."""

    to_agency: str
    to_desk: str
    from_agency: str
    from_desk: str
    reach: str
    service: str
    asked: str
    risk: str
    risk_note: str
    is_child: bool
    bans: tuple[str, ...]
    ban_note: str
    languages: tuple[str, ...]
    interpreter: bool
    access_note: str
    worker_sex: str
    basis_letter: str
    basis_article: str
    basis_on: str
    basis_until: str
    facts: tuple[tuple[str, str], ...]
    withheld: tuple[str, ...]
    not_known: tuple[str, ...]

    def to_json(self) -> str:
        """Canonical: the same content gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The content as it was sealed."""
        raw: dict[str, Any] = json.loads(text)
        known = {each.name for each in fields(cls)}
        values = {k: _tuples(v) for k, v in raw.items() if k in known}
        return cls(**values)

    @property
    def digest(self) -> str:
        """What the sender saw, in 64 signs: sending compares it with what would be sealed."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def answers_first(self) -> bool:
        """Whether this service says yes or no before it learns who she is."""
        return bool(ceilings.rules_for(ServiceCode(self.service)) & _ANSWER_FIRST)

    def before_answer(self) -> Content:
        """What such a desk sees until it has accepted."""
        if not self.answers_first:
            return self
        return replace(self, facts=tuple(fact for fact in self.facts if fact[0] not in _WHO))


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that stays behind, and why; the reason is for the sender only."""

    code: str
    what_id: str
    what_en: str
    why_id: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Built:
    """A packet ready to be looked at or sealed, and what the sender should know about it."""

    content: Content
    levels: Levels
    kept: tuple[Kept, ...]


def build(
    *, file: CaseFile, people: Sequence[OpenPerson], draft: Draft, basis: Basis, levels: Levels,
    desk: Desk, sender: Sender,
) -> Built:  # fmt: skip
    """The packet for ``desk`` at these levels. ``desk.agency`` must be joined.

    Raises ``InvalidInput`` (field → code): words too long, a fact that may not travel, or
    something held back that stands in the words.
    """
    service = ServiceCode(basis.service)
    facts = ceilings.facts_allowed(service, levels)
    allowed = {fact.code for fact in facts}
    _check(draft, people, allowed, levels)
    values = _values(file, people, draft, sender)
    filled = tuple(
        (fact.code, values[fact.code])
        for fact in facts
        if values.get(fact.code) and fact.code not in draft.left_out
    )
    left_out = [fact for fact in facts if fact.code in draft.left_out and values.get(fact.code)]
    kept = _kept(service, levels, left_out)
    content = Content(
        to_agency=desk.agency.short_name, to_desk=desk.name, from_agency=sender.agency,
        from_desk=sender.desk, reach=draft.reach, service=str(service), asked=draft.asked,
        risk=file.risk, risk_note=draft.risk_note, is_child=file.is_child, bans=draft.bans,
        ban_note=draft.ban_note, languages=draft.languages, interpreter=draft.interpreter,
        access_note=draft.access_note, worker_sex=draft.worker_sex, basis_letter=basis.letter,
        basis_article=basis.article, basis_on=basis.recorded_at.isoformat(),
        basis_until=basis.valid_until.isoformat(), facts=filled,
        withheld=tuple(each.code for each in kept),
        not_known=tuple(
            fact.code
            for fact in facts
            if not values.get(fact.code) and fact.code not in draft.left_out
        ),
    )  # fmt: skip
    return Built(content, levels, kept)


def _values(
    file: CaseFile, people: Sequence[OpenPerson], draft: Draft, sender: Sender
) -> dict[str, str]:
    """Every fact that is known, by code, whether or not it may travel."""
    values = {code: text.strip() for code, text in draft.words.items() if code not in FROM_FILE}
    values |= {
        "pseudonym": file.pseudonym, "age_band": file.age_band, "sex": file.sex,
        "through_companion": sender.companion, "regency": _regency(file.area),
    }  # fmt: skip
    survivor = next((p for p in people if p.person.part == Person.SURVIVOR), None)
    if survivor is not None:
        identity, contact = survivor.identity, survivor.contact
        values |= {
            "called_name": identity.called_name, "full_name": identity.full_name,
            "birth_year": str(survivor.person.birth_year or ""),
            "birth_date": identity.birth_date.isoformat() if identity.birth_date else "",
            "nik": identity.nik, "passport": identity.passport, "safe_contact": contact.phone,
            "contact_rules": " · ".join(t for t in (contact.how, contact.code_word) if t),
            "address": survivor.location.address,
        }  # fmt: skip
    values["suspect"] = "; ".join(
        " · ".join(t for t in (p.identity.full_name or p.identity.called_name, _relation(p)) if t)
        for p in people
        if p.person.part == Person.SUSPECT
    )
    return values


def _regency(area: str) -> str:
    """The regency's name, whatever narrower area the file holds; "" when none is known."""
    code = ".".join(area.split(".")[:2])
    return reference.get_area(code).name if code else ""


def _relation(opened: OpenPerson) -> str:
    relation = opened.person.relation
    for name in ("hubungan_rinci", "hubungan_pelaku"):
        if relation and reference.is_code(name, relation):
            return reference.label(name, relation)
    return ""


def _kept(service: ServiceCode, levels: Levels, left_out: Sequence[Fact]) -> tuple[Kept, ...]:
    standing = [
        Kept(w.code, w.what_id, w.what_en, w.why_id, w.why_en)
        for w in ceilings.withheld(service, levels)
    ]
    chosen = [
        Kept(
            f"fact:{fact.code}", fact.label_id.lower(), fact.label_en.lower(),
            "Anda memilih untuk tidak menyertakannya.", "You chose to leave it out.",
        )
        for fact in left_out
    ]  # fmt: skip
    return (*standing, *chosen)


def _check(draft: Draft, people: Sequence[OpenPerson], allowed: set[str], levels: Levels) -> None:
    errors = {name: "too_long" for name, text in draft.texts().items() if len(text) > MOST_WORDS}
    errors |= {name: "required" for name in ("asked", "reach") if not getattr(draft, name).strip()}
    for code, text in draft.words.items():
        if text.strip() and code not in allowed:
            errors[f"words.{code}"] = "not_allowed"
    if any(not reference.is_code("larangan_kontak", code) for code in draft.bans):
        errors["bans"] = "unknown"
    if any(not reference.is_code("bahasa", code) for code in draft.languages):
        errors["languages"] = "unknown"
    if draft.worker_sex not in ("", "P", "L"):
        errors["worker_sex"] = "unknown"
    if not draft.left_out <= allowed:
        errors["left_out"] = "unknown"
    named = [f"words.{code}" for code in NAMES_SUSPECT]
    secrets = secrets_of(people, allowed, levels)
    errors |= discretion.find(draft.texts(), secrets, may_name_suspect=named)
    if errors:
        raise InvalidInput(errors)


def secrets_of(
    people: Sequence[OpenPerson], allowed: set[str], levels: Levels
) -> discretion.Secrets:
    """What these people's words may not tell at these levels."""
    survivor = [p for p in people if p.person.part == Person.SURVIVOR]
    suspects = [p for p in people if p.person.part == Person.SUSPECT]
    identity = levels[DataClass.IDENTITY]
    names = [p.identity.full_name for p in survivor] if identity < 2 else []
    called = {p.identity.called_name.casefold() for p in survivor} if identity == 1 else set()
    if identity == 0:
        names += [p.identity.called_name for p in survivor]
    return discretion.Secrets(
        names=tuple(_without(name, called) for name in names if name),
        suspects=()
        if "suspect" in allowed
        else tuple(name for p in suspects for name in p.identity.names),
        phones=() if "safe_contact" in allowed else tuple(p.contact.phone for p in survivor),
        addresses=()
        if "address" in allowed
        else tuple(p.location.address for p in survivor if len(p.location.address) > 6),
        suspect_withheld="suspect" not in allowed,
    )


def _without(name: str, called: set[str]) -> str:
    """A full name without the words by which she is called: those may stand in the packet."""
    return " ".join(word for word in name.split() if word.casefold() not in called)


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
