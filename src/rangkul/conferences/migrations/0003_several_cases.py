"""A conference about several cases follows each of them; a chair that is empty can be taken."""

from django.db import migrations

from rangkul.conferences import sql


class Migration(migrations.Migration):

    dependencies = [("conferences", "0002_passing_and_proposals")]

    operations = [migrations.RunSQL(sql.SEVERAL, migrations.RunSQL.noop)]
