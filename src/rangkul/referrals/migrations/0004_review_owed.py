"""The receiver's side learns whether the basis of a packet still waits for its review."""

from __future__ import annotations

from django.db import migrations

from rangkul.referrals import sql


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_waiting_indexes"), ("consent", "0002_other_bases")]

    operations = [migrations.RunSQL(sql.REVIEW_OWED, migrations.RunSQL.noop)]
