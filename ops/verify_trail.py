"""An independent check of Rangkul's trail against its seals and the files outside the database.

It shares no code with Rangkul, needs psycopg and cryptography, and can be kept and run by an
auditor on a machine of her own:

    python verify_trail.py --database postgresql://auditor@host/rangkul \\
        --checkpoint /mnt/witness/checkpoints.jsonl --key HEX

``--key`` is the public key that ``rangkul trail key`` printed on the day the system began. The
database's role must see all of ``trail_act`` and ``trail_seal``. Exit code 0: whole; 1: touched;
2: it could not be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
from datetime import UTC
from pathlib import Path

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZERO = "0" * 64
FIELDS = {
    "number", "at", "kind", "first", "below", "acts", "root", "previous", "continues", "key",
    "signature", "format",
}  # fmt: skip


def sha(data):
    return hashlib.sha256(data).digest()


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


# -- seals ------------------------------------------------------------------------------------


def parse(line, key):
    """One line as a dictionary, or a ValueError that says what is wrong with it."""
    seal = json.loads(line)
    if not isinstance(seal, dict) or set(seal) != FIELDS or seal["format"] != 1:
        raise ValueError("is no seal")
    if compact(seal) != line:
        raise ValueError("is not written as seals are")
    stated = {name: value for name, value in seal.items() if name != "signature"}
    try:
        key.verify(
            bytes.fromhex(seal["signature"]),
            b"rangkul trail seal 1\n" + compact(stated).encode("ascii"),
        )
    except (InvalidSignature, ValueError):
        raise ValueError("is not signed by this key") from None
    return seal


def read_chain(lines, key, faults, where):
    chain, before = [], ZERO
    for count, line in enumerate(lines, 1):
        try:
            seal = parse(line, key)
        except (ValueError, TypeError) as fault:
            faults.append(f"{where}: line {count} {fault}")
            return chain
        if seal["number"] != count or seal["previous"] != before:
            faults.append(f"{where}: line {count} does not follow the line before it")
            return chain
        before = hashlib.sha256(line.encode("ascii")).hexdigest()
        chain.append((seal, line))
    return chain


# -- acts -------------------------------------------------------------------------------------

ACTS = """
    select xid, digest, id, at, agency_id, actor_id, purpose, name,
           subject_kind, subject_id, case_id, reason, note_sealed, detail
    from trail_act order by xid, id
"""


def act_bytes(row):
    """The bytes of which the act's own digest is taken."""
    (_, _, act_id, at, agency, actor, purpose, name, kind, subject, case, reason, note,
     detail) = row  # fmt: skip
    moment = at.astimezone(UTC)
    fields = [
        act_id.bytes,
        moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00").encode(),
        str(agency).encode(),
        b"" if actor is None else str(actor).encode(),
        purpose.encode(),
        name.encode(),
        kind.encode(),
        subject.encode(),
        b"" if case is None else str(case).encode(),
        reason.encode(),
        b"" if note is None else bytes(note),
        compact(detail).encode(),
    ]
    return b"".join(struct.pack(">I", len(field)) + field for field in fields)


def tree(leaves):
    """The root by RFC 6962, 2.1, by its definition."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha(b"\x01" + tree(leaves[:half]) + tree(leaves[half:]))


def check_batch(seal, rows, faults):
    leaves = []
    for row in rows:
        data = act_bytes(row)
        if sha(data) != bytes(row[1]):
            faults.append(f"act {row[2]} does not fit its digest")
        leaves.append(sha(b"\x00" + struct.pack(">q", row[0]) + bytes(row[1])))
    if len(leaves) != seal["acts"]:
        faults.append(f"seal {seal['number']}: {len(leaves)} acts, {seal['acts']} were sealed")
    elif tree(leaves).hex() != seal["root"]:
        faults.append(f"seal {seal['number']}: the acts are not those that were sealed")


# -- all of it --------------------------------------------------------------------------------


def verify(connection, files, key):
    """(faults, notes, number of sealed acts, number not sealed yet)."""
    faults, notes = [], []
    chains = [read_chain(f, key, faults, f"checkpoint {n}") for n, f in enumerate(files, 1)]
    outside = max(chains, key=len, default=[])
    faults += ["the checkpoint files differ" for c in chains if outside[: len(c)] != c]

    # What a restore made void does not count any more.
    live = {seal["number"]: line for seal, line in outside}
    for seal, _ in outside:
        if seal["kind"] == "resumed":
            gone = [n for n in range(seal["continues"] + 1, seal["number"]) if n in live]
            lost = sum(outside[n - 1][0]["acts"] for n in gone) - seal["acts"]
            notes.append(f"restored {seal['at']}: {max(0, lost)} sealed acts were lost")
            for number in gone:
                del live[number]

    inside = []
    stored = connection.execute("select number, line from trail_seal order by number").fetchall()
    for number, line in stored:
        try:
            seal = parse(line, key)
        except (ValueError, TypeError) as fault:
            faults.append(f"database: seal {number} {fault}")
            continue
        if seal["number"] != number:
            faults.append(f"database: seal {seal['number']} stands as {number}")
        inside.append((seal, line))
    held = {seal["number"]: line for seal, line in inside}
    faults += [f"seal {n} is not in the database as it was" for n in live if held.get(n) != live[n]]
    if held and not outside:
        faults.append("no checkpoint: nothing outside the database witnesses it")
    last = outside[-1][0]["number"] if outside else 0
    before = outside[-1][1] if outside else None
    for seal, line in inside:
        if seal["number"] in live:
            continue
        if seal["number"] <= last:
            faults.append(f"seal {seal['number']} is in no checkpoint")
            continue
        wanted = hashlib.sha256(before.encode("ascii")).hexdigest() if before else ZERO
        if seal["previous"] != wanted:
            faults.append(f"seal {seal['number']} does not follow the one before it")
        notes.append(f"seal {seal['number']} is in no checkpoint yet")
        before = line

    end = 0
    for seal, _ in inside:
        if seal["first"] != end:
            faults.append(f"seal {seal['number']} does not begin where the one before it ends")
        end = seal["below"]
    sealed, unsealed = check_acts(connection, [seal for seal, _ in inside], faults)
    return faults, notes, sealed, unsealed


def check_acts(connection, inside, faults):
    sealed = unsealed = 0
    waiting, rows = list(reversed(inside)), []
    with connection.cursor(name="verify_trail") as cursor:
        cursor.itersize = 5000
        cursor.execute(ACTS)
        for row in cursor:
            while waiting and row[0] >= waiting[-1]["below"]:
                check_batch(waiting.pop(), rows, faults)
                rows = []
            if waiting:
                rows.append(row)
                sealed += 1
            else:
                unsealed += 1
    while waiting:
        check_batch(waiting.pop(), rows, faults)
        rows = []
    return sealed, unsealed


def whole_lines(path):
    with Path(path).open(encoding="ascii", errors="replace") as file:
        for line in file:
            if line.endswith("\n"):
                yield line[:-1]


def main(argv=None):
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", required=True, help="a libpq connection string")
    parser.add_argument("--checkpoint", required=True, action="append", help="a file; may repeat")
    parser.add_argument("--key", required=True, help="the public key in hex")
    options = parser.parse_args(argv)
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(options.key))
        with psycopg.connect(options.database) as connection:
            files = [whole_lines(path) for path in options.checkpoint]
            faults, notes, sealed, unsealed = verify(connection, files, key)
    except (OSError, ValueError, psycopg.Error) as fault:
        print(f"could not be checked: {fault}", file=sys.stderr)
        return 2
    for note in notes:
        print(f"note: {note}")
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{sealed} sealed acts, {unsealed} not sealed yet: {'TOUCHED' if faults else 'whole'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
