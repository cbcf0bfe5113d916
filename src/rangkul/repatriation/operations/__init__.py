"""Writing the way home; an act on a group is one act, all of it or none, one record each person."""

from rangkul.repatriation.operations.awaiting import (
    await_arrival,
    await_leg,
    close_awaiting,
    tell_last_holder,
)
from rangkul.repatriation.operations.clearing import (
    answer_as_investigator,
    ask_clearance,
    read_clearances,
    take_up_clearance,
)
from rangkul.repatriation.operations.groups import (
    Arrival,
    Facts,
    Imported,
    add_people,
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
from rangkul.repatriation.operations.homecoming import confirm_arrival, set_fate, take_up_fate
from rangkul.repatriation.operations.journeys import (
    Asking,
    Stretch,
    articles_of,
    ask_desk,
    choose_other_desk,
    plan_journey,
    plan_leg,
    staffed,
)
from rangkul.repatriation.operations.knowing import (
    answer_clearance,
    describe,
    judge_origin,
    read_judgements,
    record_choice,
)
from rangkul.repatriation.operations.pins import make_pin, note_contact, sign_by_pin
from rangkul.repatriation.operations.receiving import (
    Decision,
    Opened,
    answer_leg,
    note_findings,
    read_leg,
)
from rangkul.repatriation.operations.taking_off import cancel_ahead, leave_leg
from rangkul.repatriation.operations.visiting import postpone_visit, record_visit

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
    "add_people",
    "add_returnee",
    "answer_as_investigator",
    "answer_clearance",
    "answer_leg",
    "articles_of",
    "ask_clearance",
    "ask_desk",
    "await_arrival",
    "await_leg",
    "cancel_ahead",
    "choose_other_desk",
    "close_awaiting",
    "confirm_arrival",
    "describe",
    "import_group",
    "judge_origin",
    "leave_leg",
    "make_pin",
    "note_contact",
    "note_findings",
    "open_group",
    "plan_journey",
    "plan_leg",
    "postpone_visit",
    "read_clearances",
    "read_judgements",
    "read_leg",
    "record_choice",
    "record_visit",
    "set_fate",
    "sign_by_pin",
    "sign_minutes",
    "staffed",
    "take_up_clearance",
    "take_up_fate",
    "tell_last_holder",
    "write_minutes",
]
