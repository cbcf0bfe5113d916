"""``rangkul agency``: agencies beyond the first, their first admins, roles from above, last days.

What an agency cannot do for itself, done as the owner and kept in its trail.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError

_OWNER: Final = "owner"
# The level at which an agency works, by how narrow the area is in which it stands.
_LEVELS: Final = ("provinsi", "kab_kota", "kecamatan", "desa")


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act, what it concerns, and its options."""
    parser.add_argument("act", choices=sorted(_ACTS))
    parser.add_argument("code", nargs="?", default="", help="the agency's own short code")
    parser.add_argument("role", nargs="?", default="", help="give, take: the role's code")
    parser.add_argument("--agency", help="add: its name; list: words in a name")
    parser.add_argument("--short", help="add: its short name (default: the name)")
    parser.add_argument("--area", help="add: its area code, e.g. 62.71")
    parser.add_argument("--kind", help="add: its kind (list jenis_lembaga), e.g. uptd_ppa")
    parser.add_argument("--level", help="add: its level (list tingkat_lembaga)")
    parser.add_argument("--parent", default="", help="add: code of the agency above it")
    parser.add_argument("--username", help="the person: a new one, or one who has an account")
    parser.add_argument("--name", help="her full name; makes a new account")
    parser.add_argument("--email", default="", help="her e-mail address")
    parser.add_argument("--last-day", type=date.fromisoformat, help="end: as 2026-12-31")


def run(options: argparse.Namespace) -> int:
    """Do the one act; a refusal ends with its sentence and changes nothing."""
    with owners_database(begin=False):
        from django.db import transaction
        from django.utils import translation

        # The command line speaks English; the screens have both languages.
        with translation.override("en"), transaction.atomic(using=_OWNER):
            told = _ACTS[options.act](options, datetime.now(UTC))
        print(told)
    return 0


# -- what `rangkul init` does too -------------------------------------------------------------


def level_of(kind: str, area: str) -> str:
    """The level of an agency of this kind in this area (codes), where only one is possible.

    Raises `RangkulError` where there are several; an unknown kind is for `found_agency` to refuse.
    """
    from rangkul.reference import queries as reference

    by_area = _LEVELS[min(area.count("."), len(_LEVELS) - 1)]
    if not reference.is_code("jenis_lembaga", kind):
        return by_area
    levels = reference.get_code("jenis_lembaga", kind).mappings.get("levels", "").split("+")
    if by_area in levels:
        return by_area
    if len(levels) == 1 and levels[0]:
        return levels[0]
    raise RangkulError(f"say at which level it works: --level {' or '.join(filter(None, levels))}")


def load_shipped_directory() -> int:
    """The directory that comes with Rangkul: unconfirmed, without people, without invented ones."""
    from rangkul.commands.demo_directory import load_directory

    return load_directory(_OWNER, invented_too=False)


def entered_agency(options: argparse.Namespace, at: datetime) -> str:
    """Make the agency that the options describe; returns its code."""
    from rangkul.network import operations as network

    code = needed(options, "code", "the agency's code")
    name, area = needed(options, "agency", "--agency"), needed(options, "area", "--area")
    kind = needed(options, "kind", "--kind")
    made = network.found_agency(
        using=_OWNER, at=at, code=code, name=name, short_name=options.short or name[:60],
        kind=kind, level=options.level or level_of(kind, area), area=area, parent=options.parent,
    )  # fmt: skip
    return made.code


def needed(options: argparse.Namespace, name: str, told: str) -> str:
    """An option that this act cannot do without."""
    value: str = getattr(options, name) or ""
    if not value:
        raise RangkulError(f"{told} is missing")
    return value


# -- the acts ---------------------------------------------------------------------------------


def _add(options: argparse.Namespace, at: datetime) -> str:
    code = entered_agency(options, at)
    return f"Made {options.agency} ({code}).\n{_first_admin(options, code, at)}"


def _admin(options: argparse.Namespace, at: datetime) -> str:
    return _first_admin(options, needed(options, "code", "the agency's code"), at)


def _first_admin(options: argparse.Namespace, code: str, at: datetime) -> str:
    from rangkul.access.roles import AgencyAdmin

    return _placed(options, code, AgencyAdmin.code, at)


def _give(options: argparse.Namespace, at: datetime) -> str:
    code = needed(options, "code", "the agency's code")
    return _placed(options, code, needed(options, "role", "the role"), at)


def _placed(options: argparse.Namespace, code: str, role: str, at: datetime) -> str:
    """Give the person of the options the role; her first password, if she is new, is told once."""
    from rangkul.network import operations as network

    user_id, password = _person(options)
    network.give_role(using=_OWNER, agency=code, user_id=user_id, role=role, at=at)
    told = f"{options.username} is {role} at {code}."
    if password:
        told += f"\nHer first password, shown once, changed at the first sign-in: {password}"
    return told


def _person(options: argparse.Namespace) -> tuple[int, str]:
    """The account of this user name, or with ``--name`` a new one and its first password."""
    from django.core.exceptions import ValidationError

    from rangkul.accounts.models import User
    from rangkul.accounts.operations import create_user, first_password

    username = needed(options, "username", "--username").strip().lower()
    known = User.objects.using(_OWNER).filter(username=username).first()
    if known is not None:
        if options.name:
            raise RangkulError(
                f"the user name {username} is taken; without --name the place is given to the "
                "person who bears it"
            )
        return known.pk, ""
    name = needed(options, "name", f"nobody is called {username}: --name, for a new account,")
    password = first_password()
    try:
        made = create_user(
            username=username, display_name=name, email=options.email, password=password,
            one_time=True, using=_OWNER,
        )  # fmt: skip
    except ValidationError as fault:
        raise RangkulError(" ".join(fault.messages)) from fault
    return made.pk, password


def _take(options: argparse.Namespace, at: datetime) -> str:
    from rangkul.accounts.models import User
    from rangkul.network import operations as network

    code, role = needed(options, "code", "the agency's code"), needed(options, "role", "the role")
    username = needed(options, "username", "--username").strip().lower()
    user = User.objects.using(_OWNER).filter(username=username).first()
    if user is None:
        raise RangkulError(f"nobody is called {username}")
    network.take_role(using=_OWNER, agency=code, user_id=user.pk, role=role, at=at)
    return f"{username} is {role} at {code} no more."


def _end(options: argparse.Namespace, at: datetime) -> str:
    from rangkul.network import operations as network
    from rangkul.reference.zones import latest_date

    code = needed(options, "code", "the agency's code")
    if options.last_day is None:
        raise RangkulError("--last-day is missing")
    held = _held(code)
    if held and options.last_day <= latest_date(at):
        raise RangkulError(
            f"{code} still holds {held}: hand these over first, or name a later last day"
        )
    network.end_agency(using=_OWNER, agency=code, last_day=options.last_day, at=at)
    told = f"The last day of {code} is {options.last_day}."
    return f"{told} Until then {held} must be handed over." if held else told


def _held(code: str) -> str:
    """What nobody would reach any more if the agency ended now, in words; "" for nothing."""
    from rangkul.cases import workflow as case_states
    from rangkul.cases.models import CaseFile
    from rangkul.referrals import workflow as request_states
    from rangkul.referrals.models import Request
    from rangkul.reports import workflow as report_states
    from rangkul.reports.models import Report
    from rangkul.shelter import workflow as stay_states
    from rangkul.shelter.models import Stay

    files = CaseFile.objects.using(_OWNER).filter(case__lead_agency__code=code)
    requests = Request.objects.using(_OWNER).filter(receiver_agency__code=code)
    reports = Report.objects.using(_OWNER).filter(agency__code=code)
    stays = Stay.objects.using(_OWNER).filter(agency__code=code)
    counts = {
        "open cases": files.exclude(state=case_states.CLOSED).count(),
        "open requests": requests.filter(state__in=request_states.OPEN).count(),
        "reports in hand": reports.filter(state__in=report_states.OPEN).count(),
        "people in its houses": stays.filter(state__in=stay_states.LIVE).count(),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _resume(options: argparse.Namespace, at: datetime) -> str:
    from rangkul.network import operations as network

    code = needed(options, "code", "the agency's code")
    network.resume_agency(using=_OWNER, agency=code, at=at)
    return f"{code} goes on; its last day is taken back."


def _directory(_options: argparse.Namespace, _at: datetime) -> str:
    count = load_shipped_directory()
    return (
        f"{count} agencies of the shipped directory stand, none of them confirmed and none with "
        "people. Give one its first admin with: rangkul agency admin CODE --username … --name …"
    )


def _list(options: argparse.Namespace, at: datetime) -> str:
    from django.db.models import Count, Q

    from rangkul.access.roles import AgencyAdmin
    from rangkul.network.models import Agency

    live = Q(memberships__until=None, memberships__user__is_active=True)
    admin = live & Q(memberships__roles__contains=[AgencyAdmin.code])
    found = Agency.objects.using(_OWNER)
    if words := (options.agency or options.code):
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
    rows = found.annotate(
        people=Count("memberships", filter=live, distinct=True),
        admins=Count("memberships", filter=admin, distinct=True),
    ).order_by("area_id", "code")
    lines = [
        f"{row.code:<32} {row.kind:<20} {row.level:<10} {row.area_id:<13} "
        f"{row.people:>4} people{'' if row.admins else ', no admin'}"
        f"{f', last day {row.valid_until}' if row.valid_until else ''}  {row.short_name}"
        for row in rows
    ]
    return "\n".join(lines) or "No agency bears such a name."


_ACTS: Final[dict[str, Callable[[argparse.Namespace, datetime], str]]] = {
    "add": _add,
    "admin": _admin,
    "directory": _directory,
    "end": _end,
    "give": _give,
    "list": _list,
    "resume": _resume,
    "take": _take,
}
