"""The app reads no sequence of an identity column: it would count everybody's rows by it."""

from django.db import migrations

from rangkul.foundation.roles import APP

_REVOKE = f"""
do $body$ declare s text; begin
  for s in
    select pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0
      and not a.attisdropped and a.attidentity <> ''
  loop
    execute format('revoke all on sequence %s from {APP}', s);
  end loop;
end $body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_framework_grants"),
        ("accounts", "0002_own_password"),
        ("alerts", "0003_long_names"),
        ("api", "0001_initial"),
        ("conferences", "0003_several_cases"),
        ("network", "0005_agency_stands"),
        ("people", "0002_tokens_end_with_access"),
        ("reference", "0002_procedure_sources"),
        ("referrals", "0005_last_day_in_the_team"),
        ("repatriation", "0003_onward"),
        ("reports", "0002_registered_reporters"),
        ("shelter", "0002_taken_by_admission"),
        ("trail", "0002_seals"),
    ]
    operations = [migrations.RunSQL(_REVOKE, migrations.RunSQL.noop)]
