"""Groups on the way home, what the organiser knows of each person, and the legs between agencies.

Three circles: what only the organiser sees (group, journey, returnee, passage, judgement); what the
three agencies of one leg share (leg, traveller, handover), which names no case and joins to no
other leg; and who holds the person (hold, visit), written by the database's own functions.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency, Desk
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
            "clearance_asked_at", "obstacle", "state", "state_at", "version",
        )  # fmt: skip
        personal = (
            "nationality", "origin_area", "marks", "priority", "is_child", "means", "payer",
            "safety", "suspect_there", "chose_to_leave", "chose_origin",
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


class Leg(models.Model):
    """One stretch from one agency's hands into another's; seen by these two and the organiser.

    ``words_sealed``: a JSON object (meeting_point, drop_point, carrier, escort). ``homeward``: it
    leads towards the origin, so safety and clearance are asked before anybody is handed over.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(default=uuid4)
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    giver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    giver_desk_id = models.IntegerField(null=True)
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="legs")
    position = models.SmallIntegerField(default=1)
    service = models.CharField(max_length=24)
    homeward = models.BooleanField(default=False)
    mode = models.CharField(max_length=8)
    escort_sex = models.CharField(max_length=1, blank=True)
    words_sealed = models.BinaryField()
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    replaces = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["receiver_agency", "-departs_at"], name="leg_receiver"),
            models.Index(fields=["giver_agency", "-departs_at"], name="leg_giver"),
            models.Index(fields=["journey", "position"], name="leg_journey"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrives_at__gte=models.F("departs_at")), name="leg_arrives_after"
            ),
        ]

    class Privacy:
        public = (
            "id", "subject", "organiser_agency", "giver_agency", "giver_desk_id",
            "receiver_agency", "receiver_desk", "journey", "position", "service", "homeward",
            "mode", "departs_at", "arrives_at", "replaces", "made_at",
        )  # fmt: skip
        personal = ("escort_sex", "made_by")
        sealed = ("words_sealed",)


class Traveller(models.Model):
    """One person's part in one leg, under a random name that joins to no other leg.

    ``label_sealed``: a JSON object (pseudonym, called). ``hold_back`` says that she may not travel
    homeward yet, without saying more than that. ``match`` and ``safety`` are what the receiving
    desk at the origin found.
    """

    id = models.UUIDField(primary_key=True)
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="travellers")
    asked_request = models.BigIntegerField(null=True)
    label_sealed = models.BinaryField()
    sex = models.CharField(max_length=1, blank=True)
    is_child = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default=workflow.PLANNED)
    hold_back = models.CharField(max_length=12, blank=True)
    match = models.CharField(max_length=12, blank=True)
    safety = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["leg"], name="traveller_leg"),
            models.Index(
                fields=["asked_request"],
                name="traveller_request",
                condition=Q(asked_request__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=workflow.TRAVELLER_STATES), name="traveller_state_known"
            ),
        ]

    class Privacy:
        public = ("id", "leg", "asked_request", "state", "match")
        personal = ("sex", "is_child", "hold_back", "safety")
        sealed = ("label_sealed",)


class Passage(CaseRow):
    """The organiser's end of a traveller: which returnee it is, and in which order of hands."""

    id = models.UUIDField(primary_key=True)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="passages")
    traveller = models.OneToOneField(Traveller, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["returnee", "position"], name="passage_returnee")]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "returnee", "traveller", "position",
            "made_at",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Handover(models.Model):
    """Minutes of one hand-over (berita acara serah terima): what one end wrote, never changed.

    Each end signs once, from its own account, by strokes or by its password; the device's hour and
    ours are both kept. ``digest`` covers the sealed minutes. ``token`` comes from the device: the
    same minutes sent twice count once.
    """

    id = models.UUIDField(primary_key=True)
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="handovers")
    token = models.UUIDField()
    present = ArrayField(models.UUIDField(), default=list)
    absent = ArrayField(models.UUIDField(), default=list)
    minutes_sealed = models.BinaryField()
    digest = models.BinaryField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    written_by = models.IntegerField()
    giver_user_id = models.IntegerField(null=True)
    giver_signed_at = models.DateTimeField(null=True)
    giver_recorded_at = models.DateTimeField(null=True)
    giver_how = models.CharField(max_length=8, blank=True)
    giver_sealed = models.BinaryField(null=True)
    receiver_user_id = models.IntegerField(null=True)
    receiver_signed_at = models.DateTimeField(null=True)
    receiver_recorded_at = models.DateTimeField(null=True)
    receiver_how = models.CharField(max_length=8, blank=True)
    receiver_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["leg", "happened_at"], name="handover_leg")]
        constraints = [
            models.UniqueConstraint(fields=["leg", "token"], name="handover_once"),
            models.CheckConstraint(
                condition=Q(giver_user_id__isnull=True)
                | Q(receiver_user_id__isnull=True)
                | ~Q(giver_user_id=models.F("receiver_user_id")),
                name="handover_two_people",
            ),
        ]

    class Privacy:
        public = (
            "id", "leg", "token", "present", "absent", "digest", "happened_at", "recorded_at",
            "giver_signed_at", "giver_recorded_at", "giver_how", "receiver_signed_at",
            "receiver_recorded_at", "receiver_how",
        )  # fmt: skip
        personal = ("written_by", "giver_user_id", "receiver_user_id")
        sealed = ("minutes_sealed", "giver_sealed", "receiver_sealed")


class Hold(models.Model):
    """Who holds the person, since when, until when and how it ended. Written by functions only.

    At most one is live for each person; a person who is on the way has exactly one.
    """

    id = models.BigAutoField(primary_key=True)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="holds")
    organiser_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    traveller = models.ForeignKey(Traveller, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    # How the returnee of this hold stands, for a holder who sees no returnee.
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    how = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency"], name="hold_live", condition=Q(until__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["returnee"], condition=Q(until__isnull=True), name="one_live_hold"
            ),
            models.UniqueConstraint(fields=["returnee", "position"], name="hold_in_order"),
            models.CheckConstraint(
                condition=Q(until__isnull=True, how="")
                | (Q(until__gte=models.F("since")) & ~Q(how="")),
                name="hold_ends_with_a_reason",
            ),
        ]

    class Privacy:
        public = (
            "id", "returnee", "organiser_agency", "from_agency", "agency", "traveller",
            "position", "state", "since", "until", "how",
        )  # fmt: skip
        personal = ()
        sealed = ()


class Visit(models.Model):
    """The holding desk's visit in month one, three or six; words go by the request's thread."""

    id = models.UUIDField(primary_key=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="visits")
    month = models.SmallIntegerField()
    result = models.CharField(max_length=12)
    visited_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hold", "month"],
                condition=~Q(result="not_found"),
                name="visit_once_a_month",
            ),
            models.CheckConstraint(condition=Q(month__in=(1, 3, 6)), name="visit_month_known"),
            models.CheckConstraint(
                condition=Q(result__in=("safe", "not_safe", "not_found")),
                name="visit_result_known",
            ),
        ]

    class Privacy:
        public = ("id", "hold", "month", "visited_on", "recorded_at")
        personal = ("result", "recorded_by")
        sealed = ()
