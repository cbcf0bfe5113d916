"""Addresses of the network's screens."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.desk.network import agreements, directory, entries, people, rosters, upkeep

urlpatterns: list[URLPattern] = [
    path("jaringan/", directory.directory, name="network-directory"),
    path("jaringan/wilayah/", directory.areas, name="network-areas"),
    path("jaringan/lembaga/<int:agency_id>/", directory.agency, name="network-agency"),
    path("jaringan/meja/<int:desk_id>/", directory.desk, name="network-desk"),
    path("jaringan/lembaga-saya/", directory.own, name="network-own"),
    path("jaringan/lembaga-saya/ubah/", entries.edit_agency, name="network-agency-edit"),
    path("jaringan/lembaga-saya/nama-lain/", entries.add_alias, name="network-alias-add"),
    path(
        "jaringan/lembaga-saya/nama-lain/<int:alias_id>/hapus/",
        entries.remove_alias,
        name="network-alias-remove",
    ),
    path("jaringan/meja/baru/", entries.open_desk, name="network-desk-new"),
    path("jaringan/meja/<int:desk_id>/ubah/", entries.edit_desk, name="network-desk-edit"),
    path("jaringan/meja/<int:desk_id>/jam/", entries.edit_hours, name="network-hours"),
    path("jaringan/meja/<int:desk_id>/layanan/", entries.edit_services, name="network-services"),
    path("jaringan/meja/<int:desk_id>/tempat/", entries.edit_places, name="network-places"),
    path("jaringan/meja/<int:desk_id>/benar/", upkeep.confirm, name="network-desk-confirm"),
    path("jaringan/meja/<int:desk_id>/riwayat/", upkeep.history, name="network-desk-history"),
    path("jaringan/meja/<int:desk_id>/kembalikan/", upkeep.undo, name="network-desk-undo"),
    path("jaringan/entri/", upkeep.entries, name="network-entries"),
    path("jaringan/entri/unduh/", upkeep.export, name="network-entries-export"),
    path("jaringan/entri/berkas/", upkeep.bring, name="network-entries-file"),
    path("jaringan/entri/berkas/terapkan/", upkeep.apply, name="network-entries-apply"),
    path("jaringan/petugas/", people.staff_list, name="network-staff"),
    path("jaringan/petugas/undang/", people.invite, name="network-invite"),
    path("jaringan/petugas/<int:membership_id>/", people.member, name="network-member"),
    path("jaringan/petugas/<int:membership_id>/masuk/", people.renew, name="network-member-renew"),
    path("jaringan/petugas/<int:membership_id>/bangun/", people.wake, name="network-member-wake"),
    path("jaringan/petugas/<int:membership_id>/akhiri/", people.end, name="network-member-end"),
    path("jaringan/petugas/<int:membership_id>/cuti/", people.absence, name="network-absence"),
    path("jaringan/cuti/<int:absence_id>/hapus/", people.absence_off, name="network-absence-off"),
    path("jaringan/limpah/", people.handover, name="network-handover"),
    *agreements.urlpatterns,
    path("jaringan/piket/", rosters.desks, name="network-rosters"),
    path("jaringan/piket/<int:desk_id>/", rosters.week, name="network-roster"),
    path("jaringan/piket/<int:desk_id>/tambah/", rosters.add_shift, name="network-shift-add"),
    path("jaringan/piket/<int:desk_id>/salin/", rosters.copy_week, name="network-roster-copy"),
    path("jaringan/giliran/<int:shift_id>/hapus/", rosters.remove_shift, name="network-shift-off"),
]
