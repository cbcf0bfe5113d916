"""Each token occurs once: the books of slots, and the rows of before brought into them."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rangkul.foundation.rowsecurity import Secure
from rangkul.people import spreading


def bring_in(apps, schema_editor):
    """All of it in this migration's transaction: no row is ever left in the old form."""
    run = schema_editor.execute
    run("set constraints all immediate")
    raw = schema_editor.connection.connection
    if not raw.execute("select exists (select from people_token)").fetchone()[0]:
        return
    run("create temp table counted_token on commit drop as select * from people_token")
    run("truncate people_token")
    run("alter table people_token disable trigger user")
    spreading.spread(raw, settings.KEY_RING, "counted_token")
    run("set constraints all immediate")
    run("alter table people_token enable trigger user")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_tokens_end_with_access"), ("network", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TokenBook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("page", models.SmallIntegerField()),
                ("words_sealed", models.BinaryField()),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.agency")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agency", "page"), name="one_page_each")],
            },
        ),
        Secure("people_tokenbook", "agency", update=["words_sealed"], system={"matching": ["select"]}),
        migrations.RunPython(bring_in, migrations.RunPython.noop),
    ]
