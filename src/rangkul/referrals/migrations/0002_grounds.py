"""A referral is sent once, and only on a standing ground."""

from __future__ import annotations

import uuid

from django.db import migrations, models

from rangkul.referrals import sql


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_initial"),
        ("consent", "0002_other_bases"),
        ("custody", "0001_initial"),
    ]

    operations = [
        migrations.AddField("referral", "token", models.UUIDField(default=uuid.uuid4)),
        migrations.AddField("referral", "follows", models.UUIDField(null=True)),
        migrations.AddIndex(
            "referral", models.Index(fields=["basis_id"], name="referral_basis")
        ),
        migrations.AddConstraint(
            "referral",
            models.UniqueConstraint(fields=["case", "token"], name="referral_sent_once"),
        ),
        migrations.RunSQL(sql.GUARDS, migrations.RunSQL.noop),
    ]
