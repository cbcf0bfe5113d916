"""The ground on which something may leave the agency: consent, or a basis named by article."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow


class Basis(CaseRow):
    """One legal basis (UU 27/2022 ps 20(2)) for one service, its levels, and until when.

    ``letter``: a consent, c legal duty, d vital interest, e public task. ``levels`` maps data
    class letter to the highest level allowed. Only (a) is asked; (c)-(e) name the article, say why
    consent was not decisive, tell the person within 24 hours where safe, and are reviewed.
    ``why_sealed`` holds a JSON object: why, best_interest, child_view, substitute.
    """

    id = models.UUIDField(primary_key=True)
    letter = models.CharField(max_length=1)
    article = models.CharField(max_length=48, blank=True)
    service = models.CharField(max_length=24)
    recipient_desk_id = models.IntegerField(null=True)
    fallback_desk_ids = ArrayField(models.IntegerField(), default=list)
    levels = models.JSONField(default=dict)
    given_by = models.CharField(max_length=24)
    manner = models.CharField(max_length=16, blank=True)
    notice_version = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=48, blank=True)
    why_sealed = models.BinaryField(null=True)
    best_interest = models.BooleanField(default=False)
    guardian_excluded = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()
    valid_until = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case"], name="basis_case")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(letter__in=("a", "c", "d", "e")), name="basis_letter_offered"
            ),
            models.CheckConstraint(
                condition=models.Q(letter="a") | ~models.Q(article=""),
                name="basis_other_names_article",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("recorded_by")),
                name="basis_not_self_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("recorded_at")),
                name="basis_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(guardian_excluded=False) | models.Q(letter__in=("c", "d")),
                name="basis_not_from_excluded_guardian",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "letter", "article", "service",
            "recipient_desk_id", "fallback_desk_ids", "levels", "manner", "notice_version",
            "language", "why", "recorded_at", "valid_until", "told_at", "approved_at",
            "withdrawn_at",
        )  # fmt: skip
        personal = (
            "given_by", "best_interest", "guardian_excluded", "recorded_by", "approved_by",
            "withdrawn_by",
        )  # fmt: skip
        sealed = ("why_sealed",)
