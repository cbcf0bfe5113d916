"""A filled form, checked as if nobody had checked it before: the phone's word is a preview.

Structure, types, choices, what had to be answered, what does not apply, what is not allowed; and
every calculation anew. The same rules as ODK's engines: blank is not a number, an item that does
not apply is blank and outside every count, and a rule is asked only where there is an answer.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Final

from rangkul.assessments import answer_types
from rangkul.assessments.answers import Note
from rangkul.assessments.form import REPEAT, Form, Item, said
from rangkul.assessments.markup import Element, MarkupRefused, read_markup
from rangkul.assessments.problems import Problem
from rangkul.assessments.xform import JAVAROSA
from rangkul.assessments.xpath import Node, Setting
from rangkul.assessments.xpath.values import Value, read_moment, to_text

MOST_LETTERS: Final = 10_000
# Each filling of a repeat may look at all the others: their number counts twice.
MOST_REPEATS: Final = 500
_SPACES: Final = frozenset({"", "http://www.w3.org/2002/xforms", "http://openrosa.org/xforms"})
_META: Final = "meta/"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a filling comes to. Keys are paths without the root (``g/a``; ``r[2]/n`` in a repeat).

    ``values`` are answers (several codes of a multiple choice apart), ``computed`` what the server
    worked out, ``stamps`` what the device noted by itself; ``files`` the names of attachments.
    With ``problems`` nothing may be kept.
    """

    values: Mapping[str, tuple[str, ...]]
    computed: Mapping[str, str]
    stamps: Mapping[str, str]
    items: Mapping[str, Item]
    files: tuple[str, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    instance_id: str = ""
    tree: Setting | None = field(default=None, compare=False, repr=False)

    @property
    def setting(self) -> Setting:
        """Where rules beside the form's own are worked out: the checked filling, as it stands."""
        if self.tree is None:
            raise ValueError("what was refused has no answers")
        return self.tree.at(self.tree.root)

    @property
    def fits(self) -> bool:
        """Whether the filling may be kept."""
        return not self.problems


def check(
    form: Form, instance_xml: bytes, *, today: date, now: datetime, fresh: str = "",
    given: Mapping[str, str] = MappingProxyType({}),
) -> Checked:  # fmt: skip
    """Check a filling of ``form``, filled in on ``today``; ``fresh`` is what ``uuid()`` gives.

    ``given`` is what the file knows already, by path: it takes the place of what was sent there.
    """
    try:
        root = read_markup(instance_xml)
    except MarkupRefused as fault:
        return _nothing([Problem("markup", fault.text_id, fault.text_en)])
    wrong = _wrong_form(form, root)
    if wrong is not None:
        return _nothing([wrong])
    checking = _Checking(form, root, today, now, fresh)
    for path, text in given.items():
        for node in checking.nodes[path]:
            node.text = text
    return checking.outcome()


def moment_of(form: Form, instance_xml: bytes, *, zone: tzinfo | None) -> datetime | None:
    """When a filling says that it ended, or began, on its own clock; ``None`` where it is silent.

    A moment without a zone is taken in ``zone``.
    """
    try:
        root = read_markup(instance_xml)
    except MarkupRefused:
        return None
    for wanted in ("timestamp end", "timestamp start"):
        for item in form.items.values():
            if item.preload == wanted:
                moment = _written_moment(root, form.key(item.path), zone)
                if moment is not None:
                    return moment
    return None


def _written_moment(root: Element, key: str, zone: tzinfo | None) -> datetime | None:
    found: Element | None = root
    for name in key.split("/"):
        found = found.child(name) if found is not None else None
    text = found.text.strip() if found is not None else ""
    if read_moment(text, 0.0) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _nothing(problems: list[Problem]) -> Checked:
    return Checked({}, {}, {}, {}, (), (), tuple(problems))


def _wrong_form(form: Form, root: Element) -> Problem | None:
    """A filling of something else must not be read as one of this form."""
    if root.name != form.root or root.space not in _SPACES or root.get("id") != form.code:
        return Problem(
            "other_form", f"Isian ini bukan isian formulir {form.code}.",
            f"This is not a filling of the form {form.code}.",
        )  # fmt: skip
    if root.get("version") != form.version:
        return Problem(
            "other_version",
            f"Isian ini memakai versi “{root.get('version')[:32]}”, bukan “{form.version}”.",
            f"This filling uses version “{root.get('version')[:32]}”, not “{form.version}”.",
        )  # fmt: skip
    return None


class _Checking:
    """One filling on its way: the tree of nodes, then values in order, then the rules."""

    def __init__(self, form: Form, root: Element, today: date, now: datetime, fresh: str) -> None:
        self.form = form
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self.nodes: dict[str, list[Node]] = {path: [] for path in form.items}
        self.root = Node(form.root)
        self._built(root, self.root)
        self._completed(self.root)
        self.setting = Setting(self.root, self.root, self.root, form, today, now, fresh)

    # -- structure --

    def _built(self, element: Element, node: Node) -> None:
        """Nodes for what was sent; what the form does not know is refused, not passed over."""
        seen: set[str] = set()
        for child in element.children:
            path = f"{node.path}/{child.name}"
            item = self.form.items.get(path)
            if (JAVAROSA, "template") in child.attributes:
                continue
            if item is None or child.space not in _SPACES or child.attributes:
                self._say(
                    "unknown_element", path, f"Isian memuat “{path}”, yang tidak ada di formulir.",
                    f"The filling holds “{path}”, which the form does not have.",
                )  # fmt: skip
                continue
            if child.name in seen and item.kind != REPEAT:
                self._say("twice", path, f"“{path}” terkirim dua kali.",
                          f"“{path}” was sent twice.")  # fmt: skip
                continue
            if len(self.nodes[path]) >= MOST_REPEATS:
                self._say("too_many", path, f"“{path}” diisi lebih dari {MOST_REPEATS} kali.",
                          f"“{path}” is filled more than {MOST_REPEATS} times.")  # fmt: skip
                return
            seen.add(child.name)
            made = Node(child.name, parent=node)
            self.nodes[path].append(made)
            if item.is_value:
                if child.children:
                    self._say("not_an_answer", path, f"“{path}” memuat unsur lain.",
                              f"“{path}” holds other elements.")  # fmt: skip
                    continue
                made.text = _tidy(child.text)
            else:
                self._built(child, made)

    def _completed(self, node: Node) -> None:
        """Blank nodes for what was not sent: an engine leaves out what does not apply."""
        present = {child.name for child in node.children}
        for path in self.form.inside.get(node.path, ()):
            item = self.form.items[path]
            if item.name not in present and item.kind != REPEAT:
                self.nodes[path].append(Node(item.name, parent=node))
        for child in node.children:
            item = self.form.items[child.path]
            if not item.is_value:
                self._completed(child)

    # -- values --

    def outcome(self) -> Checked:
        self._settle()
        for path, item in self.form.items.items():
            if item.is_value and not self._is_meta(path):
                for node in self.nodes[path]:
                    if node.relevant:
                        self._judge(item, node)
        return self._gathered()

    def _settle(self) -> None:
        """Relevance and calculations, each item after all that it looks at: one round settles."""
        for path in self.form.order:
            item = self.form.items[path]
            for node in self.nodes[path]:
                node.relevant = node.parent is None or node.parent.relevant
                if node.relevant and item.relevant is not None:
                    node.relevant = item.relevant.holds(self._at(node))
                if not item.is_value:
                    continue
                if not node.relevant:
                    self._drop(item, node)
                elif item.calculate is not None:
                    self._compute(item, node)

    def _at(self, node: Node) -> Setting:
        self.setting.node = self.setting.current = node
        return self.setting

    def _drop(self, item: Item, node: Node) -> None:
        if node.text and item.calculate is None:
            label_id, label_en = self.form.label(item, "id"), self.form.label(item, "en")
            self.notes.append(
                Note(
                    self._key(node),
                    f"Jawaban untuk “{label_id}” tidak disimpan, karena tidak berlaku di sini.",
                    f"The answer to “{label_en}” was not kept, as it does not apply here.",
                )
            )
        node.text = ""

    def _compute(self, item: Item, node: Node) -> None:
        """The server's own value; a moment that the device noted once stays as it was noted."""
        if item.calculate is None or (item.calculate.is_stamp and node.text):
            return
        found = _typed(item, item.calculate.value(self._at(node)))
        if node.text and node.text != found and not _same_number(node.text, found):
            self.notes.append(
                Note(
                    self._key(node),
                    f"“{item.name}” dihitung ulang: tadinya “{node.text[:40]}”.",
                    f"“{item.name}” was worked out anew: it was “{node.text[:40]}”.",
                )
            )
        node.text = found

    # -- rules --

    def _judge(self, item: Item, node: Node) -> None:
        where = self._key(node)
        if item.calculate is not None:
            return
        if not node.text:
            if item.control and item.required is not None and item.required.holds(self._at(node)):
                self._say_words("required", where, item.required_words, *_REQUIRED)
            return
        if len(node.text) > MOST_LETTERS:
            self._say(
                "too_long", where,
                f"Terlalu panjang: paling banyak {MOST_LETTERS} huruf, sekarang {len(node.text)}.",
                f"Too long: {MOST_LETTERS} characters at most, now {len(node.text)}.",
            )  # fmt: skip
            return
        if item.choices is not None:
            wrong = self._not_chosen(item, node)
        else:
            wrong = answer_types.wrong(item, node.text)
        if wrong is not None:
            self._say(wrong[0], where, wrong[1], wrong[2])
        elif (
            item.control
            and item.constraint is not None
            and not item.constraint.holds(self._at(node))
        ):
            self._say_words("constraint", where, item.constraint_words, *_NOT_ALLOWED)

    def _not_chosen(self, item: Item, node: Node) -> tuple[str, str, str] | None:
        chosen = node.text.split()
        allowed = self._allowed(item, node)
        several = item.control in ("select", "rank")
        if not several and (len(chosen) > 1 or node.text != node.text.strip()):
            return answer_types.SEVERAL
        if len(set(chosen)) != len(chosen):
            return answer_types.CHOSEN_TWICE
        if not allowed.issuperset(chosen):
            return answer_types.NOT_IN_LIST
        if item.control == "rank" and set(chosen) != allowed:
            return answer_types.NOT_RANKED
        return None

    def _allowed(self, item: Item, node: Node) -> set[str]:
        """The codes that may be chosen here, the filter's word included."""
        choices = item.choices
        if choices is None or choices.narrowed is None:
            return {choice.code for choice in self.form.choices(item)}
        if "[" not in choices.narrowed.text:
            return set(self.form.codes(choices.list_name))
        found = choices.narrowed.value(self._at(node))
        listed = found if isinstance(found, list) else []
        return {code.text for entry in listed for code in entry.named("name")}

    # -- what comes out --

    def _gathered(self) -> Checked:
        values: dict[str, tuple[str, ...]] = {}
        computed: dict[str, str] = {}
        stamps: dict[str, str] = {}
        items: dict[str, Item] = {}
        files: list[str] = []
        for path, item in self.form.items.items():
            for node in self.nodes[path] if item.is_value else ():
                key = self._key(node)
                if not node.text or not node.relevant:
                    continue
                items[key] = item
                if self._is_meta(path) or item.preload:
                    stamps[key] = node.text
                elif item.calculate is not None:
                    computed[key] = node.text
                else:
                    several = item.control in ("select", "rank")
                    values[key] = tuple(node.text.split()) if several else (node.text,)
                    files += [node.text] if item.type == "binary" else []
        return Checked(
            values, computed, stamps, items, tuple(files), tuple(self.notes),
            tuple(self.problems), stamps.get("meta/instanceID", ""),
            self.setting,
        )  # fmt: skip

    def _is_meta(self, path: str) -> bool:
        return self.form.key(path).startswith(_META)

    def _key(self, node: Node) -> str:
        """The path without the root, with the place of each repeat that it stands in."""
        names: list[str] = []
        at: Node | None = node
        while at is not None and at.parent is not None:
            name = at.name
            if self.form.items[at.path].kind == REPEAT:
                alike = [child for child in at.parent.children if child.name == name]
                name = f"{name}[{alike.index(at) + 1}]"
            names.append(name)
            at = at.parent
        return "/".join(reversed(names))

    def _say(self, code: str, where: str, text_id: str, text_en: str) -> None:
        self.problems.append(Problem(code, text_id, text_en, where))

    def _say_words(
        self, code: str, where: str, words: Mapping[str, str], text_id: str, text_en: str
    ) -> None:
        """The form's own sentence where its author wrote one."""
        default = self.form.default_language
        self._say(
            code,
            where,
            said(words, "id", default) or text_id,
            said(words, "en", default) or text_en,
        )


_REQUIRED: Final = (
    "Jawab ini dahulu; tanpa itu formulir belum lengkap.",
    "Please answer this first; without it the form is not complete.",
)
_NOT_ALLOWED: Final = (
    "Jawaban ini tidak sesuai dengan aturan formulir. Mohon periksa lagi.",
    "This answer does not fit the form's rule. Please look at it again.",
)


def _tidy(text: str) -> str:
    """Canonical Unicode without control characters, and no spaces around."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) != "Cc"
    ).strip()


def _typed(item: Item, value: Value) -> str:
    """A calculated value as its type writes it; what is no number is blank."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if item.type == "int" and isinstance(value, bool):
        return "1" if value else "0"
    return to_text(value)


def _same_number(sent: str, found: str) -> bool:
    try:
        return float(sent) == float(found)
    except ValueError:
        return False
