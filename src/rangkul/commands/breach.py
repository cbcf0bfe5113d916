"""``rangkul breach``: who, what, when and whom to tell, in one file that one recipient can open."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError

if TYPE_CHECKING:
    from rangkul.retention.breach import Pack, Window


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which window, whose acts, and to whom it is sealed."""
    parser.add_argument("--since", required=True, help="2026-11-01 or 2026-11-01T08:00+07:00")
    parser.add_argument("--until", required=True, help="the same; a day counts to its end (UTC)")
    parser.add_argument("--agency", help="its code")
    parser.add_argument("--case", help="its number, RK-…")
    parser.add_argument("--user", help="a sign-in name: what this person did and could reach")
    parser.add_argument("--session", help="a session's cookie: the person whose it is")
    parser.add_argument("--to", required=True, metavar="AGE1…", help="the recipient's age key")
    parser.add_argument("--out", type=Path, required=True, help="the file to write, ending in .age")
    parser.add_argument("--found", help="when it was found; now when missing")


def run(options: argparse.Namespace) -> int:
    """0 when the pack stands on the disk and in the trail of each agency concerned."""
    if options.out.exists():
        raise RangkulError(f"{options.out} is there already; nothing was overwritten")
    with owners_database(begin=False):
        _pack(options)
    return 0


def _pack(options: argparse.Namespace) -> None:
    from django.db import transaction

    from rangkul.foundation import hour
    from rangkul.retention import breach, events
    from rangkul.trail.operations import OUTSIDE, record

    recipient = _recipient(options.to)
    at = hour.now()
    window = _window(options)
    found = moment(options.found) if options.found else at
    with transaction.atomic(using="owner"):
        pack = breach.gather(window, found_at=found, proof=_proof(), using="owner")
        _write(options.out, pack, recipient)
        detail = {
            "since": window.since.isoformat(), "until": window.until.isoformat(),
            "cases": pack.cases, "acts": pack.acts, "to": options.to[-8:],
        }  # fmt: skip
        for agency_id in sorted(pack.agencies):
            record(
                by=None, at=at, name=events.BREACH_PACKED, subject_kind="breach",
                subject_id=f"{at:%Y%m%dT%H%M%S}", purpose=OUTSIDE, detail=detail,
                agency_id=agency_id, using="owner",
            )  # fmt: skip
    print(f"{options.out}: {pack.cases} cases, {pack.acts} acts, {len(pack.agencies)} agencies")
    print(f"Tell the persons and the authority within {breach.WITHIN_HOURS} hours of {found}.")


def moment(text: str, *, end: bool = False) -> datetime:
    """A moment as it was typed; a day alone is its beginning, or its end. Raises `RangkulError`."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as fault:
        raise RangkulError(f"{text} is no moment: 2026-11-01 or 2026-11-01T08:00+07:00") from fault
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    if end and len(text) == len("2026-11-01"):
        read = read.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return read


def _window(options: argparse.Namespace) -> Window:
    from rangkul.custody import queries as custody
    from rangkul.foundation.ids import MistypedNumber
    from rangkul.retention.breach import Window

    since, until = moment(options.since), moment(options.until, end=True)
    if since >= until:
        raise RangkulError("--since comes before --until")
    try:
        case_id = custody.case_id_of(options.case) if options.case else None
    except MistypedNumber as fault:
        raise RangkulError(f"{options.case} is no number of a case") from fault
    user_id = _one("select id from accounts_user where username = %s", options.user)
    if options.session:
        user_id = _user_of(options.session)
    agency_id = _one("select id from network_agency where code = %s", options.agency)
    return Window(since, until, agency_id, case_id, user_id)


def _one(question: str, name: str | None) -> int | None:
    from django.db import connections

    if not name:
        return None
    with connections["owner"].cursor() as cursor:
        cursor.execute(question, [name])
        found = cursor.fetchone()
    if found is None:
        raise RangkulError(f"{name} is not known here")
    return int(found[0])


def _user_of(session: str) -> int:
    from rangkul.accounts.sessions import SessionStore

    known = SessionStore(session).load().get("_auth_user_id")
    if known is None:
        raise RangkulError("this session is not known any more: give --user instead")
    return int(known)


def _proof() -> str:
    """What `rangkul trail verify` says now, to go along in the pack."""
    from rangkul.commands import trail

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        trail.verify()
    return said.getvalue()


def _recipient(text: str) -> object:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as fault:
        raise RangkulError(f"{text} is no age key (age1…)") from fault


def _write(path: Path, pack: Pack, recipient: object) -> None:
    """Encrypted in memory: nothing readable touches the disk."""
    import pyrage

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in pack.files.items():
            made.writestr(name, text)
    sealed = pyrage.encrypt(archive.getvalue(), [recipient])
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
