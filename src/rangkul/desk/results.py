"""What a filled instrument says, in words: level or result, its causes, what to do, what to check.

Signs are shown as signs: nothing here is a verdict, and three fields of a screening stay three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.answers import Action, Answers
from rangkul.assessments.instruments.block_h import parting
from rangkul.assessments.models import Submission
from rangkul.cases.models import CaseFile
from rangkul.desk.questions import told
from rangkul.desk.wording import in_language
from rangkul.look import times


@dataclass(frozen=True, slots=True)
class Step:
    """Something a result asks for: what, by when, on whose word."""

    text: str
    within: str
    source: str


@dataclass(frozen=True, slots=True)
class Field:
    """One of the three things of a screening that are never merged."""

    term: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A filled form as the page tells it. ``risk`` is a level where the instrument has one."""

    sentence: str
    risk: str = ""
    say: str = ""
    steps: tuple[Step, ...] = ()
    fields: tuple[Field, ...] = ()
    checks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A result on a line over time, from its codes alone: no answer is opened for it."""

    label: str
    risk: str = ""
    tone: str = "quiet"


def result_of(code: str, answers: Answers, file: CaseFile) -> Result:
    """The result of a filled instrument, recomputed from its answers."""
    if code == rk01_triase.INSTRUMENT.code:
        return _triage(answers, file)
    if code == rk02_tppo.INSTRUMENT.code:
        return _screening(answers, file)
    return closing(rk11_tutup.close(answers))


def closing(found: rk11_tutup.Closing) -> Result:
    """What rk11 advises; what stands in the way is named, one thing a line."""
    advice: rk11_tutup.Advice = "belum" if found.blocking else found.advice
    return Result(
        sentence=in_language(*rk11_tutup.ADVICE_LABELS[advice]),
        remarks=tuple(told(reason) for reason in (*found.blocking, *found.to_weigh)),
    )


def mark_of(submission: Submission) -> Mark:
    """The result as its row keeps it."""
    result = submission.result
    if submission.instrument == rk01_triase.INSTRUMENT.code:
        level = result.get("in_force") or result.get("level", "")
        return Mark(_level(level), risk=level)
    if submission.instrument == rk02_tppo.INSTRUMENT.code:
        code = result.get("result", "belum_lengkap")
        label = in_language(*rk02_tppo.RESULT_LABELS[code])
        count = result.get("indications")
        if isinstance(count, int) and count:
            signs = ngettext("%(count)d indication", "%(count)d indications", count)
            label = f"{label} · {signs % {'count': count}}"
        return Mark(label, tone=_TONES[code])
    label = in_language(*rk11_tutup.ADVICE_LABELS[result.get("advice", "belum")])
    return Mark(f"{label} · {_('signed')}" if result.get("signed") else label)


_TONES = {
    "indikasi_kuat": "high",
    "indikasi_perlu_pendalaman": "soon",
    "belum_ada_indikasi": "quiet",
    "belum_lengkap": "quiet",
}


def _level(code: str) -> str:
    labels = rk01_triase.LEVEL_LABELS
    return next((in_language(*labels[level]) for level in labels if level == code), "–")


def _triage(answers: Answers, file: CaseFile) -> Result:
    found, judged = rk01_triase.triage(answers), rk01_triase.judge(answers)
    remarks = []
    if judged.is_lowering:
        remarks.append(
            _(
                "The worker judges it lower. The higher level holds until a supervisor decides, "
                "in 24 hours."
            )
        )
        if judged.reason_missing:
            remarks.append(_("Please add the reason for the lower level."))
    elif judged.asked and judged.in_force != found.level:
        remarks.append(
            _("Raised by your judgement to: %(level)s.") % {"level": _level(judged.in_force)}
        )
    if found.dark:
        unknown = len(found.dark)
        remarks.append(
            ngettext(
                "%(count)d question of the core is not known yet and returns within 6 hours.",
                "%(count)d questions of the core are not known yet and return within 6 hours.",
                unknown,
            )
            % {"count": unknown}
        )
    checks = rk01_triase.checks(answers, child_named=file.is_child)
    return Result(
        sentence=in_language(found.sentence_id, found.sentence_en),
        risk=judged.in_force,
        say=in_language(found.say_id, found.say_en),
        steps=_steps((*found.actions, *parting(answers))),
        checks=tuple(told(check) for check in checks),
        remarks=tuple(remarks),
    )


def _screening(answers: Answers, file: CaseFile) -> Result:
    found = rk02_tppo.screen(answers)
    causes = [told(reason) for reason in found.indications]
    missing = [
        in_language(item.label_id, item.label_en).rstrip("?")
        for item in rk02_tppo.INSTRUMENT.items
        if item.name in found.screening.missing
    ]
    return Result(
        sentence=in_language(found.screening.sentence_id, found.screening.sentence_en),
        fields=(
            Field(_("Indicators"), str(len(causes)), "; ".join(causes) or _("none answered yet")),
            Field(
                _("Screening result"),
                in_language(*rk02_tppo.RESULT_LABELS[found.screening.result]),
                _("A child when recruited: no means are required.")
                if found.screening.is_child_rule
                else "",
            ),
            _determination(found.determination),
        ),
        steps=_steps((*found.actions, *parting(answers))),
        checks=tuple(told(c) for c in rk02_tppo.checks(answers, born_a_child=file.is_child)),
        remarks=_missing(missing),
    )


def _determination(found: rk02_tppo.Determination) -> Field:
    status = _choice("tetap", found.status or "belum")
    by = _choice("tetap_oleh", found.by) if found.by else ""
    day = times.day(found.on) if found.on else ""
    return Field(_("Legal determination"), status, ", ".join(part for part in (by, day) if part))


def _choice(item: str, code: str) -> str:
    choice = rk02_tppo.INSTRUMENT.item(item).choice(code)
    return in_language(choice.label_id, choice.label_en)


def _missing(labels: Sequence[str]) -> tuple[str, ...]:
    if not labels:
        return ()
    return (_("Still open: %(questions)s.") % {"questions": "; ".join(labels)},)


def _steps(actions: Sequence[Action]) -> tuple[Step, ...]:
    return tuple(
        Step(in_language(a.text_id, a.text_en), _within(a.within), a.source) for a in actions
    )


def _within(span: timedelta | None) -> str:
    if span is None:
        return ""
    hours = int(span.total_seconds() // 3600)
    if hours == 0:
        return _("now")
    if hours <= 72:
        return ngettext("within %(n)d hour", "within %(n)d hours", hours) % {"n": hours}
    return ngettext("within %(n)d day", "within %(n)d days", hours // 24) % {"n": hours // 24}
