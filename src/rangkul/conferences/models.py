"""The conference, seen by all at its table; and its ties to cases, which only their holders see.

What everybody at the table shares bears a random number and nothing that joins it to a case. What
one agency is shown of a case (``Share``) is sealed with a key that it and the lead alone reach.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency, Desk


class Conference(models.Model):
    """A meeting of several agencies; ``subject`` is the name under which its key is kept.

    ``details_sealed`` holds a JSON object: title, place, link. The agency that leads the cases
    called it, and passes the chair with them (``passed_at``); ``chair_user_id`` is its person who
    signs the minutes.
    """

    id = models.BigAutoField(primary_key=True)
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField()
    state = models.CharField(max_length=12, default="called")
    starts_at = models.DateTimeField()
    lasts_minutes = models.SmallIntegerField(default=60)
    manner = models.CharField(max_length=8)
    details_sealed = models.BinaryField()
    called_at = models.DateTimeField()
    called_by = models.IntegerField()
    chair_user_id = models.IntegerField()
    held_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["lead_agency", "-starts_at"], name="conference_lead_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("called", "held", "minuted", "cancelled")),
                name="conference_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(reason=""),
                name="conference_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("held", "minuted"))
                | models.Q(held_at__isnull=False),
                name="conference_held_has_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(lasts_minutes__gte=10) & models.Q(lasts_minutes__lte=600),
                name="conference_lasts",
            ),
        ]

    class Privacy:
        public = (
            "id", "lead_agency", "subject", "state", "starts_at", "lasts_minutes", "manner",
            "called_at", "held_at", "passed_at", "reason", "version",
        )  # fmt: skip
        personal = ("called_by", "chair_user_id")
        sealed = ("details_sealed",)


class ConferenceCase(CaseRow):
    """A case that the conference is about; seen by the case's holders only."""

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conference", "case"], name="conference_case_once"),
        ]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "conference")
        personal = ()
        sealed = ()


class Proposal(CaseRow):
    """A coordinator, who knows a case by its number alone, asks its holder for a conference.

    A row of the holder's: whoever asked does not learn whether there is such a case.
    """

    id = models.UUIDField(primary_key=True)
    asking_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asking_user_id = models.IntegerField()
    reason = models.CharField(max_length=24)
    wished_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    # No foreign key: one ignores row security, and would tell which conferences exist.
    called_conference = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "called", "refused")),
                name="proposal_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="called") | models.Q(called_conference__isnull=False),
                name="proposal_called_has_conference",
            ),
            models.UniqueConstraint(
                fields=["case", "asking_agency"],
                condition=models.Q(state="waiting"),
                name="proposal_waits_once",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "asking_agency", "reason",
            "wished_on", "asked_at", "state", "called_conference", "answered_at",
        )  # fmt: skip
        personal = ("asking_user_id", "answered_by")
        sealed = ()


class Seat(models.Model):
    """A place at the table: offered to a desk of an agency or to one person, taken by a person.

    ``agency`` with a seat is a participating agency: that alone lets it see the conference.
    ``attended`` is null until the conference was held; ``left_at`` is set where the agency gave
    the case away and left the table with it.
    """

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, null=True, on_delete=models.PROTECT, related_name="+")
    user_id = models.IntegerField(null=True)
    state = models.CharField(max_length=12, default="invited")
    reason = models.CharField(max_length=24, blank=True)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    attended = models.BooleanField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "state"], name="seat_agency_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("invited", "accepted", "declined")),
                name="seat_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(desk__isnull=False) | models.Q(user_id__isnull=False),
                name="seat_for_desk_or_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(user_id__isnull=False),
                name="seat_taken_by_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(reason=""),
                name="seat_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(attended=True) | models.Q(state="accepted"),
                name="seat_attended_if_accepted",
            ),
            models.UniqueConstraint(
                fields=["conference", "desk"],
                condition=models.Q(desk__isnull=False, left_at__isnull=True),
                name="seat_desk_once",
            ),
            models.UniqueConstraint(
                fields=["conference", "user_id"],
                condition=models.Q(desk__isnull=True, left_at__isnull=True),
                name="seat_person_once",
            ),
        ]

    class Privacy:
        public = (
            "id", "conference", "agency", "desk", "state", "reason", "offered_at", "answered_at",
            "attended", "left_at",
        )  # fmt: skip
        personal = ("user_id",)
        sealed = ()


class AgendaItem(models.Model):
    """What is to be spoken about, in order."""

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="agenda")
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=12)
    words_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conference", "position"], name="agenda_position_once"),
            models.CheckConstraint(
                # Nothing else may ever stand here: mediation in particular (workflow.AGENDA).
                condition=models.Q(
                    kind__in=(
                        "progress",
                        "danger",
                        "services",
                        "obstacle",
                        "legal",
                        "child",
                        "return",
                        "closing",
                    )
                ),
                name="agenda_kind_known",
            ),
        ]

    class Privacy:
        public = ("id", "conference", "position", "kind")
        personal = ()
        sealed = ("words_sealed",)


class Share(models.Model):
    """What one agency at the table is shown of one survivor: sealed for it and the lead alone.

    ``classes`` are the letters of the data classes that stand in it. Its key ends with it.
    """

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="shares")
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    classes = ArrayField(models.CharField(max_length=1), default=list)
    content_sealed = models.BinaryField()
    sealed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.IntegerField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroy_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["conference"], name="share_conference")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("sealed_at")),
                name="share_ends_after_start",
            ),
        ]

    class Privacy:
        public = (
            "id", "conference", "sender_agency", "receiver_agency", "classes", "sealed_at",
            "expires_at", "opened_at", "destroyed_at", "destroy_reason",
        )  # fmt: skip
        personal = ("opened_by",)
        sealed = ("content_sealed",)


class ShareGround(CaseRow):
    """The case that a share is about and the basis on which it rests: the lead's end of it."""

    id = models.UUIDField(primary_key=True)
    share = models.OneToOneField(Share, on_delete=models.PROTECT, related_name="+")
    basis_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["basis_id"], name="share_basis")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "share", "basis_id")
        personal = ()
        sealed = ()


class Decision(models.Model):
    """What was decided, who does it (a person, or a desk) and until when.

    The owner's agency runs the clock. ``reason`` says why it was not done.
    """

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="decisions")
    position = models.SmallIntegerField()
    words_sealed = models.BinaryField()
    owner_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    owner_desk = models.ForeignKey(Desk, null=True, on_delete=models.PROTECT, related_name="+")
    owner_user_id = models.IntegerField(null=True)
    state = models.CharField(max_length=12, default="open")
    decided_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.IntegerField(null=True)
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["owner_agency", "due_at"],
                name="decision_open",
                condition=models.Q(state="open"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conference", "position"], name="decision_position_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "done", "not_done")),
                name="decision_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
                name="decision_end_when_ended",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="not_done") | ~models.Q(reason=""),
                name="decision_not_done_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(owner_desk__isnull=False)
                | models.Q(owner_user_id__isnull=False),
                name="decision_has_owner",
            ),
        ]

    class Privacy:
        public = (
            "id", "conference", "position", "owner_agency", "owner_desk", "state", "decided_at",
            "due_at", "ended_at", "reason",
        )  # fmt: skip
        personal = ("owner_user_id", "ended_by")
        sealed = ("words_sealed",)


class Minutes(models.Model):
    """The signed minutes (number 1), then addenda; never changed. ``digest`` is of the text."""

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="minutes")
    number = models.SmallIntegerField()
    body_sealed = models.BinaryField()
    digest = models.BinaryField()
    signed_at = models.DateTimeField()
    signed_by = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conference", "number"], name="minutes_number_once"),
        ]

    class Privacy:
        public = ("id", "conference", "number", "digest", "signed_at")
        personal = ("signed_by",)
        sealed = ("body_sealed",)
