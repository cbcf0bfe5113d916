"""What a received file is by its own bytes, and which are not taken in at all.

The name and the sender's word count for nothing. Refused are pages and scripts that a browser would
run, programs, documents with macros, archives that swell or cannot be looked into, files that are
two things at once, and whatever is of no kind that a case needs.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import Final

from rangkul.foundation.errors import InvalidInput

_ZIP: Final = "application/zip"
_UNKNOWN: Final = "application/octet-stream"
_OLD_OFFICE: Final = "application/msword"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_WRITER: Final = "application/vnd.oasis.opendocument.text"
_CALC: Final = "application/vnd.oasis.opendocument.spreadsheet"

# The first bytes tell what a file is; its name does not.
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"#!AMR", "audio/amr"),
)
# What the word after the length tells, in the two families of containers that phones write.
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BOXED: Final = {b"heic": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4"}
# A member that only this kind of document holds.
_OFFICE: Final = (
    ("word/document.xml", _WORD), ("xl/workbook.xml", _SHEET), ("ppt/presentation.xml", _SLIDES),
)  # fmt: skip
_OPEN: Final = {_WRITER.encode(): _WRITER, _CALC.encode(): _CALC}

EXTENSIONS: Final = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp",
    "image/heic": "heic", "image/gif": "gif", "audio/ogg": "ogg", "audio/mpeg": "mp3",
    "audio/wav": "wav", "audio/aac": "aac", "audio/amr": "amr", "audio/mp4": "m4a",
    "video/mp4": "mp4", "text/plain": "txt", _ZIP: "zip", _WORD: "docx", _SHEET: "xlsx",
    _SLIDES: "pptx", _OLD_OFFICE: "doc", _WRITER: "odt", _CALC: "ods",
}  # fmt: skip

# Beginnings of what a browser or a machine would run.
_MARKUP: Final = re.compile(
    rb"<\s*(?:!doctype|!entity|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|meta|img"
    rb"|form|style|link|math|xsl:)",
    re.IGNORECASE,
)
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"dex\n")
_HIDDEN: Final = re.compile(rb"<\s*(?:script|html|svg|iframe|\?php)\b", re.IGNORECASE)
_MACROS: Final = ("vbaproject", "vbadata", "activex", "basic/", "scripts/")
_OLD_MACROS: Final = ("_VBA_PROJECT".encode("utf-16-le"), "VBA".encode("utf-16-le"))

MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_MEMBERS: Final = 5_000
_MOST_SWELLING: Final = 200
_LOOKED_AT: Final = 4096


def media_type(content: bytes) -> str:
    """What the content is by its own bytes; unknown is ``application/octet-stream``."""
    found = next((kind for start, kind in _SIGNATURES if content.startswith(start)), "")
    if found == _ZIP:
        return _office(content)
    if found:
        return found
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], _UNKNOWN)
    if content[4:8] == b"ftyp":
        return _BOXED.get(content[8:12], "video/mp4")
    try:
        # A letter of several bytes may be cut by the slice; the decoder waits for the rest of it.
        text = codecs.getincrementaldecoder("utf-8")().decode(content[:_LOOKED_AT])
    except UnicodeDecodeError:
        return _UNKNOWN
    return _UNKNOWN if "\x00" in text else "text/plain"


def extension(media: str) -> str:
    """The ending of a downloaded file's name."""
    return EXTENSIONS.get(media, "bin")


def check(content: bytes) -> str:
    """The content's kind. Raises ``InvalidInput`` (file → why it is not taken)."""
    media = media_type(content)
    fault = _fault(content, media)
    if fault:
        raise InvalidInput({"file": fault})
    return media


def _fault(content: bytes, media: str) -> str:
    if content.startswith(_PROGRAMS):
        return "program"
    if media == "text/plain":
        # A page needs no beginning to be one: a browser that guesses looks for tags.
        return "active" if _MARKUP.search(content[:_LOOKED_AT]) else ""
    if media == _UNKNOWN:
        return "unknown"
    if media == _OLD_OFFICE:
        return "macros" if any(mark in content for mark in _OLD_MACROS) else ""
    if content.startswith(b"PK"):
        return _fault_of_archive(content)
    return "mixed" if _is_another_too(content, media) else ""


def _is_another_too(content: bytes, media: str) -> bool:
    """Whether the same bytes also open as an archive, a PDF or a page."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return True
    if media != "application/pdf" and b"%PDF-" in content[:1024]:
        return True
    return media.startswith(("image/", "audio/")) and bool(_HIDDEN.search(content))


def _office(content: bytes) -> str:
    """A document of an office program, or any other archive; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError):
        return _ZIP
    # An open document's first member says what it is, uncompressed.
    for mark, kind in _OPEN.items():
        if content[30:38] == b"mimetype" and content[38:].startswith(mark):
            return kind
    return next((kind for member, kind in _OFFICE if member in members), _ZIP)


def _fault_of_archive(content: bytes) -> str:
    """By the archive's own list alone: nothing is unpacked to find out that it swells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, OSError):
        return "broken"
    names = [member.filename.lower() for member in members]
    if any(mark in name for name in names for mark in _MACROS):
        return "macros"
    if any(member.flag_bits & 1 for member in members):
        return "locked"
    whole = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    swells = whole > MOST_UNPACKED or whole > _MOST_SWELLING * max(packed, 1 << 16)
    # Members that share their bytes are more than there is.
    if swells or len(members) > MOST_MEMBERS or packed > len(content):
        return "bomb"
    if any(name.endswith((".zip", ".7z", ".rar", ".gz", ".jar", ".exe", ".js")) for name in names):
        return "nested"
    return ""
