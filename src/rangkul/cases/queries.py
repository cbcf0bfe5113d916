"""Reading case files: covers for lists, the parts of one file, its timeline."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.assessments import queries as assessments
from rangkul.cases import workflow
from rangkul.cases.models import Attachment, CaseFile, Incident, Need, Note
from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.custody.policy import assigned_to
from rangkul.foundation import memory, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.people import queries as people
from rangkul.people.phonetics import normalise, phonetic_key

PAGE = 25


@dataclass(frozen=True, slots=True)
class Filter:
    """What a caseload list may be narrowed by; empty means everything."""

    mine: bool = False
    state: str = ""
    risk: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of covers, newest first, and where the next one begins."""

    covers: Sequence[CaseFile]
    older: str
    newer: bool


def _accesses(actor: Actor) -> QuerySet[CaseAccess]:
    """The accesses that the person may use, each with its case and cover in one query."""
    return custody.accesses(actor).select_related("case__file")


def list_files(
    actor: Actor, *, narrowed: Filter = Filter(), before: tuple[datetime, int] | None = None
) -> Page:
    """A page of the caseload, from the access rows by keyset: page 20 costs what page 1 costs.

    Two steps: the page's ids from the narrow access rows, then the covers of those ids. In one
    query the planner, which takes the policy and the agency for two conditions, expects one row
    and joins every cover of the agency before it sorts.
    """
    found = custody.accesses(actor).select_related(None)
    if narrowed.mine:
        found = found.filter(assigned_to(actor))
    kept = _narrowed(narrowed)
    if kept is not None:
        found = found.filter(Exists(kept))
    if before is not None:
        at, case_id = before
        found = found.filter(Q(opened_at__lt=at) | Q(opened_at=at, case_id__lt=case_id))
        found = found.filter(opened_at__lte=at)
    rows = list(found.values_list("case_id", "opened_at")[: PAGE + 1])
    older = ""
    if len(rows) > PAGE:
        last_id, last_at = rows[PAGE - 1]
        older = f"{last_at.timestamp():.6f}-{last_id}"
    covers = {
        file.case_id: file
        for file in CaseFile.objects.filter(case_id__in=[row[0] for row in rows[:PAGE]])
    }
    return Page(
        [covers[case_id] for case_id, _at in rows[:PAGE] if case_id in covers],
        older,
        before is not None,
    )


def _narrowed(narrowed: Filter) -> QuerySet[CaseFile] | None:
    """The covers of one access row's case that the choice keeps, or ``None`` without a choice."""
    chosen = {"state": narrowed.state, "risk": narrowed.risk}
    chosen = {name: value for name, value in chosen.items() if value}
    if not chosen and not narrowed.category:
        return None
    kept = CaseFile.objects.filter(case_id=OuterRef("case_id"), **chosen)
    return kept.filter(categories__contains=[narrowed.category]) if narrowed.category else kept


def list_covers(actor: Actor, case_ids: Sequence[int]) -> list[CaseFile]:
    """The covers of these cases that the person may see, in the order given."""
    found = {
        access.case_id: access.case.file
        for access in _accesses(actor).filter(case_id__in=list(case_ids))
    }
    return [found[case_id] for case_id in case_ids if case_id in found]


def desks_of(actor: Actor, case_ids: Iterable[int]) -> dict[int, int | None]:
    """At which desk each of these cases stands that the person may see; one query."""
    found = _accesses(actor).filter(case_id__in=set(case_ids)).order_by()
    return dict(found.values_list("case_id", "case__file__desk_id"))


def get_access(actor: Actor, case_id: int) -> CaseAccess:
    """The person's access to a case, with case and cover joined. Raises ``NotReachable``."""
    access = _accesses(actor).filter(case_id=case_id).first()
    if access is None:
        raise NotReachable("no such case for this person")
    memory.learn((custody.ACCESS, actor.membership_id, case_id), access)
    return access


def get_file(actor: Actor, case_id: int) -> CaseFile:
    """The cover of a visible case. Raises ``NotReachable``."""
    return get_access(actor, case_id).case.file


def get_incident(actor: Actor, case_id: int) -> Incident:
    """What happened, as this file holds it. Raises ``NotReachable``."""
    custody.get_access(actor, case_id)
    found = Incident.objects.filter(case_id=case_id).order_by("recorded_at").first()
    if found is None:
        raise NotReachable("the file has no incident")
    return found


def incident_place(incident_id: UUID) -> vault.Place:
    """Where an incident's account stands."""
    return vault.Place("cases_incident", "account_sealed", incident_id)


def list_siblings(actor: Actor, file: CaseFile) -> list[CaseFile]:
    """The other files of the same incident that the person may see."""
    found = _accesses(actor).filter(case__file__incident_key=file.incident_key)
    return [row.case.file for row in found.exclude(case_id=file.case_id)]


@dataclass(frozen=True, slots=True)
class AskedLower:
    """A companion's judgement below the rule, which waits for the supervisor."""

    risk: str
    by: int
    at: datetime


def asked_lower(actor: Actor, file: CaseFile) -> AskedLower | None:
    """The newest triage's wish for a lower risk than is in force, or ``None``."""
    wish = assessments.lower_wish(actor, file.case_id)
    if wish is None or wish.at < file.risk_at:
        return None
    return AskedLower(wish.level, wish.by, wish.at)


def names_survivor(actor: Actor, case_id: int, words: str) -> bool:
    """Whether any of ``words`` sounds like a word of the survivor's name; tells no more than that.

    The comparison stays on the server and shows nobody a name, so it is no reading of identity.
    """
    said = _sounds(words)
    if not said:
        return False
    names = people.unseal([people.get_survivor(actor, case_id)])[0].identity.names
    return any(said & _sounds(name) for name in names)


def _sounds(words: str) -> set[str]:
    """The keys under which the longer words of a text meet their other spellings."""
    return {phonetic_key(word) for word in normalise(words) if len(word) > 2}


# -- notes ------------------------------------------------------------------------------------


MOST_NOTES = 200
"""So many notes are opened at once where nobody asked for more."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note and its opened words."""

    note: Note
    body: str


def note_place(note_id: UUID) -> vault.Place:
    """Where a note's body stands."""
    return vault.Place("cases_note", "body_sealed", note_id)


def list_notes(actor: Actor, case_id: int, *, limit: int = MOST_NOTES) -> list[NoteView]:
    """The notes of a case, newest first, opened. Callers record the reading."""
    custody.get_access(actor, case_id)
    notes = list(Note.objects.filter(case_id=case_id).order_by("-happened_at", "-id")[:limit])
    bodies = vault.open_texts([(bytes(note.body_sealed), note_place(note.id)) for note in notes])
    return [NoteView(note, body) for note, body in zip(notes, bodies, strict=True)]


# -- plan -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need and the survivor's own words for it."""

    need: Need
    words: str


def need_place(need_id: UUID) -> vault.Place:
    """Where a need's words stand."""
    return vault.Place("cases_need", "words_sealed", need_id)


def list_needs(actor: Actor, case_id: int) -> list[NeedView]:
    """The plan of a case, the most urgent and open first, opened."""
    custody.get_access(actor, case_id)
    needs = list(Need.objects.filter(case_id=case_id).order_by("stated_at"))
    words = vault.open_texts([(bytes(need.words_sealed), need_place(need.id)) for need in needs])
    views = [NeedView(need, text) for need, text in zip(needs, words, strict=True)]
    order = {"mendesak": 0, "perlu": 1, "nanti": 2}
    ended = (workflow.MET, workflow.UNMET, workflow.DROPPED)
    return sorted(views, key=lambda v: (v.need.state in ended, order.get(v.need.urgency, 3)))


def get_need(actor: Actor, need_id: UUID) -> Need:
    """A need of a visible case. Raises ``NotReachable``."""
    found = Need.objects.filter(id=need_id).first()
    if found is None:
        raise NotReachable("no such need")
    custody.get_access(actor, found.case_id)
    return found


# -- attachments ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """An attachment without its content, with its opened name and the hash it came with."""

    attachment: Attachment
    name: str
    digest: bytes


def attachment_place(attachment_id: UUID, column: str) -> vault.Place:
    """Where an attachment's seal stands."""
    return vault.Place("cases_attachment", column, attachment_id)


def masked_digest(key: vault.OpenKey, attachment_id: UUID, digest: bytes) -> bytes:
    """A file's SHA-256 as it is stored; masked once more, as it was."""
    mask = hmac.digest(key.secret, b"rangkul/digest|" + attachment_id.bytes, "sha256")
    return bytes(a ^ b for a, b in zip(mask, digest, strict=True))


def list_attachments(actor: Actor, case_id: int) -> list[AttachmentView]:
    """The attachments of a case that stand, newest first, names opened, contents untouched."""
    custody.get_access(actor, case_id)
    rows = list(
        Attachment.objects.filter(case_id=case_id, withdrawn_at__isnull=True)
        .defer("content_sealed")
        .order_by("-received_at")
    )
    keys = vault.keys_of(bytes(row.name_sealed) for row in rows)
    return [_attachment_view(row, keys) for row in rows]


def _attachment_view(row: Attachment, keys: Mapping[UUID, vault.OpenKey]) -> AttachmentView:
    sealed = bytes(row.name_sealed)
    name = vault.open_with(keys, sealed, attachment_place(row.id, "name_sealed")).decode()
    key = keys[vault.key_id_of(sealed)]
    return AttachmentView(row, name, masked_digest(key, row.id, bytes(row.sha256)))


def has_attachment(actor: Actor, case_id: int, attachment_id: UUID) -> bool:
    """Whether a standing attachment belongs to this visible case."""
    custody.get_access(actor, case_id)
    return Attachment.objects.filter(
        id=attachment_id, case_id=case_id, withdrawn_at__isnull=True
    ).exists()


def get_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """A standing attachment of a visible case. Raises ``NotReachable``."""
    found = Attachment.objects.filter(id=attachment_id, withdrawn_at__isnull=True).first()
    if found is None:
        raise NotReachable("no such attachment")
    custody.get_access(actor, found.case_id)
    return found
