"""From an XForm's XML to a `Form`: everything in it is understood, or the form is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rangkul.assessments.form import (
    GROUP,
    REPEAT,
    SEALED_CLASSES,
    Choice,
    Choices,
    Form,
    Item,
    Words,
    language_tag,
)
from rangkul.assessments.form_order import in_order
from rangkul.assessments.markup import Element, MarkupRefused, read_markup
from rangkul.assessments.problems import FormRefused, Problem
from rangkul.assessments.xpath import Expression, ExpressionRefused, Node, compile_expression

HOUSE_SPACE: Final = "urn:rangkul:form"
JAVAROSA: Final = "http://openrosa.org/javarosa"
_TYPES: Final = frozenset(
    {"string", "int", "decimal", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape",
     "binary", "barcode", "boolean", "intent", "odk:rank", "rank", "select1", "select"}
)  # fmt: skip
_CONTROLS: Final = frozenset(
    {"input", "secret", "select", "select1", "rank", "range", "trigger", "upload"}
)
_ACTIONS: Final = frozenset({"setvalue", "setgeopoint", "recordaudio"})
MOST_ITEMS: Final = 3_000


def parse(xml: bytes | str) -> Form:
    """Read an XForm. Raises `FormRefused` with every problem found, each in both languages."""
    try:
        root = read_markup(xml.encode() if isinstance(xml, str) else xml)
    except MarkupRefused as fault:
        raise FormRefused([Problem("markup", fault.text_id, fault.text_en)]) from fault
    reader = _Reader(root)
    form = reader.read()
    if reader.problems:
        raise FormRefused(reader.problems)
    return form


class _Reader:
    """One reading; problems are gathered, so that all of them are told at once."""

    def __init__(self, root: Element) -> None:
        self.problems: list[Problem] = []
        head, body = root.child("head"), root.child("body")
        model = head.child("model") if head else None
        if root.name != "html" or head is None or body is None or model is None:
            raise FormRefused([_not_a_form()])
        self.head, self.body, self.model = head, body, model
        self.texts, self.languages, self.default = _texts(model)
        self.controls: dict[str, Element] = {}
        self.groups: dict[str, Element] = {}
        self.repeats: set[str] = set()

    def say(self, code: str, where: str, text_id: str, text_en: str) -> None:
        self.problems.append(Problem(code, text_id, text_en, where))

    def read(self) -> Form:
        main, others = self._instances()
        self._body(self.body)
        paths = dict(_paths(main, ""))
        if len(paths) > MOST_ITEMS:
            raise FormRefused([_too_many(len(paths))])
        binds = self._binds(paths)
        items = {
            path: self._item(path, element, binds.get(path))
            for path, element in paths.items()
            if path != f"/{main.name}"
        }
        form = Form(
            code=main.get("id"), version=main.get("version"), title=self._title(), root=main.name,
            languages=self.languages, default_language=self.default, items=items,
            order=in_order(items, self.problems), instances=others, texts=self.texts,
        )  # fmt: skip
        self._check_whole(form)
        return form

    def _title(self) -> str:
        title = self.head.child("title")
        return title.text.strip() if title else ""

    # -- the model --

    def _instances(self) -> tuple[Element, dict[str, Node]]:
        """The form's own instance, and the lists beside it."""
        found = [child for child in self.model.children if child.name == "instance"]
        own = next((child for child in found if not child.get("id")), None)
        if own is None or len(own.children) != 1:
            raise FormRefused([_not_a_form()])
        others: dict[str, Node] = {}
        for child in found:
            name = child.get("id")
            if child.get("src"):
                self.say(
                    "outside_list", name,
                    f"Daftar “{name}” berada di luar formulir; masukkan ke lembar choices.",
                    f"The list “{name}” lies outside the form; put it on the sheet choices.",
                )  # fmt: skip
            elif name and child.children:
                others[name] = _as_nodes(child.children[0], None)
        return own.children[0], others

    def _binds(self, paths: Mapping[str, Element]) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for child in self.model.children:
            if child.name == "bind":
                path = child.get("nodeset")
                if path not in paths:
                    self.say(
                        "no_such_item", path, f"Aturan untuk “{path}” tidak punya butir.",
                        f"A rule for “{path}” has no item.",
                    )  # fmt: skip
                found[path] = child
            elif child.name in _ACTIONS:
                self._action(child)
            elif child.name == "submission" and child.get("action"):
                self.say("sent_elsewhere", "", "Formulir ini akan mengirim jawaban ke alamat lain.",
                         "This form would send answers to another address.")  # fmt: skip
        return found

    def _action(self, action: Element) -> None:
        """A default that is worked out on the phone; the answer is checked like any other."""
        if action.name != "setvalue":
            self.say(
                "action", action.get("ref"), f"Tindakan {action.name} tidak didukung di sini.",
                f"The action {action.name} is not supported here.",
            )  # fmt: skip
        elif action.get("value"):
            self._expression(action.get("value"), action.get("ref"), action.get("ref"))

    def _expression(self, text: str, base: str, where: str) -> Expression | None:
        if not text.strip():
            return None
        try:
            return compile_expression(text, base)
        except ExpressionRefused as fault:
            self.say("expression", where, fault.text_id, fault.text_en)
            return None

    # -- the body --

    def _body(self, element: Element) -> None:
        for child in element.children:
            if child.name == "group":
                if child.get("ref"):
                    self.groups[child.get("ref")] = child
                self._body(child)
            elif child.name == "repeat":
                self.repeats.add(child.get("nodeset"))
                if child.get("count", JAVAROSA):
                    path = child.get("nodeset")
                    self._expression(child.get("count", JAVAROSA), path, path)
                self._body(child)
            elif child.name in _CONTROLS:
                self.controls[child.get("ref")] = child
                for action in child.children:
                    if action.name in _ACTIONS:
                        self._action(action)
            elif child.name in _ACTIONS:
                self._action(child)
            elif child.name not in ("label", "hint"):
                self.say(
                    "control", child.get("ref"), f"Unsur <{child.name}> tidak didukung di sini.",
                    f"The element <{child.name}> is not supported here.",
                )  # fmt: skip

    # -- one item --

    def _item(self, path: str, element: Element, bind: Element | None) -> Item:
        control = self.controls.get(path)
        around = control or self.groups.get(path)
        kind = REPEAT if path in self.repeats else GROUP if element.children else "value"
        bind = bind or Element("", "bind")
        own = {name: value for (space, name), value in bind.attributes.items()
               if space == HOUSE_SPACE and value.strip()}  # fmt: skip
        self._check_own(path, own)
        value_type = bind.get("type").removeprefix("xsd:") or "string"
        if value_type not in _TYPES:
            self.say(
                "type", path, f"Jenis “{value_type}” tidak dikenal.",
                f"The type “{value_type}” is not known.",
            )  # fmt: skip
        written = control.name if control else ""
        return Item(
            path=path, kind=kind, type=value_type, control=written,
            relevant=self._expression(bind.get("relevant"), path, path),
            required=self._expression(bind.get("required"), path, path),
            constraint=self._expression(bind.get("constraint"), path, path),
            calculate=self._expression(bind.get("calculate"), path, path),
            is_readonly=bind.get("readonly").strip() == "true()",
            preload=_preload(bind),
            labels=self._words(around, "label"), hints=self._words(around, "hint"),
            guidance=self._words(around, "hint", form="guidance"),
            constraint_words=self._message(bind, "constraintMsg"),
            required_words=self._message(bind, "requiredMsg"),
            choices=self._choices(path, control) if control and written in _CHOOSING else None,
            appearance=around.get("appearance") if around else "",
            bounds=self._bounds(path, control) if control and written == "range" else None, own=own,
        )  # fmt: skip

    def _check_own(self, path: str, own: Mapping[str, str]) -> None:
        if own.get("sealed", "account") not in SEALED_CLASSES:
            known = ", ".join(sorted(SEALED_CLASSES))
            self.say(
                "sealed", path, f"Kelas “{own['sealed']}” tidak dikenal; yang ada: {known}.",
                f"The class “{own['sealed']}” is not known; there are: {known}.",
            )  # fmt: skip

    def _bounds(self, path: str, control: Element) -> tuple[float, float] | None:
        try:
            first, last = float(control.get("start")), float(control.get("end"))
        except ValueError:
            self.say("range", path, "Rentang butuh awal dan akhir berupa angka.",
                     "A range needs numbers for its start and its end.")  # fmt: skip
            return None
        return min(first, last), max(first, last)

    def _words(self, element: Element | None, name: str, form: str = "") -> Words:
        found = element.child(name) if element else None
        if found is None:
            return {}
        key = _text_key(found.get("ref"))
        if key:
            return self.texts.get(f"{key}\n{form}", {})
        return {} if form else {self.default: _plain(found)}

    def _message(self, bind: Element, name: str) -> Words:
        written = bind.get(name, JAVAROSA)
        key = _text_key(written)
        if key:
            return self.texts.get(f"{key}\n", {})
        return {self.default: written} if written else {}

    def _choices(self, path: str, control: Element) -> Choices | None:
        itemset = control.child("itemset")
        if itemset is None:
            fixed = tuple(
                Choice(_inner(item, "value"), self._words(item, "label"))
                for item in control.children
                if item.name == "item"
            )
            return Choices(fixed=fixed)
        nodeset = self._expression(itemset.get("nodeset"), path, path)
        value = itemset.child("value")
        is_read = nodeset is not None and len(nodeset.instances) == 1
        if nodeset is None or not is_read or value is None or value.get("ref") != "name":
            self.say("choices", path, "Daftar pilihan ini tidak dapat dibaca.",
                     "This list of choices cannot be read.")  # fmt: skip
            return None
        return Choices(narrowed=nodeset, list_name=nodeset.instances[0])

    # -- the whole --

    def _check_whole(self, form: Form) -> None:
        if not form.code:
            self.say("no_id", "", "Formulir ini tidak punya kode (form_id).",
                     "This form has no id (form_id).")  # fmt: skip
        elif len(form.code) > 24 or not form.code.replace("_", "").replace("-", "").isalnum():
            self.say(
                "bad_id", "",
                "Kode formulir (form_id) paling panjang 24 huruf, angka, - atau _.",
                "The form's id (form_id) is at most 24 letters, digits, - or _.",
            )  # fmt: skip
        if not form.version:
            self.say("no_version", "", "Formulir ini belum punya versi (version di settings).",
                     "This form has no version yet (version on the sheet settings).")  # fmt: skip
        if len(form.version) > 32:
            self.say("bad_version", "", "Versi paling panjang 32 huruf.",
                     "A version is at most 32 characters.")  # fmt: skip
        for item in form.items.values():
            for expression in _expressions(item):
                for name in expression.instances:
                    if name not in form.instances:
                        self.say(
                            "no_such_list", item.path, f"Daftar pilihan “{name}” tidak ada.",
                            f"There is no list of choices “{name}”.",
                        )  # fmt: skip
        self._check_codes(form)
        self._check_leaks(form)

    def _check_codes(self, form: Form) -> None:
        """Codes stand in one text with spaces between them: a space in one would be two."""
        for item in form.items.values():
            codes = [choice.code for choice in form.choices(item)]
            odd = next((code for code in codes if not code or " " in code), None)
            if odd is not None:
                self.say(
                    "code", item.path, f"Kode pilihan “{odd}” kosong atau memuat spasi.",
                    f"The choice's code “{odd}” is empty or holds a space.",
                )  # fmt: skip

    def _check_leaks(self, form: Form) -> None:
        """A calculation may decide by a sealed answer, but not repeat it where all can read."""
        if not form.declares_sealing:
            return
        holds: dict[str, bool] = {}
        for path in form.order:
            item = form.items[path]
            if not item.is_value:
                continue
            if form.sealed(item) is not None:
                holds[path] = True
            elif item.calculate is not None:
                holds[path] = any(holds.get(carried) for carried in item.calculate.carries)
                if holds[path]:
                    self.say(
                        "repeats_sealed", path,
                        "Hitungan ini mengulang jawaban yang disegel; beri kelas pada rk:sealed.",
                        "This calculation repeats a sealed answer; give it a class in rk:sealed.",
                    )  # fmt: skip


def _preload(bind: Element) -> str:
    """What the device notes by itself: ``timestamp end``, ``property deviceid``, ``uid``."""
    kind, more = bind.get("preload", JAVAROSA), bind.get("preloadParams", JAVAROSA)
    return f"{kind} {more}".strip()


_CHOOSING: Final = frozenset({"select", "select1", "rank"})


def _expressions(item: Item) -> Iterator[Expression]:
    narrowed = item.choices.narrowed if item.choices else None
    for found in (item.relevant, item.required, item.constraint, item.calculate, narrowed):
        if found is not None:
            yield found


def _paths(element: Element, above: str) -> Iterator[tuple[str, Element]]:
    """Every path of the instance with its first element."""
    path = f"{above}/{element.name}"
    yield path, element
    seen: set[str] = set()
    for child in element.children:
        if child.name not in seen:
            seen.add(child.name)
            yield from _paths(child, path)


def _as_nodes(element: Element, parent: Node | None) -> Node:
    node = Node(element.name, element.text.strip(), parent)
    for child in element.children:
        _as_nodes(child, node)
    return node


def _texts(model: Element) -> tuple[dict[str, Words], tuple[str, ...], str]:
    """Texts by id and form (``id\\nguidance``), the languages, and the one that leads."""
    found: dict[str, dict[str, str]] = {}
    languages: list[str] = []
    default = ""
    itext = model.child("itext")
    for translation in itext.children if itext else []:
        tag = language_tag(translation.get("lang"))
        languages.append(tag)
        if translation.get("default"):
            default = tag
        for text in translation.children:
            for value in text.children:
                form = value.get("form")
                key = text.get("id")
                found.setdefault(f"{key}\n{form}", {})[tag] = _plain(value)
                if not form:
                    found.setdefault(key, {})[tag] = _plain(value)
    return dict(found), tuple(languages), default or (languages[0] if languages else "")


def _plain(element: Element) -> str:
    """A text in which an answer that would be shown stands as an ellipsis."""
    pieces = [piece if isinstance(piece, str) else "…" for piece in element.pieces]
    lines = ("".join(pieces)).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _text_key(reference: str) -> str:
    """The id in ``jr:itext('…')``; empty for anything else."""
    inner = reference.strip()
    if inner.startswith("jr:itext(") and inner.endswith(")"):
        return inner[9:-1].strip().strip("'\"")
    return ""


def _inner(element: Element, name: str) -> str:
    found = element.child(name)
    return found.text.strip() if found else ""


def _not_a_form() -> Problem:
    return Problem("not_a_form", "Berkas XML ini bukan sebuah XForm.", "This XML is not an XForm.")


def _too_many(count: int) -> Problem:
    return Problem(
        "too_many_items", f"Formulir ini punya {count} butir; paling banyak {MOST_ITEMS}.",
        f"This form has {count} items; {MOST_ITEMS} at most.",
    )  # fmt: skip


__all__ = ["HOUSE_SPACE", "parse"]
