"""Every address. Words are Indonesian, numbers tell nothing, names never stand in them."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from rangkul.access.permissions import Permission
from rangkul.api import screens
from rangkul.desk import entrance
from rangkul.desk.forms.engine import bare_frame
from rangkul.desk.page import staff
from rangkul.field import offline_pages
from rangkul.field import screens as field
from rangkul.field.policy import FILLS

# The API's page for people stands among the network's; no face imports another's guard.
_admin = staff(Permission.MANAGE_STAFF, fresh=True)
_signed_in = staff()
_carries = staff(one_of=field.LISTS)
_enrols = staff(one_of=FILLS, fresh=True)
_keeps_forms = staff(Permission.KEEP_FORMS, fresh=True)
_settles = staff(one_of=field.SETTLES)

handler403 = "rangkul.config.faults.forbidden"
handler404 = "rangkul.config.faults.not_found"
handler500 = "rangkul.config.faults.fault"

urlpatterns = [
    path("info/", include("rangkul.portal.urls")),
    path("en/info/", include("rangkul.portal.urls", namespace="portal-en")),
    path("", include("rangkul.desk.urls")),
    path("jaringan/akun-layanan/", _admin(screens.tokens), name="service-tokens"),
    path("jaringan/akun-layanan/cabut/", _admin(screens.withdraw), name="service-token-withdraw"),
    path("perangkat/", _carries(field.devices), name="device-list"),
    path("perangkat/baru/", _enrols(field.enrol), name="device-enrol"),
    path("perangkat/cabut/", _carries(field.withdraw), name="device-withdraw"),
    path("perangkat/kunci/", _keeps_forms(field.key), name="form-key"),
    path("perangkat/menunggu/", _settles(field.waiting), name="arrival-list"),
    path("perangkat/menunggu/tempatkan/", _settles(field.place), name="arrival-place"),
    path("perangkat/menunggu/buang/", _settles(field.discard), name="arrival-discard"),
    # Nobody gets in by a letter: the library's form that would write one is not reached.
    path("akun/password/reset/", entrance.forgotten, name="entrance-forgotten"),
    path("akun/", include("allauth.account.urls")),
    path("akun/2fa/", include("allauth.mfa.urls")),
    path("api/", include("rangkul.api.urls")),
    path("openrosa/", include("rangkul.field.urls")),
    path("lapangan/", offline_pages.page, name="offline-page"),
    path("lapangan/sw.js", offline_pages.worker, name="offline-worker"),
    path("lapangan/catatan.webmanifest", offline_pages.manifest, name="offline-manifest"),
    path("lapangan/bingkai/", bare_frame, name="offline-frame"),
    path("lapangan/saya/", _signed_in(offline_pages.who), name="offline-who"),
    path("lapangan/siapkan/", _signed_in(offline_pages.prepare), name="offline-prepare"),
    path("lapangan/kirim/", _signed_in(offline_pages.send), name="offline-send"),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("rangkul.desk.demo_urls")))
