"""A child's basis: its best-interest note, and a guardian who is left out."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]

    operations = [
        migrations.AddField("basis", "best_interest", models.BooleanField(default=False)),
        migrations.AddField("basis", "guardian_excluded", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "basis",
            models.CheckConstraint(
                condition=models.Q(guardian_excluded=False) | models.Q(letter__in=("c", "d")),
                name="basis_not_from_excluded_guardian",
            ),
        ),
    ]
