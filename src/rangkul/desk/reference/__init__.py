"""Acuan: working days, procedures with their sources, and what nobody has confirmed yet."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.desk.reference import confirming, days, procedures

__all__ = ["urlpatterns"]

urlpatterns: list[URLPattern] = [
    path("acuan/", days.show, name="reference-days"),
    path("acuan/hari/tetapkan/", days.correct, name="reference-day-set"),
    path("acuan/hari/kembalikan/", days.take_back, name="reference-day-clear"),
    path("acuan/prosedur/", procedures.show_all, name="reference-procedures"),
    path("acuan/prosedur/<slug:procedure>/", procedures.show, name="reference-procedure"),
    path(
        "acuan/prosedur/<slug:procedure>/ubah/",
        procedures.change,
        name="reference-procedure-change",
    ),
    path(
        "acuan/prosedur/ubahan/<int:override_id>/kembalikan/",
        procedures.take_back,
        name="reference-procedure-clear",
    ),
    path("acuan/konfirmasi/", confirming.show, name="reference-unconfirmed"),
    path("acuan/konfirmasi/catat/", confirming.confirm, name="reference-confirm"),
]
