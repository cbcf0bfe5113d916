"""Addresses of the demonstration's entrance; they exist only while ``settings.DEMO``."""

from __future__ import annotations

from django.urls import path

from rangkul.desk import entrance

urlpatterns = [
    path("", entrance.demo, name="demo-entrance"),
    path("masuk/", entrance.demo_enter, name="demo-enter"),
]
