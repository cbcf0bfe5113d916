"""The trail: insert-only for everyone, the owner included."""

from django.db import migrations, models

from rangkul.foundation.roles import APP, READER

_SECURITY = f"""
create function house.trail_is_kept() returns trigger language plpgsql as $body$
begin raise exception 'the trail is insert-only' using errcode = 'RK003'; end $body$;
revoke all on function house.trail_is_kept() from public;
create trigger trail_is_kept before update or delete or truncate on trail_act
  for each statement execute function house.trail_is_kept();

revoke all on trail_act from public, {APP}, {READER};
grant select, insert on trail_act to {APP};
alter table trail_act enable row level security;
create policy mine_select on trail_act for select to {APP}
  using ((select house.current_agency()) = agency_id);
-- Nobody signs for another agency, person, purpose or transaction.
create policy mine_insert on trail_act for insert to {APP} with check (
  (select house.current_agency()) = agency_id
  and coalesce(actor_id, 0) = (select house.current_actor())
  and purpose = (select house.current_purpose())
  and xid = pg_current_xact_id()::text::bigint);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("foundation", "0001_house")]
    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                ("agency_id", models.IntegerField()),
                ("actor_id", models.IntegerField(null=True)),
                ("purpose", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=48)),
                ("subject_kind", models.CharField(max_length=24)),
                ("subject_id", models.CharField(max_length=40)),
                ("case_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=48)),
                ("note_sealed", models.BinaryField(null=True)),
                ("detail", models.JSONField(default=dict)),
                ("digest", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("case_id__isnull", False)),
                        fields=["case_id", "-at"],
                        name="act_case",
                    ),
                    models.Index(fields=["agency_id", "-at"], name="act_agency"),
                    models.Index(fields=["subject_kind", "subject_id", "-at"], name="act_subject"),
                ],
            },
        ),
        migrations.RunSQL(_SECURITY, migrations.RunSQL.noop),
    ]
