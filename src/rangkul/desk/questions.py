"""An instrument as a form: sections, questions in the wording of who speaks, what belongs now.

Nothing here asks the database. A question that does not belong yet is drawn only for browsers
without scripts; its answer is dropped when it turns out not to apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.assessments.answers import Answers, Check, Note, Reason
from rangkul.assessments.instrument import (
    AnswersUnreadable,
    Instrument,
    Item,
    Kind,
    Problem,
    clean,
    no_gates,
)
from rangkul.assessments.instruments import block_h
from rangkul.desk.wording import in_language

Sent = Mapping[str, Sequence[str]]
"""A form as it was sent: item → values."""

_OPENING = frozenset(item.name for item in block_h.OPENING)
_CLOSING = frozenset(item.name for item in block_h.CLOSING)
# In a call danger is asked before anything else; who speaks decides the wording.
_WHO_SPEAKS = ("h_sumber", "h_cara")
_PARTING = _("On parting")
_BEFORE = _("Before you begin")

# The first item of each part, instrument by instrument; what precedes it belongs to the part above.
_PARTS: Mapping[str, Mapping[str, Promise]] = {
    "rk01_triase": {
        "pelaku_tahu": _("Circumstances"),
        "tanda_tppo": _("Signs and safe contact"),
    },
    "rk02_tppo": {
        "usia": _("What happened"),
        "c_tipu": _("By what means"),
        "t_bentuk": _("To what end"),
        "f_remeh": _("Red flags of recruitment"),
        "d_kawin": _("Required papers"),
        "tetap": _("Determination by an authority"),
    },
    "rk11_tutup": {"sebab": _("How it ends")},
}


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer as it stands on the form."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One item as it is drawn; ``known`` says where an answer that the file holds is from."""

    name: str
    text: str
    hint: str
    kind: str
    options: tuple[Option, ...]
    value: str
    limit: int
    shown: bool
    starred: bool
    needed: bool
    problem: str = ""
    known: str = ""

    @property
    def look(self) -> str:
        """How choices stand: a bar for a few short words, chips for many answers, else tiles."""
        if self.kind == Kind.SELECT_MULTIPLE:
            return "chips"
        letters = sum(len(option.label) for option in self.options)
        return "segmented" if len(self.options) <= 4 and letters <= 46 else "tiles"

    @property
    def values(self) -> list[str]:
        """The answer as it is sent."""
        chosen = [option.code for option in self.options if option.chosen]
        return chosen or ([self.value] if self.value else [])

    @property
    def said(self) -> str:
        """The answer in words; empty when there is none."""
        chosen = [option.label for option in self.options if option.chosen]
        return ", ".join(chosen) if self.options else self.value

    @property
    def is_long(self) -> bool:
        """Whether a text wants several lines."""
        return self.limit > 300


@dataclass(frozen=True, slots=True)
class Part:
    """Some questions under one heading; a part that is not open yet waits for the gates."""

    key: str
    title: str
    questions: tuple[Question, ...]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that the file holds already: shown, not asked. ``source`` names paper and day."""

    values: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Form:
    """One instrument as it stands with what was sent."""

    instrument: Instrument
    answers: Answers
    parts: tuple[Part, ...]
    gate: block_h.Gate
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    @property
    def title(self) -> str:
        """What the instrument is called."""
        return in_language(self.instrument.title_id, self.instrument.title_en)

    @property
    def is_stopped(self) -> bool:
        """Whether the opening says that the talk does not go on now, or only in part."""
        return self.gate.verdict is not block_h.Verdict.GO_ON

    @property
    def gate_text(self) -> str:
        """What to say at this point of the opening."""
        return in_language(self.gate.say_id, self.gate.say_en)

    @property
    def shown(self) -> frozenset[str]:
        """The names of the questions that stand on the page now."""
        return frozenset(
            question.name
            for part in self.parts
            if part.is_open
            for question in part.questions
            if question.shown
        )

    @property
    def question_by_name(self) -> dict[str, Question]:
        """Every question of the form."""
        return {q.name: q for part in self.parts for q in part.questions}


def draw(
    instrument: Instrument,
    sent: Sent,
    *,
    problems: Sequence[Problem] = (),
    known: Mapping[str, Known] | None = None,
    without: Iterable[str] = (),
) -> Form:
    """The form with what was sent; ``without`` names items that this page does not ask."""
    answers = lenient(instrument, sent)
    skipped = frozenset(without)
    gate = block_h.gate(answers)
    open_now = not _ends_talk(instrument, gate) and not instrument.gates(answers)
    make = partial(
        _question, answers=answers, sent=sent, known=known or {},
        faults={problem.item: problem for problem in problems},
        needed=frozenset(instrument.gates(Answers({}))),
    )  # fmt: skip
    parts = []
    for key, title, items in _parts(instrument):
        asked = tuple(make(item) for item in items if item.name not in skipped)
        if asked:
            is_opening = all(item.name in _OPENING for item in items)
            parts.append(Part(key, title, asked, is_open=open_now or is_opening))
    return Form(instrument, answers, tuple(parts), gate, tuple(problems), answers.notes)


def read(instrument: Instrument, sent: Sent) -> Answers:
    """The answers to keep. Raises ``AnswersUnreadable``.

    Where the opening ended the talk, only the opening and the parting are kept.
    """
    answers = clean(instrument, sent)
    if not _ends_talk(instrument, block_h.gate(answers)):
        return answers
    kept = {n: v for n, v in answers.values.items() if n in _OPENING | _CLOSING}
    dropped = tuple(
        _not_begun(instrument.item(name)) for name in answers.values if name not in kept
    )
    return Answers(kept, answers.notes + dropped)


def lenient(instrument: Instrument, sent: Sent) -> Answers:
    """What can be read of a form that is still being filled; a faulty answer counts as none."""
    free = replace(instrument, gates=no_gates)
    try:
        return clean(free, sent)
    except AnswersUnreadable as fault:
        faulty = {problem.item for problem in fault.problems}
    return clean(free, {name: values for name, values in sent.items() if name not in faulty})


def from_post(instrument: Instrument, post: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Only what belongs to the instrument, each text no longer than any item takes."""
    return {
        item.name: [value[:8_000] for value in post[item.name]][: len(item.choices) + 2]
        for item in instrument.items
        if post.get(item.name)
    }


def with_held(instrument: Instrument, post: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The same with the answers that a part not open yet carries along unseen.

    A browser without scripts shows every part and sends its own word on each question.
    """
    sent = from_post(instrument, post)
    if post.get("noscript"):
        return sent
    held = {
        item.name: post[f"held-{item.name}"]
        for item in instrument.items
        if post.get(f"held-{item.name}") and item.name not in sent
    }
    return sent | from_post(instrument, held)


def known_again(post: Mapping[str, Sequence[str]], sent: Sent) -> dict[str, Known]:
    """The marks of known answers that the page carried; an answer changed since loses its mark."""
    return {
        name: Known(tuple(values), post[f"known-{name}"][0][:80])
        for name, values in sent.items()
        if post.get(f"known-{name}") and list(post.get(f"was-{name}", ()))[:1] == ["|".join(values)]
    }


def fault_text(problem: Problem) -> str:
    """What to mend, in the present language."""
    return in_language(problem.text_id, problem.text_en)


def told(thing: Note | Check | Reason) -> str:
    """A note, a check or a reason in the present language."""
    return in_language(thing.text_id, thing.text_en)


def _ends_talk(instrument: Instrument, gate: block_h.Gate) -> bool:
    """Whether the form stops at its opening; where danger is asked first, it never does."""
    return instrument.gates is not no_gates and gate.verdict is not block_h.Verdict.GO_ON


def _parts(instrument: Instrument) -> list[tuple[str, str, tuple[Item, ...]]]:
    starts = _PARTS[instrument.code]
    key, title = "h", str(_BEFORE)
    placed: list[tuple[str, str, Item]] = []
    for item in instrument.items:
        if item.name in starts:
            key, title = item.name, str(starts[item.name])
        elif item.name in _CLOSING:
            key, title = "parting", str(_PARTING)
        placed.append((key, title, item))
    if instrument.gates is no_gates:
        placed.sort(key=lambda row: _core_first(row[2]))
        placed = [_in_core(row) for row in placed]
    return [
        (key, title, tuple(item for _k, _t, item in rows))
        for (key, title), rows in groupby(placed, key=lambda row: (row[0], row[1]))
    ]


def _core_first(item: Item) -> int:
    """Who speaks, then the starred core and the 72-hour window, then all the rest in its order."""
    if item.name in _WHO_SPEAKS:
        return 0
    return 1 if item.starred or item.name == "waktu_seksual" else 2


def _in_core(row: tuple[str, str, Item]) -> tuple[str, str, Item]:
    rank = _core_first(row[2])
    if rank == 0:
        return "who", str(_("Who tells")), row[2]
    if rank == 1:
        return "core", str(_("The core, about six minutes")), row[2]
    return ("h", str(_("If the talk goes on")), row[2]) if row[0] == "h" else row


def _question(
    item: Item, *, answers: Answers, sent: Sent, known: Mapping[str, Known],
    faults: Mapping[str, Problem], needed: frozenset[str],
) -> Question:  # fmt: skip
    values = tuple(sent.get(item.name, ()))
    text_id, text_en = item.wording(answers.one("h_sumber"))
    fault = faults.get(item.name)
    held = known.get(item.name)
    return Question(
        name=item.name,
        text=in_language(text_id, text_en),
        hint=in_language(item.hint_id, item.hint_en),
        kind=str(item.kind),
        options=tuple(
            Option(c.code, in_language(c.label_id, c.label_en), c.code in values)
            for c in item.choices
        ),
        value="" if item.choices else (values[0] if values else ""),
        limit=item.limit,
        shown=item.is_shown(answers),
        starred=item.starred,
        needed=item.name in needed,
        problem=fault_text(fault) if fault else "",
        known=held.source if held and held.values == values and not fault else "",
    )


def _not_begun(item: Item) -> Note:
    return Note(
        item.name,
        f"Jawaban untuk “{item.label_id}” tidak disimpan, karena percakapan belum dimulai.",
        f"The answer to “{item.label_en}” was not kept, as the talk did not begin.",
    )
