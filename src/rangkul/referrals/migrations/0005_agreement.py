"""A request keeps the agreement, and its version, under which it was sent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("referrals", "0004_review_owed"), ("network", "0004_agreements")]

    operations = [
        migrations.AddField(
            model_name="request",
            name="agreement",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="network.agreement",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="agreement_version",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreement__isnull", True), ("agreement_version__isnull", True)),
                    models.Q(("agreement__isnull", False), ("agreement_version__isnull", False)),
                    _connector="OR",
                ),
                name="request_agreement_with_version",
            ),
        ),
    ]
