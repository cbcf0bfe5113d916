"""The key store: wrapped data keys, apart from the rows they open."""

from __future__ import annotations

from django.db import models


class DataKey(models.Model):
    """One subject's data key for one data class, wrapped by a key-encryption key.

    Destroying the row destroys what it sealed, in every copy of the data tables. The table has
    its own, shorter backup life. ``owner_kind`` and ``owner_id`` say whose reach the key takes.
    """

    id = models.UUIDField(primary_key=True)
    owner_kind = models.CharField(max_length=12)
    owner_id = models.BigIntegerField()
    audience = models.CharField(max_length=8, default="case")
    audience_agency_id = models.IntegerField(null=True)
    subject = models.UUIDField()
    data_class = models.CharField(max_length=12)
    kek_version = models.SmallIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "data_class"], name="one_key_per_class"),
        ]
        indexes = [models.Index(fields=["owner_kind", "owner_id"], name="datakey_owner")]

    class Privacy:
        public = (
            "id", "owner_kind", "owner_id", "audience", "audience_agency_id", "subject",
            "data_class", "kek_version", "created_at",
        )  # fmt: skip
        personal = ()
        sealed = ("wrapped",)
