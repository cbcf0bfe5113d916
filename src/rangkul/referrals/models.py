"""The referral, seen from its two ends.

The sender's end (``Referral``) belongs to the case. What both ends share (``Request``) bears its
own random number and nothing that joins it to the case or to another packet.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency, Agreement, Desk


class Request(models.Model):
    """What one desk asks of another: the shared contract, its state and its three deadlines."""

    id = models.BigAutoField(primary_key=True)
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sender_desk = models.ForeignKey(Desk, null=True, on_delete=models.PROTECT, related_name="+")
    sender_user_id = models.IntegerField()
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=24)
    state = models.CharField(max_length=16, default="sent")
    risk = models.CharField(max_length=8)
    is_child = models.BooleanField(default=False)
    basis_letter = models.CharField(max_length=1)
    sent_at = models.DateTimeField()
    accept_by = models.DateTimeField()
    first_contact_by = models.DateTimeField()
    outcome_by = models.DateTimeField()
    agreement = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agreement_version = models.SmallIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    risk_change = models.CharField(max_length=12, blank=True)
    next_on = models.DateField(null=True)
    limits = ArrayField(models.CharField(max_length=24), default=list, db_default=[])
    pause_reason = models.CharField(max_length=24, blank=True, db_default="")
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["receiver_agency", "-sent_at"], name="request_inbox"),
            models.Index(fields=["sender_agency", "-sent_at"], name="request_outbox"),
            models.Index(
                fields=["receiver_agency", "receiver_desk"],
                name="request_waiting",
                # Two conditions, not a list: PostgreSQL prints this one back as it was written.
                condition=models.Q(state="sent") | models.Q(state="asked"),
            ),
            models.Index(
                fields=["sender_agency"],
                name="request_asked",
                condition=models.Q(state="asked"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(
                        "sent",
                        "asked",
                        "accepted",
                        "partly_accepted",
                        "in_service",
                        "paused",
                        "done",
                        "not_done",
                        "declined",
                        "cancelled",
                        "withdrawn",
                        "expired",
                        "moved",
                    )
                ),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("declined", "not_done")) | ~models.Q(reason=""),
                name="request_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="partly_accepted") | ~models.Q(limits=[]),
                name="request_part_says_what_is_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="paused")
                | (
                    ~models.Q(pause_reason="")
                    & models.Q(paused_at__isnull=False, paused_until__isnull=False)
                ),
                name="request_paused_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(accept_by__gt=models.F("sent_at"))
                & models.Q(first_contact_by__gte=models.F("accept_by"))
                & models.Q(outcome_by__gte=models.F("first_contact_by")),
                name="request_deadlines_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(agreement__isnull=True, agreement_version__isnull=True)
                | models.Q(agreement__isnull=False, agreement_version__isnull=False),
                name="request_agreement_with_version",
            ),
        ]

    class Privacy:
        public = (
            "id", "sender_agency", "sender_desk", "receiver_agency", "receiver_desk", "service",
            "state", "basis_letter", "sent_at", "accept_by", "first_contact_by", "outcome_by",
            "agreement", "agreement_version", "answered_at", "first_contact_at", "ended_at",
            "reason", "outcome", "next_on", "limits", "paused_at", "paused_until", "version",
        )  # fmt: skip
        personal = (
            "sender_user_id", "answered_by", "risk", "is_child", "risk_change", "pause_reason",
        )  # fmt: skip
        sealed = ()


class Packet(models.Model):
    """One version of what the receiver may read, sealed with a key of its own.

    A newer version takes the older one's key away at once: two of them would let a desk act on what
    is no longer so. ``changed`` names the facts that are other than in the version before.
    """

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="packets")
    version = models.SmallIntegerField(default=1)
    content_sealed = models.BinaryField()
    facts = ArrayField(models.CharField(max_length=32), default=list)
    withheld = ArrayField(models.CharField(max_length=32), default=list)
    sealed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.IntegerField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroy_reason = models.CharField(max_length=16, blank=True)
    changed = ArrayField(models.CharField(max_length=32), default=list, db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "version"], name="packet_version_once"),
        ]

    class Privacy:
        public = (
            "id", "request", "version", "facts", "withheld", "sealed_at", "expires_at",
            "opened_at", "destroyed_at", "destroy_reason", "changed",
        )  # fmt: skip
        personal = ("opened_by",)
        sealed = ("content_sealed",)


class Message(models.Model):
    """A question, an answer or feedback between the two desks of a request."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12)
    from_agency_id = models.IntegerField()
    from_user_id = models.IntegerField()
    body_sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "written_at"], name="message_request")]

    class Privacy:
        public = ("id", "request", "kind", "from_agency_id", "written_at")
        personal = ("from_user_id",)
        sealed = ("body_sealed",)


class Referral(CaseRow):
    """The sender's end: which need, on which basis, to which desk, with which levels.

    ``token`` comes from the form: a form sent twice makes one referral. ``follows`` is the referral
    that this one replaces: of such a chain never more than one is open. ``plan`` joins what was
    sent in one act; ``after`` is the referral of the same plan that should be served before.
    """

    id = models.UUIDField(primary_key=True)
    need_id = models.UUIDField(null=True)
    basis_id = models.UUIDField()
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField(default=dict)
    token = models.UUIDField(default=uuid4)
    follows = models.UUIDField(null=True)
    plan = models.UUIDField(null=True)
    after = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-made_at"], name="referral_case"),
            models.Index(fields=["basis_id"], name="referral_basis"),
            models.Index(
                fields=["follows"],
                name="referral_follows",
                condition=models.Q(follows__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="referral_sent_once"),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "need_id", "basis_id", "request",
            "levels", "token", "follows", "plan", "after", "made_at",
        )  # fmt: skip
        personal = ("made_by",)
        sealed = ()


class ReferralDraft(CaseRow):
    """A referral that is being prepared: what stands on its form, sealed, until it is sent."""

    id = models.UUIDField(primary_key=True)
    service = models.CharField(max_length=24)
    need_id = models.UUIDField(null=True)
    desk_id = models.IntegerField(null=True)
    form_sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    kept_by = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["case", "-kept_at"], name="referraldraft_case")]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "service", "need_id", "desk_id",
            "begun_at", "kept_at",
        )  # fmt: skip
        personal = ("kept_by",)
        sealed = ("form_sealed",)


class WaitingReferral(CaseRow):
    """A referral of a plan whose turn has not come: what will be asked (sealed), of whom.

    ``after`` is the id of the referral before it, or of the waiting one that becomes it: a waiting
    referral keeps its id when it is sent.
    ``stuck`` says as a code why its turn came and it could not go.
    """

    id = models.UUIDField(primary_key=True)
    plan = models.UUIDField()
    after = models.UUIDField()
    token = models.UUIDField()
    service = models.CharField(max_length=24)
    need_id = models.UUIDField(null=True)
    basis_id = models.UUIDField()
    desk_id = models.IntegerField()
    draft_sealed = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.IntegerField()
    state = models.CharField(max_length=8, default="waiting")
    stuck = models.CharField(max_length=24, blank=True)
    words_sealed = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["after"], name="waiting_after", condition=models.Q(state="waiting")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="waiting_kept_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "sent", "let_go")),
                name="waiting_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(ended_at__isnull=False)),
                name="waiting_end_when_ended",
            ),
        ]

    class Privacy:
        public = (
            "id", "case", "audience", "audience_agency_id", "plan", "after", "token", "service",
            "need_id", "basis_id", "desk_id", "made_at", "state", "stuck", "ended_at",
        )  # fmt: skip
        personal = ("made_by", "ended_by")
        sealed = ("draft_sealed", "words_sealed")


class CallOffer(models.Model):
    """An open call as it stands at one of the called desks: service, regency, hour, no packet.

    All offers of one ``call`` share its random number. The first desk that can takes it.
    """

    id = models.UUIDField(primary_key=True)
    call = models.UUIDField()
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sender_user_id = models.IntegerField()
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=24)
    area = models.CharField(max_length=16, blank=True)
    answer_by = models.DateTimeField()
    rank = models.SmallIntegerField()
    state = models.CharField(max_length=8, default="called")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["receiver_agency", "answer_by"],
                name="calloffer_waiting",
                condition=models.Q(state="called"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("called", "can", "cannot", "over")),
                name="calloffer_state_known",
            ),
            models.UniqueConstraint(
                fields=["call"], name="calloffer_one_can", condition=models.Q(state="can")
            ),
            models.UniqueConstraint(fields=["call", "receiver_desk"], name="calloffer_desk_once"),
        ]

    class Privacy:
        public = (
            "id", "call", "sender_agency", "receiver_agency", "receiver_desk", "service", "area",
            "answer_by", "rank", "state", "offered_at", "answered_at",
        )  # fmt: skip
        personal = ("sender_user_id", "answered_by")
        sealed = ()


class CallEnd(CaseRow):
    """The case's end of an open call: for which unanswered referral it was made."""

    id = models.UUIDField(primary_key=True)
    referral_id = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["referral_id"], name="callend_referral")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "referral_id", "made_at")
        personal = ()
        sealed = ()


class Transfer(models.Model):
    """The offer to take over a case (pelimpahan), seen from both ends; it names no case.

    ``cover`` holds the codes by which the other agency decides: risk, sex, age band, regency,
    kinds, services that are still wanted, languages. ``stays_until``: the agency that gives the
    case remains in the team until that day.
    """

    id = models.BigAutoField(primary_key=True)
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sender_user_id = models.IntegerField()
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="offered")
    reason = models.CharField(max_length=32)
    basis_letter = models.CharField(max_length=1)
    risk = models.CharField(max_length=8)
    is_child = models.BooleanField(default=False)
    cover = models.JSONField(default=dict)
    words_sealed = models.BinaryField()
    subject = models.UUIDField()
    offered_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    stays_until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)
    answer_reason = models.CharField(max_length=32, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["receiver_agency", "offered_at"],
                name="transfer_waiting",
                condition=models.Q(state="offered"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("offered", "accepted", "declined", "cancelled")),
                name="transfer_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(answer_reason=""),
                name="transfer_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(sender_agency=models.F("receiver_agency")),
                name="transfer_between_two",
            ),
        ]

    class Privacy:
        public = (
            "id", "sender_agency", "receiver_agency", "receiver_desk", "state", "reason",
            "basis_letter", "offered_at", "answer_by", "stays_until", "answered_at",
            "answer_reason", "subject", "version",
        )  # fmt: skip
        personal = ("sender_user_id", "answered_by", "risk", "is_child", "cover")
        sealed = ("words_sealed",)


class TransferEnd(CaseRow):
    """The case's end of a transfer: which case, and on which ground."""

    id = models.UUIDField(primary_key=True)
    basis_id = models.UUIDField()
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="transferend_case")]

    class Privacy:
        public = ("id", "case", "audience", "audience_agency_id", "basis_id", "transfer", "made_at")
        personal = ()
        sealed = ()
