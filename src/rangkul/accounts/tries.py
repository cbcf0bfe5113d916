"""Wrong passwords and codes slow the next try; nobody is ever locked out by somebody else.

Every try is counted before it is judged, so that a thousand at once gain nothing. Three counts,
each under a keyed digest that names neither person nor place:

* this person from this device, or from this address where the device is not known;
* this person from all devices and addresses that are not known to be hers;
* this address, whoever is tried from it.

A known device shows a signed cookie, a known address is one from which she came in before. Neither
is touched by what strangers do elsewhere: that is what keeps the door open for her. After some
free tries each count asks for a pause that doubles up to fifteen minutes; counts leak away.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction

from rangkul.accounts.models import Tries
from rangkul.accounts.sealed import digest

COOKIE: Final = f"{settings.COOKIE_PREFIX}rangkul_known"
COOKIE_AGE: Final = timedelta(days=180)
KNOWN_FOR: Final = timedelta(days=90)
# A count that nobody touched for so long is forgotten with its row.
FORGOTTEN_AFTER: Final = timedelta(days=90)
_PURPOSE: Final = "tries"
_MOST_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """How many tries are free, how the pause grows, and how fast the count leaks away."""

    free: int
    most: timedelta
    leak: timedelta

    def wait_after(self, failures: float) -> timedelta:
        """The pause after so many failures: 2 s, 4 s, 8 s … up to ``most``."""
        beyond = int(failures) - self.free
        if beyond < 0:
            return timedelta(0)
        return min(self.most, timedelta(seconds=2 ** min(beyond + 1, 20)))

    def left(self, failures: float, quiet: timedelta) -> float:
        """What remains of a count after so long without a try."""
        return max(0.0, failures - max(quiet, timedelta(0)) / self.leak)


OWN: Final = Pace(free=5, most=timedelta(minutes=15), leak=timedelta(hours=1))
STRANGERS: Final = Pace(free=20, most=timedelta(minutes=15), leak=timedelta(hours=1))
ADDRESS: Final = Pace(free=60, most=timedelta(minutes=1), leak=timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Knock:
    """Who is tried, and from where: ``device`` is the nonce of a device known to be hers."""

    name: str
    address: str
    device: str = ""


def admit(knock: Knock, *, at: datetime) -> timedelta:
    """Count this try; zero when it may be judged now, else how long to wait.

    A try that has to wait is not counted: patience is all that is asked.
    """
    paces = {_own(knock): OWN}
    if not knock.device:
        paces[_key("address", knock.address)] = ADDRESS
    strangers = _key("strangers", knock.name)
    with transaction.atomic():
        if not knock.device and not _is_known_address(knock, at):
            paces[strangers] = STRANGERS
        rows = _locked(paces, at)
        waits = [row.wait_until - at for row in rows if row.wait_until and row.wait_until > at]
        if waits:
            return max(waits)
        for row in rows:
            pace = paces[row.key]
            row.failures = pace.left(row.failures, at - row.touched_at) + 1
            pause = pace.wait_after(row.failures)
            row.wait_until = at + pause if pause else None
            row.touched_at = at
        Tries.objects.bulk_update(rows, ["failures", "wait_until", "touched_at"])
    return timedelta(0)


def fitted(knock: Knock, *, at: datetime) -> None:
    """The try that was just admitted was right: it counts for nothing."""
    Tries.objects.filter(key=_own(knock)).update(failures=0, wait_until=None, touched_at=at)
    if knock.device:
        return
    for key in (_key("address", knock.address), _key("strangers", knock.name)):
        with transaction.atomic():
            row = Tries.objects.select_for_update().filter(key=key).first()
            if row is not None:
                row.failures, row.wait_until = max(0.0, row.failures - 1), None
                row.save(update_fields=["failures", "wait_until"])


def came_in(knock: Knock, *, at: datetime) -> None:
    """She is all the way in, second factor and all: from now on this address is known as hers."""
    Tries.objects.update_or_create(
        key=_own(Knock(knock.name, knock.address)),
        defaults={"known_at": at, "touched_at": at, "failures": 0, "wait_until": None},
    )


def forget_old(*, at: datetime) -> int:
    """Drop the rows that nobody touched for ``FORGOTTEN_AFTER``."""
    return Tries.objects.filter(touched_at__lt=at - FORGOTTEN_AFTER).delete()[0]


# -- the cookie of a known device -------------------------------------------------------------


def device_of(cookie: str, name: str) -> str:
    """The device's nonce for this person; empty when the cookie knows her not, or is not ours."""
    return _known(cookie).get(_key("cookie", name)[:16], "")


def remember(cookie: str, name: str) -> str:
    """The cookie that knows this person too; at most eight, the oldest are dropped."""
    known = _known(cookie)
    mine = _key("cookie", name)[:16]
    nonce = known.pop(mine, "") or secrets.token_hex(8)
    kept = dict([*known.items()][-(_MOST_NAMES - 1) :])
    return signing.dumps({**kept, mine: nonce}, salt=COOKIE)


def _known(cookie: str) -> dict[str, str]:
    try:
        found = signing.loads(cookie, salt=COOKIE, max_age=COOKIE_AGE)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


# -- keys and rows ----------------------------------------------------------------------------


def _own(knock: Knock) -> str:
    if knock.device:
        return _key("device", knock.name, knock.device)
    return _key("place", knock.name, _network(knock.address))


def _key(kind: str, *parts: str) -> str:
    return digest("\x1f".join((kind, *(part.casefold() for part in parts))), purpose=_PURPOSE)


def _network(address: str) -> str:
    """An IPv6 address by its /64, which one household owns; an IPv4 address as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _is_known_address(knock: Knock, at: datetime) -> bool:
    return Tries.objects.filter(key=_own(knock), known_at__gt=at - KNOWN_FOR).exists()


def _locked(paces: dict[str, Pace], at: datetime) -> list[Tries]:
    """The rows of these counts, locked in one order; made where they do not stand yet."""
    Tries.objects.bulk_create(
        [Tries(key=key, touched_at=at) for key in sorted(paces)], ignore_conflicts=True
    )
    return list(Tries.objects.select_for_update().filter(key__in=paces).order_by("key"))
