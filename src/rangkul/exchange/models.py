"""Recipients, exports, which cases each export held, and the sealed file until it is fetched."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency


class Recipient(models.Model):
    """An office or a person to whom files are sealed, by a public key of age.

    Added by one person, confirmed by another who compared the key's fingerprint with the recipient.
    The key never changes: another key is another recipient. ``ground`` is a code of
    ``workflow.GROUNDS``; beyond the own agency ``article`` names the law.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    purpose = models.CharField(max_length=120)
    ground = models.CharField(max_length=8)
    article = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, default="added")
    added_at = models.DateTimeField()
    added_by = models.IntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.IntegerField(null=True)
    token = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "token"], name="recipient_added_once"),
            models.UniqueConstraint(
                fields=["agency", "key"], condition=~Q(state="ended"), name="recipient_key_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("added", "confirmed", "ended")),
                name="recipient_state_known",
            ),
            models.CheckConstraint(
                condition=Q(ground="own") | (Q(ground__in=("duty", "task")) & ~Q(article="")),
                name="recipient_has_ground",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("added_by"))),
                name="recipient_confirmed_by_two",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "key", "purpose", "ground", "article", "state", "added_at",
            "confirmed_at", "ended_at", "token",
        )  # fmt: skip
        personal = ("name", "added_by", "confirmed_by", "ended_by")
        sealed = ()


class Export(models.Model):
    """One table for one recipient: what was asked, by whom and why, and what became of it.

    ``state`` as in ``workflow.EXPORT``; ``why`` says why it was destroyed. ``done`` counts rows
    while it is made; ``rows``, ``left_children`` and ``left_barred`` say what came of it.
    ``sha256`` and ``size`` are those of the ciphertext. ``noted_at``: its end stands in the trail.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=10)
    columns = ArrayField(models.CharField(max_length=24), default=list)
    case_state = models.CharField(max_length=12, blank=True)
    risk = models.CharField(max_length=8, blank=True)
    category = models.CharField(max_length=8, blank=True)
    desk_id = models.IntegerField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=24)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="waiting")
    why = models.CharField(max_length=24, blank=True)
    expected = models.IntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.IntegerField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.IntegerField(null=True)
    done = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    left_children = models.IntegerField(default=0)
    left_barred = models.IntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    size = models.IntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)
    token = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "-asked_at"], name="export_newest"),
            models.Index(fields=["asked_by", "asked_at"], name="export_of_user"),
            models.Index(fields=["id"], name="export_unnoted", condition=Q(noted_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency", "token"], name="export_asked_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=("waiting", "queued", "making", "ready", "fetched", "destroyed")
                ),
                name="export_state_known",
            ),
            models.CheckConstraint(
                condition=Q(form__in=("csv", "csv_excel", "xlsx")), name="export_form_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="export_approved_by_another",
            ),
            # Large ones are never made on one person's word.
            models.CheckConstraint(
                condition=Q(rows__lte=1_000) | Q(approved_by__isnull=False),
                name="export_large_by_two",
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "recipient", "form", "columns", "case_state", "risk", "category",
            "desk_id", "since", "until", "reason", "language", "state", "why", "expected",
            "asked_at", "approved_at", "done", "rows", "left_children", "left_barred", "made_at",
            "size", "sha256", "expires_at", "fetched_at", "ended_at", "noted_at", "token",
        )  # fmt: skip
        personal = ("asked_by", "approved_by")
        sealed = ()


class ExportCase(CaseRow):
    """That an export held this case, in which line. It stays when the file is long gone."""

    id = models.BigAutoField(primary_key=True)
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="+")
    line = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "case"], name="exported_once"),
        ]
        indexes = [models.Index(fields=["case"], name="exported_case")]

    class Privacy:
        public = ("id", "export", "case", "audience", "audience_agency_id", "line")
        personal = ()
        sealed = ()


class ExportFile(models.Model):
    """The ciphertext, from its making until it is fetched or destroyed. Nobody here can open it."""

    export = models.OneToOneField(
        Export, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    content_sealed = models.BinaryField()

    class Privacy:
        public = ("export", "agency")
        personal = ()
        sealed = ("content_sealed",)
