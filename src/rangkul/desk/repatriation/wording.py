"""Words for what stands on the board, and for what went wrong with some of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rangkul.cases import queries as cases
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.reference import queries as reference
from rangkul.repatriation import workflow
from rangkul.repatriation.policy import SomeRefused


def lane_words(lane: str) -> str:
    """What a lane of the board is called."""
    return {
        "moving": _("All under way"),
        "clearance": _("Waiting for investigators"),
        "unanswered": _("Not answered yet"),
        "ready": _("Ready to leave"),
        "road": _("Between hands"),
        "unconfirmed": _("Arrival not confirmed"),
        "followed": _("Followed up 1, 3, 6 months"),
        "ended": _("Ended"),
    }[lane]


def missing_words(code: str) -> str:
    """What is missing, as a person would say it."""
    return {
        "safety": _("A safe place to return to"),
        "clearance": _("The investigators' clearance"),
        "embassy": _("The embassy's knowledge and a travel paper"),
        "identity": _("Identity confirmed by the origin"),
        "means": _("Who can pay: able or poor"),
        "payer": _("Who pays"),
        "plan": _("The next leg"),
        "asked": _("The desk has not been asked"),
        "acceptance": _("The desk's answer"),
        "silent": _("No answer: the desk is silent"),
        "refused": _("Refused: choose another desk"),
        "signature": _("The second signature"),
        "conflict": _("The two ends say different things"),
        "arrival": _("Word of arrival from the origin"),
        "visit": _("The follow-up visit is overdue"),
        "home": _("Home was found not safe: decide with her or him"),
        "person": _("Missing: the last holder searches"),
    }[code]


LOUD = frozenset({"safety", "silent", "refused", "conflict", "arrival", "visit", "home", "person"})
"""What is said in red."""


def state_words(state: str) -> str:
    """How somebody stands on the way home."""
    return {
        workflow.WAITING: _("On the way"),
        workflow.ARRIVED: _("Arrived, being followed up"),
        workflow.HOME: _("Home"),
        workflow.LEFT: _("Left by own wish"),
        workflow.MISSING: _("Missing"),
        workflow.DIED: _("Died"),
    }[state]


def traveller_words(state: str) -> tuple[str, str]:
    """How somebody stands on one leg, and how loudly that is said."""
    return {
        workflow.PLANNED: (_("Not asked yet"), "quiet"),
        workflow.ASKED: (_("Waits for an answer"), "soon"),
        workflow.ACCEPTED: (_("Accepted"), "low"),
        workflow.REFUSED: (_("Refused"), "high"),
        workflow.WITHDRAWN: (_("Taken off this leg"), "quiet"),
        workflow.HANDED: (_("Handed over"), "good"),
        workflow.PASSED_ON: (_("Handed over, gone on"), "good"),
        workflow.ENDED: (_("Ended"), "quiet"),
    }[state]


MODE_ICONS = {"land": "bus", "sea": "ship", "air": "plane", "rail": "train"}


_SENTENCES: Final[Mapping[tuple[str, str], Promise]] = {
    ("people", "different_holders"): gettext_lazy(
        "They are in different hands: plan one leg for each."
    ),
    ("people", "not_waiting"): gettext_lazy("One of them is no longer on the way."),
    ("people", "nobody"): gettext_lazy("Nobody is chosen."),
    ("people", "accepted"): gettext_lazy(
        "The desk has accepted: ask it to give the person back first."
    ),
    ("people", "handed_over"): gettext_lazy("This leg lies behind."),
    ("desk", "unknown"): gettext_lazy("This desk is not in service."),
    ("desk", "nobody_there"): gettext_lazy(
        "Nobody with an account sits at this desk: nobody there can answer or sign. Tick the "
        "box below to plan it all the same, and call them."
    ),
    ("people", "between_hands"): gettext_lazy(
        "One end has signed already: they are between hands."
    ),
    ("number", "wrong"): gettext_lazy(
        "This number does not fit. After five wrong tries it ends, and its desk makes another."
    ),
    ("name", "required"): gettext_lazy("Write the name of who signs."),
    ("mark", "signed"): gettext_lazy("This end has signed already."),
    ("travel_paper", "unknown"): gettext_lazy("Please choose from the list."),
    ("embassy_told_on", "future"): gettext_lazy("The day lies ahead."),
    ("because", "required"): gettext_lazy("Say why the person is still needed."),
    ("until", "required"): gettext_lazy("Say until which day."),
    ("until", "too_far"): gettext_lazy("Choose a day within the next sixty days."),
    ("answer", "required"): gettext_lazy("Please choose an answer."),
    ("desk", "same"): gettext_lazy("They are at this desk already."),
    ("desk", "no_cover"): gettext_lazy(
        "Nobody is on duty there now. Tick the last box to send it anyway."
    ),
    ("desk", "not_offered"): gettext_lazy("This desk does not offer the service."),
    ("service", "unknown"): gettext_lazy("Please choose from the list."),
    ("meeting_point", "required"): gettext_lazy("Say where they meet."),
    ("arrives_at", "before_departure"): gettext_lazy("The arrival lies before the departure."),
    ("departs_at", "past"): gettext_lazy("The departure lies too far back."),
    ("best_interest", "required"): gettext_lazy("For a child: say why this is best for the child."),
    ("substitute", "required"): gettext_lazy("Say who stands in for the guardian."),
    ("why_words", "required"): gettext_lazy("Say why consent was not possible or not decisive."),
    ("letter", "not_offered"): gettext_lazy("This ground does not carry this service."),
    ("letter", "guardian_excluded"): gettext_lazy(
        "The guardian may be the suspect: another ground."
    ),
    ("article", "not_for_service"): gettext_lazy("This article does not carry this service."),
    ("article", "required"): gettext_lazy("Choose the article."),
    ("safety", "not_judged"): gettext_lazy(
        "The origin has not been judged, or is not safe for a child."
    ),
    ("person", "child"): gettext_lazy("A child does not choose a danger: somebody else decides."),
    ("result", "suspect_there"): gettext_lazy("Where the suspect lives it is not safe."),
    ("result", "unknown"): gettext_lazy("Please choose from the list."),
    ("who", "required"): gettext_lazy("Say who assessed it."),
    ("words", "required"): gettext_lazy("Write what was said."),
    ("safety_plan", "required"): gettext_lazy("Write the safety plan."),
    ("match", "required"): gettext_lazy("Please choose what you found."),
    ("decision", "answered"): gettext_lazy("Answered a moment ago."),
    ("reason", "required"): gettext_lazy("Say why."),
    ("present", "not_accepted"): gettext_lazy("The receiving desk has not accepted everybody."),
    ("present", "held_back"): gettext_lazy("Somebody of them may not travel yet."),
    ("place", "required"): gettext_lazy("Say where you are."),
    ("items", "unknown"): gettext_lazy("Nobody is listed."),
    ("mark", "required"): gettext_lazy("Sign with your finger or a pen."),
    ("month", "visited"): gettext_lazy("This visit is written down already."),
    ("visited_on", "future"): gettext_lazy("The day lies ahead."),
    ("visited_on", "before_arrival"): gettext_lazy("The day lies before the arrival."),
    ("visited_on", "too_early"): gettext_lazy(
        "Too early for this month: the visit before it comes first."
    ),
    ("until", "past"): gettext_lazy("The day lies behind."),
    ("until", "beyond_a_month"): gettext_lazy("Choose a day within the next thirty days."),
    ("case", "on_the_way"): gettext_lazy("Is on the way home already."),
    ("case", "not_lead"): gettext_lazy("Another agency leads this case."),
    ("case", "closed"): gettext_lazy("This file is closed: open it again first."),
    ("case", "died"): gettext_lazy("The file says that the person died."),
    ("label", "required"): gettext_lazy("Give it a name."),
    ("asked", "required"): gettext_lazy("Say what you ask for."),
    ("reach", "required"): gettext_lazy("Say whom they can call."),
}


def fault_words(field: str, code: str) -> str:
    """One thing that stopped an act, in words; the code itself where no sentence stands."""
    if code == "too_long":
        return _("Too long.")
    if code == "tells_place":
        return _("This tells where the house is. Name a meeting point instead.")
    if (field, code) in _SENTENCES:
        return str(_SENTENCES[field, code])
    return _("This does not fit: %(what)s.") % {"what": code}


def faults_of(fault: InvalidInput) -> list[str]:
    """An act's faults as sentences."""
    return [fault_words(field, code) for field, code in fault.errors.items()]


def refused(actor: Actor, fault: SomeRefused) -> list[str]:
    """For whom of a group it could not be done, by pseudonym, and why."""
    ids = [int(key) for key in fault.faults if key.isdecimal()]
    names = {str(file.case_id): file.pseudonym for file in cases.list_covers(actor, ids)}
    return [f"{names.get(key, '')}: {told}" for key, told in _sentences(fault.faults)]


def _sentences(faults: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    return [
        (key, fault_words(field, code))
        for key, codes in faults.items()
        for field, code in codes.items()
    ]


def band(code: str) -> str:
    """An age group's name."""
    return reference.label("kelompok_usia", code) if code else ""
