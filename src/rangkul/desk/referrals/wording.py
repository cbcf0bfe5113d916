"""Sentences for codes: what a form could not send, why a packet is closed, how a request stands."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _

from rangkul.foundation.errors import InvalidInput
from rangkul.look.clockface import figures
from rangkul.reference import queries as reference
from rangkul.referrals import workflow

_TONES = {
    "sent": "soon", "asked": "high", "accepted": "good", "in_service": "good", "done": "good",
    "not_done": "quiet", "declined": "soon", "withdrawn": "quiet", "cancelled": "quiet",
    "partly_accepted": "soon", "paused": "soon", "expired": "quiet", "moved": "quiet",
}  # fmt: skip


def fault_words(code: str) -> str:
    """What to do about one field that could not be taken."""
    known = {
        "required": _("Please fill this in."),
        "unknown": _("Please choose from the list."),
        "too_long": _("This is too long."),
        "past": _("This lies in the past."),
        "too_far": _("This lies too far ahead."),
        "future": _("This lies in the future."),
        "not_in_order": _("The answer must come before the first contact and the outcome."),
        "case_number": _("The case's number stays here. The packet has a number of its own."),
        "identity_number": _("An identity number does not belong in free words."),
        "name": _("The name is withheld from this desk: use the called name, or the pseudonym."),
        "contact": _("The telephone number is withheld from this desk."),
        "address": _("The home address is withheld from this desk."),
        "suspect_named": _("The suspect is withheld from this desk: say what to mind, not whom."),
        "tells_place": _("This tells where the house is. Name a meeting point instead."),
        "hiv": _("HIV status never travels. Only the person tells it, where they wish."),
        "pregnancy": _("Pregnancy never travels. The clinic asks for it in private."),
        "not_allowed": _("This desk is not given this."),
        "not_offered": _("This service does not accept this ground."),
        "not_for_service": _("This article does not carry this service."),
        "over_ceiling": _("This is more than the service needs."),
        "guardian_excluded": _("The guardian may be the suspect: consent cannot be the ground."),
        "child_not_alone": _("For a child a safe guardian, or who stands in for one, agrees."),
        "adult_decides": _("Grown people decide for themselves."),
        "old_enough": _("From four years on a child is asked."),
        "out_of_range": _("Please give the age in years, from 0 to 17."),
        "ground_over": _("The ground is over: nothing more can be written on it. Ask anew."),
        "too_large": _(
            "This file is too large. Please make a shorter recording or a smaller picture."
        ),
        "other_type": _("This is not a picture, a recording or a drawing that can be kept."),
        "not_with_consent": _("Consent needs no article."),
        "without_desk": _("Name the desk first, then who may be asked instead."),
        "desk_closed": _("This desk is no longer in service. Please choose another."),
        "own_agency": _("A colleague takes a case over by assignment, not by a hand-over."),
        "other_service": _("The ground, the need and the desk must be for the same service."),
        "telling": _("This gives away what kind of help it is. Say only where and when."),
    }
    return known.get(code, _("Please check this."))


def put_faults(form: forms.Form, fault: InvalidInput, names: dict[str, str] | None = None) -> None:
    """Put what an operation refused beside its field; ``names`` maps its names to the form's."""
    for name, code in fault.errors.items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, fault_words(code))


def basis_words(why: str) -> str:
    """Why nothing may go out on a basis now."""
    return {
        "withdrawn": _("The consent was withdrawn."),
        "expired": _("The consent is over. Please ask again."),
        "not_reviewed": _("Nobody has looked at this ground within 24 hours."),
        "other_service": _("The ground is for another service."),
        "other_desk": _("Consent was given for another desk. Please ask about this one."),
        "other_purpose": _("Consent was given for another purpose. Please ask about this one."),
        "guardian_excluded": _("The guardian may be the suspect: consent cannot be the ground."),
        "best_interest": _("For a child the best-interest note is missing."),
    }.get(why, _("There is no ground for this service yet."))


def closed_words(why: str) -> str:
    """Why a packet can no longer be opened, and what to do."""
    return {
        "withdrawn": _(
            "The person took the consent back. Stop, contact nobody, and delete what you copied. "
            "Keep only what your own law makes you keep."
        ),
        "declined": _("You declined this request. Its packet is destroyed."),
        "cancelled": _("The sender took the request back. Its packet is destroyed."),
        "expired": _("The packet's time is over. Ask the sender when you still need it."),
        "moved": _(
            "The deadline for an answer passed, and another desk was asked. Its packet is "
            "destroyed here."
        ),
        "not_reviewed": _(
            "This packet went without consent, and nobody at the sender's has reviewed that within "
            "24 hours. It opens again as soon as their supervisor has. Ask them below."
        ),
    }.get(why, _("This packet can no longer be opened."))


def short_service(code: str) -> str:
    """A service in one or two words, for a tile."""
    return {
        "medis": _("Medical"), "visum": _("Visum"), "psikologi": _("Psychologist"),
        "psikososial": _("Psychosocial"), "hunian": _("Shelter"), "bantuan_hukum": _("Legal aid"),
        "polisi": _("Police"), "lpsk": _("LPSK"), "pemulangan": _("Return home"),
        "layanan_asal": _("Care at origin"), "vokasi": _("Training"), "ekonomi": _("Economic aid"),
        "sekolah": _("School"), "rohani": _("Spiritual"), "juru_bahasa": _("Interpreter"),
    }[code]  # fmt: skip


def state_words(state: str, *, side: str = workflow.SENDER) -> str:
    """How a request stands, as that side says it: what one sent, the other has to answer."""
    theirs = {
        workflow.SENT: _("Waits for an answer"), workflow.ASKED: _("Waits for the sender"),
    }  # fmt: skip
    if side == workflow.RECEIVER and state in theirs:
        return theirs[state]
    return reference.label("status_rujukan", state)


def state_tone(state: str, *, side: str = workflow.SENDER) -> str:
    """How loudly: a question waits for the sender alone."""
    return "quiet" if (side, state) == (workflow.RECEIVER, workflow.ASKED) else _TONES[state]


def reason_words(state: str, reason: str) -> str:
    """Why a request was declined or not carried out."""
    if not reason:
        return ""
    if state == workflow.DECLINED:
        return reference.label("alasan_tolak", reason)
    return str(workflow.NOT_DONE_REASONS.get(reason, reason))


def limit_words(limits: list[str]) -> list[str]:
    """What a desk leaves open where it takes a part."""
    return [str(workflow.LIMITS[code]) for code in limits if code in workflow.LIMITS]


def transfer_words(state: str, *, received: bool) -> str:
    """How an offer to take a case over stands, as that side says it."""
    if state == workflow.OFFERED:
        return _("Waits for your answer") if received else _("Waits for their answer")
    return {
        workflow.TAKEN_OVER: _("Taken over"),
        workflow.DECLINED: _("Not taken over"),
        workflow.CANCELLED: _("Taken back"),
    }[state]


def transfer_tone(state: str, *, received: bool) -> str:
    """How loudly."""
    if state == workflow.OFFERED:
        return "high" if received else "soon"
    return {workflow.TAKEN_OVER: "good", workflow.DECLINED: "soon"}.get(state, "quiet")


def delay_words(seconds: float | None) -> str:
    """A delay as a person says it, or a dash for a step that has not been made."""
    return "–" if seconds is None else figures(timedelta(seconds=seconds))
