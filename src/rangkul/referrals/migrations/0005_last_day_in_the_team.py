"""A giver's place in the team ends as every place in a team does."""

from django.db import migrations

from rangkul.referrals import transfer_sql


class Migration(migrations.Migration):

    dependencies = [
        ("referrals", "0004_turns_and_holding"),
        ("custody", "0002_team_ends"),
    ]

    operations = [migrations.RunSQL(transfer_sql.STAYS, migrations.RunSQL.noop)]
