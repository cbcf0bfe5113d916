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


def check_beds(party: Sequence[Guest], beds: Sequence[Bed], admission: Admission) -> None:
    """Refuse beds whose rooms do not take these persons, in their order (``room`` joined).

    Raises ``InvalidInput`` with ``bed-<index>`` → why.
    """
    parties = dict(
        Stay.objects.filter(
            bed__room_id__in={bed.room_id for bed in beds}, ended_at__isnull=True
        ).values_list("bed__room_id", "admission_id")
    )
    berths = [
        fitting.Berth(
            bed_id=bed.id, room_id=bed.room_id, sex=bed.room.sex, group=bed.room.age_group,
            kind=bed.kind, party=parties.get(bed.room_id, 0),
        )
        for bed in beds
    ]  # fmt: skip
    faults = fitting.check(party, berths, party_id=admission.id)
    if faults:
        raise InvalidInput({f"bed-{index}": code for index, code in faults.items()})
