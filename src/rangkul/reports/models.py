"""A report as it came in. It belongs to the agency that took it.

What the public's door adds stands in tables of its own: the talk with a reporter of whom nothing is
known, the groups in which alike reports stand, and the receipts, which name neither.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.network.models import Agency


class Report(models.Model):
    """One report (laporan) by any channel. Every report is accepted; none is deleted.

    Three times: happened, reported, entered. The reporter stands in a seal of their own, apart
    from the account, because their name is protected on request (UU 21/2007 ps 33).
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    state = models.CharField(max_length=12, default="draft")
    channel = models.CharField(max_length=24, blank=True)
    reporter_kind = models.CharField(max_length=24, blank=True)
    reporter_confidential = models.BooleanField(default=True)
    happened_on = models.DateField(null=True)
    reported_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()
    area = models.CharField(max_length=16, blank=True)
    risk = models.CharField(max_length=8, blank=True)
    answers = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    violence_kinds = ArrayField(models.CharField(max_length=24), default=list)
    account_sealed = models.BinaryField(null=True)
    reporter_sealed = models.BinaryField(null=True)
    survivor_sealed = models.BinaryField(null=True)
    answers_sealed = models.BinaryField(null=True)
    case_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    taken_by = models.IntegerField()
    handled_by = models.IntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "-entered_at"], name="report_newest"),
            models.Index(
                fields=["agency"], name="report_waiting", condition=models.Q(state="received")
            ),
            models.Index(
                fields=["case_id"], name="report_case", condition=models.Q(case_id__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("draft", "received", "in_hand", "opened", "joined", "closed")
                ),
                name="report_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | (
                    models.Q(reported_at__isnull=False) & ~models.Q(risk="") & ~models.Q(channel="")
                ),
                name="report_received_is_triaged",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("opened", "joined"))
                | models.Q(case_id__isnull=False),
                name="report_opened_has_case",
            ),
            # Nobody of the house took what came in by the public's door.
            models.CheckConstraint(
                condition=models.Q(taken_by__gt=0) | models.Q(taken_by=0, channel="situs_publik"),
                name="report_taken_by_somebody",
            ),
        ]

    class Privacy:
        public = (
            "id", "subject", "agency", "desk_id", "state", "channel", "reporter_kind",
            "reporter_confidential", "reported_at", "entered_at", "case_id", "outcome", "version",
        )  # fmt: skip
        personal = (
            "happened_on", "area", "risk", "answers", "result", "violence_kinds", "taken_by",
            "handled_by",
        )  # fmt: skip
        sealed = ("account_sealed", "reporter_sealed", "survivor_sealed", "answers_sealed")


class EarlierContact(models.Model):
    """Told only to the desk that already knows the person: somebody asked elsewhere.

    The asking agency never learns whether such a row exists (domain: earlier contact).
    """

    CONTACT, SILENT = "menghubungi", "diam"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField()
    asking_agency_id = models.IntegerField()
    asking_desk_id = models.IntegerField(null=True)
    noticed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)
    answer = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "-noticed_at"], name="earlier_contact_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "case_id", "asking_agency_id", "asking_desk_id"],
                condition=models.Q(answered_at__isnull=True),
                nulls_distinct=False,
                name="earlier_contact_once",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "case_id", "asking_agency_id", "asking_desk_id", "noticed_at",
            "answered_at", "answer",
        )  # fmt: skip
        personal = ("answered_by",)
        sealed = ()


class Flock(models.Model):
    """Reports through the public's door whose words are alike: one line for many.

    ``many`` counts all that ever came, ``dangers`` those that spoke of danger now; ``called_at`` is
    when a clock was last started and the desk called for one of them.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk_id = models.IntegerField()
    begun_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    called_at = models.DateTimeField()
    many = models.IntegerField(default=0)
    dangers = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["agency", "-latest_at"], name="flock_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(many__gte=models.F("dangers"), dangers__gte=0),
                name="flock_counts",
            )
        ]

    class Privacy:
        public = (
            "id", "agency", "desk_id", "begun_at", "latest_at", "called_at", "many", "dangers",
        )  # fmt: skip
        personal = ()
        sealed = ()


class FlockMark(models.Model):
    """A keyed mark of the words that began a group; another agency's marks of them differ."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    flock = models.ForeignKey(Flock, on_delete=models.CASCADE, related_name="marks")
    mark = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "mark"], name="flock_mark")]

    class Privacy:
        public = ("id", "agency", "flock", "made_at")
        personal = ("mark",)
        sealed = ()


class DoorReport(models.Model):
    """What the public's door adds to a report: the safe-contact choice, its talk, its group.

    ``held`` reports stand under their group's line and have none of their own. ``unread`` counts
    her messages that nobody here has opened.
    """

    report = models.OneToOneField(
        Report, primary_key=True, on_delete=models.PROTECT, related_name="door"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    danger = models.BooleanField()
    contact_sealed = models.BinaryField(null=True)
    flock = models.ForeignKey(Flock, null=True, on_delete=models.PROTECT, related_name="reports")
    held = models.BooleanField(default=False)
    unread = models.IntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["flock", "-report"], name="door_flock",
                condition=models.Q(flock__isnull=False),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held=False) | models.Q(flock__isnull=False),
                name="door_held_under_a_group",
            ),
        ]

    class Privacy:
        public = ("report", "agency", "language", "flock", "held", "unread")
        personal = ("danger", "withdrawn_at")
        sealed = ("contact_sealed",)


class Message(models.Model):
    """One message between a desk and whoever holds the receipt; ``by_user`` is empty for hers."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    by_user = models.IntegerField(null=True)
    at = models.DateTimeField()
    body_sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["report", "at"], name="report_messages")]

    class Privacy:
        public = ("id", "agency", "report", "at")
        personal = ("by_user",)
        sealed = ("body_sealed",)


class ReportFile(models.Model):
    """A picture, recording or paper that came with a report, sealed as it arrived."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    at = models.DateTimeField()
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    scan = models.CharField(max_length=12)
    content_sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["report", "at"], name="report_files")]

    class Privacy:
        public = ("id", "agency", "report", "at", "media_type", "size", "scan")
        personal = ()
        sealed = ("content_sealed",)


class Receipt(models.Model):
    """That a code was given out: its digest, and where it leads, sealed under the code itself.

    No column joins it to a report, and no right of the app reads the table: only functions that are
    given a digest answer (``sql.RECEIPTS``).
    """

    digest = models.BinaryField(primary_key=True)
    pointer_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["ends_on"], name="receipt_ends")]

    class Privacy:
        public = ("made_at", "ends_on")
        personal = ("digest",)
        sealed = ("pointer_sealed",)
