"""Where a deadline comes from is said in both languages; the next load fills the English."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reference", "0001_initial")]

    operations = [
        migrations.RenameField("procedure", "source", "source_id"),
        migrations.AddField(
            "procedure", "source_en", models.TextField(default=""), preserve_default=False
        ),
    ]
