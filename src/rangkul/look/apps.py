"""Registers the look with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LookConfig(AppConfig):
    """Templates, tags and built styles; holds no model."""

    name = "rangkul.look"
    verbose_name = _("Look")
