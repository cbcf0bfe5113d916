"""The referral, seen from its two ends.

The sender's end (``Referral``) belongs to the case. What both ends share (``Request``) bears its
own random number and nothing that joins it to the case or to another packet.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency, Desk


class Request(models.Model):
    """What one desk asks of another: the shared contract, its state and its three deadlines."""

    id = models.BigAutoField(primary_key=True)
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sender_desk = models.ForeignKey(Desk, null=True, on_delete=models.PROTECT, related_name="+")
    sender_user_id = models.IntegerField()
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=24)
    state = models.CharField(max_length=16, default="sent")
    risk = models.CharField(max_length=8)
    is_child = models.BooleanField(default=False)
    basis_letter = models.CharField(max_length=1)
    sent_at = models.DateTimeField()
    accept_by = models.DateTimeField()
    first_contact_by = models.DateTimeField()
    outcome_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    risk_change = models.CharField(max_length=12, blank=True)
    next_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["receiver_agency", "-sent_at"], name="request_inbox"),
            models.Index(fields=["sender_agency", "-sent_at"], name="request_outbox"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(
                        "sent",
                        "asked",
                        "accepted",
                        "in_service",
                        "done",
                        "not_done",
                        "declined",
                        "withdrawn",
                        "cancelled",
                    )
                ),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("declined", "not_done")) | ~models.Q(reason=""),
                name="request_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(accept_by__gt=models.F("sent_at"))
                & models.Q(first_contact_by__gte=models.F("accept_by"))
                & models.Q(outcome_by__gte=models.F("first_contact_by")),
                name="request_deadlines_in_order",
            ),
        ]

    class Privacy:
        public = (
            "id", "sender_agency", "sender_desk", "receiver_agency", "receiver_desk", "service",
            "state", "basis_letter", "sent_at", "accept_by", "first_contact_by", "outcome_by",
            "answered_at", "first_contact_at", "ended_at", "reason", "outcome", "next_on",
            "version",
        )  # fmt: skip
        personal = ("sender_user_id", "answered_by", "risk", "is_child", "risk_change")
        sealed = ()


class Packet(models.Model):
    """One version of what the receiver may read, sealed with a key of its own."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="packets")
    version = models.SmallIntegerField(default=1)
    content_sealed = models.BinaryField()
    facts = ArrayField(models.CharField(max_length=32), default=list)
    withheld = ArrayField(models.CharField(max_length=32), default=list)
    sealed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.IntegerField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroy_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "version"], name="packet_version_once"),
        ]

    class Privacy:
        public = (
            "id", "request", "version", "facts", "withheld", "sealed_at", "expires_at",
            "opened_at", "destroyed_at", "destroy_reason",
        )  # fmt: skip
        personal = ("opened_by",)
        sealed = ("content_sealed",)


class Message(models.Model):
    """A question, an answer or feedback between the two desks of a request."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12)
    from_agency_id = models.IntegerField()
    from_user_id = models.IntegerField()
    body_sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "written_at"], name="message_request")]

    class Privacy:
        public = ("id", "request", "kind", "from_agency_id", "written_at")
        personal = ("from_user_id",)
        sealed = ("body_sealed",)


class Referral(CaseRow):
    """The sender's end: which need, on which basis, to which desk, with which levels.

    ``token`` comes from the form: a form sent twice makes one referral. ``follows`` is the referral
    that this one replaces.
    """

    id = models.UUIDField(primary_key=True)
    need_id = models.UUIDField(null=True)
    basis_id = models.UUIDField()
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField(default=dict)
    token = models.UUIDField(default=uuid4)
    follows = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-made_at"], name="referral_case"),
            models.Index(fields=["basis_id"], name="referral_basis"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="referral_sent_once"),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "need_id", "basis_id", "request",
            "levels", "token", "follows", "made_at",
        )  # fmt: skip
        personal = ("made_by",)
        sealed = ()
