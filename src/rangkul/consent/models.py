"""The ground on which something may leave the agency, its proof, and what has gone out on it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow


class Basis(CaseRow):
    """One legal basis (UU 27/2022 ps 20(2)) for one service, its levels, and until when.

    ``letter``: a consent, c legal duty, d vital interest, e public task. ``levels`` maps data
    class letter to the highest level allowed. Only (a) is asked; (c)-(e) name the article, say why
    consent was not decisive, tell the person within 24 hours where safe, and are reviewed.
    ``why_sealed`` holds a JSON object (``queries.BasisWords``).

    ``purposes`` says what the recipient may do with it (``policy.PURPOSES``). The notice is kept by
    version, language and hash, with how it was told and what the person said in her own words
    (``notice.TEACH_BACK``). ``given_by`` names who decides (``deciding.DECIDERS``).
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
    purposes = ArrayField(models.CharField(max_length=12), default=list, db_default=[])
    notice_version = models.CharField(max_length=16, blank=True)
    notice_language = models.CharField(max_length=8, blank=True, db_default="")
    notice_hash = models.CharField(max_length=64, blank=True, db_default="")
    told_how = models.CharField(max_length=16, blank=True, db_default="")
    understood = ArrayField(models.CharField(max_length=12), default=list, db_default=[])
    relation = models.CharField(max_length=24, blank=True, db_default="")
    child_age = models.SmallIntegerField(null=True)
    child_says = models.CharField(max_length=12, blank=True, db_default="")
    stand_in = models.CharField(max_length=16, blank=True, db_default="")
    decider_article = models.CharField(max_length=48, blank=True, db_default="")
    support = ArrayField(models.CharField(max_length=16), default=list, db_default=[])
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
            models.CheckConstraint(
                condition=models.Q(
                    purposes__contained_by=["layanan", "rapat", "pelimpahan", "tim"]
                ),
                name="basis_purposes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(guardian_excluded=False) | ~models.Q(given_by="wali"),
                name="basis_excluded_guardian_decides_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(child_age__isnull=True) | models.Q(child_age__range=(0, 17)),
                name="basis_child_is_a_child",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "letter", "article", "service",
            "recipient_desk_id", "fallback_desk_ids", "purposes", "levels", "manner",
            "notice_version", "notice_language", "notice_hash", "told_how", "understood",
            "decider_article", "language", "why", "recorded_at", "valid_until", "told_at",
            "approved_at", "withdrawn_at",
        )  # fmt: skip
        personal = (
            "given_by", "relation", "child_age", "child_says", "stand_in", "support",
            "best_interest", "guardian_excluded", "recorded_by", "approved_by", "withdrawn_by",
        )  # fmt: skip
        sealed = ("why_sealed",)


class Evidence(CaseRow):
    """One proof that a basis was given: a signature, a thumb, a voice, or who was there to hear.

    Hashed as it was received, then sealed; it can be neither changed nor taken away, and outlives
    the withdrawal (UU 27/2022 art. 24: consent has to be proved).
    """

    id = models.UUIDField(primary_key=True)
    basis_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    media_type = models.CharField(max_length=24)
    size = models.IntegerField()
    # Keyed: the same bytes are known again, and nobody without the key can ask for them.
    mark = models.CharField(max_length=64)
    content_sealed = models.BinaryField()
    witnessed = models.BooleanField(default=False)
    witness_sealed = models.BinaryField(null=True)
    taken_at = models.DateTimeField()
    taken_by = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["basis_id"], name="evidence_basis")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("signature", "thumb", "voice", "witness")),
                name="evidence_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=("thumb", "witness")) | models.Q(witnessed=True),
                name="evidence_thumb_is_witnessed",
            ),
            models.UniqueConstraint(fields=["basis_id", "mark"], name="evidence_once"),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "basis_id", "kind", "media_type",
            "size", "mark", "witnessed", "taken_at",
        )  # fmt: skip
        personal = ("taken_by",)
        sealed = ("content_sealed", "witness_sealed")


class Crossing(CaseRow):
    """One thing that crossed the agency's border, to whom, and the basis that let it.

    ``subject`` is the random name under which the thing's keys stand: while this row's basis
    stands they may be reached by ``to_agency_id``, and when it is withdrawn they are destroyed.
    """

    id = models.UUIDField(primary_key=True)
    basis_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    subject = models.UUIDField()
    from_agency_id = models.IntegerField()
    to_agency_id = models.IntegerField()
    desk_id = models.IntegerField(null=True)
    service = models.CharField(max_length=24)
    purpose = models.CharField(max_length=12)
    crossed_at = models.DateTimeField()
    crossed_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="crossing_subject"),
            models.Index(fields=["basis_id"], name="crossing_basis"),
            models.Index(fields=["case", "-crossed_at"], name="crossing_case"),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "basis_id", "kind", "subject",
            "from_agency_id", "to_agency_id", "desk_id", "service", "purpose", "crossed_at",
        )  # fmt: skip
        personal = ("crossed_by",)
        sealed = ()
