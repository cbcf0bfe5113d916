"""Emergency access that ends by itself, files closed to whoever is related, counted reading."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.custody import acts_sql, closing_sql, emergency_sql, reading_sql
from rangkul.foundation.rowsecurity import Close, Secure


class Migration(migrations.Migration):

    dependencies = [
        ("foundation", "0002_borrowed_scope"),
        ("trail", "0002_seals"),
        ("network", "0005_agency_stands"),
        ("custody", "0002_team_ends"),
        ("clocks", "0002_ladder"),
    ]

    operations = [
        migrations.CreateModel(
            name='EmergencyGrant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('user_id', models.IntegerField()),
                ('reason', models.CharField(max_length=24)),
                ('minutes', models.SmallIntegerField()),
                ('nth', models.SmallIntegerField()),
                ('subject', models.UUIDField(unique=True)),
                ('opened_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
                ('lead_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='EmergencyStep',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('step', models.CharField(max_length=12)),
                ('by_agency_id', models.IntegerField()),
                ('by_user_id', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('words_sealed', models.BinaryField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='custody.emergencygrant')),
                ('lead_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('agency_id', models.IntegerField()),
                ('user_id', models.IntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('ref', models.BigIntegerField()),
                ('carried', models.BooleanField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['user_id', 'at'], name='reading_lately')],
                'constraints': [models.UniqueConstraint(fields=('user_id', 'kind', 'ref'), name='reading_once')],
            },
        ),
        migrations.CreateModel(
            name='ReadingStop',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('user_id', models.IntegerField()),
                ('measure', models.CharField(max_length=8)),
                ('hours', models.SmallIntegerField()),
                ('count', models.IntegerField()),
                ('stopped_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, max_length=12)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.IntegerField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('user_id', models.IntegerField()),
                ('related_to', models.CharField(max_length=12)),
                ('tie', models.CharField(max_length=16)),
                ('declared_at', models.DateTimeField()),
                ('declared_by', models.IntegerField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.IntegerField(null=True)),
                ('lift_reason', models.CharField(blank=True, max_length=24)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
            ],
        ),
        migrations.AddIndex(
            model_name='emergencygrant',
            index=models.Index(fields=['case', 'user_id', '-ends_at'], name='emergency_live'),
        ),
        migrations.AddIndex(
            model_name='emergencygrant',
            index=models.Index(fields=['user_id', 'opened_at'], name='emergency_of_user'),
        ),
        migrations.AddIndex(
            model_name='emergencygrant',
            index=models.Index(fields=['agency', '-opened_at'], name='emergency_of_agency'),
        ),
        migrations.AddIndex(
            model_name='emergencygrant',
            index=models.Index(fields=['lead_agency', '-opened_at'], name='emergency_of_lead'),
        ),
        migrations.AddConstraint(
            model_name='emergencygrant',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 1), ('minutes__lte', 60)), name='emergency_an_hour_at_most'),
        ),
        migrations.AddConstraint(
            model_name='emergencystep',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ('words', 'ended', 'asked', 'answered', 'justified', 'unjustified', 'restored'))), name='emergency_step_known'),
        ),
        migrations.AddConstraint(
            model_name='emergencystep',
            constraint=models.UniqueConstraint(condition=models.Q(('step__in', ('justified', 'unjustified'))), fields=('grant',), name='one_verdict_per_emergency'),
        ),
        migrations.AddConstraint(
            model_name='emergencystep',
            constraint=models.UniqueConstraint(condition=models.Q(('step', 'ended')), fields=('grant',), name='emergency_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='emergencystep',
            constraint=models.UniqueConstraint(condition=models.Q(('step', 'restored')), fields=('grant',), name='restored_once'),
        ),
        migrations.AddIndex(
            model_name='readingstop',
            index=models.Index(fields=['user_id', '-stopped_at'], name='stop_of_user'),
        ),
        migrations.AddIndex(
            model_name='readingstop',
            index=models.Index(fields=['agency', '-stopped_at'], name='stop_of_agency'),
        ),
        migrations.AddConstraint(
            model_name='readingstop',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ('', 'justified', 'unjustified'))), name='stop_verdict_known'),
        ),
        migrations.AddConstraint(
            model_name='readingstop',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('user_id')), _negated=True), _connector='OR'), name='stop_looked_at_by_another'),
        ),
        migrations.AddIndex(
            model_name='relation',
            index=models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['user_id'], name='related_user'),
        ),
        migrations.AddConstraint(
            model_name='relation',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('case', 'user_id'), name='related_once'),
        ),
        migrations.AddConstraint(
            model_name='relation',
            constraint=models.CheckConstraint(condition=models.Q(('lifted_by__isnull', True), models.Q(('lifted_by', models.F('user_id')), _negated=True), _connector='OR'), name='lifted_by_another'),
        ),
        Secure("custody_relation", "agency", update=["lift_reason"]),
        Secure("custody_reading", "agency", insert=False),
        Secure("custody_readingstop", "agency", insert=False, update=["verdict"], system={"tick": ["select"]}),
        migrations.RunSQL(closing_sql.SUPERVISES + closing_sql.CLOSED, migrations.RunSQL.noop),
        migrations.RunSQL(emergency_sql.BORROWING_AGENCY, migrations.RunSQL.noop),
        migrations.RunSQL(emergency_sql.GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(emergency_sql.POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(emergency_sql.RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(reading_sql.COUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(acts_sql.CASE_ACTS, migrations.RunSQL.noop),
        Close("custody_case", column="id"),
        Close("custody_caseaccess"),
        Close("custody_assignment"),
        Close("custody_emergencygrant"),
        Close("trail_act"),
    ]
