"""Areas, code lists, procedures, and what an administrator has corrected in them.

Released rows are written by the owner when a release is loaded; only `CalendarOverride`,
`ProcedureOverride` and `Confirmation` are written by people.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from rangkul.reference.calendar import Kind, Meaning, Unit
from rangkul.reference.zones import LABELS


class Area(models.Model):
    """One administrative area; its code (``62.71.01``) begins with its parent's (``62.71``)."""

    class AreaKind(models.TextChoices):
        PROVINCE = "province"
        REGENCY = "regency"
        DISTRICT = "district"
        VILLAGE = "village"

    code = models.TextField(primary_key=True)
    name = models.TextField()
    full_name = models.TextField()
    kind = models.TextField(choices=AreaKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    timezone = models.TextField(choices=list(LABELS.items()))
    is_city = models.BooleanField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="province", parent=None) | (~Q(kind="province") & ~Q(parent=None)),
                name="only_provinces_stand_alone",
            ),
            models.CheckConstraint(
                condition=Q(kind="regency", is_city__isnull=False)
                | (~Q(kind="regency") & Q(is_city=None)),
                name="only_regencies_are_cities",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["province", "regency", "district", "village"]),
                name="known_area_kind",
            ),
            models.CheckConstraint(condition=Q(timezone__in=list(LABELS)), name="known_area_zone"),
        ]

    class Privacy:
        public = (
            "code", "name", "full_name", "kind", "parent", "timezone", "is_city", "is_current",
        )  # fmt: skip
        personal = ()
        sealed = ()

    def __str__(self) -> str:
        return self.full_name


class AreaTerm(models.Model):
    """One squeezed key an area is found by; ``alias`` is that other name as written, if any."""

    # The unique key already leads with the area.
    area = models.ForeignKey(Area, models.CASCADE, related_name="terms", db_index=False)
    key = models.TextField()
    rank = models.SmallIntegerField()
    alias = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "key"], name="one_term_per_area"),
        ]
        indexes = [
            models.Index(fields=["key"], name="areaterm_prefix", opclasses=["text_pattern_ops"]),
        ]

    class Privacy:
        public = ("id", "area", "key", "rank", "alias")
        personal = ()
        sealed = ()


class Mark(models.TextChoices):
    """How well a rule is known: read in the law, read in a source, set locally, from memory."""

    LAW = "law"
    SOURCE = "src"
    LOCAL = "local"
    UNVERIFIED = "unverified"


class CodeList(models.Model):
    """One list of values, with both titles and its source."""

    name = models.TextField(primary_key=True)
    title_id = models.TextField()
    title_en = models.TextField()
    mark = models.TextField(choices=Mark)
    source = models.TextField()

    class Privacy:
        public = ("name", "title_id", "title_en", "mark", "source")
        personal = ()
        sealed = ()


class Code(models.Model):
    """One value of a list; a value that a release drops ends, it is never deleted."""

    list = models.ForeignKey(CodeList, models.PROTECT, related_name="codes")
    code = models.TextField()
    label_id = models.TextField()
    label_en = models.TextField()
    position = models.SmallIntegerField()
    mark = models.TextField(choices=Mark)
    source = models.TextField()
    parent_code = models.TextField(blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    is_current = models.BooleanField(default=True)
    mappings = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="one_code_per_list"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")) | Q(valid_until=None),
                name="code_span",
            ),
        ]

    class Privacy:
        public = (
            "id", "list", "code", "label_id", "label_en", "position", "mark", "source",
            "parent_code", "valid_from", "valid_until", "is_current", "mappings",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Procedure(models.Model):
    """One version of a procedure's clock: how long, from which event, against whom, by which law.

    ``applies`` names the kind of case (all, tppo, tpks, kdrt, child), ``runs_against`` who is late
    when it is missed (holder, receiver, police, investigator, controller …).
    """

    code = models.TextField()
    version = models.SmallIntegerField()
    title_id = models.TextField()
    title_en = models.TextField()
    kind = models.TextField(choices=Kind)
    amount = models.IntegerField()
    unit = models.TextField(choices=Unit)
    meaning = models.TextField(choices=Meaning)
    from_event = models.TextField()
    applies = models.TextField()
    runs_against = models.TextField()
    escalates = models.BooleanField()
    source_id = models.TextField()
    source_en = models.TextField()
    mark = models.TextField(choices=Mark)
    note_id = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_procedure_version"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="procedure_takes_time"),
            models.CheckConstraint(
                condition=~Q(kind="working_days") | Q(unit="days"), name="working_days_in_days"
            ),
        ]

    class Privacy:
        public = (
            "id", "code", "version", "title_id", "title_en", "kind", "amount", "unit", "meaning",
            "from_event", "applies", "runs_against", "escalates", "source_id", "source_en",
            "mark", "note_id", "note_en", "valid_from",
        )  # fmt: skip
        personal = ()
        sealed = ()


class ProcedureOverride(models.Model):
    """Another length for a procedure that no law fixes, in one area or (without it) everywhere."""

    procedure_code = models.TextField()
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=Kind)
    amount = models.IntegerField()
    unit = models.TextField(choices=Unit)
    source = models.TextField()
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_code", "area", "valid_from"],
                name="one_procedure_override",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="override_takes_time"),
            models.CheckConstraint(
                condition=~Q(kind="working_days") | Q(unit="days"), name="override_days_in_days"
            ),
        ]

    class Privacy:
        public = (
            "id", "procedure_code", "area", "kind", "amount", "unit", "source", "valid_from",
        )  # fmt: skip
        personal = ()
        sealed = ()


class CalendarOverride(models.Model):
    """One local date that is free, or worked, in an area against the national calendar."""

    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    date = models.DateField()
    is_working = models.BooleanField()
    note = models.TextField()
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "date"], name="one_override_per_day", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["date"], name="calendaroverride_date")]

    class Privacy:
        public = ("id", "area", "date", "is_working", "note", "source")
        personal = ()
        sealed = ()


class Confirmation(models.Model):
    """An administrator has checked an unverified code or procedure against ``source``.

    ``key`` is ``list/code`` or ``procedure/version``; who confirmed it stands in the trail.
    """

    class Subject(models.TextChoices):
        CODE = "code"
        PROCEDURE = "procedure"

    subject = models.TextField(choices=Subject)
    key = models.TextField()
    source = models.TextField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "key"], name="one_confirmation"),
        ]

    class Privacy:
        public = ("id", "subject", "key", "source", "confirmed_at")
        personal = ()
        sealed = ()


class LoadedRelease(models.Model):
    """The fingerprint of the data last loaded for a part, so that a second start loads nothing."""

    part = models.TextField(primary_key=True)
    digest = models.TextField()

    class Privacy:
        public = ("part", "digest")
        personal = ()
        sealed = ()
