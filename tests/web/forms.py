"""The forms of a page as a browser would send them, and as somebody hostile would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

_TYPED = {"text", "search", "tel", "email", "date", "time", "datetime-local", "number", "month",
          "week", "url", "password", ""}  # fmt: skip


@dataclass
class Form:
    """One form: where it goes, what it would send untouched, and which fields are typed into."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """Every field."""
        return self.typed | set(self.values)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = given.get("method", "get").lower() == "post"
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = Form(action) if posts else None
            if self._form is not None:
                self.found.append(self._form)
        elif posted := given.get("hx-post"):
            # A part of the page that sends itself, with the form around it.
            self.found.append(Form(urljoin(self.address, posted)))
        form, name = self._form, given.get("name", "")
        if form is None or (not name and tag != "option"):
            return
        if tag == "input":
            self._input(form, name, given)
        elif tag == "textarea":
            form.typed.add(name)
        elif tag == "button":
            form.values.setdefault(name, [given.get("value", "")])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            form.values.setdefault(self._select, [given["value"]])

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "")
        if kind in _TYPED:
            form.typed.add(name)
        elif kind in {"checkbox", "radio", "hidden"}:
            form.values.setdefault(name, [given.get("value", "on")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def forms_of(address: str, page: str) -> list[Form]:
    """Every form of a page that posts."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.found
