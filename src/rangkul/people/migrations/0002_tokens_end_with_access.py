"""An agency that leaves a team no longer finds its case."""

from __future__ import annotations

from django.db import migrations, models

from rangkul.people import sql


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("custody", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "token",
            models.Index(
                fields=["agency", "ref"],
                name="token_ref",
                condition=models.Q(subject_kind="p"),
            ),
        ),
        migrations.RunSQL(sql.FORGET_TOKENS, migrations.RunSQL.noop),
    ]
