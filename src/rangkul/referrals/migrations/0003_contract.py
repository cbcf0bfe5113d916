"""Every state of the contract, drafts, packet versions, open calls, agreements and transfers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure
from rangkul.referrals import contract_sql, transfer_sql


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
        ('clocks', '0002_ladder'),
        ('consent', '0002_other_bases'),
        ('custody', '0001_initial'),
        ('network', '0004_agreements'),
        ('referrals', '0002_grounds'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('state', 'sent'), ('state', 'asked'), _connector='OR'), fields=['receiver_agency', 'receiver_desk'], name='request_waiting'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('state', 'asked')), fields=['sender_agency'], name='request_asked'),
        ),
        migrations.RunSQL(contract_sql.REVIEW_OWED, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="request",
            name="agreement",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="network.agreement",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="agreement_version",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreement__isnull", True), ("agreement_version__isnull", True)),
                    models.Q(("agreement__isnull", False), ("agreement_version__isnull", False)),
                    _connector="OR",
                ),
                name="request_agreement_with_version",
            ),
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('sender_user_id', models.IntegerField()),
                ('state', models.CharField(default='offered', max_length=12)),
                ('reason', models.CharField(max_length=32)),
                ('basis_letter', models.CharField(max_length=1)),
                ('risk', models.CharField(max_length=8)),
                ('is_child', models.BooleanField(default=False)),
                ('cover', models.JSONField(default=dict)),
                ('words_sealed', models.BinaryField()),
                ('subject', models.UUIDField()),
                ('offered_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('stays_until', models.DateField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.IntegerField(null=True)),
                ('answer_reason', models.CharField(blank=True, max_length=32)),
                ('version', models.IntegerField(default=1)),
                ('receiver_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
                ('receiver_desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.desk')),
                ('sender_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency')),
            ],
        ),
        migrations.CreateModel(
            name='TransferEnd',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('basis_id', models.UUIDField()),
                ('made_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case')),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.transfer')),
            ],
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('state', 'offered')), fields=['receiver_agency', 'offered_at'], name='transfer_waiting'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('offered', 'accepted', 'declined', 'cancelled'))), name='transfer_state_known'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer_reason', ''), _negated=True), _connector='OR'), name='transfer_declined_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('sender_agency', models.F('receiver_agency')), _negated=True), name='transfer_between_two'),
        ),
        migrations.AddIndex(
            model_name='transferend',
            index=models.Index(fields=['case'], name='transferend_case'),
        ),
        migrations.RunSQL(transfer_sql.TRANSFER_REACH, migrations.RunSQL.noop),
        Secure(
            "referrals_transfer",
            "pair",
            owner="id",
            update=["state", "words_sealed", "answered_at", "answered_by", "answer_reason", "version"],
        ),
        Secure("referrals_transferend", "case"),
        migrations.RunSQL(transfer_sql.TRANSFER_ACTS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name='CallEnd',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('referral_id', models.UUIDField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CallOffer',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('call', models.UUIDField()),
                ('sender_user_id', models.IntegerField()),
                ('service', models.CharField(max_length=24)),
                ('area', models.CharField(blank=True, max_length=16)),
                ('answer_by', models.DateTimeField()),
                ('rank', models.SmallIntegerField()),
                ('state', models.CharField(default='called', max_length=8)),
                ('offered_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReferralDraft',
            fields=[
                ('audience', models.CharField(default='case', max_length=8)),
                ('audience_agency_id', models.IntegerField(null=True)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('service', models.CharField(max_length=24)),
                ('need_id', models.UUIDField(null=True)),
                ('desk_id', models.IntegerField(null=True)),
                ('form_sealed', models.BinaryField()),
                ('begun_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.IntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='request_state_known',
        ),
        migrations.AddField(
            model_name='packet',
            name='changed',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='referral',
            name='after',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='referral',
            name='plan',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='limits',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='request',
            name='pause_reason',
            field=models.CharField(blank=True, db_default='', max_length=24),
        ),
        migrations.AddField(
            model_name='request',
            name='paused_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='paused_until',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('follows__isnull', False)), fields=['follows'], name='referral_follows'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('sent', 'asked', 'accepted', 'partly_accepted', 'in_service', 'paused', 'done', 'not_done', 'declined', 'cancelled', 'withdrawn', 'expired', 'moved'))), name='request_state_known'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'partly_accepted'), _negated=True), models.Q(('limits', []), _negated=True), _connector='OR'), name='request_part_says_what_is_open'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'paused'), _negated=True), models.Q(models.Q(('pause_reason', ''), _negated=True), ('paused_at__isnull', False), ('paused_until__isnull', False)), _connector='OR'), name='request_paused_with_reason'),
        ),
        migrations.AddField(
            model_name='callend',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case'),
        ),
        migrations.AddField(
            model_name='calloffer',
            name='receiver_agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='calloffer',
            name='receiver_desk',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.desk'),
        ),
        migrations.AddField(
            model_name='calloffer',
            name='sender_agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.agency'),
        ),
        migrations.AddField(
            model_name='referraldraft',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.case'),
        ),
        migrations.AddIndex(
            model_name='callend',
            index=models.Index(fields=['referral_id'], name='callend_referral'),
        ),
        migrations.AddIndex(
            model_name='calloffer',
            index=models.Index(condition=models.Q(('state', 'called')), fields=['receiver_agency', 'answer_by'], name='calloffer_waiting'),
        ),
        migrations.AddConstraint(
            model_name='calloffer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('called', 'can', 'cannot', 'over'))), name='calloffer_state_known'),
        ),
        migrations.AddConstraint(
            model_name='calloffer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'can')), fields=('call',), name='calloffer_one_can'),
        ),
        migrations.AddConstraint(
            model_name='calloffer',
            constraint=models.UniqueConstraint(fields=('call', 'receiver_desk'), name='calloffer_desk_once'),
        ),
        migrations.AddIndex(
            model_name='referraldraft',
            index=models.Index(fields=['case', '-kept_at'], name='referraldraft_case'),
        ),
        Secure(
            "referrals_referraldraft",
            "case",
            update=["need_id", "desk_id", "form_sealed", "kept_at", "kept_by"],
            delete=True,
            siblings={"need_id": "cases_need"},
        ),
        Secure(
            "referrals_calloffer",
            "pair",
            owner="id",
            update=["state", "answered_at", "answered_by"],
        ),
        Secure("referrals_callend", "case", siblings={"referral_id": "referrals_referral"}),
        migrations.RunSQL(contract_sql.CONTRACT, migrations.RunSQL.noop),
        migrations.RunSQL(contract_sql.CALLS, migrations.RunSQL.noop),
    ]
