"""Phones, the keys they seal with, and what arrived from them."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.field import sql
from rangkul.foundation.rowsecurity import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("foundation", "0001_house"),
        ("accounts", "0002_own_password"),
        ("network", "0005_agency_stands"),
    ]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=16)),
                ('digest', models.BinaryField()),
                ('user_id', models.IntegerField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('last_used_on', models.DateField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.IntegerField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.membership')),
            ],
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('form_id', models.UUIDField()),
                ('instance_id', models.CharField(max_length=100)),
                ('mark', models.BinaryField()),
                ('state', models.CharField(max_length=9)),
                ('user_id', models.IntegerField()),
                ('received_at', models.DateTimeField()),
                ('number_sealed', models.BinaryField(null=True)),
                ('content_sealed', models.BinaryField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.IntegerField(null=True)),
                ('reason', models.CharField(default='', max_length=16)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='field.device')),
            ],
        ),
        migrations.CreateModel(
            name='FormKey',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('public_key', models.BinaryField()),
                ('private_sealed', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.IntegerField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.IntegerField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='ArrivedFile',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('mark', models.BinaryField()),
                ('name_sealed', models.BinaryField()),
                ('content_sealed', models.BinaryField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('arrival', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='field.arrival')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('arrival', 'mark'), name='arrived_file_once')],
            },
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['agency', '-created_at'], name='device_newest'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(fields=('digest',), name='device_secret_once'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(fields=('name',), name='device_name_once'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gte', models.F('created_at'))), name='device_has_life'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='device_withdrawn_whole'),
        ),
        migrations.AddIndex(
            model_name='arrival',
            index=models.Index(condition=models.Q(('state__in', ('partial', 'waiting'))), fields=['agency', 'received_at'], name='arrival_waiting'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('agency', 'instance_id', 'mark'), name='arrival_counted_once'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('partial', 'waiting', 'placed', 'discarded'))), name='arrival_state_known'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content_sealed__isnull', False), ('settled_at__isnull', True), ('settled_by__isnull', True), ('state__in', ('partial', 'waiting'))), models.Q(('content_sealed__isnull', True), ('number_sealed__isnull', True), ('settled_at__isnull', False), ('settled_by__isnull', False), ('state__in', ('placed', 'discarded'))), _connector='OR'), name='arrival_settled_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='formkey',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('agency',), name='one_form_key_in_force'),
        ),
        Secure(
            "field_device",
            "agency",
            update=["last_used_on", "withdrawn_at", "withdrawn_by"],
            siblings={"membership_id": "network_membership"},
        ),
        Secure("field_formkey", "agency", update=["ended_at", "ended_by"]),
        Secure(
            "field_arrival",
            "agency",
            update=[
                "state", "received_at", "number_sealed", "content_sealed", "settled_at",
                "settled_by", "reason",
            ],
            delete=True,
            siblings={"device_id": "field_device"},
        ),
        Secure(
            "field_arrivedfile", "agency", delete=True, siblings={"arrival_id": "field_arrival"}
        ),
        migrations.RunSQL(sql.KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(sql.WHOSE, migrations.RunSQL.noop),
    ]
