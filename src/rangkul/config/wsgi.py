"""The web application, after the last look."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from rangkul.config.chunked import Chunked
from rangkul.field.limits import MOST_BODY
from rangkul.foundation.startup import refuse_unless_safe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
application = Chunked(get_wsgi_application(), most=MOST_BODY)
refuse_unless_safe()


def _count_with_noise() -> None:
    """This process keeps its counts of checked job offers, and stores them with noise alone."""
    from rangkul.assessments import offer_counts

    offer_counts.begin()


_count_with_noise()

# What is loaded now stays for good: the collector need not walk it again during somebody's page.
# With every page read first, the first visitor does not wait for it either.
list(get_resolver().url_patterns)
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 20, 20)
