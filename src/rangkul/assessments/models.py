"""Forms by version; a filled instrument, its result in codes, its sealed answers; and drafts."""

from __future__ import annotations

from django.db import models

from rangkul.custody.models import CaseRow


class FormVersion(models.Model):
    """One version of one form, as it was uploaded and as it was drawn; its content never changes.

    ``agency_id`` is empty for what the house ships. ``workbook`` is the file as it came (``format``
    xlsx or csv), ``xform`` what pyxform made of it; both are known again by their hashes.
    """

    id = models.UUIDField(primary_key=True)
    agency_id = models.IntegerField(null=True)
    code = models.CharField(max_length=24)
    version = models.CharField(max_length=32)
    title_id = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    format = models.CharField(max_length=4)
    workbook = models.BinaryField()
    workbook_sha256 = models.CharField(max_length=64)
    xform = models.TextField()
    xform_sha256 = models.CharField(max_length=64)
    warnings = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="draft")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.IntegerField(null=True)
    tested_at = models.DateTimeField(null=True)
    tested_by = models.IntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "code", "version"], name="form_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "testing", "published", "retired")),
                name="form_state_known",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "agency_id", "code", "version", "title_id", "title_en", "format", "workbook",
            "workbook_sha256", "xform", "xform_sha256", "warnings", "state", "uploaded_at",
            "tested_at", "published_at", "retired_at",
        )  # fmt: skip
        personal = ("uploaded_by", "tested_by", "published_by", "retired_by")
        sealed = ()


class Submission(CaseRow):
    """One filling of one version of an instrument. Never changed: a new look is a new row.

    Of a form (``form_id``) it bears the device's own ``instance_id``, by which ``agency_id`` knows
    it again. ``standing`` is ``conflict`` for other content under a known id: kept, and shown to
    a person, but no part of the file until then; the person makes it ``kept``, ``both`` (beside
    the other) or ``aside``. Nothing else of a row ever changes.
    """

    id = models.UUIDField(primary_key=True)
    instrument = models.CharField(max_length=24)
    version = models.CharField(max_length=32)
    form_id = models.UUIDField(null=True)
    agency_id = models.IntegerField(null=True)
    instance_id = models.CharField(max_length=100, default="")
    source = models.CharField(max_length=8, default="desk")
    standing = models.CharField(max_length=8, default="kept")
    answers = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    previous = models.UUIDField(null=True)
    happened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    assessed_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "instrument", "-entered_at"], name="submission_case"),
            models.Index(fields=["agency_id", "instance_id"], name="submission_instance"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "instance_id"], name="submission_counted_once",
                condition=models.Q(standing="kept") & ~models.Q(instance_id=""),
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "instrument", "version", "form_id",
            "agency_id", "instance_id", "source", "standing", "previous", "happened_at",
            "entered_at",
        )  # fmt: skip
        personal = ("answers", "result", "assessed_by")
        sealed = ()


class SealedAnswers(CaseRow):
    """The answers of one data class, as a sealed JSON object (item → value).

    ``part`` is ``received`` for the filling as it came, letter by letter, under the class account.
    """

    id = models.UUIDField(primary_key=True)
    submission_id = models.UUIDField()
    data_class = models.CharField(max_length=12)
    part = models.CharField(max_length=8, default="answers")
    values_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission_id", "data_class", "part"], name="answers_sealed_once"
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "submission_id", "data_class",
            "part",
        )  # fmt: skip
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


class Proposal(CaseRow):
    """What a filling proposes and a person answers.

    With an empty ``field`` it is the recommendation, ``wanted`` the risk that it names, if any;
    else ``wanted`` is another value for a field of the case, where one stands already.
    ``answer`` is empty until somebody answered, ``past`` where a newer filling took its place.
    """

    id = models.UUIDField(primary_key=True)
    submission_id = models.UUIDField()
    field = models.CharField(max_length=24, default="", blank=True)
    wanted = models.JSONField(null=True)
    answer = models.CharField(max_length=8, default="", blank=True)
    level = models.CharField(max_length=8, default="", blank=True)
    why_sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id", "field"], name="proposed_once"),
            models.CheckConstraint(
                condition=models.Q(
                    answer__in=("", "accepted", "raised", "lower", "declined", "taken", "past")
                ),
                name="proposal_answer_known",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="proposal_open", condition=models.Q(answer="")),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "submission_id", "field", "answer",
            "made_at", "answered_at",
        )  # fmt: skip
        personal = ("wanted", "level", "answered_by")
        sealed = ("why_sealed",)


class Training(models.Model):
    """A training that a colleague has finished, as the agency has noted it."""

    id = models.UUIDField(primary_key=True)
    agency_id = models.IntegerField()
    user_id = models.IntegerField()
    module = models.CharField(max_length=12)
    finished_on = models.DateField()
    noted_at = models.DateTimeField()
    noted_by = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "user_id", "module"], name="trained_once"),
        ]

    class Privacy:
        public = ("id", "agency_id", "module", "finished_on", "noted_at")
        personal = ("user_id", "noted_by")
        sealed = ()


class OfferCount(models.Model):
    """How many job offers one process saw checked on one day, and with which signs: with noise.

    ``noisy`` holds ``offer_counts.cells()`` → a whole number, below zero too; ``epsilon`` is what
    the noise was drawn for, ``rules`` the version of the questions. The exact numbers stood in that
    process's memory alone, and no row of this table ever changes.
    """

    id = models.UUIDField(primary_key=True)
    counted_on = models.DateField()
    rules = models.CharField(max_length=12)
    epsilon = models.CharField(max_length=8)
    noisy = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["counted_on"], name="offercount_day")]

    class Privacy:
        public = ("id", "counted_on", "rules", "epsilon", "noisy")
        personal = ()
        sealed = ()
