"""A scope is refused before its agency's first day and after its last."""

from django.db import migrations

from rangkul.network import sql


class Migration(migrations.Migration):

    dependencies = [("network", "0004_agreements")]

    operations = [migrations.RunSQL(sql.AGENCY_STANDS, migrations.RunSQL.noop)]
