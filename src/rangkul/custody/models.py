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
