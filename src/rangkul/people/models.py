"""People of a case. Names, numbers and addresses are sealed; searching goes by keyed tokens."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rangkul.custody.models import CaseRow
from rangkul.network.models import Agency


class Person(CaseRow):
    """Somebody in a case: the survivor, kin, a suspect, a guardian.

    The sealed columns hold JSON objects: identity (full_name, called_name, aliases, birth_date,
    nik, passport), contact (phone, how, hours, code_word), location (address, area).
    """

    SURVIVOR, SUSPECT, KIN, GUARDIAN, OTHER = "survivor", "suspect", "kin", "guardian", "other"

    id = models.UUIDField(primary_key=True)
    part = models.CharField(max_length=12)
    sex = models.CharField(max_length=1, blank=True)
    birth_year = models.SmallIntegerField(null=True)
    relation = models.CharField(max_length=32, blank=True)
    contact_allowed = models.BooleanField(null=True)
    contact_bans = ArrayField(models.CharField(max_length=24), default=list)
    identity_sealed = models.BinaryField(null=True)
    contact_sealed = models.BinaryField(null=True)
    location_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10, default="current")
    added_at = models.DateTimeField()
    added_by = models.IntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["case"], name="person_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(part="survivor", state="current"),
                name="one_survivor_per_file",
            ),
        ]

    class Privacy:
        public = (
            "id",
            "case",
            "audience",
            "audience_agency_id",
            "part",
            "state",
            "added_at",
            "version",
        )
        personal = (
            "sex", "birth_year", "relation", "contact_allowed", "contact_bans", "added_by",
        )  # fmt: skip
        sealed = ("identity_sealed", "contact_sealed", "location_sealed")


class Token(models.Model):
    """One search token of one agency: a keyed hash of a word, a pair of words, or a number.

    ``subject`` is a person (kind ``p``, ``ref`` its case) or a report (kind ``r``, ``ref`` its id).
    ``name``, ``parts`` and ``spelling`` are what ranking needs (``matching.NameToken``), masked by
    the token's own key: the same spelling never looks the same. Each token occurs once
    (``people/slots.py``).
    """

    id = models.BigAutoField(primary_key=True)
    token = models.BigIntegerField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField()
    subject_kind = models.CharField(max_length=1)
    ref = models.BigIntegerField()
    name = models.SmallIntegerField(default=0)
    parts = models.SmallIntegerField(default=0)
    spelling = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["token", "agency"],
                include=["subject", "subject_kind", "ref", "name", "parts", "spelling"],
                name="token_lookup",
            ),
            models.Index(fields=["subject"], name="token_subject"),
            models.Index(
                fields=["agency", "ref"],
                name="token_ref",
                condition=models.Q(subject_kind="p"),
            ),
        ]

    class Privacy:
        public = ("id", "agency", "subject", "subject_kind", "ref")
        personal = ("token", "name", "parts", "spelling")
        sealed = ()


class TokenBook(models.Model):
    """A page of an agency's book: which words have how many slots. Sealed, padded."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    page = models.SmallIntegerField()
    words_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "page"], name="one_page_each"),
        ]

    class Privacy:
        public = ("id", "agency", "page")
        personal = ()
        sealed = ("words_sealed",)


class SamePerson(models.Model):
    """An agency's judgement that two files speak of one person; it can be taken back."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    first_case_id = models.BigIntegerField()
    second_case_id = models.BigIntegerField()
    linked_at = models.DateTimeField()
    linked_by = models.IntegerField()
    unlinked_at = models.DateTimeField(null=True)
    unlinked_by = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_case_id__lt=models.F("second_case_id")),
                name="link_is_ordered",
            ),
            models.UniqueConstraint(
                fields=["agency", "first_case_id", "second_case_id"],
                condition=models.Q(unlinked_at__isnull=True),
                name="linked_once",
            ),
        ]

    class Privacy:
        public = ("id", "agency", "first_case_id", "second_case_id", "linked_at", "unlinked_at")
        personal = ("linked_by", "unlinked_by")
        sealed = ()
