"""Words for codes, where a screen needs many of them: procedures, acts, people, services."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from time import monotonic

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.reference import queries as reference
from rangkul.reference.models import Mark
from rangkul.reference.services import get_service

# What a keeper changes, the other processes tell after so many seconds at the latest.
_REMEMBERED = 60


@lru_cache(maxsize=8)
def _rules(on: date, _minute: int) -> dict[str, tuple[reference.Rule, bool]]:
    confirmed = reference.list_confirmed(reference.A_PROCEDURE)
    return {rule.code: (rule, rule.key in confirmed) for rule in reference.list_rules(on=on)}


def forget_rules() -> None:
    """Read the procedures anew: somebody has just changed or confirmed one."""
    _rules.cache_clear()


def _known(code: str, on: date) -> tuple[reference.Rule, bool] | None:
    """The rule and whether a keeper has confirmed it; three queries a minute for each process."""
    return _rules(on, int(monotonic() // _REMEMBERED)).get(code)


def rule(code: str, on: date) -> reference.Rule | None:
    """The procedure of this code as it stands on a day, for the whole nation."""
    found = _known(code, on)
    return found[0] if found else None


def procedure_title(code: str, on: date) -> str:
    """What a clock is called in the present language."""
    found = rule(code, on)
    return found.title() if found else code


def procedure_source(code: str, on: date) -> str:
    """The law or paper behind a clock, for the line beneath it, and how sure it is."""
    found = _known(code, on)
    if found is None:
        return ""
    known, confirmed = found
    mark = mark_words(known, confirmed=confirmed) if known.mark in _LESS_THAN_LAW else ""
    return f"{known.source} · {mark}" if mark else known.source


# The source says by itself that a law or a paper was read; these want a word more.
_LESS_THAN_LAW = frozenset({Mark.LOCAL, Mark.UNVERIFIED})


def mark_words(known: reference.Rule, *, confirmed: bool) -> str:
    """How well the length of a procedure is known."""
    if known.is_local_value:
        return _("set by the keeper")
    if known.mark == Mark.UNVERIFIED:
        return _("confirmed") if confirmed else _("not confirmed yet")
    if known.mark == Mark.LOCAL:
        return _("local rule")
    return _("law") if known.mark == Mark.LAW else _("read in a source")


def service_label(code: str) -> str:
    """A service's name in the present language."""
    service = get_service(code)
    return service.label_en if (get_language() or "id").startswith("en") else service.label_id


def in_language(text_id: str, text_en: str) -> str:
    """The one of two texts that fits the present language."""
    return text_en if (get_language() or "id").startswith("en") else text_id


def act_title(name: str) -> str:
    """What an act of the trail is called on a timeline."""
    return _act_titles(get_language() or "id").get(name, name)


@cache
def _act_titles(_language: str) -> dict[str, str]:
    """Every act's title in the present language, which is the one given."""
    titles = _acts_on_a_file() | _acts_on_its_people() | _acts_on_a_report() | _acts_between_desks()
    titles |= _acts_of_the_clock() | _acts_at_the_table() | _acts_in_a_shelter()
    titles |= _acts_of_watching() | _acts_of_rights() | _acts_of_exports()
    return titles | _acts_on_the_way_home()


def _acts_of_watching() -> dict[str, str]:
    """Emergencies, conflicts of interest, and reading that was stopped."""
    return {
        "emergency.opened": _("Borrowed in an emergency"),
        "emergency.read": _("Read in an emergency"),
        "emergency.ended": _("Emergency borrowing ended early"),
        "emergency.asked": _("Asked why it was borrowed"),
        "emergency.answered": _("Answered why it was borrowed"),
        "emergency.justified": _("Emergency borrowing found justified"),
        "emergency.unjustified": _("Emergency borrowing found not justified"),
        "emergency.restored": _("Right to borrow given back"),
        "custody.relation_declared": _("Conflict of interest: file closed to a colleague"),
        "custody.relation_lifted": _("Conflict of interest lifted"),
        "reading.stopped": _("Reading stopped: very many files"),
        "reading.allowed": _("Reading allowed again"),
        "reading.kept_stopped": _("Reading stays stopped"),
    }


def _acts_of_rights() -> dict[str, str]:
    """What a person asked about her own data, and what became of it."""
    return {
        "right.received": _("Request about own data received"),
        "right.refusal_proposed": _("Refusal of a request proposed"),
        "right.refusal_dropped": _("Refusal of a request dropped"),
        "right.refused": _("Request about own data refused"),
        "right.granted": _("Request about own data granted"),
        "right.done": _("Request about own data done"),
        "right.dropped": _("Request about own data taken back"),
        "right.person_told": _("Person told of a refusal"),
        "right.copy_handed_over": _("Copy of the data handed to the person"),
        "right.words_read": _("Words of a request read"),
        "right.guardian_turned_away": _("Guardian turned away"),
        "right.restricted": _("File restricted"),
        "right.restriction_lifted": _("Restriction lifted"),
        "hold.legal_set": _("Legal hold set"),
        "hold.legal_lifted": _("Legal hold lifted"),
        "erasure.proposed": _("Erasing proposed"),
        "erasure.dropped": _("Proposal to erase taken back"),
        "erasure.keys_destroyed": _("All keys of the case destroyed"),
        "erasure.listed": _("Destroyed keys listed outside the database"),
        "erasure.erased": _("Erased"),
        "erasure.destroyed_again": _("What a restored database brought back was destroyed again"),
        "breach.packed": _("Breach pack made"),
        "backup.made": _("Backup made"),
        "backup.restored": _("Database restored from a backup"),
    }


def _acts_of_exports() -> dict[str, str]:
    """Tables that left the house, and to whom they may be sealed."""
    return {
        "recipient.added": _("Recipient of exports registered"),
        "recipient.confirmed": _("Recipient of exports confirmed"),
        "recipient.ended": _("Recipient of exports ended"),
        "export.asked": _("Export asked for"),
        "export.approved": _("Large export let go"),
        "export.made": _("Taken into an export"),
        "export.fetched": _("Left the house in an export"),
        "export.destroyed": _("Export destroyed"),
    }


def _acts_of_the_clock() -> dict[str, str]:
    return {
        "clock.missed": _("Deadline passed"),
        "clock.escalated": _("Late: the next rung is called"),
        "clock.ended_late": _("Done after the deadline"),
    }


def _acts_at_the_table() -> dict[str, str]:
    return {
        "conference.called": _("Case conference called"),
        "conference.moved": _("Case conference moved"),
        "conference.cancelled": _("Case conference called off"),
        "conference.seat_offered": _("Invited to a case conference"),
        "conference.facts_shared": _("Facts shown to an agency at the table, or taken back"),
        "conference.held": _("Case conference held"),
        "conference.decision_made": _("Decision of a case conference"),
        "conference.minutes_signed": _("Minutes of a case conference signed"),
        "conference.addendum_signed": _("Addendum to the minutes signed"),
        "conference.chair_passed": _("Chair of a case conference came with the case"),
        "conference.chair_taken": _("Chair of a case conference taken"),
        "conference.proposal_received": _("Coordinator proposed a case conference"),
        "conference.proposal_refused": _("Proposed case conference not called"),
        "conference.share_opened": _("What was shown at the conference read"),
        "conference.minutes_printed": _("Minutes of a case conference printed"),
        "conference.read": _("Case conference opened"),
    }


def _acts_in_a_shelter() -> dict[str, str]:
    """Those that stand on the own agency's case; none tells in which house."""
    return {
        "shelter.place_asked": _("Place in the shelter asked for"),
        "shelter.placed": _("Placed in the shelter"),
        "shelter.refused": _("No place in the shelter"),
        "shelter.taken_off_list": _("Place in the shelter no longer needed"),
        "shelter.arrived": _("Arrived at the shelter"),
        "shelter.stay_ended": _("Stay in the shelter ended"),
        "shelter.search_ended": _("Search for a missing resident ended"),
    }


def _acts_on_the_way_home() -> dict[str, str]:
    return {
        "repatriation.returnee_added": _("On the way home with a group"),
        "repatriation.returnee_described": _("Facts of the return written down"),
        "repatriation.clearance_asked": _("Investigators asked for their clearance"),
        "repatriation.clearance_answered": _("Investigators answered"),
        "repatriation.origin_judged": _("Safety of the origin judged"),
        "repatriation.choice_recorded": _("Informed choice recorded"),
        "repatriation.leg_planned": _("Leg planned"),
        "repatriation.desk_asked": _("Receiving desk asked"),
        "repatriation.leg_left": _("Taken off a leg"),
        "repatriation.road_cancelled": _("What was asked of the desks ahead was taken back"),
        "hold.arrived": _("Arrival confirmed"),
        "hold.visited": _("Follow-up visit"),
        "hold.home": _("Home, followed up"),
        "hold.left": _("Left by own wish"),
        "hold.missing": _("Missing"),
        "hold.died": _("Died"),
        "hold.found": _("Found again"),
        "hold.onward": _("Cannot stay: the road goes on"),
    }


def _acts_on_a_file() -> dict[str, str]:
    return {
        "case.opened": _("Case opened"),
        "file.opened": _("File opened"),
        "file.risk_raised": _("Risk raised"),
        "file.risk_lowered": _("Risk lowered"),
        "file.risk_kept": _("Risk kept as it was"),
        "file.state_changed": _("State changed"),
        "file.closed": _("File closed"),
        "file.reopened": _("File opened again"),
        "file.cover_changed": _("Cover changed"),
        "file.read": _("File read"),
        "file.imported": _("Taken over from a list"),
        "incident.changed": _("Incident updated"),
        "need.stated": _("Need added to the plan"),
        "need.changed": _("Plan updated"),
        "note.written": _("Note written"),
        "note.withdrawn": _("Note withdrawn"),
        "note.refiled": _("Note refiled"),
        "notes.read": _("Notes read"),
        "attachment.received": _("Document received"),
        "attachment.read": _("Document read"),
        "attachment.withdrawn": _("Document withdrawn"),
        "attachment.refused": _("Harmful file refused"),
        "attachment.scanned": _("Document scanned"),
        "assessment.recorded": _("Assessment kept"),
        "assessment.read": _("Assessment read"),
        "assessment.completed": _("First assessment complete"),
        "assessment.conflict": _("A second, different filling arrived"),
        "assessment.conflict_settled": _("Two fillings with one number were settled"),
        "assessment.proposal_answered": _("An assessment's recommendation was answered"),
        "training.noted": _("Training noted"),
        "training.taken_back": _("Training taken back"),
        "form.uploaded": _("Form uploaded"),
        "form.tested": _("Form put on trial"),
        "form.published": _("Form published"),
        "form.retired": _("Form taken out of use"),
        "clock.started": _("Deadline set"),
        "clock.met": _("Deadline met"),
        "clock.paused": _("Deadline paused"),
        "clock.resumed": _("Deadline goes on"),
        "clock.voided": _("Deadline dropped"),
    }


def _acts_on_its_people() -> dict[str, str]:
    return {
        "person.added": _("Person added"),
        "person.changed": _("Person updated"),
        "person.removed": _("Person taken off the file"),
        "person.made_findable": _("Person made findable for the team"),
        "person.searched": _("Person searched for"),
        "person.files_linked": _("Joined with another file"),
        "person.files_unlinked": _("Parted from another file"),
        "identity.opened": _("Identity opened"),
        "identity.names_shown": _("Names shown on a list"),
        "custody.assigned": _("Companion assigned"),
        "custody.assignment_ended": _("Assignment ended"),
        "custody.caseload_handed_over": _("Handed over to a colleague"),
        "custody.team_joined": _("Agency joined the team"),
        "custody.access_ended": _("Agency left the team"),
        "custody.team_end_set": _("Another last day in the team"),
    }


def _acts_on_a_report() -> dict[str, str]:
    return {
        "report.begun": _("Report begun"),
        "report.received": _("Report received"),
        "report.read": _("Report read"),
        "report.taken": _("Report taken in hand"),
        "report.taken_up": _("Report taken up again"),
        "report.school_advised": _("Said what may be done at the institution"),
        "report.reporters_ended": _("Ended the access of an institution's reporters"),
        "report.closed": _("Report closed"),
        "report.message_arrived": _("Message from a reporter"),
        "report.message_answered": _("Answer to a reporter"),
        "report.messages_read": _("Reporter's messages read"),
        "report.contact_chosen": _("Reporter chose how to be reached"),
        "report.withdrawn": _("Report taken back by the reporter"),
        "report.file_arrived": _("File came with a report"),
        "report.file_read": _("File of a report read"),
        "report.flock_read": _("Alike reports looked at"),
        "report.flock_closed": _("Alike reports closed"),
        "report.flock_reopened": _("Alike reports taken up again"),
        "report.flock_left": _("Report set apart from alike ones"),
        "report.case_opened": _("Opened from a report"),
        "report.case_joined": _("Report joined to the file"),
        "report.case_unjoined": _("Report taken off the file"),
        "report.earlier_contact_asked": _("Earlier contact looked for"),
        "report.earlier_contact_noticed": _("Earlier contact found"),
        "report.earlier_contact_answered": _("Earlier contact answered"),
    }


def _acts_between_desks() -> dict[str, str]:
    return {
        "consent.recorded": _("Consent recorded"),
        "consent.withdrawn": _("Consent withdrawn"),
        "consent.approved": _("Basis approved"),
        "consent.person_told": _("Person told of the basis"),
        "consent.words_read": _("Words of the consent read"),
        "consent.evidence_taken": _("Proof of the consent taken"),
        "consent.evidence_read": _("Proof of the consent opened"),
        "referral.sent": _("Referral sent"),
        "referral.answered": _("Referral answered"),
        "referral.first_contact": _("First contact made"),
        "referral.ended": _("Outcome reported"),
        "referral.cancelled": _("Referral cancelled"),
        "referral.withdrawn": _("Referral withdrawn"),
        "referral.review_lapsed": _("Packet held back: review overdue"),
        "referral.packet_read": _("Packet read"),
        "referral.moved": _("Referral moved to another desk"),
        "referral.expired": _("Referral ended without an answer"),
        "referral.packet_renewed": _("New version of the packet sent"),
        "referral.packet_extended": _("Packet can be opened longer"),
        "referral.person_told": _("Person told that the referral has moved"),
        "referral.draft_kept": _("Draft of a referral kept"),
        "referral.draft_read": _("Draft of a referral opened"),
        "referral.draft_discarded": _("Draft of a referral discarded"),
        "call.made": _("Other desks called"),
        "call.ended": _("Open call ended"),
        "call.taken": _("A desk can take it"),
        "call.refused": _("A desk cannot take it"),
        "transfer.offered": _("Case offered to another agency"),
        "transfer.cancelled": _("Offer of the case taken back"),
        "transfer.read": _("Offer read"),
        "transfer.accepted": _("Case taken over"),
        "transfer.declined": _("Case not taken over"),
        "packet.opened": _("Packet opened"),
        "packet.expired": _("Packet expired"),
        "request.accepted": _("Request accepted"),
        "request.asked": _("Question asked"),
        "request.declined": _("Request handed back"),
        "request.partly_accepted": _("Request accepted in part"),
        "request.paused": _("Service paused"),
        "request.resumed": _("Service goes on"),
        "request.reassignment_asked": _("Coordinator asked for another desk"),
        "request.first_contact": _("First contact made"),
        "request.outcome": _("Outcome reported"),
        "request.message": _("Message sent"),
        "request.messages_read": _("Messages read"),
        "request.letter_printed": _("Letter printed"),
        "letter.printed": _("Letter printed"),
    }


ACT_ICONS = {
    "identity.opened": "eye", "referral.sent": "send", "assessment.recorded": "clipboard-check",
    "need.stated": "list-check", "need.changed": "list-check", "attachment.received": "paperclip",
    "clock.paused": "player-pause", "clock.resumed": "player-play",
    "file.risk_raised": "alert-octagon", "file.risk_lowered": "circle-check",
    "consent.recorded": "signature", "consent.withdrawn": "x",
    "consent.evidence_taken": "fingerprint", "consent.evidence_read": "eye",
    "person.added": "user-plus", "custody.assigned": "user-check",
    "emergency.opened": "lifebuoy", "emergency.read": "eye", "emergency.ended": "lock",
    "emergency.justified": "circle-check", "emergency.unjustified": "hand-stop",
    "custody.relation_declared": "lock", "custody.relation_lifted": "lock-open",
    "packet.opened": "package", "notes.read": "notes", "export.made": "file-export",
    "export.fetched": "file-export",
}  # fmt: skip


def act_icon(name: str) -> str:
    """The icon of an act on a timeline."""
    return ACT_ICONS.get(name, "point")
