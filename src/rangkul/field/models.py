"""A worker's phone, the keys that phones seal fillings with, and what arrived from the phones."""

from __future__ import annotations

from django.db import models

from rangkul.network.models import Agency, Membership


class Device(models.Model):
    """One phone of one colleague: its password is shown once and kept by nobody.

    ``name`` is what the phone calls itself by; ``digest`` is the password's SHA-256, for 256 random
    bits need no slow hash.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    name = models.CharField(max_length=16)
    digest = models.BinaryField()
    user_id = models.IntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "-created_at"], name="device_newest")]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="device_secret_once"),
            models.UniqueConstraint(fields=["name"], name="device_name_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gte=models.F("created_at")), name="device_has_life"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="device_withdrawn_whole",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "membership", "name", "created_at", "expires_at", "last_used_on",
            "withdrawn_at",
        )  # fmt: skip
        personal = ("label", "digest", "user_id", "withdrawn_by")
        sealed = ()


class FormKey(models.Model):
    """A pair of keys of an agency: phones seal fillings with its public half (DER).

    The private half is sealed by the vault. A pair that has ended goes to no phone any more, and
    still opens what was sealed with it before.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField()
    private_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(ended_at__isnull=True),
                name="one_form_key_in_force",
            ),
        ]  # fmt: skip

    class Privacy:
        public = ("id", "agency", "public_key", "made_at", "ended_at")
        personal = ("made_by", "ended_by")
        sealed = ("private_sealed",)


class Arrival(models.Model):
    """One filling that a phone of the agency sent, whatever became of it: what is counted once.

    ``partial`` while its parts still arrive; ``waiting`` for a person to name its file; ``placed``
    in a file, or ``discarded``: of these two only the row remains, by which the same filling is
    known again whoever sends it, and however its file has moved since. ``mark`` is a keyed digest
    of the filling as it was sent. What waits is sealed under a key of this row alone.
    """

    PARTIAL, WAITING, PLACED, DISCARDED = "partial", "waiting", "placed", "discarded"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    form_id = models.UUIDField()
    instance_id = models.CharField(max_length=100)
    mark = models.BinaryField()
    state = models.CharField(max_length=9)
    user_id = models.IntegerField()
    received_at = models.DateTimeField()
    number_sealed = models.BinaryField(null=True)
    content_sealed = models.BinaryField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.IntegerField(null=True)
    reason = models.CharField(max_length=16, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "received_at"],
                name="arrival_waiting",
                condition=models.Q(state__in=("partial", "waiting")),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "instance_id", "mark"], name="arrival_counted_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("partial", "waiting", "placed", "discarded")),
                name="arrival_state_known",
            ),
            # What is settled keeps no word of what was said.
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("partial", "waiting"), content_sealed__isnull=False,
                    settled_at__isnull=True, settled_by__isnull=True,
                )
                | models.Q(
                    state__in=("placed", "discarded"), content_sealed__isnull=True,
                    number_sealed__isnull=True, settled_at__isnull=False,
                    settled_by__isnull=False,
                ),
                name="arrival_settled_is_empty",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "agency", "device", "form_id", "instance_id", "state", "received_at",
            "settled_at", "reason",
        )  # fmt: skip
        personal = ("mark", "user_id", "settled_by")
        sealed = ("number_sealed", "content_sealed")


class ArrivedFile(models.Model):
    """A picture or a recording of a filling that waits; gone once it is settled."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="+")
    mark = models.BinaryField()
    name_sealed = models.BinaryField()
    content_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrival", "mark"], name="arrived_file_once"),
        ]

    class Privacy:
        public = ("id", "agency", "arrival")
        personal = ("mark",)
        sealed = ("name_sealed", "content_sealed")
