"""Requests about one's own data, restrictions, legal holds and erasures. Words are sealed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from rangkul.network.models import Agency


class Request(models.Model):
    """What a person asked about the data kept on her; it moves with the lead of the case.

    ``asked_by`` says who came: herself, a guardian or a proxy (``person`` of the case). The words
    are hers: what is wrong and what right, what she wishes; and what was answered.
    """

    HERSELF, GUARDIAN, PROXY = "herself", "guardian", "proxy"

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField()
    subject = models.UUIDField()
    kind = models.CharField(max_length=12)
    asked_by = models.CharField(max_length=8)
    person_id = models.UUIDField(null=True)
    manner = models.CharField(max_length=12)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="received")
    words_sealed = models.BinaryField(null=True)
    answer_sealed = models.BinaryField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    article = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    received_by = models.IntegerField()
    refusal_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    token = models.UUIDField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "-received_at"], name="right_newest"),
            models.Index(fields=["case_id"], name="right_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency", "token"], name="right_received_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("access", "correction", "stop", "restriction", "deletion")),
                name="right_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("received", "weighed", "granted", "refused", "done", "dropped")
                ),
                name="right_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused")
                | (Q(refusal_by__isnull=False, decided_by__isnull=False) & ~Q(reason="")
                   & ~Q(refusal_by=F("decided_by"))),
                name="right_refused_by_two",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "agency", "case_id", "subject", "kind", "manner", "language", "state", "reason",
            "article", "received_at", "decided_at", "told_at", "ended_at", "token", "version",
        )  # fmt: skip
        personal = (
            "asked_by", "person_id", "received_by", "refusal_by", "decided_by", "told_by",
        )  # fmt: skip
        sealed = ("words_sealed", "answer_sealed")


class Restriction(models.Model):
    """A file that takes no new acts but those of safety and hand-off, until it is lifted."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField()
    request = models.ForeignKey(
        Request, null=True, on_delete=models.PROTECT, related_name="restrictions"
    )
    reason = models.CharField(max_length=24)
    since = models.DateTimeField()
    since_by = models.IntegerField()
    until = models.DateTimeField(null=True)
    until_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id"], condition=Q(until__isnull=True), name="restricted_once"
            ),
        ]

    class Privacy:
        public = ("id", "agency", "case_id", "request", "reason", "since", "until")
        personal = ("since_by", "until_by")
        sealed = ()


class Hold(models.Model):
    """A legal hold: nothing of the case is erased until somebody else lifts it."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField()
    reason = models.CharField(max_length=24)
    reference = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    since_by = models.IntegerField()
    until = models.DateTimeField(null=True)
    until_by = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case_id"], name="hold_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_by__isnull=True) | ~Q(until_by=F("since_by")),
                name="hold_lifted_by_another",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "case_id", "reason", "reference", "since", "until")
        personal = ("since_by", "until_by")
        sealed = ()


class Erasure(models.Model):
    """One erasing of one case: proposed by one, done by another, and only later *erased*.

    ``destroyed_at`` the keys are gone from the key store; ``listed_at`` the list beside the ring
    knows it, under ``mark``; ``erased_on`` the last backup of the key store from before is over.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField()
    request = models.ForeignKey(
        Request, null=True, on_delete=models.PROTECT, related_name="erasures"
    )
    schedule = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, default="proposed")
    proposed_at = models.DateTimeField()
    proposed_by = models.IntegerField()
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.IntegerField(null=True)
    listed_at = models.DateTimeField(null=True)
    erased_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    keys = models.IntegerField(default=0)
    mark = models.CharField(max_length=32, blank=True)
    told_agencies = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id"],
                condition=~Q(state="taken_back"),
                name="erased_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "destroyed", "listed", "erased", "taken_back")),
                name="erasure_state_known",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_by__isnull=True) | ~Q(destroyed_by=F("proposed_by")),
                name="erased_by_two",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "case_id", "request", "schedule", "state", "proposed_at",
            "destroyed_at", "listed_at", "erased_on", "ended_at", "keys", "mark", "told_agencies",
        )  # fmt: skip
        personal = ("proposed_by", "destroyed_by")
        sealed = ()
