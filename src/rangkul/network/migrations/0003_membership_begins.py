"""A scope is refused before the day on which its membership begins."""

from django.db import migrations

from rangkul.network import sql


class Migration(migrations.Migration):

    dependencies = [("network", "0002_free_places")]

    operations = [migrations.RunSQL(sql.MEMBERSHIP_LIVE, migrations.RunSQL.noop)]
