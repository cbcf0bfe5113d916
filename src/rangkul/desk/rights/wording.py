"""Words for requests about one's own data: kinds, states, and what the person herself is told."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.foundation.errors import InvalidInput
from rangkul.retention import workflow
from rangkul.retention.models import Erasure, Request


def kind(code: str) -> str:
    """What is asked."""
    return {
        workflow.ACCESS: _("See what is kept about the person"),
        workflow.CORRECTION: _("Have something corrected"),
        workflow.STOP: _("Stop what is shared"),
        workflow.RESTRICTION: _("Restrict the file"),
        workflow.DELETION: _("Have it deleted"),
    }.get(code, code)


def kinds() -> list[tuple[str, str]]:
    """All of them, to choose from."""
    return [(code, kind(code)) for code in workflow.KINDS]


def state(request: Request) -> tuple[str, str]:
    """The state in words, and its tone."""
    if request.state == workflow.REFUSED and request.told_at is None:
        return _("Refused, still to be told"), "soon"
    return {
        workflow.RECEIVED: (_("To be weighed"), "soon"),
        workflow.WEIGHED: (_("Refusal proposed"), "soon"),
        workflow.GRANTED: (_("Granted, to be carried out"), "soon"),
        workflow.REFUSED: (_("Refused and told"), "quiet"),
        workflow.DONE: (_("Done"), "good"),
        workflow.DROPPED: (_("Taken back"), "quiet"),
    }[request.state]


def asked_by() -> list[tuple[str, str]]:
    """Who came."""
    return [
        (Request.HERSELF, _("The survivor in person")),
        (Request.GUARDIAN, _("A parent or guardian")),
        (Request.PROXY, _("Somebody with a power of attorney")),
    ]


def manners() -> list[tuple[str, str]]:
    """How it came."""
    return [
        ("in_person", _("In person")), ("phone", _("By telephone")), ("letter", _("By letter")),
        ("message", _("By message")),
    ]  # fmt: skip


def checks() -> list[tuple[str, str]]:
    """How it was made sure that it is she."""
    return [
        ("known", _("We know the person")), ("document", _("A paper was shown")),
        ("question", _("The answer to what only that person knows was right")),
    ]  # fmt: skip


def erasure_state(erasure: Erasure) -> tuple[str, str]:
    """How far an erasure is, and its tone: *erased* only when it is true."""
    return {
        workflow.PROPOSED: (_("Proposed: a second person erases"), "soon"),
        workflow.DESTROYED: (_("Keys destroyed"), "soon"),
        workflow.LISTED: (_("Keys destroyed, backups running out"), "soon"),
        workflow.ERASED: (_("Erased"), "good"),
        workflow.TAKEN_BACK: (_("Taken back"), "quiet"),
    }[erasure.state]


def obstacle(code: str) -> str:
    """Why something is not erased now."""
    return {
        "held": _("A legal hold stands on this case."),
        "open": _("The file is open. Close it first; a wish to stop is a reason."),
        "handed_off": _("A referral or hand-over is still on its way. End it first."),
        "on_the_road": _(
            "The survivor is still on the way home. Somebody must hold the file until the arrival."
        ),
        "in_shelter": _("The survivor still stays in a house. End the stay first."),
        "not_granted": _("The request has not been granted yet."),
        "not_ripe": _("By the schedule its time is not over yet."),
    }.get(code, code)


def fault(error: InvalidInput) -> str:
    """The first thing that is wrong, in one sentence."""
    code = next(iter(error.errors.values()))
    return {
        "required": _("Please fill this in."), "unknown": _("Please choose from the list."),
        "too_long": _("This is too long."), "future": _("This lies in the future."),
        "too_early": _("More than a month ago: please write down when you were told of it."),
        "nothing_to_tell": _("There is nothing to tell any more."),
    }.get(code, code)  # fmt: skip


def complain() -> list[str]:
    """Where somebody who is refused can complain."""
    return [
        _("The data-protection officer or auditor of this agency, who did not decide alone."),
        _("The authority for the protection of personal data (UU 27/2022), or Ombudsman RI."),
        _("A legal-aid office, which we can name to you and which costs nothing."),
    ]
