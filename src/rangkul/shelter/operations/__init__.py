"""Writing in a shelter; each function is one act, one transaction, one trail record.

Every act that takes or frees a bed publishes the desk's free places in the same transaction, so
that whoever looks for a place sees the beds as they are.
"""

from rangkul.shelter.operations.asking import ask_in_house, check_conflict
from rangkul.shelter.operations.ending import discharge, end_search, follow_road, lose, miss
from rangkul.shelter.operations.extending import ask_extension, decide_extension
from rangkul.shelter.operations.houses import (
    HouseDetails,
    add_bed,
    add_room,
    change_house,
    change_room,
    close_bed,
    make_house,
    open_bed,
    write_place,
)
from rangkul.shelter.operations.intake import read_intake, write_intake
from rangkul.shelter.operations.looking import ask_place, decide_look, open_house_place
from rangkul.shelter.operations.notes import read_notes, read_words, withdraw_note, write_note
from rangkul.shelter.operations.placing import (
    Person,
    drop,
    party_of,
    place,
    put_on_list,
    refuse,
    suggest,
)
from rangkul.shelter.operations.staying import arrive, come_back, go_out, move_bed, move_house
from rangkul.shelter.operations.together import (
    GroupMember,
    check_conflicts,
    place_group,
    suggest_group,
)

__all__ = [
    "GroupMember",
    "HouseDetails",
    "Person",
    "add_bed",
    "add_room",
    "arrive",
    "ask_extension",
    "ask_in_house",
    "ask_place",
    "change_house",
    "change_room",
    "check_conflict",
    "check_conflicts",
    "close_bed",
    "come_back",
    "decide_extension",
    "decide_look",
    "discharge",
    "drop",
    "end_search",
    "follow_road",
    "go_out",
    "lose",
    "make_house",
    "miss",
    "move_bed",
    "move_house",
    "open_bed",
    "open_house_place",
    "party_of",
    "place",
    "place_group",
    "put_on_list",
    "read_intake",
    "read_notes",
    "read_words",
    "refuse",
    "suggest",
    "suggest_group",
    "withdraw_note",
    "write_intake",
    "write_note",
    "write_place",
]
