"""Forms by version, and fillings of them that are counted once."""

from django.db import migrations, models

from rangkul.assessments import sql
from rangkul.foundation.rowsecurity import Open


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0002_draft"),
        ("foundation", "0001_house"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("agency_id", models.IntegerField(null=True)),
                ("code", models.CharField(max_length=24)),
                ("version", models.CharField(max_length=32)),
                ("title_id", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("format", models.CharField(max_length=4)),
                ("workbook", models.BinaryField()),
                ("workbook_sha256", models.CharField(max_length=64)),
                ("xform", models.TextField()),
                ("xform_sha256", models.CharField(max_length=64)),
                ("warnings", models.JSONField(default=list)),
                ("state", models.CharField(default="draft", max_length=12)),
                ("uploaded_at", models.DateTimeField()),
                ("uploaded_by", models.IntegerField(null=True)),
                ("tested_at", models.DateTimeField(null=True)),
                ("tested_by", models.IntegerField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("published_by", models.IntegerField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                ("retired_by", models.IntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "code", "version"), name="form_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("draft", "testing", "published", "retired"))),
                        name="form_state_known",
                    ),
                ],
            },
        ),
        Open(
            "assessments_formversion", ["select", "insert", "update", "delete"],
            reason="forms: questions and rules, never an answer; a case that moved is read with them",
            own_agency_writes="agency_id",
        ),
        migrations.RunSQL(sql.KEEP_FORMS, migrations.RunSQL.noop),
        migrations.AlterField("submission", "version", models.CharField(max_length=32)),
        migrations.AddField("submission", "form_id", models.UUIDField(null=True)),
        migrations.AddField("submission", "agency_id", models.IntegerField(null=True)),
        migrations.AddField("submission", "instance_id", models.CharField(default="", max_length=100)),
        migrations.AddField("submission", "source", models.CharField(default="desk", max_length=8)),
        migrations.AddField("submission", "standing", models.CharField(default="kept", max_length=8)),
        migrations.AddConstraint(
            "submission",
            models.UniqueConstraint(
                fields=("agency_id", "instance_id"), name="submission_counted_once",
                condition=models.Q(("standing", "kept"), models.Q(("instance_id", ""), _negated=True)),
            ),
        ),
        migrations.AddField("sealedanswers", "part", models.CharField(default="answers", max_length=8)),
        migrations.RemoveConstraint("sealedanswers", "answers_sealed_once"),
        migrations.AddConstraint(
            "sealedanswers",
            models.UniqueConstraint(
                fields=("submission_id", "data_class", "part"), name="answers_sealed_once"
            ),
        ),
        migrations.RunSQL(sql.SAME_FORM, migrations.RunSQL.noop),
    ]
