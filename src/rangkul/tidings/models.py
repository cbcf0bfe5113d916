"""A survivor's code as her file knows it; what is written by it; and the codes, which name neither.

The code itself stands nowhere: whoever gave it has seen it once.
"""

from __future__ import annotations

from django.db import models

from rangkul.custody.models import CaseRow
from rangkul.tidings import workflow


class Line(CaseRow):
    """One survivor's line to whoever carries her case. A code given anew ends the former line.

    ``shows`` is what her page tells beside messages; ``unread`` counts hers that nobody has opened
    yet; ``pressed_at`` is when the code for pressure was last written.
    """

    id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    state = models.CharField(max_length=8, default=workflow.LIVE)
    language = models.CharField(max_length=2)
    shows = models.CharField(max_length=8, default=workflow.MESSAGES)
    given_at = models.DateTimeField()
    given_by = models.IntegerField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.IntegerField(null=True)
    ended_why = models.CharField(max_length=12, blank=True)
    unread = models.IntegerField(default=0)
    pressed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person_id"], condition=models.Q(state="live"),
                name="one_live_line",
            ),
            models.CheckConstraint(
                condition=models.Q(state="live", ended_at__isnull=True, ended_why="")
                | models.Q(state="ended", ended_at__isnull=False)
                & models.Q(ended_why__in=workflow.WHY_ENDED),
                name="line_ended_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(shows__in=workflow.SHOWN), name="line_shows_known"
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "person_id", "state", "language",
            "shows", "given_at", "ends_on", "ended_at", "ended_why", "unread",
        )  # fmt: skip
        personal = ("given_by", "ended_by", "pressed_at")
        sealed = ()


class Word(CaseRow):
    """One message; ``by_user`` is empty for hers, ``pressed`` true where the code for pressure was
    used.
    """

    id = models.UUIDField(primary_key=True)
    line_id = models.UUIDField()
    by_user = models.IntegerField(null=True)
    pressed = models.BooleanField(default=False)
    at = models.DateTimeField()
    body_sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["line_id", "at"], name="word_of_line")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "line_id", "at")
        personal = ("by_user", "pressed")
        sealed = ("body_sealed",)


class Appointment(CaseRow):
    """When she is expected; place, service and name stand sealed and are shown only if she asks."""

    id = models.UUIDField(primary_key=True)
    line_id = models.UUIDField()
    starts_at = models.DateTimeField()
    detail_sealed = models.BinaryField(null=True)
    told_at = models.DateTimeField()
    told_by = models.IntegerField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["line_id", "starts_at"], name="appointment_of_line")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "line_id", "told_at")
        personal = ("starts_at", "told_by", "cancelled_at")
        sealed = ("detail_sealed",)


class Opening(models.Model):
    """That a code was given out: its digest, and where it leads, sealed under the code itself.

    No column joins it to a line, and no right of the app reads the table (``sql.OPENINGS``).
    """

    digest = models.BinaryField(primary_key=True)
    pointer_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["ends_on"], name="opening_ends")]

    class Privacy:
        public = ("made_at", "ends_on")
        personal = ("digest",)
        sealed = ("pointer_sealed",)
