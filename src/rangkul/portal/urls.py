"""The portal's addresses: one list from each part, the same words in both languages."""

from __future__ import annotations

from django.urls import URLPattern

from rangkul.portal import codes, leaflet, leaving, offers, places, writing

app_name = "portal"
urlpatterns: list[URLPattern] = [
    *places.urlpatterns,
    *leaving.urlpatterns,
    *writing.urlpatterns,
    *codes.urlpatterns,
    *offers.urlpatterns,
    *leaflet.urlpatterns,
]
