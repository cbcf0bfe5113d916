"""An alert and whom it calls; that somebody saw it; that it left by mail, push or message.

No row says what happened to whom: a kind, a procedure, a public number's sequence, two hours.
"""

from __future__ import annotations

from django.db import models

from rangkul.network.models import Agency


class Alert(models.Model):
    """One call to the people who stand at an agency's desk, hold a role there, or to one person.

    ``token`` names what it tells, so that telling it again makes no second one. ``subject`` is what
    ends it (a clock); ``about`` is what the people called may open: a case only in an agency that
    holds it, for coordinators nothing but a request's number. ``about_agency`` is who is late,
    where that is another agency. ``called_at``: its messages stand in line. ``ended_at``: there is
    nothing to do any more.
    """

    PERSON, DESK = "person", "desk"
    SUPERVISOR, PROVINCE, NATION = "penyelia", "koordinator_provinsi", "koordinator_nasional"

    id = models.UUIDField(primary_key=True)
    token = models.CharField(max_length=160)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=24)
    desk_id = models.IntegerField(null=True)
    user_id = models.IntegerField(null=True)
    kind = models.CharField(max_length=48)
    code = models.CharField(max_length=48, blank=True)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=40)
    about_kind = models.CharField(max_length=16, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    about_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    step = models.SmallIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "-at"],
                name="alert_open",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="alert_subject"),
            models.Index(fields=["at"], name="alert_newest"),
            models.Index(
                fields=["at"],
                name="alert_uncalled",
                condition=models.Q(called_at__isnull=True, ended_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency", "token"], name="alert_once"),
            models.CheckConstraint(
                condition=models.Q(
                    audience__in=(
                        "person", "desk", "penyelia", "koordinator_provinsi",
                        "koordinator_nasional",
                    )
                ),
                name="alert_audience_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(audience="person") | models.Q(user_id__isnull=False),
                name="alert_to_a_person_names_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(audience="desk") | models.Q(desk_id__isnull=False),
                name="alert_to_a_desk_names_one",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "token", "agency", "audience", "desk_id", "kind", "code", "subject_kind",
            "subject_id", "about_kind", "about_id", "about_agency", "step", "urgent", "due_at",
            "at", "called_at", "ended_at",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ()


class Seen(models.Model):
    """A person has seen an alert. A colleague at the same desk still has it before her."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="seen")
    user_id = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "user_id"], name="alert_seen_once"),
        ]

    class Privacy:
        public = ("id", "agency", "alert", "at")
        personal = ("user_id",)
        sealed = ()


class Delivery(models.Model):
    """One alert on its way to one person by one channel; held back in quiet hours, tried again."""

    WAITING, SENT, FAILED, DROPPED = "waiting", "sent", "failed", "dropped"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="deliveries")
    user_id = models.IntegerField()
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="waiting")
    not_before = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=48, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                name="delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["alert", "user_id", "channel"], name="delivered_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "sent", "failed", "dropped")),
                name="delivery_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=("email", "push", "text")),
                name="delivery_channel_known",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "alert", "channel", "state", "not_before", "tries", "sent_at", "fault",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ()


class Ways(models.Model):
    """How a person wishes to be called, and when not. Without a row: by mail, quiet 21–06."""

    user_id = models.IntegerField(primary_key=True)
    email = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    text = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_at = models.TimeField(null=True)
    version = models.IntegerField(default=1)

    class Privacy:
        public = ("email", "push", "text", "quiet_from", "quiet_until", "digest_at", "version")
        personal = ("user_id", "phone")
        sealed = ()


class PushSubscription(models.Model):
    """One browser of one person that agreed to be called (RFC 8030)."""

    id = models.UUIDField(primary_key=True)
    user_id = models.IntegerField()
    endpoint = models.TextField(unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id"], name="push_of_user")]

    class Privacy:
        public = ("id", "made_at")
        personal = ("user_id", "endpoint", "p256dh", "auth")
        sealed = ()
