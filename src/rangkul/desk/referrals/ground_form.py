"""What every form asks about the ground on which something leaves the agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from rangkul.consent import deciding, notice, policy
from rangkul.consent.deciding import Deciding
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
    relation = forms.ChoiceField(
        label=_("What is that person to the child?"), required=False,
        choices=[("", "–"), *deciding.RELATIONS.items()],
    )  # fmt: skip
    child_age = forms.IntegerField(
        label=_("Age of the child in years"), required=False, min_value=0, max_value=17
    )
    child_says = forms.ChoiceField(
        label=_("What does the child say?"), required=False, widget=forms.RadioSelect,
        choices=list(deciding.CHILD_SAYS.items()),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("In which language"), required=False)
    told_how = forms.ChoiceField(
        label=_("How was the explanation given?"), required=False, widget=forms.RadioSelect,
        choices=list(notice.TOLD_HOW.items()), initial="dibacakan",
    )  # fmt: skip
    notice_language = forms.ChoiceField(label=_("The explanation was in"), required=False)
    understood = forms.MultipleChoiceField(
        label=_("Asked to say it in own words, the person told"), required=False,
        widget=forms.CheckboxSelectMultiple, choices=list(notice.TEACH_BACK.items()),
        help_text=_("Ask: what did we agree? What is missing, explain once more."),
    )  # fmt: skip
    support = forms.MultipleChoiceField(
        label=_("Help to decide"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(deciding.SUPPORTS.items()),
        help_text=_("The person decides. A disability takes no decision away."),
    )  # fmt: skip
    supporter = forms.CharField(
        label=_("Who helped: name, and what they are to the person"), required=False, max_length=200
    )
    court_order = forms.CharField(
        label=_("Number and court of the order, if a curator decides"), required=False,
        max_length=200,
    )  # fmt: skip
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
    stand_in = forms.ChoiceField(
        label=_("Who decides in the guardian's place?"), required=False, widget=forms.RadioSelect,
        help_text=_("While the guardian may be the suspect he is not asked, nor told."),
    )  # fmt: skip
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
            (code, notice.GIVEN_BY[code]) for code in deciding.offered(standing)
        ])  # fmt: skip
        set_choices(self, "stand_in", [
            (code, f"{notice.GIVEN_BY[code]} ({deciding.ARTICLES[articles[0]]})")
            for code, articles in deciding.STAND_INS.items()
        ])  # fmt: skip
        set_choices(self, "notice_language", [
            (code, get_language_info(code)["name_local"]) for code in notice.languages()
        ])  # fmt: skip
        self.fields["notice_language"].initial = get_language()
        set_choices(self, "language", [("", "–"), *reference.choices("bahasa")])
        codes = dict.fromkeys(a.code for option in options for a in option.articles)
        set_choices(self, "article", [("", "–"), *((c, sheet.article_words(c)) for c in codes)])
        set_choices(self, "why", [("", "–"), *reference.choices("alasan_tanpa_persetujuan")])
        if not standing.is_child:
            for name in ("best_interest", "child_view", "relation", "child_age", "child_says"):
                del self.fields[name]
        if standing.is_child or standing.guardian_excluded:
            del self.fields["court_order"]
        if not standing.guardian_excluded:
            del self.fields["substitute"], self.fields["stand_in"]

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
        names = ("given_by", "relation", "manner", "language")
        return self._known(*names, "told_how", "notice_language", "understood")

    @property
    def support_fields(self) -> list[forms.BoundField]:
        """How the person was helped to decide for herself."""
        return self._known("support", "supporter", "court_order")

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What is asked when something goes without her consent."""
        return [self["article"], self["why"], self["why_words"], self["told"]]

    @property
    def child_fields(self) -> list[forms.BoundField]:
        """What is asked for a child, and where the guardian is left out."""
        return self._known(
            "child_age", "child_says", "child_view", "best_interest", "stand_in", "substitute"
        )

    def _known(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def _deciding(self, given_by: str) -> Deciding:
        """Who decided. The law's article comes with the choice: there is one for each."""
        clean = self.cleaned_data
        standing_in = clean.get("stand_in", "")
        acting = given_by if given_by in deciding.STAND_INS else standing_in
        article = deciding.STAND_INS.get(acting, ("",))[0]
        if given_by == deciding.CURATOR:
            article = deciding.CURATOR_ARTICLE
        return Deciding(
            relation=clean.get("relation", "") if given_by == deciding.GUARDIAN else "",
            child_age=clean.get("child_age"), child_says=clean.get("child_says", ""),
            stand_in=standing_in, article=article, support=tuple(clean["support"]),
        )  # fmt: skip

    def said(
        self, *, service: str, levels: Mapping[str, int], at: datetime, valid_until: datetime,
        recipient_desk_id: int | None, fallback_desk_ids: Sequence[int] = (),
        purposes: Sequence[str] = (policy.SERVICE,),
    ) -> Ground:  # fmt: skip
        """The valid form as a ground; what belongs to the other kind of ground is left out."""
        clean = self.cleaned_data
        agreed = clean["letter"] == CONSENT
        given_by = clean["given_by"] if agreed else notice.LAW
        return Ground(
            letter=clean["letter"], service=service, levels=levels,
            given_by=given_by, valid_until=valid_until, purposes=purposes,
            deciding=self._deciding(given_by), told_how=clean["told_how"] if agreed else "",
            understood=tuple(clean["understood"]) if agreed else (),
            notice_language=clean["notice_language"] or "id",
            manner=clean["manner"] if agreed else "",
            language=clean["language"] if agreed else "",
            article="" if agreed else clean["article"], why="" if agreed else clean["why"],
            words=BasisWords(
                why="" if agreed else clean["why_words"],
                best_interest=clean.get("best_interest", ""),
                child_view=clean.get("child_view", ""), substitute=clean.get("substitute", ""),
                supporter=clean["supporter"], court_order=clean.get("court_order", ""),
            ),
            recipient_desk_id=recipient_desk_id, fallback_desk_ids=fallback_desk_ids,
            told_at=at if clean["told"] and not agreed else None,
        )  # fmt: skip
