"""An erasure empties what fillings proposed."""

from django.db import migrations

from rangkul.retention import sql


class Migration(migrations.Migration):

    dependencies = [
        ("retention", "0001_rights"),
        ("assessments", "0004_proposals"),
    ]

    operations = [migrations.RunSQL(sql.CLEARING, migrations.RunSQL.noop)]
