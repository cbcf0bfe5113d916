"""Requests about one's own data, restriction, legal hold, erasure; tombstones of destroyed keys."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Close, Secure
from rangkul.retention import sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("foundation", "0001_house"),
        ("network", "0005_agency_stands"),
        ("custody", "0004_closed_everywhere"),
        ("people", "0002_tokens_end_with_access"),
        ("clocks", "0003_resting"),
        ("alerts", "0003_long_names"),
        ("consent", "0003_borders_and_proofs"),
        ("assessments", "0002_draft"),
        ("cases", "0003_scanned_and_masked"),
        ("reports", "0002_registered_reporters"),
        ("referrals", "0005_last_day_in_the_team"),
        ("conferences", "0003_several_cases"),
        ("shelter", "0002_taken_by_admission"),
        ("repatriation", "0003_onward"),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('subject', models.UUIDField()),
                ('kind', models.CharField(max_length=12)),
                ('asked_by', models.CharField(max_length=8)),
                ('person_id', models.UUIDField(null=True)),
                ('manner', models.CharField(max_length=12)),
                ('language', models.CharField(max_length=8)),
                ('state', models.CharField(default='received', max_length=8)),
                ('words_sealed', models.BinaryField(null=True)),
                ('answer_sealed', models.BinaryField(null=True)),
                ('reason', models.CharField(blank=True, max_length=24)),
                ('article', models.CharField(blank=True, max_length=80)),
                ('received_at', models.DateTimeField()),
                ('received_by', models.IntegerField()),
                ('refusal_by', models.IntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.IntegerField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('told_by', models.IntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('token', models.UUIDField()),
                ('version', models.IntegerField(default=1)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('schedule', models.CharField(blank=True, max_length=24)),
                ('state', models.CharField(default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.IntegerField()),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('destroyed_by', models.IntegerField(null=True)),
                ('listed_at', models.DateTimeField(null=True)),
                ('erased_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('keys', models.IntegerField(default=0)),
                ('mark', models.CharField(blank=True, max_length=32)),
                ('told_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='retention.request')),
            ],
        ),
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('reason', models.CharField(max_length=24)),
                ('since', models.DateTimeField()),
                ('since_by', models.IntegerField()),
                ('until', models.DateTimeField(null=True)),
                ('until_by', models.IntegerField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restrictions', to='retention.request')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('reason', models.CharField(max_length=24)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('since', models.DateTimeField()),
                ('since_by', models.IntegerField()),
                ('until', models.DateTimeField(null=True)),
                ('until_by', models.IntegerField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
            options={
                'indexes': [models.Index(fields=['case_id'], name='hold_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_by__isnull', True), models.Q(('until_by', models.F('since_by')), _negated=True), _connector='OR'), name='hold_lifted_by_another')],
            },
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['agency', '-received_at'], name='right_newest'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['case_id'], name='right_case'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(fields=('agency', 'token'), name='right_received_once'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('access', 'correction', 'stop', 'restriction', 'deletion'))), name='right_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('received', 'weighed', 'granted', 'refused', 'done', 'dropped'))), name='right_state_known'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('decided_by__isnull', False), ('refusal_by__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('refusal_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='right_refused_by_two'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'taken_back'), _negated=True), fields=('case_id',), name='erased_once'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'destroyed', 'listed', 'erased', 'taken_back'))), name='erasure_state_known'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('destroyed_by__isnull', True), models.Q(('destroyed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='erased_by_two'),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('case_id',), name='restricted_once'),
        ),
        Secure(
            "retention_request",
            "agency",
            update=[
                "state", "answer_sealed", "reason", "article", "refusal_by", "decided_at",
                "decided_by", "told_at", "told_by", "ended_at", "version",
            ],
        ),
        Secure(
            "retention_restriction", "agency", update=["until", "until_by"],
            siblings={"request_id": "retention_request"},
        ),
        Secure("retention_hold", "agency", update=["until", "until_by"]),
        Secure(
            "retention_erasure", "agency",
            update=["state", "listed_at", "erased_on", "ended_at"],
            siblings={"request_id": "retention_request"},
            system={"retention": ["select", "update"]},
        ),
        Close("retention_request"),
        Close("retention_restriction"),
        Close("retention_hold"),
        Close("retention_erasure"),
        migrations.RunSQL(sql.TOMBSTONES, migrations.RunSQL.noop),
        migrations.RunSQL(sql.KEEPING, migrations.RunSQL.noop),
        migrations.RunSQL(sql.RESTRICTING, migrations.RunSQL.noop),
        migrations.RunSQL(sql.ERASING, migrations.RunSQL.noop),
    ]
