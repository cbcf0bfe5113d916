"""Sessions under a digest, tries without names, second factors sealed; when an account rests.

Whoever was signed in signs in once more: the sessions of before stand in a table that is emptied.
"""

from django.db import migrations, models

from rangkul.accounts import sql
from rangkul.foundation.rowsecurity import Open

_ALL = ["select", "insert", "update", "delete"]


def seal_factors(apps, schema_editor):
    """What stands in plain words is sealed with the ring; once sealed it is left alone."""
    from rangkul.accounts.factor_adapter import PURPOSE
    from rangkul.accounts.sealed import is_sealed, seal

    def sealed(text):
        return text if is_sealed(text) else seal(text, purpose=PURPOSE)

    authenticators = apps.get_model("mfa", "Authenticator").objects.using(
        schema_editor.connection.alias
    )
    for found in authenticators.filter(type__in=["totp", "recovery_codes"]):
        for name in ("secret", "seed"):
            if name in found.data:
                found.data[name] = sealed(found.data[name])
        if "migrated_codes" in found.data:
            found.data["migrated_codes"] = [sealed(code) for code in found.data["migrated_codes"]]
        found.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_own_password"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("jobs", "0001_framework_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user_id", models.IntegerField(db_index=True, null=True)),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("failures", models.FloatField(default=0)),
                ("wait_until", models.DateTimeField(null=True)),
                ("touched_at", models.DateTimeField(db_index=True)),
                ("known_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField("user", "invited_until", models.DateTimeField(null=True)),
        migrations.AddField("user", "woken_at", models.DateTimeField(null=True)),
        Open("accounts_session", _ALL, reason="sessions, sealed: read before anyone is known"),
        Open("accounts_tries", _ALL, reason="slows wrong passwords; digests that name nobody"),
        Open("socialaccount_socialaccount", _ALL, reason="who may come by single sign-on"),
        Open("socialaccount_socialapp", ["select"], reason="of the framework; empty: the environment names the provider"),
        Open("socialaccount_socialtoken", ["select", "delete"], reason="of the framework; empty: no token is kept"),
        migrations.RunPython(seal_factors, migrations.RunPython.noop),
        migrations.RunSQL(sql.FORGET_PLAIN_SESSIONS, migrations.RunSQL.noop),
    ]
