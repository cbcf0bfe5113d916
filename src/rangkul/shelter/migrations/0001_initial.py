"""Houses, rooms, beds and stays: rows of one agency."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure
from rangkul.shelter import sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('foundation', '0001_house'),
        ('custody', '0001_initial'),
        ('network', '0001_initial'),
        ('referrals', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='House',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.UUIDField(default=uuid.uuid4)),
                ('kind', models.CharField(max_length=12)),
                ('criteria', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('stay_days', models.SmallIntegerField()),
                ('accessible', models.BooleanField(default=False)),
                ('open', models.BooleanField(default=True)),
                ('name_sealed', models.BinaryField()),
                ('place_sealed', models.BinaryField(null=True)),
                ('place_version', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.IntegerField()),
                ('version', models.IntegerField(default=1)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.desk')),
            ],
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField(null=True)),
                ('subject', models.UUIDField(default=uuid.uuid4)),
                ('state', models.CharField(default='asked', max_length=8)),
                ('criteria', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('risk', models.CharField(blank=True, max_length=8)),
                ('sex', models.CharField(blank=True, max_length=1)),
                ('is_child', models.BooleanField(default=False)),
                ('children', models.SmallIntegerField(default=0)),
                ('conflict', models.CharField(blank=True, max_length=8)),
                ('conflict_at', models.DateTimeField(null=True)),
                ('conflict_by', models.IntegerField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.IntegerField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.IntegerField(null=True)),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('note_sealed', models.BinaryField(null=True)),
                ('arrives_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('searching', models.BooleanField(default=False)),
                ('version', models.IntegerField(default=1)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.desk')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.request')),
                ('house', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shelter.house')),
            ],
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('needs_sealed', models.BinaryField()),
                ('belongings_sealed', models.BinaryField()),
                ('written_at', models.DateTimeField()),
                ('written_by', models.IntegerField()),
                ('version', models.IntegerField(default=1)),
                ('admission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='intake', to='shelter.admission')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('sex', models.CharField(blank=True, max_length=1)),
                ('age_group', models.CharField(max_length=8)),
                ('accessible', models.BooleanField(default=False)),
                ('version', models.IntegerField(default=1)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('house', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='shelter.house')),
            ],
        ),
        migrations.CreateModel(
            name='Bed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('letter', models.CharField(max_length=2)),
                ('kind', models.CharField(default='bed', max_length=4)),
                ('closed_reason', models.CharField(blank=True, max_length=16)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_until', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='beds', to='shelter.room')),
            ],
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('ordinal', models.SmallIntegerField()),
                ('sex', models.CharField(max_length=1)),
                ('age_group', models.CharField(max_length=8)),
                ('state', models.CharField(default='expected', max_length=8)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('out_reason', models.CharField(blank=True, max_length=16)),
                ('out_since', models.DateTimeField(null=True)),
                ('back_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, max_length=16)),
                ('whereto_sealed', models.BinaryField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='shelter.admission')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('bed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='shelter.bed')),
            ],
        ),
        migrations.CreateModel(
            name='DayNote',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('body_sealed', models.BinaryField()),
                ('written_at', models.DateTimeField()),
                ('written_by', models.IntegerField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.IntegerField(null=True)),
                ('withdraw_reason', models.CharField(blank=True, max_length=16)),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='shelter.admission')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
            options={
                'indexes': [models.Index(fields=['admission', '-written_at'], name='daynote_admission')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdraw_reason', ''), ('withdrawn_at__isnull', True)), models.Q(('withdrawn_at__isnull', False), models.Q(('withdraw_reason', ''), _negated=True)), _connector='OR'), name='daynote_withdrawn_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('days', models.SmallIntegerField()),
                ('reason', models.CharField(max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.IntegerField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.IntegerField(null=True)),
                ('granted', models.BooleanField(null=True)),
                ('refuse_reason', models.CharField(blank=True, max_length=16)),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='shelter.admission')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('admission',), name='one_extension_asked'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 90), models.Q(('reason', ''), _negated=True)), name='extension_with_reason'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='extension_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('granted__isnull', True)), models.Q(('decided_at__isnull', False), ('granted', True)), models.Q(('decided_at__isnull', False), ('granted', False), models.Q(('refuse_reason', ''), _negated=True)), _connector='OR'), name='extension_decided_whole')],
            },
        ),
        migrations.AddIndex(
            model_name='house',
            index=models.Index(fields=['agency', 'desk'], name='house_desk'),
        ),
        migrations.AddConstraint(
            model_name='house',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('rumah_aman', 'rptc', 'sentra', 'transit'))), name='house_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='house',
            constraint=models.CheckConstraint(condition=models.Q(('stay_days__gte', 1), ('stay_days__lte', 366)), name='house_stay_days'),
        ),
        migrations.AddIndex(
            model_name='admission',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['agency', 'desk'], name='admission_open'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('request__isnull', False)), fields=('request',), name='admission_per_request'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('case_id__isnull', False), ('ended_at__isnull', True)), fields=('agency', 'case_id'), name='one_open_admission_per_case'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case_id__isnull', True), ('request__isnull', False)), models.Q(('case_id__isnull', False), ('request__isnull', True)), _connector='OR'), name='admission_from_one_side'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('asked', 'waiting', 'placed', 'refused', 'dropped', 'over'))), name='admission_state_known'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('asked', 'waiting', 'placed'))), models.Q(('ended_at__isnull', False), ('state__in', ('refused', 'dropped', 'over'))), _connector='OR'), name='admission_ended_when_over'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'dropped')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='admission_refused_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('placed', 'over')), _negated=True), models.Q(('conflict', 'none'), ('house__isnull', False), models.Q(('criteria', []), _negated=True)), _connector='OR'), name='admission_placed_by_the_rules'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('house', 'number'), name='room_number_once'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('age_group', 'family'), ('sex__in', ('', 'P', 'L'))), models.Q(('age_group__in', ('adult', 'child')), ('sex__in', ('P', 'L'))), _connector='OR'), name='room_for_one_sex'),
        ),
        migrations.AddConstraint(
            model_name='bed',
            constraint=models.UniqueConstraint(fields=('room', 'letter'), name='bed_letter_once'),
        ),
        migrations.AddConstraint(
            model_name='bed',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('bed', 'cot'))), name='bed_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='bed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_reason', '')), models.Q(('closed_at__isnull', False), models.Q(('closed_reason', ''), _negated=True)), _connector='OR'), name='bed_closed_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('bed',), name='one_live_stay_per_bed'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.UniqueConstraint(fields=('admission', 'ordinal'), name='stay_person_once'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('expected', 'staying', 'away'))), models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='stay_ended_with_destination'),
        ),
        migrations.RunSQL(sql.KEYS, migrations.RunSQL.noop),
        Secure(
            "shelter_house",
            "agency",
            update=[
                "kind", "criteria", "stay_days", "accessible", "open", "name_sealed",
                "place_sealed", "place_version", "version",
            ],
            siblings={"desk_id": "network_desk"},
        ),
        Secure(
            "shelter_room",
            "agency",
            update=["sex", "age_group", "accessible", "version"],
            siblings={"house_id": "shelter_house"},
        ),
        Secure(
            "shelter_bed",
            "agency",
            update=["closed_reason", "closed_at", "closed_until", "version"],
            siblings={"room_id": "shelter_room"},
        ),
        Secure(
            "shelter_admission",
            "agency",
            update=[
                "house_id", "state", "criteria", "sex", "is_child", "children", "conflict",
                "conflict_at", "conflict_by", "decided_at", "decided_by", "reason", "note_sealed",
                "arrives_at", "arrived_at", "due_at", "ended_at", "searching", "version",
            ],
            siblings={"desk_id": "network_desk", "house_id": "shelter_house"},
        ),
        Secure(
            "shelter_stay",
            "agency",
            update=[
                "bed_id", "state", "arrived_at", "out_reason", "out_since", "back_on", "ended_at",
                "ending", "whereto_sealed", "version",
            ],
            siblings={"admission_id": "shelter_admission", "bed_id": "shelter_bed"},
        ),
        Secure(
            "shelter_intake",
            "agency",
            update=["needs_sealed", "belongings_sealed", "written_at", "written_by", "version"],
            siblings={"admission_id": "shelter_admission"},
        ),
        Secure(
            "shelter_daynote",
            "agency",
            update=["withdrawn_at", "withdrawn_by", "withdraw_reason"],
            siblings={"admission_id": "shelter_admission"},
        ),
        Secure(
            "shelter_extension",
            "agency",
            update=["decided_at", "decided_by", "granted", "refuse_reason"],
            siblings={"admission_id": "shelter_admission"},
        ),
        migrations.RunSQL(sql.GUARDS, migrations.RunSQL.noop),
    ]
