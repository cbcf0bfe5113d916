"""How it can be shown that somebody agreed: a signature, a thumb, a voice, or who heard it.

Hashed as received, checked by its own bytes, sealed beside the basis; never changed, never taken
away. Withdrawing ends what was shared and leaves the proof (UU 27/2022 art. 24).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.consent import events, policy, queries
from rangkul.consent.models import Basis, Evidence
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner, Place
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail.operations import record

SIGNATURE, THUMB, VOICE, WITNESS = "signature", "thumb", "voice", "witness"
KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        SIGNATURE: _("Signature on the screen"),
        THUMB: _("Thumb print"),
        VOICE: _("Recorded voice"),
        WITNESS: _("Spoken, and somebody heard it"),
    }
)

STROKES: Final = "text/strokes"
# [local] Five minutes of speech as a telephone records it; a photograph of a paper.
MOST_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {SIGNATURE: 60_000, THUMB: 5_000_000, VOICE: 6_000_000, WITNESS: 0}
)
MOST_WITNESS: Final = 120
_DRAWN: Final = re.compile(rb"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})*)+")
# One point is a slip of the finger, not a mark.
_LEAST_POINTS: Final = 2
_PICTURES: Final = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SOUNDS: Final = (
    (b"OggS", "audio/ogg"), (b"\x1aE\xdf\xa3", "audio/webm"), (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf1", "audio/aac"),
)  # fmt: skip
EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "image/png": "png", "image/jpeg": "jpg", "audio/ogg": "ogg", "audio/webm": "webm",
        "audio/mpeg": "mp3", "audio/aac": "aac", "audio/wav": "wav", "audio/mp4": "m4a",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof as it comes from the page: its kind, its bytes, and who was there besides."""

    kind: str
    content: bytes = b""
    witness: str = ""


@dataclass(frozen=True, slots=True)
class OpenEvidence:
    """A proof, opened."""

    evidence: Evidence
    content: bytes
    witness: str


def media_type(kind: str, content: bytes) -> str:
    """What the bytes are, where this kind may be that; "" for anything else."""
    if kind in (SIGNATURE, THUMB) and _DRAWN.fullmatch(content):
        return STROKES if len(re.findall(rb"[ML]", content)) >= _LEAST_POINTS else ""
    if kind == THUMB:
        return next((media for start, media in _PICTURES if content.startswith(start)), "")
    if kind == VOICE:
        if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
            return "audio/wav"
        if content[4:8] == b"ftyp":
            return "audio/mp4"
        return next((media for start, media in _SOUNDS if content.startswith(start)), "")
    return ""


def faults(proof: Proof) -> dict[str, str]:
    """What cannot be taken, by field; empty when it can."""
    if proof.kind not in KINDS:
        return {"kind": "unknown"}
    errors = {}
    if proof.kind != WITNESS:
        if not proof.content:
            errors["content"] = "required"
        elif len(proof.content) > MOST_BYTES[proof.kind]:
            errors["content"] = "too_large"
        elif not media_type(proof.kind, proof.content):
            errors["content"] = "other_type"
    if len(proof.witness) > MOST_WITNESS:
        errors["witness"] = "too_long"
    elif proof.kind in (THUMB, WITNESS) and not proof.witness.strip():
        errors["witness"] = "required"
    return errors


@transaction.atomic
def add_evidence(*, basis_id: UUID, proof: Proof, by: Actor, at: datetime) -> Evidence:
    """Seal one proof beside a consent. The same bytes again return what they made.

    Raises ``InvalidInput``, ``IllegalMove`` (another basis than consent, or one taken back),
    ``NotReachable``. Trail: ``consent.evidence_taken``.
    """
    require(by.roles, Permission.RECORD_CONSENT)
    basis = queries.lock_basis(by, basis_id)
    if basis.letter != policy.CONSENT:
        raise IllegalMove("prove", "law")
    if basis.withdrawn_at is not None:
        raise IllegalMove("prove", "withdrawn")
    errors = faults(proof)
    if errors:
        raise InvalidInput(errors)
    content = proof.content if proof.kind != WITNESS else proof.witness.strip().encode()
    key = vault.key_for(Owner("case", basis.case_id), basis.case.subject, DataClass.LEGAL)
    mark = hmac.digest(key.secret, b"rangkul/evidence|" + content, "sha256").hex()
    before = Evidence.objects.filter(basis_id=basis.id, mark=mark).first()
    if before is not None:
        return before
    made = _seal(basis, proof, content, key, mark, by=by, at=at)
    record(
        by=by, at=at, name=events.EVIDENCE_TAKEN, subject_kind="basis", subject_id=basis.id,
        case_id=basis.case_id, detail={"evidence": str(made.id), "kind": made.kind,
                                       "mark": mark},
    )  # fmt: skip
    return made


@transaction.atomic
def read_evidence(*, evidence_id: UUID, by: Actor, at: datetime) -> OpenEvidence:
    """Open a proof; the reading is recorded. Raises ``NotReachable``, ``SealBroken``."""
    found = get_evidence(by, evidence_id)
    content = vault.open_bytes([(bytes(found.content_sealed), _place(found.id, "content_sealed"))])
    witness = ""
    if found.witness_sealed:
        place = _place(found.id, "witness_sealed")
        witness = vault.open_text(bytes(found.witness_sealed), place)
    record(
        by=by, at=at, name=events.EVIDENCE_READ, subject_kind="basis", subject_id=found.basis_id,
        case_id=found.case_id, detail={"evidence": str(found.id)},
    )  # fmt: skip
    return OpenEvidence(found, content[0], witness)


def get_evidence(actor: Actor, evidence_id: UUID) -> Evidence:
    """A proof on a visible case. Raises ``NotReachable``."""
    found = Evidence.objects.filter(id=evidence_id).first()
    if found is None:
        raise NotReachable("no such evidence")
    custody.get_access(actor, found.case_id)
    return found


def list_evidence(actor: Actor, case_id: int) -> list[Evidence]:
    """The proofs of a visible case, oldest first; contents untouched."""
    custody.get_access(actor, case_id)
    found = Evidence.objects.filter(case_id=case_id).defer("content_sealed")
    return list(found.order_by("taken_at", "id"))


def _seal(
    basis: Basis, proof: Proof, content: bytes, key: vault.OpenKey, mark: str, *, by: Actor,
    at: datetime,
) -> Evidence:  # fmt: skip
    row_id, case = new_id(), basis.case
    witness = proof.witness.strip()
    return Evidence.objects.create(
        id=row_id, case=case, basis_id=basis.id, kind=proof.kind,
        media_type=media_type(proof.kind, proof.content) or "text/plain", size=len(content),
        mark=mark, content_sealed=vault.seal(key, _place(row_id, "content_sealed"), content),
        witnessed=bool(witness),
        witness_sealed=vault.seal(key, _place(row_id, "witness_sealed"), witness)
        if witness else None,
        taken_at=at, taken_by=by.user_id,
    )  # fmt: skip


def _place(evidence_id: UUID, column: str) -> Place:
    return Place("consent_evidence", column, evidence_id)
