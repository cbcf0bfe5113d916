"""Every address. Words are Indonesian, numbers tell nothing, names never stand in them."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from rangkul.access.permissions import Permission
from rangkul.api import screens
from rangkul.desk import entrance
from rangkul.desk.page import staff

# The API's page for people stands among the network's; no face imports another's guard.
_admin = staff(Permission.MANAGE_STAFF, fresh=True)

handler403 = "rangkul.config.faults.forbidden"
handler404 = "rangkul.config.faults.not_found"
handler500 = "rangkul.config.faults.fault"

urlpatterns = [
    path("", include("rangkul.desk.urls")),
    path("jaringan/akun-layanan/", _admin(screens.tokens), name="service-tokens"),
    path("jaringan/akun-layanan/cabut/", _admin(screens.withdraw), name="service-token-withdraw"),
    # Nobody gets in by a letter: the library's form that would write one is not reached.
    path("akun/password/reset/", entrance.forgotten, name="entrance-forgotten"),
    path("akun/", include("allauth.account.urls")),
    path("akun/2fa/", include("allauth.mfa.urls")),
    path("api/", include("rangkul.api.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("rangkul.desk.demo_urls")))
