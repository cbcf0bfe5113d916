import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0001_initial"),
        ("custody", "0001_initial"),
        ("foundation", "0001_house"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("audience", models.CharField(default="case", max_length=8)),
                ("audience_agency_id", models.IntegerField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("user_id", models.IntegerField()),
                ("instrument", models.CharField(max_length=24)),
                ("values_sealed", models.BinaryField()),
                ("saved_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.case",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "user_id", "instrument"), name="one_draft_of_a_form"
                    )
                ],
            },
        ),
        Secure(
            "assessments_draft", "case", update=["values_sealed", "saved_at"], delete=True
        ),
    ]
