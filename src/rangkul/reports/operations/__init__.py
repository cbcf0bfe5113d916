"""Taking reports, and their way into a case. No operation here refuses a person."""

from rangkul.reports.operations.arriving import arrive_report
from rangkul.reports.operations.leading import (
    OUTCOMES,
    close_report,
    join_case,
    open_case,
    take_up_again,
    unjoin_case,
)
from rangkul.reports.operations.noticing import (
    answer_earlier_contact,
    ask_earlier_contact,
    notice_earlier_contact,
)
from rangkul.reports.operations.taking import (
    FIRST_RESPONSE,
    INTAKE,
    begin_helping,
    begin_report,
    open_draft,
    read_report,
    receive_report,
    save_draft,
    send_report,
    take_in_hand,
)

__all__ = [
    "FIRST_RESPONSE",
    "INTAKE",
    "OUTCOMES",
    "answer_earlier_contact",
    "arrive_report",
    "ask_earlier_contact",
    "begin_helping",
    "begin_report",
    "close_report",
    "join_case",
    "notice_earlier_contact",
    "open_case",
    "open_draft",
    "read_report",
    "receive_report",
    "save_draft",
    "send_report",
    "take_in_hand",
    "take_up_again",
    "unjoin_case",
]
