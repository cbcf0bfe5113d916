"""What is taken in, by its bytes: and every way we know to be something else."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from rangkul.cases import contents, photographs
from rangkul.foundation.errors import InvalidInput

PLACE = b"6 deg 58 min south, 110 deg 25 min east"


def archive(*members: tuple[str, bytes], **keywords: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **keywords) as file:
        for name, content in members:
            file.writestr(name, content)
    return made.getvalue()


def png(*chunks: tuple[bytes, bytes], tail: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff")
    body = b"".join(chunk(kind, text) for kind, text in chunks)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"") + tail
    )  # fmt: skip


def tiff(order: str = "<", turned: int = 6) -> bytes:
    """An Exif block: turned, made by a device, with coordinates beyond four bytes."""
    begin = b"II*\0" if order == "<" else b"MM\0*"
    device, at = b"Gawai Rekaan\0", 8
    entries = 3
    after = at + 2 + 12 * entries + 4
    gps = after + len(device)
    value = gps + 2 + 12 + 4
    directory = struct.pack(order + "H", entries)
    directory += struct.pack(order + "HHIHH", 0x0112, 3, 1, turned, 0)
    directory += struct.pack(order + "HHII", 0x010F, 2, len(device), after)
    directory += struct.pack(order + "HHII", 0x8825, 4, 1, gps) + bytes(4)
    place = struct.pack(order + "H", 1) + struct.pack(order + "HHII", 2, 7, len(PLACE), value)
    return begin + struct.pack(order + "I", at) + directory + device + place + bytes(4) + PLACE


def jpeg(*segments: tuple[int, bytes], tail: bytes = b"") -> bytes:
    body = b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(text) + 2) + text
        for marker, text in segments
    )
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"pixels\xff\x00more"
    return b"\xff\xd8" + body + b"\xff\xdb\x00\x05\x00\x01\x02" + scan + b"\xff\xd9" + tail


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(text)) + text + b"\0" * (len(text) % 2)
        for kind, text in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


GOOD: dict[str, bytes] = {
    "pdf": b"%PDF-1.7 kontrak", "png": png(), "jpg": jpeg(),
    "docx": archive(("word/document.xml", b"x")),
    "xlsx": archive(("xl/workbook.xml", b"x")), "zip": archive(("chat.txt", b"halo " * 900)),
    "txt": b"Pak Ujang <ujang@contoh.id> bilang: 3 < 5", "webp": webp((b"VP8 ", b"x")),
    "amr": b"#!AMR\n123", "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}  # fmt: skip

BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a page": ("active", lambda: b"<!DOCTYPE html><p>x"),
    "a page behind words": ("active", lambda: b"halo\n\n <ScRiPt>x</script>"),
    "a drawing with a script": ("active", lambda: b"<svg xmlns='x' onload='y'/>"),
    "XML": ("active", lambda: b"\xef\xbb\xbf<?xml version='1.0'?><a/>"),
    "a Windows program": ("program", lambda: b"MZ\x90\0" + bytes(99)),
    "a Linux program": ("program", lambda: b"\x7fELF" + bytes(99)),
    "a script": ("program", lambda: b"#!/bin/sh\nrm -rf"),
    "macros": (
        "macros", lambda: archive(("word/document.xml", b"x"), ("word/vbaProject.bin", b"x"))
    ),
    "old macros": (
        "macros",
        lambda: GOOD["doc"] + "_VBA_PROJECT".encode("utf-16-le") + bytes(50),
    ),
    "controls": ("macros", lambda: archive(("word/activeX/activeX1.bin", b"x"))),
    "a bomb": ("bomb", lambda: archive(("a.txt", b"\0" * 60_000_000))),
    "a bomb of many": ("bomb", lambda: archive(*[(f"{n}", b"") for n in range(5_001)])),
    "an archive in an archive": ("nested", lambda: archive(("inner.zip", b"x"))),
    "a program in an archive": ("nested", lambda: archive(("setup.EXE", b"x"))),
    "a broken archive": ("broken", lambda: b"PK\x03\x04 broken"),
    "a picture that is an archive": ("mixed", lambda: png(tail=archive(("a", b"x")))),
    "a PDF that is an archive": ("mixed", lambda: b"%PDF-1.7\n" + archive(("a", b"x"))),
    "a picture that is a PDF": ("mixed", lambda: png((b"tEXt", b"%PDF-1.7 x"))),
    "a picture that is a page": ("mixed", lambda: jpeg((0xFE, b"<script>x</script>"))),
    "nothing known": ("unknown", lambda: b"\x00\x01\x02\xff"),
}  # fmt: skip


@pytest.mark.promise(
    "typed-by-content",
    chapter="vault",
    sentence=(
        "A received file is taken for what its bytes are: pages, programs, macros, swelling "
        "archives and files that are two things at once are refused."
    ),
)
def test_everything_harmful_is_refused_and_everything_usual_taken(figure: Any) -> None:
    for kind, content in GOOD.items():
        assert contents.extension(contents.check(content)) == kind
    for name, (code, make) in BAD.items():
        with pytest.raises(InvalidInput) as refusal:
            contents.check(make())
        assert refusal.value.errors == {"file": code}, name
    figure(f"{len(BAD)} of {len(BAD)} harmful kinds refused, {len(GOOD)} usual kinds taken")


@pytest.mark.planted("typed-by-content")
@pytest.mark.parametrize("name", sorted(BAD))
def test_planted_by_name_or_first_bytes_alone_it_would_pass(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the look inside, each of them is taken."""
    monkeypatch.setattr(contents, "_fault", lambda content, media: "")
    contents.check(BAD[name][1]())


def test_a_locked_archive_is_refused() -> None:
    raw = bytearray(archive(("a.txt", b"x" * 99)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    with pytest.raises(InvalidInput) as refusal:
        contents.check(bytes(raw))
    assert refusal.value.errors == {"file": "locked"}


# -- photographs ----------------------------------------------------------------------------------

DEVICE = b"Gawai Rekaan"
FILM = (
    b"\x00\x00\x00\x18ftypisom"
    + bytes(12)
    + b"udta\xa9xyz\x00\x12\x15\xc7-06.9732+110.4203/"
    + bytes(20)
)
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(12) + b"Exif\0\0" + tiff(">") + bytes(40)
TRACES: dict[str, tuple[str, bytes]] = {
    "jpeg": (
        "image/jpeg",
        jpeg(
            (0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0" + tiff()),
            (0xE1, b"http://ns.adobe.com/xap/" + PLACE),
            (0xED, b"Photoshop " + PLACE), (0xFE, PLACE), tail=b"film " + PLACE,
        ),
    ),
    "jpeg, big-endian": ("image/jpeg", jpeg((0xE1, b"Exif\0\0" + tiff(">")))),
    "png": ("image/png", png((b"eXIf", tiff()), (b"tEXt", PLACE), (b"iTXt", PLACE), tail=PLACE)),
    "webp": (
        "image/webp",
        webp(
            (b"VP8X", b"\x0c" + bytes(9)), (b"VP8 ", b"pixel"), (b"EXIF", tiff()),
            (b"XMP ", PLACE),
        ),
    ),
    "heic": ("image/heic", HEIC),
    "film": ("video/mp4", FILM),
    "jpeg that is not built as it says": ("image/jpeg", b"\xff\xd8\xff\xe1\xff\xff" + tiff()),
}  # fmt: skip


@pytest.mark.promise(
    "no-place-in-pictures",
    chapter="vault",
    sentence=(
        "A photograph leaves the house without the place, time and device that the camera wrote."
    ),
)
def test_no_trace_of_the_camera_leaves(figure: Any) -> None:
    for name, (media, content) in TRACES.items():
        clean = photographs.without_traces(content, media)
        assert PLACE not in clean, name
        assert b"110.4203" not in clean, name
        assert photographs.without_traces(clean, media) == clean, name
    figure(f"0 places left in {len(TRACES)} pictures and films of 5 kinds")


@pytest.mark.planted("no-place-in-pictures")
@pytest.mark.parametrize("name", sorted(TRACES))
def test_planted_the_pictures_do_carry_a_place(name: str) -> None:
    content = TRACES[name][1]
    assert PLACE in content or b"110.4203" in content


def test_the_picture_itself_stays() -> None:
    clean = photographs.without_traces(TRACES["jpeg"][1], "image/jpeg")
    assert b"pixels\xff\x00more\xff\xd9" in clean
    assert clean.startswith(b"\xff\xd8\xff\xe1")
    assert DEVICE not in clean
    # Turned as it was: nothing else of the camera's words.
    assert photographs._orientation(clean[12:]) == 6
    assert clean.count(b"Exif") == 1
    drawn = photographs.without_traces(TRACES["png"][1], "image/png")
    assert drawn == png()
    small = photographs.without_traces(TRACES["webp"][1], "image/webp")
    assert small == webp((b"VP8X", bytes(10)), (b"VP8 ", b"pixel"))


@pytest.mark.parametrize("length", [0, 2, 3, 7, 11, 40, 90])
@pytest.mark.parametrize("name", sorted(TRACES))
def test_a_torn_picture_stops_nothing(name: str, length: int) -> None:
    media, content = TRACES[name]
    photographs.without_traces(content[:length], media)
