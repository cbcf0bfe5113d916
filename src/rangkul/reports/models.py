"""A report as it came in. It belongs to the agency that took it."""

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
