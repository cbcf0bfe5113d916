"""What the codes of reasons in a trail mean to the person who reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from rangkul.conferences import workflow as conferences
from rangkul.desk import pauses, watching
from rangkul.exchange import workflow as exchange
from rangkul.reference import queries as reference
from rangkul.referrals import workflow as referrals
from rangkul.shelter import workflow as shelter

_Words = Mapping[str, str | Promise]

_OF: Final[Mapping[str, Iterable[_Words]]] = {
    "transfer": (
        referrals.TRANSFER_REASONS,
        referrals.TRANSFER_REFUSALS,
        {"withdrawn": gettext_lazy("The consent was withdrawn.")},
    ),
    "consent": ({"narrowed": gettext_lazy("What is left after a part was taken back")},),
    "emergency": (watching.REASONS,),
    "custody": (
        watching.SIDES,
        watching.LIFTED,
        {"last_day": gettext_lazy("The last day in the team is over")},
    ),
    "clock": (pauses.REASONS,),
    "export": (exchange.REASONS, exchange.WHYS),
    "conference": (
        conferences.CANCEL_REASONS,
        conferences.DECLINE_REASONS,
        conferences.NOT_DONE_REASONS,
        conferences.PROPOSAL_REASONS,
        {"taken_back": gettext_lazy("Taken back")},
    ),
    "shelter": (
        shelter.DROP_REASONS,
        shelter.MISS_REASONS,
        shelter.DESTINATIONS,
        shelter.LOSSES,
        shelter.SEARCH_RESULTS,
        {shelter.ON_THE_ROAD: shelter.ON_THE_ROAD_WORDS},
    ),
}


# Families whose reasons stand in code lists.
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "right": ("alasan_tolak_hak", "alasan_pembatasan"),
    "hold": ("alasan_tahan_hapus",),
}


def reason_words(act: str, code: str) -> str:
    """The reason of an act in words; a code that only the act's own page knows stays as it is."""
    family = act.partition(".")[0]
    for words in _OF.get(family, ()):
        if code in words:
            return str(words[code])
    for name in _LISTS.get(family, ()):
        if reference.is_code(name, code):
            return reference.label(name, code)
    if family == "shelter" and reference.is_code("alasan_tolak", code):
        return reference.label("alasan_tolak", code)
    return code
