"""Where a form stood: the page to which a person is led back when her form could not be taken."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"


def page_of(request: HttpRequest) -> str:
    """The address of the page; of one that only takes what is sent, that of its form, or home.

    A form's page is known by the browser's referrer, which our pages send to ourselves alone; that
    of a part by the header that htmx adds.
    """
    part = "HX-Request" in request.headers
    if request.method in ("GET", "HEAD") and not part:
        return request.get_full_path()
    before = request.headers.get("HX-Current-URL" if part else "Referer", "")
    if not url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        return HOME
    address = urlsplit(before)
    return f"{address.path}?{address.query}" if address.query else address.path or HOME
