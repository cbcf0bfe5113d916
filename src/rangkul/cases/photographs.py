"""A copy of a picture or recording without what the camera wrote beside it: where, when, whose.

What was received stays whole, hashed and sealed, since it is evidence. What leaves the house by
default is this copy: a photograph's coordinates are a survivor's door.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

_KEPT_APP: Final = frozenset({0xE0, 0xE2, 0xEE})
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED: Final = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
_WEBP_DROPPED: Final = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS: Final = 0x08 | 0x04
_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
# ISO 6709 as phones write it into a film: +10.1234-067.1234/
_PLACE: Final = re.compile(rb"[+-]\d{2,3}\.\d{2,}[+-]\d{2,3}\.\d{2,}(?:[+-]\d+\.?\d*)?/?")
_PLACE_IN_XMP: Final = re.compile(
    rb"""(?:exif|photoshop|Iptc4xmpCore):(?:GPS\w*|City|Location)\s*(?:=\s*["'][^"']*["']|>[^<]*<)"""
)


def without_traces(content: bytes, media: str) -> bytes:
    """The same picture or recording without its metadata; anything else as it is."""
    try:
        if media == "image/jpeg":
            return _jpeg(content)
        if media == "image/png":
            return _png(content)
        if media == "image/webp":
            return _webp(content)
        if media in {"image/heic", "video/mp4", "audio/mp4"}:
            return _boxes(content)
    except (struct.error, IndexError, ValueError):
        # Not built as it says: coordinates are blanked wherever they are found.
        return _boxes(content)
    return content


def _jpeg(content: bytes) -> bytes:
    """Segments of metadata left out; turned as it was, ended where the picture ends."""
    made, at, turned = [content[:2]], 2, 1
    while at < len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at : at + 2 + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = _orientation(segment[10:]) or turned
        elif marker != 0xFE and (not 0xE0 <= marker <= 0xEF or marker in _KEPT_APP):
            made.append(segment)
        at += 2 + length
    if 2 <= turned <= 8:
        made.insert(1, _turning(turned))
    # Phones hang a film or a second picture behind the end; the scan holds no bare FF D9 before it.
    end = content.find(b"\xff\xd9", at)
    return b"".join(made) + content[at : end + 2 if end >= 0 else len(content)]


def _turning(turned: int) -> bytes:
    """A segment that says only how the picture is turned."""
    entry = struct.pack("<HHIHH", _ORIENTATION, 3, 1, turned, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes) -> int:
    for tag, _kind, _count, at in _entries(tiff):
        if tag == _ORIENTATION:
            return int(struct.unpack_from(_order(tiff) + "H", tiff, at)[0])
    return 0


def _png(content: bytes) -> bytes:
    made, at = [_PNG], len(_PNG)
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind not in _PNG_DROPPED:
            made.append(content[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(made)


def _webp(content: bytes) -> bytes:
    made, at = [], 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        size = 8 + length + length % 2
        chunk = bytearray(content[at : at + size])
        if kind == b"VP8X":
            chunk[8] &= ~_WEBP_FLAGS & 0xFF
        if kind not in _WEBP_DROPPED:
            made.append(bytes(chunk))
        at += size
    body = b"WEBP" + b"".join(made)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _boxes(content: bytes) -> bytes:
    """Coordinates blanked in place, so that nothing in the container moves."""
    made = bytearray(content)
    for begin in re.finditer(rb"II\*\0|MM\0\*", content):
        _blank_gps(made, begin.start())
    for pattern in (_PLACE, _PLACE_IN_XMP):
        for found in pattern.finditer(content):
            made[found.start() : found.end()] = b" " * (found.end() - found.start())
    return bytes(made)


def _blank_gps(content: bytearray, start: int) -> None:
    tiff = bytes(content[start:])
    order = _order(tiff)
    for tag, _kind, _count, at in _entries(tiff):
        if tag != _GPS:
            continue
        (gps,) = struct.unpack_from(order + "I", tiff, at)
        for _tag, kind, count, value_at in _entries(tiff, gps):
            size = _SIZES.get(kind, 1) * count
            if size > 4:
                (value_at,) = struct.unpack_from(order + "I", tiff, value_at)
            size = min(size, len(tiff) - value_at)
            content[start + value_at : start + value_at + size] = bytes(size)


def _order(tiff: bytes) -> str:
    return "<" if tiff[:2] == b"II" else ">"


def _entries(tiff: bytes, at: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """The entries of one directory: tag, type, count, where the value or its offset stands."""
    order = _order(tiff)
    try:
        if at is None:
            (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for place in range(min(count, 512)):
            here = at + 2 + 12 * place
            tag, kind, number = struct.unpack_from(order + "HHI", tiff, here)
            yield tag, kind, number, here + 8
    except struct.error:
        return
