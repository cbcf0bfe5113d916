"""Addresses of the phones. No page of a browser stands among them."""

from __future__ import annotations

from django.urls import path, re_path

from rangkul.field import calls

urlpatterns = [
    path("formList", calls.form_list, name="openrosa-list"),
    path("submission", calls.submission, name="openrosa-submission"),
    path("forms/<uuid:form_id>.xml", calls.form, name="openrosa-form"),
    path("forms/<uuid:form_id>/manifest", calls.manifest, name="openrosa-manifest"),
    # A line break too is part of an address that is none.
    re_path(r"^(?P<rest>[\s\S]*)$", calls.nowhere),
]
