"""Jaringan layanan: the directory, and an agency's own entry, desks, staff and rosters."""

from __future__ import annotations

from rangkul.desk.network.addresses import urlpatterns

__all__ = ["urlpatterns"]
