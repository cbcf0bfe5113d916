"""Where a house stands is shown to others of the agency once a second person has allowed it."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure
from rangkul.shelter import sql


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0005_agency_stands'),
        ('shelter', '0002_taken_by_admission'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlaceLook',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=16)),
                ('asked_by', models.IntegerField()),
                ('asked_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, max_length=8)),
                ('decided_by', models.IntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('readable_until', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('house', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='shelter.house')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ('', 'allowed', 'refused'))), name='look_verdict_known'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='look_allowed_by_another'), models.UniqueConstraint(condition=models.Q(('verdict', '')), fields=('house', 'asked_by'), name='one_look_waits')],
            },
        ),
        Secure("shelter_placelook", "agency", update=["verdict"]),
        migrations.RunSQL(sql.LOOKS, migrations.RunSQL.noop),
    ]
