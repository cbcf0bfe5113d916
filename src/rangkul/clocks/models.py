"""A deadline of one agency. It holds ids and times; what it is about stands elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from rangkul.network.models import Agency


class Clock(models.Model):
    """One running, paused, met or missed deadline, under the procedure's version at its start.

    ``against_*`` is the desk that owes, where the clock of one agency runs against another.
    ``step`` is the rung of the ladder that was climbed last, ``top`` the highest that it has, and
    ``next_at`` the moment of the next; before the first rung that is ``due_at``.
    ``pause_until`` is when a pause that somebody of the case set ends by itself; a pause that
    follows a resting service has none. ``version`` counts pauses and their ends.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    user_id = models.IntegerField(null=True)
    procedure = models.CharField(max_length=48)
    procedure_version = models.IntegerField()
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=40)
    case_id = models.BigIntegerField(null=True)
    risk = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=8, default="running")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=48, blank=True)
    pause_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    against_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+"
    )
    against_desk_id = models.IntegerField(null=True)
    step = models.SmallIntegerField(db_default=0)
    top = models.SmallIntegerField(db_default=4)
    next_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "due_at"],
                name="clock_waiting",
                condition=models.Q(state="running") | models.Q(state="missed"),
            ),
            models.Index(
                Coalesce("next_at", "due_at"),
                name="clock_tick",
                condition=(models.Q(state="running") | models.Q(state="missed"))
                & models.Q(step__lt=models.F("top")),
            ),
            models.Index(
                fields=["pause_until"],
                name="clock_resting",
                condition=models.Q(state="paused", pause_until__isnull=False),
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="clock_subject"),
            models.Index(
                fields=["case_id"], name="clock_case", condition=models.Q(case_id__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("running", "paused", "met", "missed", "void")),
                name="clock_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("running", "paused"), ended_at__isnull=True)
                | models.Q(state__in=("met", "missed", "void"), ended_at__isnull=False)
                | models.Q(state="missed"),
                name="clock_end_when_ended",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="paused") | ~models.Q(pause_reason=""),
                name="clock_pause_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(pause_until__isnull=True) | models.Q(state="paused"),
                name="clock_rests_only_paused",
            ),
            models.CheckConstraint(
                condition=models.Q(step__gte=0, step__lte=models.F("top"), top__lte=4),
                name="clock_step_on_the_ladder",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "desk_id", "procedure", "procedure_version", "subject_kind",
            "subject_id", "case_id", "risk", "state", "started_at", "due_at", "paused_at",
            "pause_reason", "ended_at", "against_agency", "against_desk_id", "step", "top",
            "next_at", "pause_until", "version",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ()
