"""A row for each act and each seal. No foreign keys: the record outlives what it speaks of."""

from __future__ import annotations

from django.db import models


class Act(models.Model):
    """Who, for which agency, did what, to what, why, when.

    ``detail`` holds codes and ids only; a free reason is sealed and the hash covers the
    ciphertext. ``digest`` is SHA-256 over the canonical bytes of every other column.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    agency_id = models.IntegerField()
    actor_id = models.IntegerField(null=True)
    purpose = models.CharField(max_length=12)
    name = models.CharField(max_length=48)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    case_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=48, blank=True)
    note_sealed = models.BinaryField(null=True)
    detail = models.JSONField(default=dict)
    digest = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(
                fields=["case_id", "-at"],
                name="act_case",
                condition=models.Q(case_id__isnull=False),
            ),
            models.Index(fields=["agency_id", "-at"], name="act_agency"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="act_subject"),
            models.Index(fields=["xid", "id"], name="act_sealing"),
        ]

    class Privacy:
        public = (
            "id", "at", "xid", "agency_id", "purpose", "name", "subject_kind", "subject_id",
            "case_id", "reason", "detail", "digest",
        )  # fmt: skip
        personal = ("actor_id",)
        sealed = ("note_sealed",)


class Seal(models.Model):
    """The signed line over one batch of acts, as it also stands outside the database."""

    number = models.BigIntegerField(primary_key=True)
    line = models.TextField()

    class Privacy:
        public = ("number", "line")
        personal = ()
        sealed = ()
