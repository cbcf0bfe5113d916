from __future__ import annotations

from django.db import migrations, models

from rangkul.foundation.roles import APP


def _once(model: str, within: str, name: str) -> list[migrations.operations.base.Operation]:
    return [
        migrations.AddField(model, "token", models.UUIDField(null=True)),
        migrations.AddConstraint(
            model, models.UniqueConstraint(fields=(within, "token"), name=name)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        *_once("casefile", "incident_key", "file_opened_once"),
        *_once("note", "case", "note_sent_once"),
        *_once("need", "case", "need_sent_once"),
        *_once("attachment", "case", "attachment_sent_once"),
        migrations.AddField("need", "by_user_id", models.IntegerField(null=True)),
        migrations.RunSQL(
            f"grant update (by_user_id) on cases_need to {APP}", migrations.RunSQL.noop
        ),
    ]
