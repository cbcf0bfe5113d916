"""An erasure empties what came in by the public's door."""

from django.db import migrations

from rangkul.retention import sql


class Migration(migrations.Migration):

    dependencies = [
        ("retention", "0002_proposals"),
        ("reports", "0003_public_door"),
        ("tidings", "0001_initial"),
    ]

    operations = [migrations.RunSQL(sql.CLEARING, migrations.RunSQL.noop)]
