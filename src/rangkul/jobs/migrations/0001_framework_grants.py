"""What the app may do with the frameworks' own tables; none of them holds survivor data."""

from django.db import migrations

from rangkul.foundation.rowsecurity import Open

_ALL = ["select", "insert", "update", "delete"]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("foundation", "0001_house"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("account", "__latest__"),
        ("mfa", "__latest__"),
        ("axes", "__latest__"),
        ("procrastinate", "__latest__"),
    ]
    operations = [
        Open("django_session", _ALL, reason="sessions: read before anyone is known"),
        Open("django_content_type", ["select"], reason="the framework's list of models"),
        Open("auth_permission", ["select"], reason="the framework's permissions; not used"),
        Open("auth_group", ["select"], reason="the framework's groups; not used"),
        Open("auth_group_permissions", ["select"], reason="the framework's groups; not used"),
        Open("django_migrations", ["select"], reason="which migrations have run"),
        Open("account_emailaddress", _ALL, reason="staff addresses for sign-in"),
        Open("account_emailconfirmation", _ALL, reason="staff addresses for sign-in"),
        Open("mfa_authenticator", _ALL, reason="second factors of staff"),
        Open("axes_accessattempt", _ALL, reason="slows wrong passwords"),
        Open("axes_accessattemptexpiration", _ALL, reason="slows wrong passwords"),
        Open("axes_accesslog", _ALL, reason="slows wrong passwords"),
        Open("axes_accessfailurelog", _ALL, reason="slows wrong passwords"),
        Open("procrastinate_jobs", _ALL, reason="jobs carry ids only"),
        Open("procrastinate_events", _ALL, reason="jobs carry ids only"),
        Open("procrastinate_periodic_defers", _ALL, reason="jobs carry ids only"),
        Open("procrastinate_workers", _ALL, reason="which workers live"),
    ]
