"""Worklists by pages: which one was asked for, and the addresses of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rangkul.desk.page import StaffRequest

_NAME = "hal"


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of a list whose order is that of urgency; addresses are "" at the ends."""

    number: int
    pages: int
    offset: int
    sooner_url: str
    later_url: str
    address: str

    @property
    def words(self) -> str:
        """Where one is."""
        return _("Page %(number)s of %(pages)s") % {"number": self.number, "pages": self.pages}


def page_asked(request: StaffRequest, count: int, size: int) -> PageOf:
    """The page that the address asks for, held to what there is: a list shrinks while one reads."""
    pages = max(1, -(-count // size))
    sent = request.GET.get(_NAME, "")[:6]
    number = min(max(int(sent), 1), pages) if sent.isdecimal() else 1

    def address(wanted: int) -> str:
        query = request.GET.copy()
        query.pop(_NAME, None)
        if wanted > 1:
            query[_NAME] = str(wanted)
        return request.path + (f"?{query.urlencode()}" if query else "")

    return PageOf(
        number=number, pages=pages, offset=(number - 1) * size,
        sooner_url=address(number - 1) if number > 1 else "",
        later_url=address(number + 1) if number < pages else "", address=address(number),
    )  # fmt: skip
