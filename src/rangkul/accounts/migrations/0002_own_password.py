"""A first password is told by somebody else, so it is changed; and nobody becomes a demo person."""

from django.db import migrations, models

from rangkul.accounts import sql


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            "user", "must_change_password", models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(sql.NO_NEW_DEMO_PERSON, migrations.RunSQL.noop),
    ]
