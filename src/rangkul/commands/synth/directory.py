"""Writes the invented country's agencies, desks, staff and rosters as rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from rangkul.commands.synth.country import Agency, Country, Desk, Member, office_hours
from rangkul.commands.synth.rows import (
    NULL,
    Buffers,
    array,
    flag,
    json_text,
    line,
    moment,
    number,
    text,
)
from rangkul.reference.zones import zone_of

_SHIFT_DAYS = 10
_PHONE = "0840"


def write(country: Country, lines: Buffers, *, since: datetime, until: datetime) -> None:
    """The rows of the whole directory; rosters run from the day before ``until`` for ten days."""
    for agency in country.agencies:
        _write_agency(agency, lines, until.date())
        for desk in agency.desks:
            _write_desk(agency, desk, lines, until)
        for member in agency.staff:
            _write_member(agency, member, lines, since)


def _write_agency(agency: Agency, lines: Buffers, today: date) -> None:
    confirmed = (today - timedelta(days=agency.id % 300)).isoformat() if agency.confirmed else NULL
    lines["network_agency"].append(
        line(
            number(agency.id), agency.code, text(agency.name), text(agency.short_name),
            agency.kind, agency.level, agency.area, confirmed, "1",
        )
    )  # fmt: skip


def _position(desk_id: int) -> tuple[str, str]:
    """Somewhere in the country's frame, the same for the same desk; no place is meant."""
    return (
        f"{-8 + desk_id * 7919 % 10_000 / 1000:.4f}",
        f"{98 + desk_id * 104_729 % 40_000 / 1000:.4f}",
    )


def _confirmed_at(agency: Agency, until: datetime) -> datetime | None:
    return until - timedelta(days=agency.id % 300) if agency.confirmed else None


def _write_desk(agency: Agency, desk: Desk, lines: Buffers, until: datetime) -> None:
    plan = desk.plan
    free = None if plan.capacity is None else desk.id % (plan.capacity + 1)
    shelter = "hunian" in plan.services
    address = "" if shelter else text(f"Jalan Karangan {desk.id}")
    position = (NULL, NULL) if shelter else _position(desk.id)
    lines["network_desk"].append(
        line(
            number(desk.id), number(agency.id), f"{agency.code}.{desk.id}", text(plan.name),
            flag(plan.always_open), json_text({} if plan.always_open else office_hours()),
            number(plan.capacity), number(free), moment(until if free is not None else None),
            array(["ind"]), array(["ID"] if agency.level == "nasional" else []),
            flag(desk.id % 3 == 0), *position, "" if shelter else f"{_PHONE}{desk.id:08d}",
            f"{_PHONE}{desk.id + 50_000_000:08d}" if desk.id % 2 else "", "", address, "", "",
            flag(plan.takes_reports), "t", flag(bool(plan.services) or plan.takes_reports),
            moment(until), moment(_confirmed_at(agency, until)), "1",
        )
    )  # fmt: skip
    for service in plan.services:
        lines["network_deskservice"].append(
            line(
                number(agency.id), number(desk.id), service, plan.sex, "0", "200",
                flag(shelter and desk.id % 4 == 0), "t",
            )
        )  # fmt: skip
    zone = ZoneInfo(zone_of(agency.area))
    first = until.astimezone(zone).date() - timedelta(days=1)
    for day in range(_SHIFT_DAYS):
        opens = datetime.combine(
            first + timedelta(days=day), time(0 if plan.always_open else 8), tzinfo=zone
        )
        ends = opens + timedelta(hours=24 if plan.always_open else 8)
        on_duty = agency.staff[(desk.id + day) % len(agency.staff)]
        lines["network_dutyshift"].append(
            line(
                number(agency.id), number(desk.id), number(on_duty.membership_id),
                moment(opens), moment(ends),
            )
        )  # fmt: skip


def _write_member(agency: Agency, member: Member, lines: Buffers, since: datetime) -> None:
    # Nobody signs in by password: the field only has to differ from account to account.
    password = f"{UNUSABLE_PASSWORD_PREFIX}synth{member.user_id}"
    lines["accounts_user"].append(
        line(
            number(member.user_id), member.username, "", text(member.name), "id", "t", "f",
            moment(since), password,
        )
    )  # fmt: skip
    lines["network_membership"].append(
        line(
            number(member.membership_id), number(agency.id), number(member.user_id),
            array(member.roles), array(member.desk_ids), member.sex, "1", moment(since),
        )
    )  # fmt: skip
