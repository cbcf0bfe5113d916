"""Every address of the house, with the screens whose modules these tests cover."""

from __future__ import annotations

from rangkul.config.urls import handler403, handler404, handler500
from rangkul.config.urls import urlpatterns as _known
from rangkul.desk import assessments, course, documents, imports

urlpatterns = [
    *assessments.urlpatterns,
    *course.urlpatterns,
    *documents.urlpatterns,
    *imports.urlpatterns,
    *_known,
]

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
