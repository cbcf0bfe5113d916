"""Who offers what, where and when; and who works for whom."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from rangkul.reference.models import Area


class Sex(models.TextChoices):
    """The letter kept in the network; the list *jenis_kelamin* holds the words for a person."""

    FEMALE = "P", _("Female")
    MALE = "L", _("Male")


class Agency(models.Model):
    """An office, hospital, police unit, organisation or school that takes part."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=48, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=32)
    level = models.CharField(max_length=12)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "kind"], name="agency_area_kind"),
            models.Index(fields=["short_name", "id"], name="agency_by_name"),
        ]

    class Privacy:
        public = (
            "id", "code", "name", "short_name", "kind", "level", "area", "parent",
            "confirmed_on", "valid_from", "valid_until", "version",
        )  # fmt: skip
        personal = ()
        sealed = ()

    def __str__(self) -> str:
        return self.short_name


class AgencyAlias(models.Model):
    """Another name, past or present: ministries and offices are renamed often."""

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=160)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Privacy:
        public = ("id", "agency", "name", "valid_from", "valid_until")
        personal = ()
        sealed = ()


class Desk(models.Model):
    """A service desk: where a request arrives and somebody answers it.

    ``hours`` maps ISO weekday ("1" Monday … "7" Sunday) to lists of ["HH:MM", "HH:MM"].
    ``serves`` holds area codes, "ID" for the whole nation; empty means the agency's own area.
    ``free_places`` is what the agency itself published at ``free_places_at``; null is unknown.
    A desk that offers shelter carries neither address nor coordinates: where it stands is told to
    nobody (a trigger holds it, see ``sql.SHELTER_STANDS_NOWHERE``). ``listed`` says whether the
    public sees the desk. ``changed_at`` is when anything of its entry last changed,
    ``confirmed_at`` when somebody of the agency (``confirmed_by``, an account's id) last said that
    all of it is right.
    """

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="desks")
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    always_open = models.BooleanField(default=False)
    hours = models.JSONField(default=dict)
    capacity = models.IntegerField(null=True)
    free_places = models.IntegerField(null=True)
    free_places_at = models.DateTimeField(null=True)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    serves = ArrayField(models.CharField(max_length=16), default=list)
    accessible = models.BooleanField(default=False)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    phone = models.CharField(max_length=32, blank=True)
    whatsapp = models.CharField(max_length=32, blank=True, default="", db_default="")
    website = models.CharField(max_length=200, blank=True, default="", db_default="")
    address = models.CharField(max_length=240, blank=True, default="", db_default="")
    access_notes = models.CharField(max_length=300, blank=True, default="", db_default="")
    hours_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    takes_reports = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    listed = models.BooleanField(default=True, db_default=True)
    changed_at = models.DateTimeField(default=now, db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.IntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gte=0),
                name="desk_capacity_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(free_places__isnull=True)
                | (
                    models.Q(free_places__gte=0)
                    & (
                        models.Q(capacity__isnull=True)
                        | models.Q(free_places__lte=models.F("capacity"))
                    )
                ),
                name="desk_free_places_fit",
            ),
            models.CheckConstraint(
                condition=models.Q(free_places__isnull=True)
                | models.Q(free_places_at__isnull=False),
                name="desk_free_places_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False),
                name="desk_confirmed_dated",
            ),
        ]
        indexes = [GinIndex(fields=["serves"], name="desk_serves")]

    class Privacy:
        public = (
            "id", "agency", "code", "name", "always_open", "hours", "capacity", "free_places",
            "free_places_at", "languages", "serves", "accessible", "latitude", "longitude",
            "phone", "whatsapp", "website", "address", "access_notes", "hours_note",
            "takes_reports", "active", "listed", "changed_at", "confirmed_at", "confirmed_by",
            "version",
        )  # fmt: skip
        personal = ()
        sealed = ()

    def __str__(self) -> str:
        return self.name


class DeskService(models.Model):
    """One service that a desk offers, and to whom."""

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="offers")
    service = models.CharField(max_length=24)
    sex = models.CharField(max_length=1, blank=True)
    age_min = models.SmallIntegerField(default=0)
    age_max = models.SmallIntegerField(default=200)
    residents_only = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "service"], name="desk_offers_once"),
            models.CheckConstraint(
                condition=models.Q(age_min__gte=0) & models.Q(age_max__gte=models.F("age_min")),
                name="desk_service_ages",
            ),
        ]
        indexes = [models.Index(fields=["service"], name="desk_service")]

    class Privacy:
        public = (
            "id", "agency", "desk", "service", "sex", "age_min", "age_max", "residents_only",
            "active",
        )  # fmt: skip
        personal = ()
        sealed = ()


class DirectoryChange(models.Model):
    """What changed in a desk's entry, when and by whom; rows are added and never altered.

    ``before`` and ``after`` hold the changed fields only (see ``network.entries``). ``number`` is
    the desk's version after the change, ``undoes`` the change that this one took back. ``by_user``
    is an account's id, null for what came from outside.
    """

    KINDS = ("opened", "edited", "hours", "services", "places", "imported", "confirmed", "undone")

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    number = models.IntegerField()
    undoes = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by_user = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "number"], name="directory_change_once"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=(
                        "opened", "edited", "hours", "services", "places", "imported", "confirmed",
                        "undone",
                    )
                ),
                name="directory_change_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="undone") | models.Q(undoes__isnull=True),
                name="directory_change_undoes",
            ),
        ]  # fmt: skip

    class Privacy:
        public = (
            "id", "agency", "desk", "kind", "before", "after", "number", "undoes", "at", "by_user",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Membership(models.Model):
    """A person's place in one agency: the roles held there and the desks sat at.

    ``version`` rises with every change; a scope signed for an older version is refused by the
    database, so that someone who leaves loses the old reach at that second.
    """

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    roles = ArrayField(models.CharField(max_length=32), default=list)
    desk_ids = ArrayField(models.IntegerField(), default=list)
    sex = models.CharField(max_length=1, blank=True)
    version = models.IntegerField(default=1)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"],
                condition=models.Q(until__isnull=True),
                name="one_live_membership",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "user", "roles", "desk_ids", "version", "since", "until")
        personal = ("sex",)
        sealed = ()


class DutyShift(models.Model):
    """Who is on duty (piket) at a desk, from when until when."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="shifts")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_has_length"
            ),
        ]
        indexes = [models.Index(fields=["desk", "ends_at"], name="shift_desk_end")]

    class Privacy:
        public = ("id", "agency", "desk", "membership", "starts_at", "ends_at")
        personal = ()
        sealed = ()


class Absence(models.Model):
    """A person's leave and who stands in; the stand-in receives the clocks and notices."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="standing_in"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_has_length"
            ),
            models.CheckConstraint(
                condition=~models.Q(substitute=models.F("membership")),
                name="absence_not_own_stand_in",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "membership", "substitute", "starts_on", "ends_on")
        personal = ()
        sealed = ()


class Agreement(models.Model):
    """A cooperation agreement (perjanjian kerja sama) as one thing through all its versions.

    ``code`` names what a release brought, so that loading it again finds it; empty for one that an
    agency entered. ``agency`` is who entered it, null for a release's.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=48, blank=True)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~models.Q(code=""), name="agreement_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(code="") | models.Q(agency__isnull=True),
                name="agreement_code_by_release",
            ),
        ]

    class Privacy:
        public = ("id", "code", "agency")
        personal = ()
        sealed = ()


class AgreementVersion(models.Model):
    """What an agreement says from a day (``since``) on; a change is a new version, never an edit.

    ``until`` is its last day, null while open-ended; ``end_reason`` says why it ends before its
    time. ``agency`` is whose person entered this version, null for a release's.
    """

    KINDS = ("bilateral", "forum", "mou")

    id = models.AutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    paper_number = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    notes = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=240)
    mark = models.CharField(max_length=12)
    entered_at = models.DateTimeField()
    entered_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="agreement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(end_reason="") | models.Q(until__isnull=False),
                name="agreement_ended_has_day",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("bilateral", "forum", "mou")),
                name="agreement_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(mark__in=("law", "src", "local", "unverified")),
                name="agreement_mark_known",
            ),
        ]

    class Privacy:
        public = (
            "id", "agreement", "agency", "number", "title", "paper_number", "kind", "since",
            "until", "end_reason", "notes", "source", "mark", "entered_at", "entered_by",
        )  # fmt: skip
        personal = ()
        sealed = ()


class AgreementMember(models.Model):
    """One member of a version: an agency by name, or every agency of some kinds in an area.

    Empty ``kinds`` are all kinds. An area binds its agencies towards the other members; towards
    one another only where ``among_themselves`` says so.
    """

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="members")
    member = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=32), default=list)
    among_themselves = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member__isnull=False, area__isnull=True, kinds=[])
                | models.Q(member__isnull=True, area__isnull=False),
                name="agreement_member_agency_or_area",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "version", "member", "area", "kinds", "among_themselves")
        personal = ()
        sealed = ()


class AgreementTerm(models.Model):
    """What a version says about one service; a limit left out is the service's own.

    A limit is a number of hours, or of working days where ``…_unit`` says so.
    """

    id = models.AutoField(primary_key=True)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="terms")
    service = models.CharField(max_length=24)
    accept = models.SmallIntegerField(null=True)
    accept_unit = models.CharField(max_length=12, default="hours")
    contact = models.SmallIntegerField(null=True)
    contact_unit = models.CharField(max_length=12, default="hours")
    outcome = models.SmallIntegerField(null=True)
    outcome_unit = models.CharField(max_length=12, default="hours")
    residency = models.CharField(max_length=12)
    payer = models.CharField(max_length=12)
    fallback = models.BooleanField(default=False)
    notes = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "service"], name="agreement_term_once"),
            models.CheckConstraint(
                condition=models.Q(residency__in=("residents", "everyone")),
                name="agreement_residency_known",
            ),
            models.CheckConstraint(
                condition=models.Q(payer__in=("origin", "finder", "sender", "receiver", "free")),
                name="agreement_payer_known",
            ),
            *(
                models.CheckConstraint(
                    condition=(
                        models.Q(**{f"{limit}__isnull": True}) | models.Q(**{f"{limit}__gt": 0})
                    )
                    & models.Q(**{f"{limit}_unit__in": ("hours", "working_days")}),
                    name=f"agreement_{limit}_limit",
                )
                for limit in ("accept", "contact", "outcome")
            ),
        ]

    class Privacy:
        public = (
            "id", "agency", "version", "service", "accept", "accept_unit", "contact",
            "contact_unit", "outcome", "outcome_unit", "residency", "payer", "fallback", "notes",
        )  # fmt: skip
        personal = ()
        sealed = ()
