"""A packet in its reader's words: rows of label and value, for the page and for the letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode, get_service
from rangkul.referrals import ceilings
from rangkul.referrals.ceilings import Article, Basis, DataClass
from rangkul.referrals.packet import Content, Kept

_CLASSES = {str(data_class): data_class for data_class in DataClass}
_WHO = ("pseudonym", "called_name", "sex", "birth_year", "age_band")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet; ``kind`` lets a page draw the risk as a mark."""

    term: str
    value: str
    kind: str = ""


def english() -> bool:
    """Whether the sheet is read in English."""
    return (get_language() or "id").startswith("en")


def said(label_id: str, label_en: str) -> str:
    """The one of two labels that fits the reader."""
    return label_en if english() else label_id


def service_name(code: str) -> str:
    """A service's name."""
    service = get_service(code)
    return said(service.label_id, service.label_en)


def fact_label(code: str) -> str:
    """A fact's name."""
    fact = ceilings.FACTS[code]
    return said(fact.label_id, fact.label_en)


def default_risk_note(risk: str) -> str:
    """What to mind at this level, where the sender wrote nothing of her own."""
    return {
        "tinggi": _("Let no stranger come near this person. Call us before you do anything else."),
        "sedang": _("Tell nobody about the visit. Call us when something worries you."),
        "rendah": _("Call us when something changes."),
    }.get(risk, _("Call us when something worries you."))  # fmt: skip


def rows(content: Content) -> list[Row]:
    """The sheet, line by line, in the order in which a desk needs it."""
    facts = dict(content.facts)
    made = [Row(_("For whom"), _who(facts, content.is_child))]
    asked = f"{service_name(content.service)}\n{content.asked}"
    made.append(Row(_("What is asked"), asked, "asked"))
    made.append(Row(_("Risk"), content.risk_note or default_risk_note(content.risk), "risk"))
    made += [
        Row(fact_label(code), value_words(code, value))
        for code, value in content.facts
        if code not in _WHO
    ]
    made += [
        Row(_("Please do not"), _bans(content)),
        Row(_("Language"), _language(content)),
        Row(_("Access"), content.access_note),
        Row(_("Worker"), _worker(content.worker_sex)),
        Row(_("Whom to call"), content.reach),
        Row(_("Ground"), ground_words(content)),
        Row(
            pgettext("facts of a packet", "Not known yet"),
            ", ".join(fact_label(c).lower() for c in content.not_known),
        ),
    ]
    return [row for row in made if row.value]


def withheld_words(codes: Sequence[str], service: str) -> list[str]:
    """What was kept back, never why."""
    standing = {each.code: each for each in ceilings.ROWS[ServiceCode(service)].withheld}
    words = []
    for code in codes:
        if code in standing:
            words.append(said(standing[code].what_id, standing[code].what_en))
        elif code.startswith("fact:"):
            words.append(fact_label(code.removeprefix("fact:")).lower())
        else:
            name, _colon, level = code.partition(":")
            step = ceilings.describe_level(_CLASSES[name], int(level))
            words.append(said(step.label_id, step.label_en))
    return words


def rule_words(service: str) -> list[str]:
    """The special rules of a service, in the order in which they are written down."""
    own = ceilings.ROWS[ServiceCode(service)].rules
    return [said(rule.prose_id, rule.prose_en) for rule in ceilings.SpecialRule if rule in own]


def kept_rows(kept: Sequence[Kept]) -> list[tuple[str, str]]:
    """What stays behind and why, for the sender only."""
    return [(said(k.what_id, k.what_en), said(k.why_id, k.why_en)) for k in kept]


def ground_words(content: Content) -> str:
    """The basis with its end, as the receiver reads it."""
    since, until = (_day(text) for text in (content.basis_on, content.basis_until))
    named = {"on": since, "until": until}
    if content.basis_letter == "a":
        return _("Consent of %(on)s, until %(until)s") % named
    basis = Basis.of_letter(content.basis_letter)
    words = said(basis.label_id, basis.label_en)
    article = article_words(content.basis_article)
    return _("%(basis)s, %(article)s, until %(until)s") % {
        "basis": words, "article": article, "until": until,
    }  # fmt: skip


def article_words(code: str) -> str:
    """An article's words from the released list, or its citation."""
    if reference.is_code("dasar_pasal", code):
        return reference.label("dasar_pasal", code)
    known: dict[str, Article] = {
        article.code: article
        for row in ceilings.ROWS.values()
        for option in (*row.bases, *ceilings.GUARDIAN_EXCLUDED)
        for article in option.articles
    }
    return known[code].citation if code in known else code


def value_words(code: str, value: str) -> str:
    """A fact's value in words: codes as labels, dates as dates."""
    if code == "age_band":
        return reference.label("kelompok_usia", value)
    if code == "sex":
        return reference.label("jenis_kelamin", value)
    if code == "birth_date":
        return format_date(date.fromisoformat(value), "j F Y")
    return value


def _who(facts: dict[str, str], is_child: bool) -> str:
    called = facts.get("called_name", "")
    parts = [
        facts.get("pseudonym", ""),
        _("called %(name)s") % {"name": called} if called else "",
        value_words("sex", facts["sex"]).lower() if facts.get("sex") else "",
        _("born %(year)s") % {"year": facts["birth_year"]} if facts.get("birth_year") else "",
        value_words("age_band", facts["age_band"]) if facts.get("age_band") else "",
        _("child") if is_child else "",
    ]
    return ", ".join(part for part in parts if part)


def _bans(content: Content) -> str:
    words = [reference.label("larangan_kontak", code) for code in content.bans]
    return ". ".join([*words, content.ban_note] if content.ban_note else words)


def _language(content: Content) -> str:
    words = ", ".join(reference.label("bahasa", code) for code in content.languages)
    if not content.interpreter:
        return words
    return f"{words}; {_('an interpreter is needed')}" if words else _("An interpreter is needed")


def _worker(sex: str) -> str:
    return {"P": _("A woman, please"), "L": _("A man, please")}.get(sex, "")


def _day(text: str) -> str:
    return format_date(datetime.fromisoformat(text).date(), "j M Y")
