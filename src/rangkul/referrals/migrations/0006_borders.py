"""What crossed is written down, and an offer ends with its ground."""

from django.db import migrations

from rangkul.referrals import border_sql


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_last_day_in_the_team"),
        ("consent", "0003_borders_and_proofs"),
    ]

    operations = [
        migrations.RunSQL(border_sql.OFFERS, migrations.RunSQL.noop),
        migrations.RunSQL(border_sql.CROSSED, migrations.RunSQL.noop),
    ]
