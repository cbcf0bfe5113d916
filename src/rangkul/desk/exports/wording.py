"""What states, refusals and faults of exports are called on the screens."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rangkul.exchange import workflow
from rangkul.exchange.models import Export, Recipient

Tone = tuple[str, str]


def state(row: Export) -> Tone:
    """Words and tone of an export's state."""
    return {
        workflow.WAITING: (_("Waits for a second supervisor"), "soon"),
        workflow.QUEUED: (_("In line"), "quiet"),
        workflow.MAKING: (_("Being made"), "quiet"),
        workflow.READY: (_("Ready to be fetched"), "good"),
        workflow.FETCHED: (_("Fetched"), "good"),
        workflow.DESTROYED: (_("Destroyed"), "high"),
    }[row.state]


def recipient_state(row: Recipient) -> Tone:
    """The same of a recipient."""
    return {
        workflow.ADDED: (_("Waits for confirmation"), "soon"),
        workflow.CONFIRMED: (_("Confirmed"), "good"),
        workflow.ENDED: (pgettext("recipient", "Ended"), "quiet"),
    }[row.state]


def barred(why: str) -> str:
    """Why an export cannot be asked for now."""
    return {
        "too_many": _("You have asked for three exports within a day. Please wait until tomorrow."),
        "too_large": _("More than %(most)s rows. Choose a shorter period.")
        % {"most": number_format(workflow.MOST_ROWS)},
        "empty": _("No case fits this choice."),
    }[why]


def fault(code: str) -> str:
    """What is wrong with one field of a form."""
    return {
        "required": _("Please fill this in."),
        "too_long": _("This is longer than can be kept."),
        "unknown": _("Please choose one that is offered."),
        "before_since": _("The end comes before the beginning."),
        "secret": _(
            "This is a secret key. It was not kept. It must never leave its owner: ask the "
            "recipient to make a new pair and to send only what begins with age1."
        ),
        "known": _("This key is registered already."),
    }[code]


def key_fault(code: str) -> str:
    """The same for the key, whose unknown text has a sentence of its own."""
    if code == "unknown":
        return _("This is not a public key of age. It begins with age1 and has 62 signs.")
    return fault(code)


def grouped(key: str) -> str:
    """A key in groups of four, to be compared by eye."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))
