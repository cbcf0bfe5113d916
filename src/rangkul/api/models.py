"""A machine's key to the house, and what it was answered, so that a repeated call counts once."""

from __future__ import annotations

from django.db import models

from rangkul.network.models import Agency, Membership


class ServiceToken(models.Model):
    """One secret of one service account: the secret itself is shown once and kept by nobody.

    ``digest`` is its SHA-256; 256 random bits need no slow hash. A day of last use is enough to
    find tokens that nobody needs any more.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    digest = models.BinaryField()
    created_at = models.DateTimeField()
    created_by = models.IntegerField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "-created_at"], name="token_newest")]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="token_secret_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gte=models.F("created_at")), name="token_has_life"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="token_withdrawn_whole",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "membership", "label", "created_at", "expires_at", "last_used_on",
            "withdrawn_at",
        )  # fmt: skip
        personal = ("digest", "created_by", "withdrawn_by")
        sealed = ()


class Replay(models.Model):
    """The answer to one call under its ``Idempotency-Key``: numbers, states and times, no words.

    ``digest`` (keyed) tells the same call again from another one under a used key.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    digest = models.BinaryField()
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "made_at"], name="replay_oldest")]
        constraints = [
            models.UniqueConstraint(fields=["membership", "key"], name="replay_once"),
        ]

    class Privacy:
        public = ("id", "agency", "membership", "key", "made_at")
        personal = ("digest", "answer")
        sealed = ()
