"""The list of destroyed keys: whatever was appended, however it was torn, it knows exactly that."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import UUID

from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from rangkul.foundation import tombstones

KEYS = st.lists(st.uuids(), max_size=12, unique=True)


def line(key: UUID) -> str:
    return f"k {tombstones.digest_of(key)}"


@given(written=st.lists(KEYS, max_size=4), others=KEYS, torn=st.integers(0, 34))
def test_it_holds_what_was_written_whole_and_nothing_else(
    written: list[list[UUID]], others: list[UUID], torn: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keyring.json"
        known = settings.KEY_RING_PATH
        settings.KEY_RING_PATH = path
        try:
            listed = tombstones.path_of(path)
            for batch in written:
                tombstones._append(listed, [line(key) for key in batch])
            keys = [key for batch in written for key in batch]
            if torn and listed.exists():
                size = listed.stat().st_size
                os.truncate(listed, max(0, size - torn))
                # Without its line end alone a line is still whole.
                lost = {keys[-1]} if keys and torn > 1 else set()
            else:
                lost = set()
            for key in set(keys) - lost:
                assert tombstones.holds(key)
            for key in (set(others) - set(keys)) | (lost - set(keys[:-1])):
                assert not tombstones.holds(key)
            if not keys:
                return
            # What the tear took is written again, and stands as a line of its own.
            tombstones._append(listed, [line(keys[-1])])
            assert all(tombstones.holds(key) for key in keys)
        finally:
            settings.KEY_RING_PATH = known
            tombstones._KNOWN.pop(tombstones.path_of(path), None)
