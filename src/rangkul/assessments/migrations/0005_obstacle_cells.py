"""What stood in the way, counted for coordinators: no case, and no cell that tells of a person."""

from django.db import migrations

from rangkul.assessments import sql

# As they were when this was written (``obstacles.SEEN``); a change needs a migration of its own.
_SEEN = (
    ("h_privat", frozenset({"tidak"}), "ruang"),
    ("h_aman", frozenset({"tidak"}), "tidak_aman"),
    ("h_jurubahasa", frozenset({"keluarga", "pihak_pelaku"}), "bahasa"),
    ("h_berhenti", frozenset({"tidak_aman", "darurat"}), "tidak_aman"),
    ("h_berhenti", frozenset({"lelah"}), "lelah"),
    ("h_berhenti", frozenset({"diminta"}), "diminta"),
)


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0004_proposals"),
        ("custody", "0001_initial"),
        ("network", "0005_agency_stands"),
    ]

    operations = [
        migrations.RunSQL(
            sql.obstacle_cells(_SEEN, "rk12_hambatan", (30, 90, 365)),
            "drop function house.obstacle_cells(integer)",
        ),
    ]
