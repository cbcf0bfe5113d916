"""Houses, rooms, beds and stays: rows of one agency, told to no other.

Nothing here says in the clear what a house is called or where it stands; a person is a number.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.network.models import Agency, Desk
from rangkul.referrals.models import Request


class House(models.Model):
    """A house of an agency, asked for through one of its desks.

    ``name_sealed`` is its name; ``place_sealed`` a JSON object (address, latitude, longitude,
    phone, way). Both are sealed under keys that only this agency reaches.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(default=uuid4)
    kind = models.CharField(max_length=12)
    criteria = ArrayField(models.CharField(max_length=24), default=list)
    stay_days = models.SmallIntegerField()
    accessible = models.BooleanField(default=False)
    open = models.BooleanField(default=True)
    name_sealed = models.BinaryField()
    place_sealed = models.BinaryField(null=True)
    place_version = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["agency", "desk"], name="house_desk")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("rumah_aman", "rptc", "sentra", "transit")),
                name="house_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(stay_days__gte=1, stay_days__lte=366), name="house_stay_days"
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "desk", "subject", "kind", "criteria", "stay_days", "accessible",
            "open", "place_version", "made_at", "version",
        )  # fmt: skip
        personal = ("made_by",)
        sealed = ("name_sealed", "place_sealed")


class Room(models.Model):
    """A room: for whom it is. Without a sex it takes one whole family at a time."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="rooms")
    number = models.SmallIntegerField()
    sex = models.CharField(max_length=1, blank=True)
    age_group = models.CharField(max_length=8)
    accessible = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "number"], name="room_number_once"),
            models.CheckConstraint(
                condition=models.Q(age_group="family", sex__in=("", "P", "L"))
                | models.Q(age_group__in=("adult", "child"), sex__in=("P", "L")),
                name="room_for_one_sex",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "house", "number", "sex", "age_group", "accessible", "version")
        personal = ()
        sealed = ()


class Bed(models.Model):
    """A bed or a cot, by its letter; closed with a reason while nobody can sleep in it."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    letter = models.CharField(max_length=2)
    kind = models.CharField(max_length=4, default="bed")
    closed_reason = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "letter"], name="bed_letter_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("bed", "cot")), name="bed_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_reason="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closed_reason="")),
                name="bed_closed_with_reason",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "room", "letter", "kind", "closed_reason", "closed_at",
            "closed_until", "version",
        )  # fmt: skip
        personal = ()
        sealed = ()

    @property
    def live(self) -> list[Stay]:
        """The stays that have not ended; ``queries.list_rooms`` reads them along with the bed."""
        return [stay for stay in self.stays.all() if stay.ended_at is None]


class Admission(models.Model):
    """One asking for a place: from another desk's request, or for a case that the agency leads.

    ``due_at`` is when the stay ends by the house's rule and the extensions granted so far.
    ``note_sealed`` holds what was said with a refusal. ``family`` is the same for those who were
    placed as one family: a mother and her children, each asked for by a request of their own.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    house = models.ForeignKey(House, null=True, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, null=True, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    subject = models.UUIDField(default=uuid4)
    state = models.CharField(max_length=8, default="asked")
    criteria = ArrayField(models.CharField(max_length=24), default=list)
    risk = models.CharField(max_length=8, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    is_child = models.BooleanField(default=False)
    children = models.SmallIntegerField(default=0)
    conflict = models.CharField(max_length=8, blank=True)
    conflict_at = models.DateTimeField(null=True)
    conflict_by = models.IntegerField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.IntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    note_sealed = models.BinaryField(null=True)
    arrives_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    searching = models.BooleanField(default=False)
    family = models.UUIDField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "desk"],
                name="admission_open",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["family"],
                name="admission_family",
                condition=models.Q(family__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(request__isnull=False),
                name="admission_per_request",
            ),
            models.UniqueConstraint(
                fields=["agency", "case_id"],
                condition=models.Q(case_id__isnull=False, ended_at__isnull=True),
                name="one_open_admission_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(request__isnull=False, case_id__isnull=True)
                | models.Q(request__isnull=True, case_id__isnull=False),
                name="admission_from_one_side",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("asked", "waiting", "placed", "refused", "dropped", "over")
                ),
                name="admission_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "waiting", "placed"), ended_at__isnull=True)
                | models.Q(state__in=("refused", "dropped", "over"), ended_at__isnull=False),
                name="admission_ended_when_over",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("refused", "dropped")) | ~models.Q(reason=""),
                name="admission_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("placed", "over"))
                | (models.Q(house__isnull=False, conflict="none") & ~models.Q(criteria=[])),
                name="admission_placed_by_the_rules",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "desk", "house", "request", "case_id", "subject", "state", "conflict",
            "conflict_at", "asked_at", "decided_at", "reason", "arrives_at", "arrived_at",
            "due_at", "ended_at", "family", "version",
        )  # fmt: skip
        personal = (
            "criteria", "risk", "sex", "is_child", "children", "searching", "conflict_by",
            "asked_by", "decided_by",
        )  # fmt: skip
        sealed = ("note_sealed",)


class Stay(models.Model):
    """One person in one bed, from the booking until the leaving. The bed of an ended stay is past.

    The partial unique index is what lets one of two admissions win the last bed.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="stays")
    ordinal = models.SmallIntegerField()
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    sex = models.CharField(max_length=1)
    age_group = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="expected")
    arrived_at = models.DateTimeField(null=True)
    out_reason = models.CharField(max_length=16, blank=True)
    out_since = models.DateTimeField(null=True)
    back_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=16, blank=True)
    whereto_sealed = models.BinaryField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bed"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_stay_per_bed",
            ),
            models.UniqueConstraint(fields=["admission", "ordinal"], name="stay_person_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("expected", "staying", "away"), ended_at__isnull=True)
                | (models.Q(state="ended", ended_at__isnull=False) & ~models.Q(ending="")),
                name="stay_ended_with_destination",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "admission", "ordinal", "bed", "state", "arrived_at", "out_since",
            "back_on", "ended_at", "version",
        )  # fmt: skip
        personal = ("sex", "age_group", "out_reason", "ending")
        sealed = ("whereto_sealed",)


class BedMove(models.Model):
    """One person's way from bed to bed during a stay, added and never changed."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="moves")
    from_bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="+")
    to_bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    moved_by = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["stay", "moved_at"], name="bedmove_stay")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_bed=models.F("to_bed")), name="bedmove_to_another"
            ),
        ]

    class Privacy:
        public = ("id", "agency", "stay", "from_bed", "to_bed", "moved_at")
        personal = ("moved_by",)
        sealed = ()


class Intake(models.Model):
    """What a newcomer needs: a sealed JSON object, written once and changed by version."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    admission = models.OneToOneField(Admission, on_delete=models.PROTECT, related_name="intake")
    needs_sealed = models.BinaryField()
    belongings_sealed = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.IntegerField()
    version = models.IntegerField(default=1)

    class Privacy:
        public = ("id", "agency", "admission", "written_at", "version")
        personal = ("written_by",)
        sealed = ("needs_sealed", "belongings_sealed")


class DayNote(models.Model):
    """A note of the day. It is never edited: it is withdrawn with a reason, and both remain."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="notes")
    body_sealed = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    withdraw_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["admission", "-written_at"], name="daynote_admission")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdraw_reason="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdraw_reason="")),
                name="daynote_withdrawn_with_reason",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "admission", "written_at", "withdrawn_at", "withdraw_reason")
        personal = ("written_by", "withdrawn_by")
        sealed = ("body_sealed",)


class Extension(models.Model):
    """A longer stay, asked for with a reason and decided by somebody else."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="extensions")
    days = models.SmallIntegerField()
    reason = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    asked_by = models.IntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)
    granted = models.BooleanField(null=True)
    refuse_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["admission"],
                condition=models.Q(decided_at__isnull=True),
                name="one_extension_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=90) & ~models.Q(reason=""),
                name="extension_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("asked_by")),
                name="extension_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, granted__isnull=True)
                | models.Q(decided_at__isnull=False, granted=True)
                | (models.Q(decided_at__isnull=False, granted=False) & ~models.Q(refuse_reason="")),
                name="extension_decided_whole",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "admission", "days", "reason", "asked_at", "decided_at", "granted",
            "refuse_reason",
        )  # fmt: skip
        personal = ("asked_by", "decided_by")
        sealed = ()


class PlaceLook(models.Model):
    """Somebody who does not work in a house asks where it stands, and an officer of it answers.

    Persons and hours are written by the database, whatever was sent.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="looks")
    reason = models.CharField(max_length=16)
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, blank=True)
    decided_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    readable_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=("", "allowed", "refused")),
                name="look_verdict_known",
            ),
            # The second person is another one.
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("asked_by")),
                name="look_allowed_by_another",
            ),
            models.UniqueConstraint(
                fields=["house", "asked_by"],
                condition=models.Q(verdict=""),
                name="one_look_waits",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "house", "reason", "asked_at", "verdict", "decided_at",
            "readable_until",
        )  # fmt: skip
        personal = ("asked_by", "decided_by")
        sealed = ()
