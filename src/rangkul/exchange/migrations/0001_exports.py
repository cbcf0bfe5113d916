"""Recipients, exports, which cases each held, and the sealed file until it is fetched."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rangkul.exchange import sql
from rangkul.foundation.rowsecurity import Close, Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("foundation", "0002_borrowed_scope"),
        ("trail", "0002_seals"),
        ("accounts", "0003_sealed_sessions"),
        ("network", "0005_agency_stands"),
        ("custody", "0004_closed_everywhere"),
        ("consent", "0003_borders_and_proofs"),
        ("cases", "0003_scanned_and_masked"),
        ("retention", "0001_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=80)),
                ('purpose', models.CharField(max_length=120)),
                ('ground', models.CharField(max_length=8)),
                ('article', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(default='added', max_length=10)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.IntegerField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.IntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.IntegerField(null=True)),
                ('token', models.UUIDField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('form', models.CharField(max_length=10)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('case_state', models.CharField(blank=True, max_length=12)),
                ('risk', models.CharField(blank=True, max_length=8)),
                ('category', models.CharField(blank=True, max_length=8)),
                ('desk_id', models.IntegerField(null=True)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('reason', models.CharField(max_length=24)),
                ('language', models.CharField(max_length=8)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('why', models.CharField(blank=True, max_length=24)),
                ('expected', models.IntegerField()),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.IntegerField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.IntegerField(null=True)),
                ('done', models.IntegerField(default=0)),
                ('rows', models.IntegerField(default=0)),
                ('left_children', models.IntegerField(default=0)),
                ('left_barred', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField(null=True)),
                ('size', models.IntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('expires_at', models.DateTimeField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('noted_at', models.DateTimeField(null=True)),
                ('token', models.UUIDField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.recipient')),
            ],
        ),
        migrations.CreateModel(
            name='ExportFile',
            fields=[
                ('export', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='exchange.export')),
                ('content_sealed', models.BinaryField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='ExportCase',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('line', models.IntegerField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.export')),
            ],
            options={
                'indexes': [models.Index(fields=['case'], name='exported_case')],
                'constraints': [models.UniqueConstraint(fields=('export', 'case'), name='exported_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.UniqueConstraint(fields=('agency', 'token'), name='recipient_added_once'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('agency', 'key'), name='recipient_key_once'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('added', 'confirmed', 'ended'))), name='recipient_state_known'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(('ground', 'own'), models.Q(('ground__in', ('duty', 'task')), models.Q(('article', ''), _negated=True)), _connector='OR'), name='recipient_has_ground'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('added_by')), _negated=True)), _connector='OR'), name='recipient_confirmed_by_two'),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['agency', '-asked_at'], name='export_newest'),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['asked_by', 'asked_at'], name='export_of_user'),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(condition=models.Q(('noted_at__isnull', True)), fields=['id'], name='export_unnoted'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.UniqueConstraint(fields=('agency', 'token'), name='export_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'queued', 'making', 'ready', 'fetched', 'destroyed'))), name='export_state_known'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ('csv', 'csv_excel', 'xlsx'))), name='export_form_known'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('rows__lte', 1000), ('approved_by__isnull', False), _connector='OR'), name='export_large_by_two'),
        ),
        Secure(
            "exchange_recipient", "agency",
            update=["state", "confirmed_at", "confirmed_by", "ended_at", "ended_by"],
        ),
        Secure(
            "exchange_export", "agency",
            update=[
                "state", "why", "expected", "approved_at", "approved_by", "done", "rows",
                "left_children", "left_barred", "made_at", "size", "sha256", "expires_at",
                "fetched_at", "ended_at", "noted_at",
            ],
            siblings={"recipient_id": "exchange_recipient"},
        ),
        Secure("exchange_exportcase", "case"),
        Secure("exchange_exportfile", "agency", delete=True),
        Close("exchange_exportcase"),
        migrations.RunSQL(sql.GROUNDS, migrations.RunSQL.noop),
        migrations.RunSQL(sql.GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(sql.FOLLOWING, migrations.RunSQL.noop),
        migrations.RunSQL(sql.CASE_ACTS, migrations.RunSQL.noop),
    ]
