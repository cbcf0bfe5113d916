"""The result of a checked offer as a note to keep or to send on: it names no page and no house."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from rangkul.assessments import job_offer
from rangkul.assessments.job_offer import Finding


def note_of(finding: Finding, language: str) -> str:
    """Plain lines without an address of any kind: whoever finds them learns nothing of us."""
    return "\n".join(_lines(finding, language))


def _lines(finding: Finding, language: str) -> Iterator[str]:
    yield _("Notes on a job")
    if finding.signs:
        yield ""
        counted = {"signs": len(finding.signs), "asked": finding.asked}
        yield _("%(signs)s of %(asked)s things to look at again:") % counted
        for sign in finding.signs:
            yield f"- {sign.words[language].title}"
    asked = [*finding.signs, *finding.unknown]
    if asked:
        yield ""
        yield _("To ask before I go:")
        for question in asked:
            yield f"- {question.words[language].agent}"
    yield ""
    yield _("I keep my own papers, and one person knows where I am.")
    yield _("To call:")
    for contact in job_offer.contacts(str(finding.road)):
        yield f"- {contact.shown} ({contact.names[language]})"
