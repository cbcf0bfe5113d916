"""A registered reporter asks of her own reports whether they are in hand; received ones are indexed."""

from django.db import migrations, models

from rangkul.reports import sql


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0002_free_places'),
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['agency'], name='report_waiting'),
        ),
        migrations.RunSQL(sql.REPORTS_IN_HAND, migrations.RunSQL.noop),
    ]
