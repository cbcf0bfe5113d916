"""A scope may name one borrowed case and an end; whether a grant stands, custody says later."""

from django.db import migrations

from rangkul.foundation import sql


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_house")]
    operations = [migrations.RunSQL(sql.BORROWED_SCOPE, migrations.RunSQL.noop)]
