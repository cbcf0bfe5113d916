"""The house schema and the key store. Roles must exist: they are made by a documented command."""

from django.db import migrations, models

from rangkul.foundation import sql


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(sql.ROLES_EXIST, migrations.RunSQL.noop),
        migrations.RunSQL(sql.HOUSE, "drop schema house cascade"),
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("owner_kind", models.CharField(max_length=12)),
                ("owner_id", models.BigIntegerField()),
                ("audience", models.CharField(default="case", max_length=8)),
                ("audience_agency_id", models.IntegerField(null=True)),
                ("subject", models.UUIDField()),
                ("data_class", models.CharField(max_length=12)),
                ("kek_version", models.SmallIntegerField()),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["owner_kind", "owner_id"], name="datakey_owner")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "data_class"), name="one_key_per_class")
                ],
            },
        ),
        migrations.RunSQL(sql.KEY_STORE, migrations.RunSQL.noop),
    ]
