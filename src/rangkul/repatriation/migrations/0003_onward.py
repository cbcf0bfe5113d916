# Arrival where the road ends, visits that are put off or made again, facts that follow the person.

from django.db import migrations, models

from rangkul.repatriation import onward_sql


class Migration(migrations.Migration):

    dependencies = [
        ("repatriation", "0002_ahead"),
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="hold", name="state_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="visit",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="visit", name="visit_once_a_month"),
        migrations.RemoveConstraint(model_name="visit", name="visit_result_known"),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("result", "safe")), fields=("hold", "month"),
                name="visit_safe_once_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ("safe", "not_safe", "not_found", "postponed"))),
                name="visit_result_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("result", "postponed"), ("reason", ""), _connector="XOR"),
                name="visit_put_off_with_a_reason",
            ),
        ),
        migrations.RunSQL(onward_sql.FATES, migrations.RunSQL.noop),
        migrations.RunSQL(onward_sql.FACTS, migrations.RunSQL.noop),
    ]
