"""Writing conferences: each function is one act, one transaction, one trail record.

What a decision asks of another agency reaches its clocks when ``take_up_decision`` runs for
somebody there (the outbox's subscriber calls it).
"""

from __future__ import annotations

from rangkul.conferences.operations.calling import (
    AgendaEntry,
    Calling,
    Meeting,
    answer_seat,
    call_conference,
    cancel_conference,
    move_conference,
    offer_seat,
)
from rangkul.conferences.operations.holding import (
    decide,
    end_decision,
    hold_conference,
    take_up_decision,
)
from rangkul.conferences.operations.minuting import add_addendum, print_minutes, sign_minutes
from rangkul.conferences.operations.passing import note_passed, note_seated, take_chair
from rangkul.conferences.operations.proposing import (
    Wish,
    call_proposed,
    propose_conference,
    receive_proposal,
    refuse_proposal,
)
from rangkul.conferences.operations.reading import open_conference
from rangkul.conferences.operations.showing import (
    Showing,
    end_share,
    expire_shares,
    fitting_bases,
    open_share,
    preview_share,
    share_facts,
)

__all__ = [
    "AgendaEntry",
    "Calling",
    "Meeting",
    "Showing",
    "Wish",
    "add_addendum",
    "answer_seat",
    "call_conference",
    "call_proposed",
    "cancel_conference",
    "decide",
    "end_decision",
    "end_share",
    "expire_shares",
    "fitting_bases",
    "hold_conference",
    "move_conference",
    "note_passed",
    "note_seated",
    "offer_seat",
    "open_conference",
    "open_share",
    "preview_share",
    "print_minutes",
    "propose_conference",
    "receive_proposal",
    "refuse_proposal",
    "share_facts",
    "sign_minutes",
    "take_chair",
    "take_up_decision",
]
