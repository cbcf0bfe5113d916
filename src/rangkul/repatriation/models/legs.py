"""What the three agencies of one leg share: it names no case and joins to no other leg."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency, Desk
from rangkul.repatriation import workflow
from rangkul.repatriation.models.people import Journey, Returnee


class Leg(models.Model):
    """One stretch from one agency's hands into another's; seen by these two and the organiser.

    ``words_sealed``: a JSON object (meeting_point, drop_point, carrier, escort). ``homeward``: it
    leads towards the origin, so safety and clearance are asked before anybody is handed over.
    ``abroad``: it leaves the country, which a foreign person does with the embassy's knowledge.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(default=uuid4)
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    giver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    giver_desk_id = models.IntegerField(null=True)
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="legs")
    position = models.SmallIntegerField(default=1)
    service = models.CharField(max_length=24)
    homeward = models.BooleanField(default=False)
    abroad = models.BooleanField(default=False)
    mode = models.CharField(max_length=8)
    escort_sex = models.CharField(max_length=1, blank=True)
    words_sealed = models.BinaryField()
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    replaces = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["receiver_agency", "-departs_at"], name="leg_receiver"),
            models.Index(fields=["giver_agency", "-departs_at"], name="leg_giver"),
            models.Index(fields=["journey", "position"], name="leg_journey"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrives_at__gte=models.F("departs_at")), name="leg_arrives_after"
            ),
        ]

    class Privacy:
        public = (
            "id", "subject", "organiser_agency", "giver_agency", "giver_desk_id",
            "receiver_agency", "receiver_desk", "journey", "position", "service", "homeward",
            "abroad", "mode", "departs_at", "arrives_at", "replaces", "made_at",
        )  # fmt: skip
        personal = ("escort_sex", "made_by")
        sealed = ("words_sealed",)


class Traveller(models.Model):
    """One person's part in one leg, under a random name that joins to no other leg.

    ``label_sealed``: a JSON object (pseudonym, called). ``hold_back`` says that she may not travel
    homeward yet, without saying more than that. ``match`` and ``safety`` are what the receiving
    desk at the origin found.
    """

    id = models.UUIDField(primary_key=True)
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="travellers")
    asked_request = models.BigIntegerField(null=True)
    label_sealed = models.BinaryField()
    sex = models.CharField(max_length=1, blank=True)
    is_child = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default=workflow.PLANNED)
    hold_back = models.CharField(max_length=12, blank=True)
    match = models.CharField(max_length=12, blank=True)
    safety = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["leg"], name="traveller_leg"),
            models.Index(
                fields=["asked_request"],
                name="traveller_request",
                condition=Q(asked_request__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=workflow.TRAVELLER_STATES), name="traveller_state_known"
            ),
        ]

    class Privacy:
        public = ("id", "leg", "asked_request", "state", "match")
        personal = ("sex", "is_child", "hold_back", "safety")
        sealed = ("label_sealed",)


class Passage(CaseRow):
    """The organiser's end of a traveller: which returnee it is, and in which order of hands."""

    id = models.UUIDField(primary_key=True)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="passages")
    traveller = models.OneToOneField(Traveller, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["returnee", "position"], name="passage_returnee")]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "returnee", "traveller", "position",
            "made_at",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Handover(models.Model):
    """Minutes of one hand-over (berita acara serah terima): what one end wrote, never changed.

    Each end signs once, from its own account, by strokes or by its password; the device's hour and
    ours are both kept. ``digest`` covers the sealed minutes. ``token`` comes from the device: the
    same minutes sent twice count once.
    """

    id = models.UUIDField(primary_key=True)
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="handovers")
    token = models.UUIDField()
    present = ArrayField(models.UUIDField(), default=list)
    absent = ArrayField(models.UUIDField(), default=list)
    minutes_sealed = models.BinaryField()
    digest = models.BinaryField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    written_by = models.IntegerField()
    giver_user_id = models.IntegerField(null=True)
    giver_signed_at = models.DateTimeField(null=True)
    giver_recorded_at = models.DateTimeField(null=True)
    giver_how = models.CharField(max_length=8, blank=True)
    giver_sealed = models.BinaryField(null=True)
    receiver_user_id = models.IntegerField(null=True)
    receiver_signed_at = models.DateTimeField(null=True)
    receiver_recorded_at = models.DateTimeField(null=True)
    receiver_how = models.CharField(max_length=8, blank=True)
    receiver_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["leg", "happened_at"], name="handover_leg")]
        constraints = [
            models.UniqueConstraint(fields=["leg", "token"], name="handover_once"),
            models.CheckConstraint(
                condition=Q(giver_user_id__isnull=True)
                | Q(receiver_user_id__isnull=True)
                | ~Q(giver_user_id=models.F("receiver_user_id")),
                name="handover_two_people",
            ),
        ]

    class Privacy:
        public = (
            "id", "leg", "token", "present", "absent", "digest", "happened_at", "recorded_at",
            "giver_signed_at", "giver_recorded_at", "giver_how", "receiver_signed_at",
            "receiver_recorded_at", "receiver_how",
        )  # fmt: skip
        personal = ("written_by", "giver_user_id", "receiver_user_id")
        sealed = ("minutes_sealed", "giver_sealed", "receiver_sealed")


class Pin(models.Model):
    """A number with which somebody without an account signs for one end of a leg.

    The end's own agency makes it and tells it to its escort; it is typed on the other end's screen,
    beside the drawn signature. ``digest`` is sha256 of salt and number. Written by functions only.
    """

    id = models.BigAutoField(primary_key=True)
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="pins")
    side = models.CharField(max_length=8)
    salt = models.BinaryField()
    digest = models.BinaryField()
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    ended_at = models.DateTimeField(null=True)
    handover_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leg", "side"], condition=Q(ended_at__isnull=True), name="pin_one_each_side"
            ),
            models.CheckConstraint(condition=Q(side__in=("giver", "receiver")), name="pin_side"),
        ]

    class Privacy:
        public = (
            "id", "leg", "side", "salt", "digest", "tries", "made_at", "ended_at", "handover_id",
        )  # fmt: skip
        personal = ("made_by",)
        sealed = ()
