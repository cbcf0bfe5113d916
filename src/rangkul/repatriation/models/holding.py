"""Who holds the person and who visits; and what is asked of the investigators."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from rangkul.network.models import Agency
from rangkul.repatriation.models.legs import Traveller
from rangkul.repatriation.models.people import Returnee


class Clearance(models.Model):
    """What the organiser asks of the investigators for one person, and what they answer.

    The two agencies see it and nobody else; it names no case. ``words_sealed``: a JSON object of
    what is asked (called, words); ``answer_sealed``: why somebody is still needed. It holds nobody.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(default=uuid4)
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    returnee_id = models.BigIntegerField()
    is_child = models.BooleanField(default=False)
    words_sealed = models.BinaryField()
    asked_at = models.DateTimeField()
    asked_by = models.IntegerField()
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True)
    needed_until = models.DateField(null=True)
    answer_sealed = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "due_at"], name="clearance_agency"),
            models.Index(fields=["returnee_id"], name="clearance_returnee"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["returnee_id", "agency"], condition=Q(ended_at__isnull=True),
                name="clearance_one_open",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer="given", answered_at__isnull=False)
                | Q(answer="needed", answered_at__isnull=False, needed_until__isnull=False),
                name="clearance_answered_whole",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "subject", "organiser_agency", "agency", "returnee_id", "asked_at", "due_at",
            "answered_at", "ended_at", "version",
        )  # fmt: skip
        personal = ("is_child", "answer", "needed_until", "asked_by", "answered_by")
        sealed = ("words_sealed", "answer_sealed")


class Hold(models.Model):
    """Who holds the person, since when, until when and how it ended. Written by functions only.

    At most one is live for each person; a person who is on the way has exactly one.
    """

    id = models.BigAutoField(primary_key=True)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="holds")
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    traveller = models.ForeignKey(Traveller, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    # How the returnee of this hold stands, for a holder who sees no returnee; since when.
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    how = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency"], name="hold_live", condition=Q(until__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["returnee"], condition=Q(until__isnull=True), name="one_live_hold"
            ),
            models.UniqueConstraint(fields=["returnee", "position"], name="hold_in_order"),
            models.CheckConstraint(
                condition=Q(until__isnull=True, how="")
                | (Q(until__gte=models.F("since")) & ~Q(how="")),
                name="hold_ends_with_a_reason",
            ),
        ]

    class Privacy:
        public = (
            "id", "returnee", "organiser_agency", "from_agency", "agency", "traveller",
            "position", "state", "state_at", "since", "until", "how",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Visit(models.Model):
    """The holding desk's visit in month one, three or six; words go by the request's thread.

    A visit that found her unsafe, or nobody, is made again. ``postponed``: put off to the day
    ``visited_on`` for a ``reason``.
    """

    id = models.UUIDField(primary_key=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="visits")
    month = models.SmallIntegerField()
    result = models.CharField(max_length=12)
    reason = models.CharField(max_length=12, blank=True)
    visited_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hold", "month"],
                condition=Q(result="safe"),
                name="visit_safe_once_a_month",
            ),
            models.CheckConstraint(condition=Q(month__in=(1, 3, 6)), name="visit_month_known"),
            models.CheckConstraint(
                condition=Q(result__in=("safe", "not_safe", "not_found", "postponed")),
                name="visit_result_known",
            ),
            models.CheckConstraint(
                condition=Q(result="postponed") ^ Q(reason=""), name="visit_put_off_with_a_reason"
            ),
        ]

    class Privacy:
        public = ("id", "hold", "month", "visited_on", "recorded_at")
        personal = ("result", "reason", "recorded_by")
        sealed = ()
