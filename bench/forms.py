"""Reads a page's form as a browser would send it, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """Collects the successful controls of the form that holds a given field."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._open = False
        self._text: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append([])
            self._open = True
        if not self._open:
            return
        name = given.get("name", "")
        if tag == "input" and name and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.forms[-1].append((name, given.get("value", "on")))
            elif kind not in ("submit", "button", "file"):
                self.forms[-1].append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._text = name
            self.forms[-1].append((name, ""))
        elif tag == "select" and name:
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            name, before = self.forms[-1][-1]
            self.forms[-1][-1] = (name, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "textarea":
            self._text = None
        elif tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            chosen = chosen or [value for value, _ in self._options[:1]]
            self.forms[-1] += [(self._select, value) for value in chosen]
            self._select = None


def form_with(page: str, field: str) -> list[tuple[str, str]]:
    """The fields of the form that has ``field``, as they would be sent untouched.

    Raises ``LookupError`` when no form of the page has it.
    """
    reader = _Fields()
    reader.feed(page)
    for fields in reader.forms:
        if any(name == field for name, _ in fields):
            return fields
    raise LookupError(f"no form with a field {field}")


def filled(fields: list[tuple[str, str]], **values: str) -> list[tuple[str, str]]:
    """The fields with some of them given; ``__`` in a name stands for a dot."""
    wanted = {name.replace("__", "."): value for name, value in values.items()}
    kept = [(name, value) for name, value in fields if name not in wanted]
    return [*kept, *wanted.items()]
