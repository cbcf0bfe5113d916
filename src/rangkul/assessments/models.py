"""A filled instrument: its result in codes, its sealed answers by data class; and drafts."""

from __future__ import annotations

from django.db import models

from rangkul.custody.models import CaseRow


class Submission(CaseRow):
    """One filling of one version of an instrument. Never changed: a new look is a new row."""

    id = models.UUIDField(primary_key=True)
    instrument = models.CharField(max_length=24)
    version = models.CharField(max_length=16)
    answers = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    previous = models.UUIDField(null=True)
    happened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    assessed_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "instrument", "-entered_at"], name="submission_case")
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "instrument", "version", "previous",
            "happened_at", "entered_at",
        )  # fmt: skip
        personal = ("answers", "result", "assessed_by")
        sealed = ()


class SealedAnswers(CaseRow):
    """The answers of one data class, as a sealed JSON object (item → value)."""

    id = models.UUIDField(primary_key=True)
    submission_id = models.UUIDField()
    data_class = models.CharField(max_length=12)
    values_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission_id", "data_class"], name="answers_sealed_once"
            ),
        ]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "submission_id", "data_class")
        personal = ()
        sealed = ("values_sealed",)


class Draft(CaseRow):
    """What one person has typed into a form that is not kept yet: sealed, and gone once it is."""

    id = models.UUIDField(primary_key=True)
    user_id = models.IntegerField()
    instrument = models.CharField(max_length=24)
    values_sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user_id", "instrument"], name="one_draft_of_a_form"
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "instrument", "saved_at",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ("values_sealed",)
