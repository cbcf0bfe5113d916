"""Survivors' codes: the line, what is written on it, and what is kept of a code."""

import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Close, Secure
from rangkul.tidings import sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('custody', '0004_closed_everywhere'),
        ('foundation', '0001_house'),
    ]

    operations = [
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('digest', models.BinaryField(primary_key=True, serialize=False)),
                ('pointer_sealed', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('ends_on', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['ends_on'], name='opening_ends')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('line_id', models.UUIDField()),
                ('starts_at', models.DateTimeField()),
                ('detail_sealed', models.BinaryField(null=True)),
                ('told_at', models.DateTimeField()),
                ('told_by', models.IntegerField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
            ],
            options={
                'indexes': [models.Index(fields=['line_id', 'starts_at'], name='appointment_of_line')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('state', models.CharField(default='live', max_length=8)),
                ('language', models.CharField(max_length=2)),
                ('shows', models.CharField(default='messages', max_length=8)),
                ('given_at', models.DateTimeField()),
                ('given_by', models.IntegerField()),
                ('ends_on', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.IntegerField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=12)),
                ('unread', models.IntegerField(default=0)),
                ('pressed_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'live')), fields=('case', 'person_id'), name='one_live_line'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_why', ''), ('state', 'live')), models.Q(('ended_at__isnull', False), ('state', 'ended'), ('ended_why__in', ('companion', 'herself', 'replaced'))), _connector='OR'), name='line_ended_whole'), models.CheckConstraint(condition=models.Q(('shows__in', ('messages', 'times', 'details'))), name='line_shows_known')],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('line_id', models.UUIDField()),
                ('by_user', models.IntegerField(null=True)),
                ('pressed', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('body_sealed', models.BinaryField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
            ],
            options={
                'indexes': [models.Index(fields=['line_id', 'at'], name='word_of_line')],
            },
        ),
        Secure(
            "tidings_line", "case",
            update=[
                "state", "shows", "ended_at", "ended_by", "ended_why", "unread", "pressed_at",
            ],
        ),
        Secure("tidings_word", "case", siblings={"line_id": "tidings_line"}),
        Secure(
            "tidings_appointment", "case", update=["cancelled_at"],
            siblings={"line_id": "tidings_line"},
        ),
        Close("tidings_line"),
        Close("tidings_word"),
        Close("tidings_appointment"),
        migrations.RunSQL(sql.OPENINGS, migrations.RunSQL.noop),
    ]
