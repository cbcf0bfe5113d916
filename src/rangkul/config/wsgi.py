"""The web application, after the last look."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
application = get_wsgi_application()

from rangkul.foundation.startup import refuse_unless_safe  # noqa: E402  (after Django is ready)

refuse_unless_safe()
