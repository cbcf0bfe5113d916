"""Forms of a transfer: the offer with its ground, the taking over, the refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.consent import notice
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.consent.queries import BasisWords
from rangkul.reference import queries as reference
from rangkul.referrals import grounds, sheet, workflow

_CONSENT: Final = "a"
# [local] The ground of a hand-over need last only until it is answered, with some days to spare.
_STANDS: Final = timedelta(days=60)


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OfferForm(forms.Form):
    """Why the case moves, what the other agency should know, and on which ground it may."""

    prefix = "ground"

    reason = forms.ChoiceField(
        label=_("Why the case moves"), choices=[("", "–"), *workflow.TRANSFER_REASONS.items()]
    )
    words = forms.CharField(
        label=_("What they need to know before they say yes"), max_length=2000, widget=_lines(4),
        help_text=_("No names, no address, no numbers: they read it before they hold the case."),
    )  # fmt: skip
    stays_until = forms.DateField(
        label=_("We stay in the team until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: from the moment they take over, this agency sees nothing of it."),
    )  # fmt: skip
    letter = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    given_by = forms.ChoiceField(label=_("Who agrees"), required=False)
    manner = forms.ChoiceField(
        label=_("How"), required=False, widget=forms.RadioSelect,
        choices=list(notice.MANNERS.items()), initial="lisan",
    )  # fmt: skip
    language = forms.ChoiceField(label=_("In which language"), required=False)
    article = forms.ChoiceField(label=_("Article"), required=False)
    why = forms.ChoiceField(
        label=_("Why consent was not possible or does not decide"), required=False
    )
    why_words = forms.CharField(
        label=_("What happened, in a sentence"), required=False, max_length=1000, widget=_lines()
    )
    told = forms.BooleanField(label=_("The person has been told"), required=False)
    best_interest = forms.CharField(
        label=_("Why this is best for the child"), required=False, max_length=1000,
        widget=_lines(),
    )  # fmt: skip
    child_view = forms.CharField(
        label=_("What the child says about it"), required=False, max_length=1000
    )
    substitute = forms.CharField(
        label=_("Who stands in for the guardian"), required=False, max_length=1000
    )

    def __init__(self, *args: Any, standing: grounds.Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = grounds.handing_over_options(standing)
        own = [(_CONSENT, sheet.said("Persetujuan", "Consent"))]
        letters = own if grounds.may_consent(standing) else []
        letters += [
            (o.basis.letter, sheet.said(o.basis.label_id, o.basis.label_en)) for o in self.options
        ]
        self._choose("letter", letters)
        self.fields["letter"].initial = letters[0][0]
        self._choose("given_by", [
            (code, label) for code, label in notice.GIVEN_BY.items() if code != notice.LAW
        ])  # fmt: skip
        self._choose("language", [("", "–"), *reference.choices("bahasa")])
        codes = dict.fromkeys(a.code for option in self.options for a in option.articles)
        self._choose("article", [("", "–"), *((c, sheet.article_words(c)) for c in codes)])
        self._choose("why", [("", "–"), *reference.choices("alasan_tanpa_persetujuan")])
        if not standing.is_child:
            for name in ("best_interest", "child_view"):
                del self.fields[name]
        if not standing.guardian_excluded:
            del self.fields["substitute"]

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """What is asked when somebody agrees."""
        return [self["given_by"], self["manner"], self["language"]]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What is asked when the case moves without consent."""
        return [self["article"], self["why"], self["why_words"], self["told"]]

    @property
    def child_fields(self) -> list[forms.BoundField]:
        """What is asked for a child, and where the guardian is left out."""
        names = ("best_interest", "child_view", "substitute")
        return [self[name] for name in names if name in self.fields]

    def ground(self, *, at: datetime, desk_id: int) -> Ground:
        """The valid form as the ground of handing over to this desk."""
        clean = self.cleaned_data
        agreed = clean["letter"] == _CONSENT
        return Ground(
            letter=clean["letter"], service=HANDING_OVER, levels={},
            given_by=clean["given_by"] if agreed else notice.LAW, valid_until=at + _STANDS,
            manner=clean["manner"] if agreed else "",
            language=clean["language"] if agreed else "",
            article="" if agreed else clean["article"], why="" if agreed else clean["why"],
            words=BasisWords(
                why="" if agreed else clean["why_words"],
                best_interest=clean.get("best_interest", ""),
                child_view=clean.get("child_view", ""), substitute=clean.get("substitute", ""),
            ),
            recipient_desk_id=desk_id, told_at=at if clean["told"] and not agreed else None,
        )  # fmt: skip


class TakeOverForm(forms.Form):
    """Who carries the case from now on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    companion = forms.TypedChoiceField(
        label=_("Who accompanies from now on"), coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, colleagues: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["companion"].choices = list(colleagues)  # type: ignore[attr-defined]


class RefusalForm(forms.Form):
    """Why the case stays where it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why not"), choices=[("", "–"), *workflow.TRANSFER_REFUSALS.items()]
    )
