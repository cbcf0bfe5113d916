"""What only the organiser sees: the group, its journeys, each person and what was judged."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency
from rangkul.repatriation import workflow


class Group(models.Model):
    """Those who arrive together (rombongan), as the organiser received them by name.

    What people call a group or a journey is free text, and may name somebody: it is sealed.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(default=uuid4)
    label_sealed = models.BinaryField()
    source = models.CharField(max_length=16)
    area = models.CharField(max_length=16)
    arrives_at = models.DateTimeField()
    basis = models.CharField(max_length=32)
    list_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["agency", "-arrives_at"], name="group_agency")]
        constraints = [
            models.UniqueConstraint(fields=["agency", "list_id"], name="group_list_once"),
        ]

    class Privacy:
        public = (
            "id", "agency", "subject", "source", "area", "arrives_at", "basis", "list_id",
            "made_at",
        )  # fmt: skip
        personal = ("made_by",)
        sealed = ("label_sealed",)


class Journey(models.Model):
    """A way that some of a group take together: its legs in order, planned by the organiser."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="journeys")
    subject = models.UUIDField(default=uuid4)
    label_sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["group"], name="journey_group")]

    class Privacy:
        public = ("id", "agency", "group", "subject", "made_at")
        personal = ()
        sealed = ("label_sealed",)


# Why nobody may take the person homeward yet: said once, by the database, for pages and minutes.
_NOT_SAFE = ~Q(safety="safe")
_OBSTACLE = Case(
    When(Q(is_child=True) & _NOT_SAFE, then=Value("safety")),
    When(Q(safety=""), then=Value("safety")),
    When(_NOT_SAFE & Q(chose_origin=False), then=Value("safety")),
    When(
        ~Q(clearance__in=("given", "not_needed")) & Q(chose_to_leave=False),
        then=Value("clearance"),
    ),
    default=Value(""),
    output_field=models.CharField(max_length=12),
)
# A foreign person leaves the country only when the embassy was told and a travel paper is there
# (PP 9/2008 ps 20: foreign victims through their mission).
_PAPERS = Case(
    When(Q(nationality__in=("", "ID")), then=Value("")),
    When(Q(embassy_told_on=None) | Q(travel_paper=""), then=Value("embassy")),
    default=Value(""),
    output_field=models.CharField(max_length=12),
)


class Returnee(CaseRow):
    """One person of a group; her case says who she is. The organiser's alone, whoever leads later.

    ``chose_to_leave``: an adult leaves before the investigators' clearance, by informed choice.
    ``chose_origin``: an adult goes to a place not known to be safe, by informed choice and with a
    safety plan. Neither exists for a child.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="returnees")
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    line = models.IntegerField(default=0)
    nationality = models.CharField(max_length=2, default="ID")
    origin_area = models.CharField(max_length=16, blank=True)
    destination_desk_id = models.IntegerField(null=True)
    marks = ArrayField(models.CharField(max_length=12), default=list)
    priority = models.SmallIntegerField(default=99)
    is_child = models.BooleanField(default=False)
    means = models.CharField(max_length=8, blank=True)
    payer = models.CharField(max_length=12, blank=True)
    match = models.CharField(max_length=12, blank=True)
    clearance = models.CharField(max_length=12, blank=True)
    clearance_agency_id = models.IntegerField(null=True)
    clearance_asked_at = models.DateTimeField(null=True)
    safety = models.CharField(max_length=8, blank=True)
    suspect_there = models.BooleanField(default=False)
    chose_to_leave = models.BooleanField(default=False)
    chose_origin = models.BooleanField(default=False)
    embassy_told_on = models.DateField(null=True)
    travel_paper = models.CharField(max_length=12, blank=True)
    papers = models.GeneratedField(
        expression=_PAPERS, output_field=models.CharField(max_length=12), db_persist=True
    )
    obstacle = models.GeneratedField(
        expression=_OBSTACLE, output_field=models.CharField(max_length=12), db_persist=True
    )
    state = models.CharField(max_length=12, default=workflow.WAITING)
    state_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["organiser_agency", "state", "priority"], name="returnee_board"),
            models.Index(fields=["group"], name="returnee_group"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(travel_paper__in=("", "passport", "emergency", "none_needed")),
                name="returnee_travel_paper_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "arrived", "home", "left", "missing", "died")),
                name="returnee_state_known",
            ),
            models.CheckConstraint(
                condition=Q(is_child=False) | Q(chose_to_leave=False, chose_origin=False),
                name="returnee_child_never_chooses_danger",
            ),
            models.CheckConstraint(
                condition=Q(suspect_there=False) | ~Q(safety="safe"),
                name="returnee_suspect_there_is_not_safe",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "group", "organiser_agency", "line",
            "destination_desk_id", "match", "clearance", "clearance_agency_id",
            "clearance_asked_at", "obstacle", "papers", "state", "state_at", "version",
        )  # fmt: skip
        personal = (
            "nationality", "origin_area", "marks", "priority", "is_child", "means", "payer",
            "embassy_told_on", "travel_paper", "safety", "suspect_there", "chose_to_leave",
            "chose_origin",
        )  # fmt: skip
        sealed = ()


class Judgement(CaseRow):
    """What was found or chosen about a return, added and never changed.

    ``kind``: ``origin`` (is the place safe, after rk09), ``choice_clearance``, ``choice_origin``.
    ``words_sealed``: a JSON object of who assessed, the words, and the safety plan.
    """

    id = models.UUIDField(primary_key=True)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="judgements")
    kind = models.CharField(max_length=16)
    result = models.CharField(max_length=12)
    words_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["returnee", "-made_at"], name="judgement_returnee")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "returnee", "kind", "made_at")
        personal = ("result", "made_by")
        sealed = ("words_sealed",)
