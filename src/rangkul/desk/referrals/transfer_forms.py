"""Forms of a transfer: the offer with its ground, the taking over, the refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER, TRANSFER
from rangkul.desk.referrals.ground_form import AnyGroundForm, Lines
from rangkul.look.fields import set_choices
from rangkul.referrals import grounds, workflow

# [local] The ground of a hand-over need last only until it is answered, with some days to spare.
_STANDS: Final = timedelta(days=60)


class OfferForm(AnyGroundForm):
    """Why the case moves, what the other agency should know, and on which ground it may."""

    reason = forms.ChoiceField(
        label=_("Why the case moves"), choices=[("", "–"), *workflow.TRANSFER_REASONS.items()]
    )
    words = forms.CharField(
        label=_("What they need to know before they say yes"), max_length=2000, widget=Lines(4),
        help_text=_("No names, no address, no numbers: they read it before they hold the case."),
    )  # fmt: skip
    stays_until = forms.DateField(
        label=_("We stay in the team until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: from the moment they take over, this agency sees nothing of it."),
    )  # fmt: skip

    def __init__(self, *args: Any, standing: grounds.Standing, **kwargs: Any) -> None:
        options = grounds.handing_over_options(standing)
        super().__init__(*args, standing=standing, options=options, **kwargs)

    def ground(self, *, at: datetime, desk_id: int) -> Ground:
        """The valid form as the ground of handing over to this desk."""
        return self.said(
            service=HANDING_OVER, levels={}, at=at, valid_until=at + _STANDS,
            recipient_desk_id=desk_id, purposes=(TRANSFER,),
        )  # fmt: skip


class TakeOverForm(forms.Form):
    """Who carries the case from now on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    companion = forms.TypedChoiceField(
        label=_("Who accompanies from now on"), coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, colleagues: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "companion", colleagues)


class RefusalForm(forms.Form):
    """Why the case stays where it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why not"), choices=[("", "–"), *workflow.TRANSFER_REFUSALS.items()]
    )
