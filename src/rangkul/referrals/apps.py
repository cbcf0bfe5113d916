"""Registers referrals with Django."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """The hand-off contract between desks: packet, states, deadlines, outcome."""

    name = "rangkul.referrals"
    label = "referrals"
