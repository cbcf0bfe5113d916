"""A place in a joint team has a last day, after which the tick ends it."""

from django.db import migrations, models

from rangkul.custody import sql


class Migration(migrations.Migration):

    dependencies = [("custody", "0001_initial"), ("reference", "0001_initial")]

    operations = [
        migrations.AddField("caseaccess", "ends_on", models.DateField(null=True)),
        migrations.AddIndex(
            "caseaccess",
            models.Index(
                fields=["ends_on"],
                name="access_ends_on",
                condition=models.Q(("ends_on__isnull", False), ("until__isnull", True)),
            ),
        ),
        migrations.AddConstraint(
            "caseaccess",
            models.CheckConstraint(
                condition=models.Q(("basis", "joint"), ("ends_on__isnull", True), _connector="OR"),
                name="access_lead_without_end",
            ),
        ),
        migrations.RunSQL(sql.TEAM_ENDS, migrations.RunSQL.noop),
    ]
