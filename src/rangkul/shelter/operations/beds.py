"""Which beds these persons can have, and who wins the last one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, transaction

from rangkul.foundation.errors import InvalidInput
from rangkul.shelter import fitting
from rangkul.shelter.fitting import Guest
from rangkul.shelter.models import Admission, Bed, Stay
from rangkul.shelter.policy import BedTaken

_ONE_PER_BED: Final = "one_live_stay_per_bed"


@contextmanager
def one_wins() -> Iterator[None]:
    """Write stays inside: the unique index decides, and who comes second meets ``BedTaken``."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _ONE_PER_BED in str(error):
            raise BedTaken from error
        raise


def require_free(bed_ids: Sequence[int]) -> None:
    """Raise ``BedTaken`` where somebody already has one of these beds."""
    if Stay.objects.filter(bed_id__in=bed_ids, ended_at__isnull=True).exists():
        raise BedTaken


def check_beds(
    party: Sequence[Guest], beds: Sequence[Bed], admission: Admission, *, ours: int | None = None
) -> None:
    """Refuse beds whose rooms do not take these persons, in their order (``room`` joined).

    Where a family was asked for by several requests, ``party`` is all of it and the first ``ours``
    of them are the admission's. Raises ``InvalidInput`` with ``bed-<index>`` → why.
    """
    rows = Stay.objects.filter(
        bed__room_id__in={bed.room_id for bed in beds}, ended_at__isnull=True
    ).values_list("bed__room_id", "admission_id", "admission__family")
    parties = {
        room: admission.id if family is not None and family == admission.family else party_id
        for room, party_id, family in rows
    }
    berths = [
        fitting.Berth(
            bed_id=bed.id, room_id=bed.room_id, sex=bed.room.sex, group=bed.room.age_group,
            kind=bed.kind, party=parties.get(bed.room_id, 0),
        )
        for bed in beds
    ]  # fmt: skip
    found = fitting.check(party, berths, party_id=admission.id)
    faults = {index: code for index, code in found.items() if ours is None or index < ours}
    if faults:
        raise InvalidInput({f"bed-{index}": code for index, code in faults.items()})


def family_of(admission: Admission) -> list[Stay]:
    """The live stays of the others who came as one family with this admission, with their beds."""
    if admission.family is None:
        return []
    others = Stay.objects.filter(
        admission__family=admission.family, agency_id=admission.agency_id, ended_at__isnull=True
    ).exclude(admission=admission)
    return list(others.select_related("bed__room").order_by("admission_id", "ordinal"))
