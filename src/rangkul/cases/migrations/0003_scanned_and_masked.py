"""Attachments know whether they were scanned; the hashes of before are masked by their keys."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.db import migrations, models

from rangkul.cases.queries import masked_digest
from rangkul.foundation.keyring import Wrapped
from rangkul.foundation.roles import APP
from rangkul.foundation.vault import OpenKey

_AT_ONCE = 500


def mask(apps, schema_editor):
    """Each hash by the key that seals its file; where that key is destroyed, the hash goes too."""
    cursor = schema_editor.connection.cursor()
    cursor.execute("select id, substr(name_sealed, 2, 16), sha256 from cases_attachment order by id")
    rows = [SimpleNamespace(id=r[0], key=bytes(r[1]), digest=bytes(r[2])) for r in cursor.fetchall()]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        ids = list({UUID(bytes=row.key) for row in part if len(row.key) == 16})
        cursor.execute(
            "select id, subject, kek_version, wrapped from foundation_datakey where id = any(%s)",
            [ids],
        )
        held = cursor.fetchall()
        secrets = settings.KEY_RING.unwrap(
            [Wrapped(v, bytes(w), key_id.bytes + subject.bytes) for key_id, subject, v, w in held]
        )
        keys = {row[0].bytes: OpenKey(row[0], s) for row, s in zip(held, secrets, strict=True)}
        for row in part:
            fits = row.key in keys and len(row.digest) == 32
            masked = masked_digest(keys[row.key], row.id, row.digest) if fits else b""
            cursor.execute(
                "update cases_attachment set sha256 = %s where id = %s", [masked, row.id]
            )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_sent_once"),
        ("foundation", "0001_house"),
    ]

    operations = [
        migrations.RunPython(mask, migrations.RunPython.noop),
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.AddField(
            "attachment", "scan", models.CharField(max_length=8, default="", blank=True)
        ),
        migrations.RunSQL(
            f"grant update (scan) on cases_attachment to {APP}", migrations.RunSQL.noop
        ),
    ]
