"""The case as a thing that somebody holds: nothing of what happened stands here."""

from __future__ import annotations

from django.db import models

from rangkul.network.models import Agency


class Case(models.Model):
    """A case's identity and holder. Written only by the custody functions of the database.

    The public number is computed from ``id`` (``queries.case_number``). ``subject`` is the random
    name under which the vault keeps this survivor's keys.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Privacy:
        public = ("id", "subject", "lead_agency", "opened_at")
        personal = ()
        sealed = ()


class CaseAccess(models.Model):
    """The only lasting way for an agency to see a case: as its lead or in a joint team.

    ``ends_on`` is the last day of a place in a team, as it is where that agency stands.
    """

    LEAD, JOINT = "lead", "joint"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="accesses")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=8)
    opened_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "-opened_at", "-case"],
                name="access_agency_newest",
                condition=models.Q(until__isnull=True),
            ),
            models.Index(fields=["case"], name="access_case"),
            models.Index(
                fields=["ends_on"],
                name="access_ends_on",
                condition=models.Q(until__isnull=True, ends_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(basis="lead", until__isnull=True),
                name="one_lead_per_case",
            ),
            models.UniqueConstraint(
                fields=["case", "agency"],
                condition=models.Q(until__isnull=True),
                name="one_live_access",
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=("lead", "joint")), name="access_basis_known"
            ),
            # Whose case it is has no last day: custody is never without a holder.
            models.CheckConstraint(
                condition=models.Q(basis="joint") | models.Q(ends_on__isnull=True),
                name="access_lead_without_end",
            ),
        ]

    class Privacy:
        public = ("id", "case", "agency", "basis", "opened_at", "since", "until", "ends_on")
        personal = ()
        sealed = ()


class Assignment(models.Model):
    """Who in an agency carries the case: the named companion first."""

    COMPANION, TEAM = "companion", "team"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    user_id = models.IntegerField()
    part = models.CharField(max_length=12, default=COMPANION)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    assigned_by = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency", "user_id"],
                condition=models.Q(until__isnull=True),
                name="assigned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "user_id", "case"],
                name="assignment_of_user",
                condition=models.Q(until__isnull=True),
            ),
        ]

    class Privacy:
        public = ("id", "agency", "case", "part", "since", "until")
        personal = ("user_id", "assigned_by")
        sealed = ()


class CaseRow(models.Model):
    """What every row that belongs to a case carries; the database adds ``reach`` by itself.

    ``audience``: ``case`` every agency with live access; ``service`` that one agency alone;
    ``shared`` the lead and that agency.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=8, default="case")
    audience_agency_id = models.IntegerField(null=True)

    class Meta:
        abstract = True


class EmergencyGrant(models.Model):
    """One borrowing of one case by one person: made once, never changed, over by itself.

    ``nth`` counts this person's borrowings of this case. ``lead_agency`` is whoever leads the case
    now: the database carries it along when custody moves. ``subject`` names the keys of its words.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user_id = models.IntegerField()
    reason = models.CharField(max_length=24)
    minutes = models.SmallIntegerField()
    nth = models.SmallIntegerField()
    subject = models.UUIDField(unique=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=60),
                name="emergency_an_hour_at_most",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "user_id", "-ends_at"], name="emergency_live"),
            models.Index(fields=["user_id", "opened_at"], name="emergency_of_user"),
            models.Index(fields=["agency", "-opened_at"], name="emergency_of_agency"),
            models.Index(fields=["lead_agency", "-opened_at"], name="emergency_of_lead"),
        ]

    class Privacy:
        public = (
            "id", "agency", "lead_agency", "case", "reason", "minutes", "nth", "subject",
            "opened_at", "ends_at",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ()


class EmergencyStep(models.Model):
    """What followed a borrowing: its words, its early end, a question, an answer, a verdict.

    ``agency`` borrowed and ``lead_agency`` leads, as on the grant; ``by_agency_id`` took the step.
    """

    WORDS, ENDED, ASKED, ANSWERED, JUSTIFIED, UNJUSTIFIED, RESTORED = (
        "words", "ended", "asked", "answered", "justified", "unjustified", "restored",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True)
    grant = models.ForeignKey(EmergencyGrant, on_delete=models.PROTECT, related_name="steps")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12)
    by_agency_id = models.IntegerField()
    by_user_id = models.IntegerField()
    at = models.DateTimeField()
    words_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    step__in=(
                        "words",
                        "ended",
                        "asked",
                        "answered",
                        "justified",
                        "unjustified",
                        "restored",
                    )
                ),
                name="emergency_step_known",
            ),
            models.UniqueConstraint(
                fields=["grant"],
                condition=models.Q(step__in=("justified", "unjustified")),
                name="one_verdict_per_emergency",
            ),
            models.UniqueConstraint(
                fields=["grant"], condition=models.Q(step="ended"), name="emergency_ends_once"
            ),
            models.UniqueConstraint(
                fields=["grant"], condition=models.Q(step="restored"), name="restored_once"
            ),
        ]

    class Privacy:
        public = ("id", "grant", "agency", "lead_agency", "step", "by_agency_id", "at")
        personal = ("by_user_id",)
        sealed = ("words_sealed",)


class Relation(models.Model):
    """A colleague is related to somebody in a case: its file is closed to her until lifted."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user_id = models.IntegerField()
    related_to = models.CharField(max_length=12)
    tie = models.CharField(max_length=16)
    declared_at = models.DateTimeField()
    declared_by = models.IntegerField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.IntegerField(null=True)
    lift_reason = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user_id"],
                condition=models.Q(lifted_at__isnull=True),
                name="related_once",
            ),
            # Nobody opens a file to herself again.
            models.CheckConstraint(
                condition=models.Q(lifted_by__isnull=True)
                | ~models.Q(lifted_by=models.F("user_id")),
                name="lifted_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user_id"], name="related_user", condition=models.Q(lifted_at__isnull=True)
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "case", "related_to", "declared_at", "lifted_at", "lift_reason",
        )  # fmt: skip
        personal = ("user_id", "tie", "declared_by", "lifted_by")
        sealed = ()


class Reading(models.Model):
    """That a person has read one thing, and when it last counted. Written by the database alone."""

    id = models.BigAutoField(primary_key=True)
    agency_id = models.IntegerField()
    user_id = models.IntegerField()
    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField()
    carried = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind", "ref"], name="reading_once"),
        ]
        indexes = [models.Index(fields=["user_id", "at"], name="reading_lately")]

    class Privacy:
        public = ("id", "agency_id", "kind", "ref", "carried", "at")
        personal = ("user_id",)
        sealed = ()


class ReadingStop(models.Model):
    """A person has read so much that somebody else has to look first."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user_id = models.IntegerField()
    measure = models.CharField(max_length=8)
    hours = models.SmallIntegerField()
    count = models.IntegerField()
    stopped_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=("", "justified", "unjustified")),
                name="stop_verdict_known",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("user_id")),
                name="stop_looked_at_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "-stopped_at"], name="stop_of_user"),
            models.Index(fields=["agency", "-stopped_at"], name="stop_of_agency"),
        ]

    class Privacy:
        public = (
            "id", "agency", "measure", "hours", "count", "stopped_at", "verdict", "decided_at",
        )  # fmt: skip
        personal = ("user_id", "decided_by")
        sealed = ()
