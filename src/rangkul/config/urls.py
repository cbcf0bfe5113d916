"""Every address. Words are Indonesian, numbers tell nothing, names never stand in them."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

handler403 = "rangkul.config.faults.forbidden"
handler404 = "rangkul.config.faults.not_found"
handler500 = "rangkul.config.faults.fault"

urlpatterns = [
    path("", include("rangkul.desk.urls")),
    path("akun/", include("allauth.account.urls")),
    path("akun/", include("allauth.mfa.urls")),
    path("api/", include("rangkul.api.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("rangkul.desk.demo_urls")))
