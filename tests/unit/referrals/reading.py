"""Reads back what was printed: the words of a PDF by its own character maps, and a QR code."""

from __future__ import annotations

import re
import zlib

# Version → (blocks, data codewords in each) at error level M, as far as our addresses go.
_BLOCKS = {1: (1, 16), 2: (1, 28), 3: (1, 44), 4: (2, 32), 5: (2, 43)}
_ALIGNED = {2: 18, 3: 22, 4: 26, 5: 30}
_MASKS = (
    lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)  # fmt: skip


def pdf_text(content: bytes) -> str:
    """The words of a PDF made by our typesetter, fonts in subsets and all."""
    objects = {
        int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj\s*(.*?)endobj", content, re.DOTALL)
    }
    maps = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", content):
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        if to_unicode:
            maps[name] = _character_map(_stream(objects[int(to_unicode[1])]))
    words = []
    for body in objects.values():
        drawn = _stream(body)
        if b" Tf" in drawn:
            words.append(_drawn_text(drawn, maps))
    return " ".join(words)


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL)
    if found is None:
        return b""
    try:
        return zlib.decompress(found[1])
    except zlib.error:
        return b""


def _character_map(cmap: bytes) -> dict[int, str]:
    known = {}
    for section in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", section):
            known[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return known


def _drawn_text(drawn: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    text, font = [], b""
    for token in re.finditer(rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\)|(ET)", drawn, re.DOTALL):
        if token[1]:
            font = token[1]
        elif token[3]:
            text.append(" ")
        else:
            codes = _unescape(token[2])
            if len(codes) % 2:
                # Not drawn: what a span says of itself. Every glyph has two bytes.
                continue
            pairs = zip(codes[::2], codes[1::2], strict=True)
            text.append("".join(maps.get(font, {}).get(a << 8 | b, "?") for a, b in pairs))
    return "".join(text)


def _unescape(literal: bytes) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        return bytes([int(sign, 8)]) if sign.isdigit() else named.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, literal, flags=re.DOTALL)


def qr_text(svg: str) -> str:
    """What a QR code drawn by ``qr_svg`` says (byte mode, level M, versions 1 to 5, undamaged)."""
    dark = _modules(svg)
    size = len(dark)
    version = (size - 17) // 4
    form = sum(dark[8][c] << 14 - i for i, c in enumerate((0, 1, 2, 3, 4, 5, 7, 8)))
    mask = _MASKS[(form ^ 0b101010000010010) >> 10 & 7]
    bits = [
        dark[r][c] ^ (mask(r, c) == 0)
        for r, c in _path(size)
        if not _is_furniture(r, c, size, version)
    ]
    words = [int("".join(map(str, map(int, bits[i : i + 8]))), 2) for i in range(0, len(bits), 8)]
    blocks, each = _BLOCKS[version]
    data = [words[i * blocks + b] for b in range(blocks) for i in range(each)]
    flat = "".join(f"{word:08b}" for word in data)
    assert flat[:4] == "0100", "not in byte mode"
    length = int(flat[4:12], 2)
    return int(flat[12 : 12 + 8 * length], 2).to_bytes(length, "big").decode()


def _modules(svg: str) -> list[list[int]]:
    """The dark modules, without the quiet zone; the path is drawn in runs."""
    path = re.search(r' d="([^"]+)"', svg)
    assert path is not None
    rows: dict[int, set[int]] = {}
    x = y = 0.0
    for command, values in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        numbers = [float(v) for v in re.findall(r"-?\d*\.?\d+", values)]
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            rows.setdefault(int(y), set()).update(range(int(x), int(x + numbers[0])))
            x += numbers[0]
    first, last = min(rows), max(rows)
    left = min(min(row) for row in rows.values())
    size = last - first + 1
    return [[int(left + c in rows.get(first + r, set())) for c in range(size)] for r in range(size)]


def _is_furniture(r: int, c: int, size: int, version: int) -> bool:
    corner = (r < 9 and c < 9) or (r < 9 and c >= size - 8) or (r >= size - 8 and c < 9)
    at = _ALIGNED.get(version, -9)
    return corner or 6 in (r, c) or (abs(r - at) <= 2 and abs(c - at) <= 2)


def _path(size: int) -> list[tuple[int, int]]:
    """The modules in reading order: columns in pairs from the right, up and down."""
    order, up, column = [], True, size - 1
    while column > 0:
        if column == 6:
            column -= 1
        rows = range(size - 1, -1, -1) if up else range(size)
        order += [(r, c) for r in rows for c in (column, column - 1)]
        up, column = not up, column - 2
    return order
