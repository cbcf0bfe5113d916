"""Seals over the trail: batches by transaction number, so that no late commit is left out."""

from django.db import migrations, models

from rangkul.trail.sql import SEALS


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_trail")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("line", models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(fields=["xid", "id"], name="act_sealing"),
        ),
        migrations.RunSQL(SEALS, migrations.RunSQL.noop),
    ]
