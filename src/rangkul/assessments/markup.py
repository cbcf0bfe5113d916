"""Reading XML from strangers: no entities, no depth, no size, and nothing fetched from anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from rangkul.foundation.errors import RangkulError

_TAG: Final = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"|'[^']*'|[^\"'>])*>")
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_DEPTH: Final = 60
MOST_ELEMENTS: Final = 60_000
MOST_ATTRIBUTES: Final = 30


class MarkupRefused(RangkulError):
    """XML that is not taken, with the reason in both languages."""

    code = "markup_refused"

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


@dataclass(slots=True)
class Element:
    """One element: ``pieces`` are texts and elements in order; attributes by (space, name)."""

    space: str
    name: str
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)
    pieces: list[str | Element] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """The elements inside."""
        return [piece for piece in self.pieces if isinstance(piece, Element)]

    @property
    def text(self) -> str:
        """The text that stands directly inside."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    def get(self, name: str, space: str = "") -> str:
        """An attribute, or an empty text."""
        return self.attributes.get((space, name), "")

    def child(self, name: str) -> Element | None:
        """The first element of this name inside, whatever its namespace."""
        return next((child for child in self.children if child.name == name), None)


def read_markup(data: bytes) -> Element:
    """The root element of a document in UTF-8; raises ``MarkupRefused``."""
    if len(data) > MOST_BYTES:
        raise MarkupRefused(
            "Berkas XML ini lebih besar dari 2 MB.", "This XML file is larger than 2 MB."
        )
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise MarkupRefused(
            "Berkas ini bukan XML yang utuh.", "This file is not well-formed XML."
        ) from fault
    if reader.root is None:
        raise MarkupRefused("Berkas XML ini kosong.", "This XML file is empty.")
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.parser = parser = expat.ParserCreate("utf-8", "\n")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.say

    def doctype(self, *_declared: object) -> None:
        """Entities are declared in a document type; without one there are none."""
        raise MarkupRefused(
            "XML dengan DOCTYPE atau entitas tidak diterima.",
            "XML with a DOCTYPE or entities is not taken.",
        )

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise MarkupRefused(
                f"XML ini berisi lebih dari {MOST_ELEMENTS:,} unsur.".replace(",", "."),
                f"This XML holds more than {MOST_ELEMENTS:,} elements.",
            )
        if len(self.open) >= MOST_DEPTH:
            raise MarkupRefused(
                f"XML ini bersarang lebih dari {MOST_DEPTH} tingkat.",
                f"This XML is nested more than {MOST_DEPTH} levels deep.",
            )
        if len(attributes) > MOST_ATTRIBUTES:
            raise MarkupRefused(
                f"Satu unsur XML memuat lebih dari {MOST_ATTRIBUTES} atribut.",
                f"One XML element has more than {MOST_ATTRIBUTES} attributes.",
            )
        space, local = _apart(name)
        made = Element(space, local, {_apart(key): value for key, value in attributes.items()})
        if self.open:
            self.open[-1].pieces.append(made)
        else:
            self.root = made
        self.open.append(made)

    def end(self, _name: str) -> None:
        self.open.pop()

    def say(self, text: str) -> None:
        self.open[-1].pieces.append(text)


@dataclass(slots=True)
class Located:
    """Where an element stands in its document, in bytes: its tags begin and end there.

    ``name`` is as it was written, with its prefix; ``around`` are the names of those around it.
    """

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    begins: int
    inside: int
    ends: int = 0
    behind: int = 0


def locate(data: bytes) -> list[Located]:
    """Every element of a document with its places, in the order of their beginnings.

    For changing a document and leaving all its other letters as they came. Raises
    ``MarkupRefused`` as `read_markup` does.
    """
    read_markup(data)
    found: list[Located] = []
    open_: list[Located] = []
    parser = expat.ParserCreate("utf-8")

    def behind(start: int) -> int:
        tag = _TAG.match(data, start)
        return tag.end() if tag else start

    def begin(name: str, attributes: dict[str, str]) -> None:
        start = parser.CurrentByteIndex
        around = tuple(each.name for each in open_)
        open_.append(Located(name, attributes, around, start, behind(start)))
        found.append(open_[-1])

    def end(_name: str) -> None:
        # An element without content has one tag, where both its ends are.
        element, element_ends = open_.pop(), parser.CurrentByteIndex
        is_empty = (
            element_ends in (element.begins, element.inside)
            and data[element.inside - 2 : element.inside] == b"/>"
        )
        element.ends = element.inside if is_empty else element_ends
        element.behind = element.inside if is_empty else behind(element_ends)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(data, True)
    return found


def _apart(name: str) -> tuple[str, str]:
    space, _line, local = name.rpartition("\n")
    return space, local
