"""What every form asks about the ground on which something leaves the agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.consent import notice
from rangkul.consent.operations import Ground
from rangkul.consent.policy import CONSENT
from rangkul.consent.queries import BasisWords
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.referrals import grounds, sheet
from rangkul.referrals.ceilings import BasisOption


class Lines(forms.Textarea):
    """A text area as small as its question."""

    def __init__(self, rows: int = 2) -> None:
        super().__init__(attrs={"rows": rows})


class AnyGroundForm(forms.Form):
    """Consent as the survivor says it, or another basis with its article and reason."""

    prefix = "ground"

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
        label=_("What happened, in a sentence"), required=False, max_length=1000, widget=Lines()
    )
    told = forms.BooleanField(label=_("The person has been told"), required=False)
    best_interest = forms.CharField(
        label=_("Why this is best for the child"), required=False, max_length=1000,
        widget=Lines(),
    )  # fmt: skip
    child_view = forms.CharField(
        label=_("What the child says about it"), required=False, max_length=1000
    )
    substitute = forms.CharField(
        label=_("Who stands in for the guardian"), required=False, max_length=1000
    )

    def __init__(
        self, *args: Any, standing: grounds.Standing, options: Sequence[BasisOption],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.standing, self.options = standing, options
        letters = self._letters()
        set_choices(self, "letter", letters)
        self.fields["letter"].initial = letters[0][0] if letters else ""
        set_choices(self, "given_by", [
            (code, label) for code, label in notice.GIVEN_BY.items() if code != notice.LAW
        ])  # fmt: skip
        set_choices(self, "language", [("", "–"), *reference.choices("bahasa")])
        codes = dict.fromkeys(a.code for option in options for a in option.articles)
        set_choices(self, "article", [("", "–"), *((c, sheet.article_words(c)) for c in codes)])
        set_choices(self, "why", [("", "–"), *reference.choices("alasan_tanpa_persetujuan")])
        if not standing.is_child:
            for name in ("best_interest", "child_view"):
                del self.fields[name]
        if not standing.guardian_excluded:
            del self.fields["substitute"]

    def _letters(self) -> list[tuple[str, str]]:
        own = [(CONSENT, sheet.said("Persetujuan", "Consent"))]
        others = [
            (option.basis.letter, sheet.said(option.basis.label_id, option.basis.label_en))
            for option in self.options
        ]
        return (own if grounds.may_consent(self.standing) else []) + others

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """What is asked when the person agrees."""
        return [self["given_by"], self["manner"], self["language"]]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What is asked when something goes without her consent."""
        return [self["article"], self["why"], self["why_words"], self["told"]]

    @property
    def child_fields(self) -> list[forms.BoundField]:
        """What is asked for a child, and where the guardian is left out."""
        names = ("best_interest", "child_view", "substitute")
        return [self[name] for name in names if name in self.fields]

    def said(
        self, *, service: str, levels: Mapping[str, int], at: datetime, valid_until: datetime,
        recipient_desk_id: int | None, fallback_desk_ids: Sequence[int] = (),
    ) -> Ground:  # fmt: skip
        """The valid form as a ground; what belongs to the other kind of ground is left out."""
        clean = self.cleaned_data
        agreed = clean["letter"] == CONSENT
        return Ground(
            letter=clean["letter"], service=service, levels=levels,
            given_by=clean["given_by"] if agreed else notice.LAW, valid_until=valid_until,
            manner=clean["manner"] if agreed else "",
            language=clean["language"] if agreed else "",
            article="" if agreed else clean["article"], why="" if agreed else clean["why"],
            words=BasisWords(
                why="" if agreed else clean["why_words"],
                best_interest=clean.get("best_interest", ""),
                child_view=clean.get("child_view", ""), substitute=clean.get("substitute", ""),
            ),
            recipient_desk_id=recipient_desk_id, fallback_desk_ids=fallback_desk_ids,
            told_at=at if clean["told"] and not agreed else None,
        )  # fmt: skip
