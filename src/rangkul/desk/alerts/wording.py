"""Words for alerts: what is called for, on which rung of the ladder, by which way."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from rangkul.alerts import channels, kinds
from rangkul.alerts.models import Alert
from rangkul.desk import wording


def title(alert: Alert, on: date) -> str:
    """What an alert calls for; a kind without words of its own says only that something waits."""
    if alert.kind == "clock_late":
        return wording.procedure_title(alert.code, on)
    if alert.kind == kinds.UNREACHED:
        return _("Not reached: %(way)s") % {"way": way(alert.code)}
    if alert.kind == kinds.TRIAL:
        return _("A trial call, as you asked")
    return _between_desks().get(alert.kind, _("Something waits for you"))


def _between_desks() -> dict[str, str]:
    """Events of a hand-off or a conference that call the people at its other end."""
    return {
        "referral.sent": _("A new referral waits for your desk"),
        "request.asked": _("A desk asks you something before it answers"),
        "request.message": _("A message about a referral"),
        "request.outcome": _("A service was not given, or danger has grown: please look today"),
        "referral.moved": _("A request moved to another desk"),
        "referral.expired": _("No desk answered a request"),
        "referral.withdrawn": _("Consent was withdrawn: please stop using the packet"),
        "referral.cancelled": _("A request was cancelled"),
        "referral.packet_renewed": _("A packet has new facts"),
        "referral.stuck": _("A referral of your plan could not go when its turn came"),
        "request.declined": _("A request was handed back"),
        "request.partly_accepted": _("A request was accepted in part"),
        "request.paused": _("A service is paused"),
        "call.made": _("Your desk is asked whether it can help"),
        "call.taken": _("A desk can help: please ask the survivor"),
        "call.refused": _("A desk cannot help"),
        "transfer.offered": _("A case is offered to your agency"),
        "transfer.accepted": _("A case you offered was taken over"),
        "transfer.declined": _("A case you offered was declined"),
        "conference.seat_offered": _("You are invited to a case conference"),
        "conference.moved": _("A case conference was moved"),
        "conference.cancelled": _("A case conference was called off"),
        "conference.proposed": _("A coordinator proposes a case conference"),
        "conference.chair_passed": _("You chair a case conference now: the case came to you"),
        "repatriation.clearance_asked": _("Investigators' clearance is asked of your agency"),
        "hold.left": _("Somebody on the way home left by own wish"),
        "hold.missing": _("Somebody on the way home is missing"),
        "hold.died": _("Somebody on the way home has died"),
        "hold.not_safe": _("A visit found a home not safe"),
        "report.received": _("A report by the public form waits"),
        "report.added_to": _("A reporter has added something to a report"),
        "tidings.arrived": _("A message has come by a code you gave"),
        "tidings.code_pressed": _("The code for pressure was used: please look now"),
        "tidings.code_ended": _("A code you gave was ended"),
        "tidings.consent_taken_back": _("Consent was taken back by a code: please look now"),
        "emergency.opened": _("A file was borrowed in an emergency: please look today"),
        "emergency.asked": _("A supervisor asks why you borrowed a file"),
        "emergency.answered": _("An answer about a borrowed file"),
        "emergency.justified": _("Your borrowing was found justified"),
        "emergency.unjustified": _("A borrowing was found not justified"),
        "emergency.restored": _("You may borrow files in an emergency again"),
        "custody.relation_declared": _("A file was closed to a colleague who is related"),
        "reading.stopped": _("Somebody has opened very many files: please look"),
        "reading.allowed": _("You may open files again"),
        "reading.kept_stopped": _("Files stay closed to you: please speak with your supervisor"),
        "shelter.look_asked": _("A colleague asks to see where a house stands"),
        "shelter.look_allowed": _("You may see where the house stands, for a quarter of an hour"),
        "shelter.look_refused": _("You may not see where the house stands"),
        "erasure.receiver_told": _(
            "A case that you worked on was erased; what your own law makes you keep stays yours"
        ),
        "export.waits": _("A large export waits for a second supervisor"),
        "network.entries_due": _("Entries of your agency in the directory wait for your word"),
        "decision.due": _("What was decided at a conference falls due today"),
    }


def way(channel: str) -> str:
    """A channel's name."""
    names = {
        channels.EMAIL: _("e-mail"),
        channels.PUSH: _("this browser"),
        channels.TEXT: _("text message"),
    }
    return names.get(channel, channel)


def rung(step: int) -> str:
    """Who was called on a rung of the ladder (``clocks.ladder``)."""
    names = {
        1: _("Desk called"),
        2: _("Supervisor called"),
        3: _("Province called"),
        4: _("Nation called"),
    }
    return names.get(step, "")
