"""What comes in by the public's door: its talk, its groups, its files, and receipts that name nobody."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure
from rangkul.reports import sql


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0006_directory_upkeep'),
        ('reports', '0002_registered_reporters'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoorReport',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='door', serialize=False, to='reports.report')),
                ('language', models.CharField(max_length=2)),
                ('danger', models.BooleanField()),
                ('contact_sealed', models.BinaryField(null=True)),
                ('held', models.BooleanField(default=False)),
                ('unread', models.IntegerField(default=0)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Flock',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('desk_id', models.IntegerField()),
                ('begun_at', models.DateTimeField()),
                ('latest_at', models.DateTimeField()),
                ('called_at', models.DateTimeField()),
                ('many', models.IntegerField(default=0)),
                ('dangers', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='FlockMark',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('mark', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('by_user', models.IntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('body_sealed', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('digest', models.BinaryField(primary_key=True, serialize=False)),
                ('pointer_sealed', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('ends_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='ReportFile',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('media_type', models.CharField(max_length=80)),
                ('size', models.IntegerField()),
                ('scan', models.CharField(max_length=12)),
                ('content_sealed', models.BinaryField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('taken_by__gt', 0), models.Q(('channel', 'situs_publik'), ('taken_by', 0)), _connector='OR'), name='report_taken_by_somebody'),
        ),
        migrations.AddField(
            model_name='doorreport',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='flock',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='doorreport',
            name='flock',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='reports.flock'),
        ),
        migrations.AddField(
            model_name='flockmark',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='flockmark',
            name='flock',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='reports.flock'),
        ),
        migrations.AddField(
            model_name='message',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='message',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='reports.report'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['ends_on'], name='receipt_ends'),
        ),
        migrations.AddField(
            model_name='reportfile',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='reportfile',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.report'),
        ),
        migrations.AddIndex(
            model_name='flock',
            index=models.Index(fields=['agency', '-latest_at'], name='flock_newest'),
        ),
        migrations.AddConstraint(
            model_name='flock',
            constraint=models.CheckConstraint(condition=models.Q(('dangers__gte', 0), ('many__gte', models.F('dangers'))), name='flock_counts'),
        ),
        migrations.AddIndex(
            model_name='doorreport',
            index=models.Index(condition=models.Q(('flock__isnull', False)), fields=['flock', '-report'], name='door_flock'),
        ),
        migrations.AddConstraint(
            model_name='doorreport',
            constraint=models.CheckConstraint(condition=models.Q(('held', False), ('flock__isnull', False), _connector='OR'), name='door_held_under_a_group'),
        ),
        migrations.AddIndex(
            model_name='flockmark',
            index=models.Index(fields=['agency', 'mark'], name='flock_mark'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['report', 'at'], name='report_messages'),
        ),
        migrations.AddIndex(
            model_name='reportfile',
            index=models.Index(fields=['report', 'at'], name='report_files'),
        ),
        Secure("reports_flock", "agency", update=["latest_at", "called_at", "many", "dangers"]),
        Secure(
            "reports_flockmark",
            "agency",
            siblings={"flock_id": "reports_flock"},
            system={"tick": ["select", "delete"]},
        ),
        Secure(
            "reports_doorreport",
            "agency",
            update=["contact_sealed", "flock_id", "held", "unread", "withdrawn_at"],
            siblings={"report_id": "reports_report", "flock_id": "reports_flock"},
        ),
        Secure("reports_message", "agency", siblings={"report_id": "reports_report"}),
        Secure(
            "reports_reportfile", "agency", update=["scan"],
            siblings={"report_id": "reports_report"},
        ),
        migrations.RunSQL(sql.RECEIPTS, migrations.RunSQL.noop),
    ]
