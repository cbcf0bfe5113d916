"""Who decides, which notice, with what proof; and what has crossed the border, on which basis."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rangkul.consent import border_sql
from rangkul.foundation.rowsecurity import Secure


def _codes(length: int) -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=length), db_default=[], default=list, size=None
    )


def _code(length: int) -> models.CharField:
    return models.CharField(blank=True, db_default="", max_length=length)


def _of_case() -> list[tuple[str, models.Field]]:
    return [
        ("audience", models.CharField(default="case", max_length=8)),
        ("audience_agency_id", models.IntegerField(null=True)),
        ("id", models.UUIDField(primary_key=True, serialize=False)),
        ("basis_id", models.UUIDField()),
    ]


def _case() -> tuple[str, models.Field]:
    return (
        "case",
        models.ForeignKey(
            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.case"
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_other_bases"),
        ("custody", "0002_team_ends"),
    ]

    operations = [
        migrations.AddField("basis", "purposes", _codes(12)),
        migrations.AddField("basis", "notice_language", _code(8)),
        migrations.AddField("basis", "notice_hash", _code(64)),
        migrations.AddField("basis", "told_how", _code(16)),
        migrations.AddField("basis", "understood", _codes(12)),
        migrations.AddField("basis", "relation", _code(24)),
        migrations.AddField("basis", "child_age", models.SmallIntegerField(null=True)),
        migrations.AddField("basis", "child_says", _code(12)),
        migrations.AddField("basis", "stand_in", _code(16)),
        migrations.AddField("basis", "decider_article", _code(48)),
        migrations.AddField("basis", "support", _codes(16)),
        # One agreement served the service and the conference about it until purposes were asked.
        migrations.RunSQL(
            "update consent_basis set purposes = case service when 'pelimpahan' "
            "then array['pelimpahan'] else array['layanan', 'rapat'] end::varchar(12)[]",
            migrations.RunSQL.noop,
        ),
        # A table with waiting triggers cannot be altered.
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "basis",
            models.CheckConstraint(
                condition=models.Q(
                    ("purposes__contained_by", ["layanan", "rapat", "pelimpahan", "tim"])
                ),
                name="basis_purposes_known",
            ),
        ),
        migrations.AddConstraint(
            "basis",
            models.CheckConstraint(
                condition=models.Q(
                    ("guardian_excluded", False),
                    models.Q(("given_by", "wali"), _negated=True),
                    _connector="OR",
                ),
                name="basis_excluded_guardian_decides_nothing",
            ),
        ),
        migrations.AddConstraint(
            "basis",
            models.CheckConstraint(
                condition=models.Q(
                    ("child_age__isnull", True), ("child_age__range", (0, 17)), _connector="OR"
                ),
                name="basis_child_is_a_child",
            ),
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                *_of_case(),
                ("kind", models.CharField(max_length=12)),
                ("media_type", models.CharField(max_length=24)),
                ("size", models.IntegerField()),
                ("mark", models.CharField(max_length=64)),
                ("content_sealed", models.BinaryField()),
                ("witnessed", models.BooleanField(default=False)),
                ("witness_sealed", models.BinaryField(null=True)),
                ("taken_at", models.DateTimeField()),
                ("taken_by", models.IntegerField()),
                _case(),
            ],
            options={
                "indexes": [models.Index(fields=["basis_id"], name="evidence_basis")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("signature", "thumb", "voice", "witness"))
                        ),
                        name="evidence_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("thumb", "witness")), _negated=True),
                            ("witnessed", True),
                            _connector="OR",
                        ),
                        name="evidence_thumb_is_witnessed",
                    ),
                    models.UniqueConstraint(fields=("basis_id", "mark"), name="evidence_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Crossing",
            fields=[
                *_of_case(),
                ("kind", models.CharField(max_length=12)),
                ("subject", models.UUIDField()),
                ("from_agency_id", models.IntegerField()),
                ("to_agency_id", models.IntegerField()),
                ("desk_id", models.IntegerField(null=True)),
                ("service", models.CharField(max_length=24)),
                ("purpose", models.CharField(max_length=12)),
                ("crossed_at", models.DateTimeField()),
                ("crossed_by", models.IntegerField()),
                _case(),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject"], name="crossing_subject"),
                    models.Index(fields=["basis_id"], name="crossing_basis"),
                    models.Index(fields=["case", "-crossed_at"], name="crossing_case"),
                ],
            },
        ),
        Secure("consent_evidence", "case", siblings={"basis_id": "consent_basis"}),
        Secure("consent_crossing", "case", siblings={"basis_id": "consent_basis"}),
        migrations.RunSQL(border_sql.BORDER, migrations.RunSQL.noop),
    ]
