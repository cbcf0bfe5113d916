"""How often job offers are checked, with noise: no row tells whether anybody in particular was."""

from django.db import migrations, models

from rangkul.foundation.rowsecurity import Open


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0005_obstacle_cells"),
        ("foundation", "0001_house"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferCount",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("counted_on", models.DateField()),
                ("rules", models.CharField(max_length=12)),
                ("epsilon", models.CharField(max_length=8)),
                ("noisy", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["counted_on"], name="offercount_day")],
            },
        ),
        Open(
            "assessments_offercount", ["select", "insert"],
            reason="noisy counts of checked job offers: differentially private, of nobody",
        ),
    ]
