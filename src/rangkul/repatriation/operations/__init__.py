"""Writing the way home; an act on a group is one act, all of it or none, one record each person."""

from rangkul.repatriation.operations.groups import (
    Arrival,
    Facts,
    Imported,
    add_returnee,
    import_group,
    open_group,
)
from rangkul.repatriation.operations.handovers import (
    Item,
    Mark,
    Minutes,
    sign_minutes,
    write_minutes,
)
from rangkul.repatriation.operations.homecoming import confirm_arrival, record_visit, set_fate
from rangkul.repatriation.operations.journeys import (
    Asking,
    Stretch,
    ask_desk,
    choose_other_desk,
    leave_leg,
    plan_journey,
    plan_leg,
)
from rangkul.repatriation.operations.knowing import (
    answer_clearance,
    ask_clearance,
    describe,
    judge_origin,
    read_judgements,
    record_choice,
)
from rangkul.repatriation.operations.receiving import (
    Decision,
    Opened,
    answer_leg,
    note_findings,
    read_leg,
)

__all__ = [
    "Arrival",
    "Asking",
    "Decision",
    "Facts",
    "Imported",
    "Item",
    "Mark",
    "Minutes",
    "Opened",
    "Stretch",
    "add_returnee",
    "answer_clearance",
    "answer_leg",
    "ask_clearance",
    "ask_desk",
    "choose_other_desk",
    "confirm_arrival",
    "describe",
    "import_group",
    "judge_origin",
    "leave_leg",
    "note_findings",
    "open_group",
    "plan_journey",
    "plan_leg",
    "read_judgements",
    "read_leg",
    "record_choice",
    "record_visit",
    "set_fate",
    "sign_minutes",
    "write_minutes",
]
