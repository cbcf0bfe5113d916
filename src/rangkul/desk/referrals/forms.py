"""Forms of the referral's screens: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.consent.operations import Ground
from rangkul.consent.policy import CONFERENCE, SERVICE
from rangkul.desk.referrals.ground_form import AnyGroundForm, Lines
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds, sheet, workflow
from rangkul.referrals.ceilings import DataClass, Fact, Levels
from rangkul.referrals.packet import FROM_FILE, MOST_WORDS, Draft

_LENGTHS = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("6 months")),
            (365, _("1 year")))  # fmt: skip


class DraftForm(forms.Form):
    """What the desk is told: asked, minded, known. Facts are those that the levels let through."""

    asked = forms.CharField(
        label=_("What do you ask of them?"), max_length=MOST_WORDS, widget=Lines(),
        help_text=_("One or two sentences. They start with this."),
    )  # fmt: skip
    reach = forms.CharField(
        label=_("Whom do they call at your desk, and how?"), max_length=MOST_WORDS
    )
    risk_note = forms.CharField(
        label=_("What to mind"), max_length=MOST_WORDS, required=False,
        help_text=_("Empty: our own sentence for this level of risk."),
    )  # fmt: skip
    bans = forms.MultipleChoiceField(
        label=_("What they must not do"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ban_note = forms.CharField(
        label=_("Anything else they must not do"), max_length=MOST_WORDS, required=False
    )
    languages = forms.MultipleChoiceField(label=_("Languages"), required=False)
    interpreter = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    access_note = forms.CharField(
        label=_("Access and disability"), max_length=MOST_WORDS, required=False
    )
    worker_sex = forms.ChoiceField(
        label=_("Would rather see"), required=False, widget=forms.RadioSelect,
        choices=[("", _("No wish")), ("P", _("A woman")), ("L", _("A man"))],
    )  # fmt: skip
    left_out = forms.MultipleChoiceField(
        label=_("Leave out of the packet"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The desk reads that it was withheld, never why."),
    )  # fmt: skip

    def __init__(self, *args: Any, facts: Sequence[Fact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "bans", reference.choices("larangan_kontak"))
        set_choices(self, "languages", reference.choices("bahasa"))
        self.fields["languages"].widget.attrs["size"] = 4
        leave = [(f.code, sheet.fact_label(f.code)) for f in facts if f.code in FROM_FILE]
        set_choices(self, "left_out", leave)
        self.facts = [f for f in facts if f.code not in FROM_FILE]
        for fact in self.facts:
            self.fields[f"words.{fact.code}"] = forms.CharField(
                label=sheet.fact_label(fact.code), max_length=MOST_WORDS, required=False
            )

    @property
    def fact_fields(self) -> list[forms.BoundField]:
        """The fields of the facts that this desk may be told."""
        return [self[f"words.{fact.code}"] for fact in self.facts]

    def draft(self) -> Draft:
        """The valid form as a draft."""
        clean = self.cleaned_data
        words = {fact.code: clean.get(f"words.{fact.code}", "") for fact in self.facts}
        return Draft(
            asked=clean["asked"], reach=clean["reach"],
            words={code: text for code, text in words.items() if text},
            left_out=frozenset(clean["left_out"]), risk_note=clean["risk_note"],
            bans=tuple(clean["bans"]), ban_note=clean["ban_note"],
            languages=tuple(clean["languages"]), interpreter=clean["interpreter"],
            access_note=clean["access_note"], worker_sex=clean["worker_sex"],
        )  # fmt: skip


class GroundForm(AnyGroundForm):
    """The ground of a service: how much of each class, until when, for which desks."""

    days = forms.TypedChoiceField(
        label=_("Until"), coerce=int, choices=_LENGTHS, initial=90,
        help_text=_("It ends by itself, and can be taken back at any time."),
    )  # fmt: skip
    conference = forms.BooleanField(
        label=_("They may also plan the help together with us at a case conference"),
        required=False, help_text=_("Asked apart: it is another purpose."),
    )  # fmt: skip
    only_desk = forms.BooleanField(label=_("For the chosen desk only"), required=False)
    fallback = forms.MultipleChoiceField(
        label=_("Who may be asked if that desk does not answer"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, *args: Any, service: ServiceCode, standing: grounds.Standing,
        desks: Iterable[tuple[int, str]] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        options = grounds.options(service, standing)
        super().__init__(*args, standing=standing, options=options, **kwargs)
        self.service = service
        set_choices(self, "fallback", [(str(desk_id), name) for desk_id, name in desks])
        self._add_levels()

    def _add_levels(self) -> None:
        """One choice for each class that this service may have anything of."""
        top, proposed = ceilings.ceiling_for(self.service), ceilings.proposed_for(self.service)
        for option in self.options:
            top = top.join(grounds.highest(self.service, option.basis.letter, self.standing))
        for data_class in DataClass:
            steps = [
                (level, ceilings.describe_level(data_class, level))
                for level in range(top[data_class] + 1)
            ]
            self.fields[f"level_{data_class.letter}"] = forms.ChoiceField(
                label=sheet.said(data_class.label_id, data_class.label_en),
                required=False,
                choices=[(str(n), sheet.said(s.label_id, s.label_en)) for n, s in steps],
                initial=proposed[data_class],
            )  # fmt: skip

    @property
    def level_fields(self) -> list[forms.BoundField]:
        """The six choices of what the desk may be told."""
        return [self[f"level_{data_class.letter}"] for data_class in DataClass]

    def ground(self, *, at: datetime, desk_id: int | None) -> Ground:
        """The valid form as a ground; levels of another basis are lowered to what it carries."""
        clean = self.cleaned_data
        chosen = Levels(*(int(clean[f"level_{c.letter}"] or 0) for c in DataClass))
        top = grounds.highest(self.service, clean["letter"], self.standing)
        recipient = desk_id if clean["only_desk"] else None
        return self.said(
            service=str(self.service), levels=grounds.stored(chosen.meet(top)), at=at,
            valid_until=at + timedelta(days=clean["days"]), recipient_desk_id=recipient,
            fallback_desk_ids=[int(each) for each in clean["fallback"]] if recipient else [],
            purposes=(SERVICE, CONFERENCE) if clean["conference"] else (SERVICE,),
        )  # fmt: skip


class AnswerForm(forms.Form):
    """Yes, yes to a part, a question, or no with its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=[(d, d) for d in ("accept", "accept_partly", "ask", "decline")]
    )
    reason = forms.ChoiceField(label=_("Why not"), required=False)
    limits = forms.MultipleChoiceField(
        label=_("What stays open"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(workflow.LIMITS.items()),
    )  # fmt: skip
    words = forms.CharField(label=_("To the sender"), required=False, max_length=1000,
                            widget=Lines())  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *reference.choices("alasan_tolak")]
        set_choices(self, "reason", choices)


class PauseForm(forms.Form):
    """Why the service rests, and until which day."""

    prefix = "pause"

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why it rests"), choices=[("", "–"), *workflow.PAUSE_REASONS.items()]
    )
    until = forms.DateField(
        label=_("Goes on on"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The deadlines wait until then, and move by the time it rested."),
    )  # fmt: skip
    words = forms.CharField(label=_("To the sender"), required=False, max_length=1000,
                            widget=Lines())  # fmt: skip


class OutcomeForm(forms.Form):
    """Whether the service was given, the next date, a change of danger; never notes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("Was the service given?"), widget=forms.RadioSelect,
        choices=[("done", _("Yes")), ("not_done", _("No"))],
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=_("How it went"), required=False, choices=list(workflow.OUTCOMES.items())
    )
    reason = forms.ChoiceField(
        label=_("Why not"), required=False,
        choices=[("", "–"), *workflow.NOT_DONE_REASONS.items()],
    )  # fmt: skip
    next_on = forms.DateField(
        label=_("Next date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    risk_change = forms.ChoiceField(
        label=_("Is the danger another than before?"), required=False, widget=forms.RadioSelect,
        choices=list(workflow.RISK_CHANGES.items()), initial="same",
    )  # fmt: skip
    words = forms.CharField(
        label=_("To the sender"), required=False, max_length=1000, widget=Lines(),
        help_text=_("Attendance and what comes next. No notes of the conversation."),
    )  # fmt: skip


class WordsForm(forms.Form):
    """A few words for the other desk, on the version of the request that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label=_("Message"), max_length=1000, widget=Lines())


class SlipForm(forms.Form):
    """The neutral letter: where and when, once it is said to be safe to carry."""

    when = forms.CharField(label=_("When"), max_length=160)
    place = forms.CharField(
        label=_("Where"), max_length=160,
        help_text=_("The building and the counter, not what is done there."),
    )  # fmt: skip
    bring = forms.CharField(label=_("What to bring"), max_length=160, required=False)
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=[("id", "Bahasa Indonesia"), ("en", "English")]
    )
    safe = forms.BooleanField(
        label=_("I asked whether this paper is safe to carry. The answer was yes."), required=False
    )
