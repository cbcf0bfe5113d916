"""What stands in a case file. The words of the survivor and of notes are sealed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import Case, CaseRow


class CaseFile(CaseRow):
    """The file's cover: what every holder sees first, without identity.

    ``pseudonym`` is an invented call word; ``work_label`` a companion's own hint, never a name.
    ``incident_key`` is shared by the files of one incident's survivors.
    """

    id = models.UUIDField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="file")
    state = models.CharField(max_length=12, default="open")
    risk = models.CharField(max_length=8)
    risk_at = models.DateTimeField()
    categories = ArrayField(models.CharField(max_length=8), default=list)
    violence_kinds = ArrayField(models.CharField(max_length=24), default=list)
    flags = ArrayField(models.CharField(max_length=24), default=list)
    pseudonym = models.CharField(max_length=40)
    work_label = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    is_child = models.BooleanField(default=False)
    languages = ArrayField(models.CharField(max_length=24), default=list)
    worker_sex = models.CharField(max_length=12, blank=True)
    desk_id = models.IntegerField(null=True)
    area = models.CharField(max_length=16, blank=True)
    incident_key = models.UUIDField()
    token = models.UUIDField(null=True)
    legal_determination = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=24, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "closed", "left", "missing", "died")),
                name="file_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(risk__in=("rendah", "sedang", "tinggi")), name="file_risk_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (models.Q(closed_at__isnull=False) & ~models.Q(close_reason="")),
                name="file_closed_with_reason",
            ),
            models.UniqueConstraint(fields=["incident_key", "token"], name="file_opened_once"),
        ]
        indexes = [models.Index(fields=["incident_key"], name="file_incident")]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "state", "desk_id", "incident_key",
            "token", "opened_at", "closed_at", "close_reason", "version",
        )  # fmt: skip
        personal = (
            "risk", "risk_at", "categories", "violence_kinds", "flags", "pseudonym", "work_label",
            "sex", "age_band", "is_child", "languages", "worker_sex", "area", "legal_determination",
        )  # fmt: skip
        sealed = ()


class Incident(CaseRow):
    """What happened, where, on which road: one row in each survivor's own file."""

    id = models.UUIDField(primary_key=True)
    happened_from = models.DateField(null=True)
    happened_until = models.DateField(null=True)
    precision = models.CharField(max_length=8, default="day")
    place_kinds = ArrayField(models.CharField(max_length=32), default=list)
    area = models.CharField(max_length=16, blank=True)
    origin_area = models.CharField(max_length=16, blank=True)
    transit_areas = ArrayField(models.CharField(max_length=16), default=list)
    destination_area = models.CharField(max_length=16, blank=True)
    destination_country = models.CharField(max_length=2, blank=True)
    process = ArrayField(models.CharField(max_length=24), default=list)
    means = ArrayField(models.CharField(max_length=32), default=list)
    purpose = ArrayField(models.CharField(max_length=32), default=list)
    account_sealed = models.BinaryField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["case"], name="incident_case")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "recorded_at", "version")
        personal = (
            "happened_from", "happened_until", "precision", "place_kinds", "area", "origin_area",
            "transit_areas", "destination_area", "destination_country", "process", "means",
            "purpose", "recorded_by",
        )  # fmt: skip
        sealed = ("account_sealed",)


class Note(CaseRow):
    """A dated note. It is never edited: it is withdrawn with a reason, and both remain."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16, default="note")
    body_sealed = models.BinaryField()
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()
    written_by = models.IntegerField()
    agency_id = models.IntegerField()
    replaces = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    withdraw_reason = models.CharField(max_length=24, blank=True)
    token = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-happened_at"], name="note_case")]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="note_sent_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdraw_reason="")
                ),
                name="note_withdrawn_whole",
            ),
            models.UniqueConstraint(
                fields=["case", "replaces"],
                condition=models.Q(replaces__isnull=False),
                name="note_refiled_once",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "token", "audience", "audience_agency_id", "kind", "happened_at",
            "written_at", "agency_id", "replaces", "withdrawn_at", "withdraw_reason",
        )  # fmt: skip
        personal = ("written_by", "withdrawn_by")
        sealed = ("body_sealed",)


class Need(CaseRow):
    """A need in the survivor's own words, and the service that answers it.

    ``by_desk_id`` is the desk that was asked, ``by_user_id`` the colleague who sees to it here.
    """

    id = models.UUIDField(primary_key=True)
    words_sealed = models.BinaryField()
    service = models.CharField(max_length=24)
    urgency = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="planned")
    by_desk_id = models.IntegerField(null=True)
    by_user_id = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    stated_at = models.DateTimeField()
    stated_by = models.IntegerField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    token = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case"], name="need_case")]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="need_sent_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("planned", "referred", "running", "met", "unmet", "dropped")
                ),
                name="need_state_known",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "token", "audience", "audience_agency_id", "service", "urgency", "state",
            "by_desk_id", "due_on", "outcome", "stated_at", "ended_at", "version",
        )  # fmt: skip
        personal = ("stated_by", "by_user_id")
        sealed = ("words_sealed",)


class Attachment(CaseRow):
    """A file received: hashed as it came, then sealed. The hash is evidence (UU 21/2007 ps 29).

    ``sha256`` is masked by the file's own key (``queries.masked_digest``): in the clear it would
    tell a thief whether a file that he has is here.
    """

    UNSCANNED, WAITING, CLEAN, INFECTED = "", "waiting", "clean", "infected"

    id = models.UUIDField(primary_key=True)
    name_sealed = models.BinaryField()
    content_sealed = models.BinaryField()
    media_type = models.CharField(max_length=64)
    size = models.IntegerField()
    sha256 = models.BinaryField()
    scan = models.CharField(max_length=8, default=UNSCANNED, blank=True)
    kind = models.CharField(max_length=16, default="document")
    received_at = models.DateTimeField()
    received_by = models.IntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    token = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case"], name="attachment_case")]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="attachment_sent_once"),
        ]

    class Privacy:
        public = (
            "id", "case", "token", "audience", "audience_agency_id", "media_type", "size", "scan",
            "kind", "received_at", "withdrawn_at",
        )  # fmt: skip
        personal = ("received_by", "withdrawn_by")
        sealed = ("name_sealed", "content_sealed", "sha256")
