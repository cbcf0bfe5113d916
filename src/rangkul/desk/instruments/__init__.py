"""Formulir: an agency's own drawn up, tried, published and retired; the house's shown."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.desk.instruments import pages, paper, training, trial

__all__ = ["urlpatterns"]

_ONE = "instrumen/<uuid:form_id>/"

urlpatterns: list[URLPattern] = [
    path("instrumen/", pages.show_all, name="instrument-list"),
    *training.urlpatterns,
    *paper.urlpatterns,
    path("instrumen/unggah/", pages.upload, name="instrument-upload"),
    path(_ONE, pages.show, name="instrument-page"),
    path(f"{_ONE}buku-kode/", pages.show_codebook, name="instrument-codebook"),
    path(f"{_ONE}unduh/<slug:file>/", pages.download, name="instrument-download"),
    path(f"{_ONE}uji/", pages.start_test, name="instrument-test"),
    path(f"{_ONE}coba/", trial.try_out, name="instrument-trial"),
    path(f"{_ONE}terbitkan/", pages.publish, name="instrument-publish"),
    path(f"{_ONE}hentikan/", pages.retire, name="instrument-retire"),
]
