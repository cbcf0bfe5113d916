"""What fillings propose, who is trained, and what becomes of two fillings under one number."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.assessments import sql
from rangkul.foundation.rowsecurity import Secure


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0003_forms"),
        ("custody", "0001_initial"),
        ("foundation", "0001_house"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("audience", models.CharField(default="case", max_length=8)),
                ("audience_agency_id", models.IntegerField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("submission_id", models.UUIDField()),
                ("field", models.CharField(blank=True, default="", max_length=24)),
                ("wanted", models.JSONField(null=True)),
                ("answer", models.CharField(blank=True, default="", max_length=8)),
                ("level", models.CharField(blank=True, default="", max_length=8)),
                ("why_sealed", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.IntegerField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="custody.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answer", "")), fields=["case"], name="proposal_open"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission_id", "field"), name="proposed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "answer__in",
                                ("", "accepted", "raised", "lower", "declined", "taken", "past"),
                            )
                        ),
                        name="proposal_answer_known",
                    ),
                ],
            },
        ),
        Secure(
            "assessments_proposal", "case",
            update=["answer", "level", "why_sealed", "answered_at", "answered_by"],
            siblings={"submission_id": "assessments_submission"},
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("agency_id", models.IntegerField()),
                ("user_id", models.IntegerField()),
                ("module", models.CharField(max_length=12)),
                ("finished_on", models.DateField()),
                ("noted_at", models.DateTimeField()),
                ("noted_by", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "user_id", "module"), name="trained_once"
                    ),
                ],
            },
        ),
        Secure("assessments_training", "agency", delete=True),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["agency_id", "instance_id"], name="submission_instance"),
        ),
        migrations.RunSQL(sql.STANDING, migrations.RunSQL.noop),
    ]
