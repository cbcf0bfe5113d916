"""A registered reporter asks of her own reports whether they are in hand, and nothing else."""

from django.db import migrations

from rangkul.reports import sql


class Migration(migrations.Migration):

    dependencies = [("reports", "0002_waiting_indexes")]

    operations = [migrations.RunSQL(sql.REPORTS_IN_HAND, migrations.RunSQL.noop)]
