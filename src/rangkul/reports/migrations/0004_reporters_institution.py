"""What a registered reporter may do at her school, and the silent end where it is suspected."""

from django.db import migrations

from rangkul.reports import sql


class Migration(migrations.Migration):

    dependencies = [
        ("network", "0006_directory_upkeep"),
        ("reports", "0003_public_door"),
    ]

    operations = [
        migrations.RunSQL(
            sql.ADVICE_FOR_REPORTERS, "drop function house.advice_for_reporter(bigint[])"
        ),
        migrations.RunSQL(
            sql.END_REPORTERS, "drop function house.end_reporters(bigint, timestamptz)"
        ),
    ]
