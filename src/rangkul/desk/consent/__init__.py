"""Persetujuan: asking, recording with its proof, taking back; what went to whom."""

from __future__ import annotations

from django.urls import path

from rangkul.desk.consent.page import approve, consent_page, narrow, told, withdraw, withdraw_all
from rangkul.desk.consent.proof import notice_page, proof_file, proof_page

_BASE = "kasus/<str:number>/persetujuan/"
urlpatterns = [
    path(_BASE, consent_page, name="consent-list"),
    path(f"{_BASE}penjelasan/", notice_page, name="consent-notice"),
    path(f"{_BASE}cabut-semua/", withdraw_all, name="consent-withdraw-all"),
    path(f"{_BASE}<uuid:basis_id>/cabut/", withdraw, name="consent-withdraw"),
    path(f"{_BASE}<uuid:basis_id>/kurangi/", narrow, name="consent-narrow"),
    path(f"{_BASE}<uuid:basis_id>/setujui/", approve, name="consent-approve"),
    path(f"{_BASE}<uuid:basis_id>/diberi-tahu/", told, name="consent-told"),
    path(f"{_BASE}<uuid:basis_id>/bukti/", proof_page, name="consent-proof"),
    path(
        f"{_BASE}<uuid:basis_id>/bukti/<uuid:evidence_id>/", proof_file, name="consent-proof-file"
    ),
]
