"""Every table that knew a case before files could be closed is closed now; the safe part is lent.

It stands here, with the packages above as its ground, so that no case table is forgotten between
two of them; a table that comes later closes itself with ``rowsecurity.Close``.
"""

from django.db import migrations

from rangkul.custody import closing_sql
from rangkul.foundation.rowsecurity import Close, Lend


class Migration(migrations.Migration):

    dependencies = [
        ("custody", "0003_borrowed_closed_counted"),
        ("alerts", "0003_long_names"),
        ("assessments", "0002_draft"),
        ("cases", "0002_sent_once"),
        ("clocks", "0003_resting"),
        ("conferences", "0003_several_cases"),
        ("consent", "0002_other_bases"),
        ("people", "0002_tokens_end_with_access"),
        ("referrals", "0005_last_day_in_the_team"),
        ("repatriation", "0003_onward"),
        ("reports", "0002_registered_reporters"),
        ("shelter", "0002_taken_by_admission"),
    ]

    operations = [
        migrations.RunSQL(closing_sql.EVERY_CASE_TABLE, migrations.RunSQL.noop),
        migrations.RunSQL(closing_sql.OTHERS, migrations.RunSQL.noop),
        Close("clocks_clock"),
        Close("reports_report"),
        Close("reports_earliercontact"),
        Close("shelter_admission"),
        Close("people_token", column="ref", when="subject_kind = 'p'"),
        Lend("people_person", only="audience = 'case' and state = 'current'"),
        Lend(
            "foundation_datakey",
            column="owner_id",
            only="owner_kind = 'case' and audience = 'case' "
            "and data_class in ('identity', 'contact')",
        ),
    ]
