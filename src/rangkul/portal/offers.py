"""Checking a job offer: where it leads, twelve questions, what they come to; nothing is kept.

Answers travel in the body of a post and come back on a page; no address ever carries one. Whoever
is there already, or cannot refuse any more, meets numbers to call and no questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rangkul.assessments import job_offer, offer_counts
from rangkul.assessments.job_offer import Advice, Article, Contact, Finding, Question, Reply, Road
from rangkul.foundation import hour
from rangkul.portal.offer_note import note_of
from rangkul.portal.page import PublicRequest, answer, is_english, public
from rangkul.reference.models import Mark

# A place that is not told yet is asked about as if it lay abroad: there more can go wrong.
_ROADS: Final = {"luar": Road.ABROAD, "dalam": Road.HOME, "belum": Road.ABROAD}
_URGENT: Final = ("abroad", "pressed")
_UNSIGNED: Final = "info-circle"
_SIGNS: Final[Mapping[str, str]] = {
    "ajakan": "users", "izin": "file-off", "majikan": "briefcase", "biaya": "coins",
    "paspor_cepat": "clock", "surat": "key", "kontrak": "pencil", "visa": "plane",
    "syarat": "stethoscope", "tekanan": "alert-triangle", "jalur": "map-pin",
    "tempat": "home-heart", "jenis": "briefcase", "umur": "school", "berhenti": "alert-triangle",
}  # fmt: skip
_REPLIES: Final[tuple[tuple[Reply, Promise], ...]] = (
    (Reply.YES, _("Yes")), (Reply.NO, _("No")), (Reply.UNKNOWN, _("Not known yet")),
)  # fmt: skip
_HEADINGS: Final[Mapping[Advice, Promise]] = {
    Advice.STOP_FIRST: _("Stop first, before you leave"),
    Advice.TAKE_CARE: _("Ask first, before you leave"),
    Advice.ASK_FIRST: _("No sign so far, but some things to ask"),
    Advice.GO_ON: _("No sign in what you have answered"),
}
_LOUDNESS: Final = {
    Advice.STOP_FIRST: "soon", Advice.TAKE_CARE: "soon", Advice.ASK_FIRST: "", Advice.GO_ON: "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """A question as it stands on a page, in the language that is being read."""

    question: Question
    language: str
    given: str = ""

    @property
    def words(self) -> job_offer.Words:
        return self.question.words[self.language]

    @property
    def icon(self) -> str:
        return _SIGNS.get(self.question.code, _UNSIGNED)

    @property
    def articles(self) -> list[tuple[str, bool]]:
        """Each article's name, and whether it was read in the law."""
        return [(one.named(self.language), _is_read(one)) for one in self.question.articles]


@dataclass(frozen=True, slots=True)
class _Called:
    """Whom to call, in the language that is being read."""

    contact: Contact
    language: str

    @property
    def name(self) -> str:
        return self.contact.names[self.language]

    @property
    def note(self) -> str:
        return self.contact.notes[self.language]

    @property
    def unsure(self) -> bool:
        """Whether nobody of the house has called that number yet."""
        return self.contact.mark is Mark.UNVERIFIED


def _is_read(article: Article) -> bool:
    return article.mark is Mark.LAW


@require_http_methods(["GET", "HEAD", "POST"])
@public
def check(request: PublicRequest) -> HttpResponse:
    """The whole check stands at one address: a page for each step of it."""
    where = request.POST.get("where", "")
    if where in _URGENT:
        return answer(request, "portal/offers/urgent.html", _urgent(where))
    if where not in _ROADS:
        # Something else was sent than a button of ours; the beginning says what there is.
        return answer(request, "portal/offers/start.html", {})
    replies = {name: str(value) for name, value in request.POST.items()}
    finding = job_offer.weigh(_ROADS[where], replies)
    if "done" not in replies:
        return answer(request, "portal/offers/questions.html", _asked(where, {}))
    if finding.answered == 0:
        context = _asked(where, replies) | {"nothing": True}
        return answer(request, "portal/offers/questions.html", context, status=422)
    if "seen" not in replies:
        offer_counts.count(finding, at=hour.now())
    codes = [one.code for one in job_offer.questions(_ROADS[where])]
    again = {"where": where, "done": "1", "seen": "1"}
    again |= {code: replies[code] for code in codes if replies.get(code) in set(Reply)}
    context = _come_to(where, finding) | {"again": again}
    return answer(request, "portal/offers/result.html", context)


def _language() -> str:
    return "en" if is_english() else "id"


def _asked(where: str, replies: Mapping[str, str]) -> dict[str, object]:
    language = _language()
    asked = job_offer.questions(_ROADS[where])
    return {
        "where": where,
        "again": {"where": where},
        "questions": [_Told(one, language, replies.get(one.code, "")) for one in asked],
        "replies": _REPLIES,
    }


def _come_to(where: str, finding: Finding) -> dict[str, object]:
    language = _language()
    signs = [_Told(one, language) for one in finding.signs]
    unknown = [_Told(one, language) for one in finding.unknown]
    abroad = finding.road is Road.ABROAD
    return {
        "where": where,
        "heading": _HEADINGS[finding.advice],
        "loudness": _LOUDNESS[finding.advice],
        "finding": finding,
        "meter": [place < len(signs) for place in range(finding.asked)],
        "signs": signs,
        "unknown": unknown,
        "ask": [one.words.agent for one in [*signs, *unknown]],
        "called": _called(str(finding.road), language),
        "papers": job_offer.papers(language) if abroad else (),
        "some_unread": any(not read for sign in signs for _name, read in sign.articles),
        "note": note_of(finding, language),
    }


def _urgent(where: str) -> dict[str, object]:
    return {
        "where": where, "called": _called(where, _language()), "again": {"where": where},
    }  # fmt: skip


def _called(when: str, language: str) -> list[_Called]:
    return [_Called(contact, language) for contact in job_offer.contacts(when)]


urlpatterns: list[URLPattern] = [
    path("kerja/", check, name="offers"),
]
