"""The app's registration."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """The data subject's rights, how long a file is kept, legal hold and erasure."""

    name = "rangkul.retention"
    label = "retention"
