"""Writing in a case file; each function is one act, one transaction, one trail record."""

from rangkul.cases.operations.answering import (
    answer_difference,
    answer_recommendation,
    settle_conflict,
)
from rangkul.cases.operations.cover import (
    change_cover,
    change_incident,
    close_file,
    keep_risk,
    reopen_file,
    set_risk,
    set_state,
)
from rangkul.cases.operations.files import (
    NotScanned,
    add_attachment,
    read_attachment,
    scan_attachment,
    withdraw_attachment,
)
from rangkul.cases.operations.fillings import receive_filling
from rangkul.cases.operations.importing import ImportOutcome, RowRefused, import_rows
from rangkul.cases.operations.instruments import (
    complete_assessment,
    record_screening,
    record_triage,
)
from rangkul.cases.operations.medical import meet_medical_window
from rangkul.cases.operations.notes import (
    read_notes,
    refile_note,
    withdraw_note,
    withdraw_report,
    write_note,
)
from rangkul.cases.operations.opening import (
    IncidentFacts,
    Opening,
    of_same_incident,
    open_another,
    open_file,
)
from rangkul.cases.operations.plan import change_need, set_need_state, state_need

__all__ = [
    "ImportOutcome",
    "IncidentFacts",
    "NotScanned",
    "Opening",
    "RowRefused",
    "add_attachment",
    "answer_difference",
    "answer_recommendation",
    "change_cover",
    "change_incident",
    "change_need",
    "close_file",
    "complete_assessment",
    "import_rows",
    "keep_risk",
    "meet_medical_window",
    "of_same_incident",
    "open_another",
    "open_file",
    "read_attachment",
    "read_notes",
    "receive_filling",
    "record_screening",
    "record_triage",
    "refile_note",
    "reopen_file",
    "scan_attachment",
    "set_need_state",
    "set_risk",
    "set_state",
    "settle_conflict",
    "state_need",
    "withdraw_attachment",
    "withdraw_note",
    "withdraw_report",
    "write_note",
]
