"""Reading recipients and exports; choosing the cases of a table, and what its rows say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, connections
from django.db.models import QuerySet

from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.exchange import marks, policy, workflow
from rangkul.exchange.columns import Facts, Setting, regency_of
from rangkul.exchange.models import Export, Recipient
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, row_of
from rangkul.network import queries as network
from rangkul.reference import queries as reference

# -- recipients -------------------------------------------------------------------------------


def list_recipients(actor: Actor) -> list[Recipient]:
    """The agency's recipients, those that can be used first, the ended ones last."""
    order = {workflow.ADDED: 0, workflow.CONFIRMED: 1, workflow.ENDED: 2}
    found = Recipient.objects.filter(policy.recipients_visible_to(actor)).order_by("-added_at")
    return sorted(found, key=lambda row: order[row.state])


def list_usable(actor: Actor) -> list[Recipient]:
    """Those to whom an export may be sealed now, by name."""
    found = Recipient.objects.filter(policy.recipients_visible_to(actor), state=workflow.CONFIRMED)
    return list(found.order_by("name", "id"))


def get_recipient(actor: Actor, recipient_id: int) -> Recipient:
    """One recipient of the agency. Raises ``NotReachable``."""
    found = Recipient.objects.filter(policy.recipients_visible_to(actor), id=recipient_id).first()
    if found is None:
        raise NotReachable("no such recipient")
    return found


def lock_recipient(actor: Actor, recipient_id: int) -> Recipient:
    """The same, locked until the transaction ends."""
    get_recipient(actor, recipient_id)
    return Recipient.objects.select_for_update().get(id=recipient_id)


# -- exports ----------------------------------------------------------------------------------


def export_number(export_id: int) -> str:
    """The public number of an export, such as ``EK-7F3K-9QXT``."""
    return number_of(marks.PREFIX, export_id)


def export_id_of(number: str) -> int:
    """The export that ``number`` names. Raises ``NotReachable``."""
    return row_of(marks.PREFIX, number)


def list_exports(actor: Actor, *, limit: int = 50) -> list[Export]:
    """The agency's newest exports, the recipient joined."""
    found = Export.objects.filter(policy.visible_to(actor)).select_related("recipient")
    return list(found.order_by("-asked_at", "-id")[:limit])


def get_export(actor: Actor, export_id: int) -> Export:
    """One export of the agency, the recipient joined. Raises ``NotReachable``."""
    found = (
        Export.objects.filter(policy.visible_to(actor), id=export_id)
        .select_related("recipient")
        .first()
    )
    if found is None:
        raise NotReachable("no such export")
    return found


def lock_export(actor: Actor, export_id: int) -> Export:
    """The same, locked until the transaction ends."""
    get_export(actor, export_id)
    return Export.objects.select_for_update(of=("self",)).get(id=export_id)


def count_lately(actor: Actor, *, at: datetime) -> int:
    """How many exports this person has asked for within a day."""
    return Export.objects.filter(
        asked_by=actor.user_id, agency_id=actor.agency_id, asked_at__gt=at - timedelta(days=1)
    ).count()


def obstacle(export_id: int) -> str:
    """Why a prepared export of the own agency may not be given out now, as a code; '' else."""
    with connection.cursor() as cursor:
        cursor.execute("select house.export_obstacle(%s)", [export_id])
        return str(cursor.fetchone()[0])


# -- which cases, and what their rows say -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a table is narrowed by, as the caseload is; empty means everything."""

    state: str = ""
    risk: str = ""
    category: str = ""
    desk_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """The cases of a table, newest first, and how many stay out: children's, and barred ones.

    Of cases that are closed to the person nothing is counted: they are not there.
    """

    case_ids: tuple[int, ...]
    children: int
    barred: int

    @property
    def is_too_large(self) -> bool:
        """Whether there is more than one table takes."""
        return len(self.case_ids) > workflow.MOST_ROWS


def weigh(actor: Actor, narrowed: Narrowed) -> Weighed:
    """Which cases a table would hold now. Only what the person may see, by ``visible_to``."""
    found = list(_chosen(actor, narrowed).values_list("case_id", flat=True))
    why = _barred(found)
    return Weighed(
        case_ids=tuple(case_id for case_id in found if case_id not in why),
        children=sum(1 for code in why.values() if code == "child"),
        barred=sum(1 for code in why.values() if code != "child"),
    )


def _chosen(actor: Actor, narrowed: Narrowed) -> QuerySet[CaseAccess]:
    zone = zone_of(actor)
    found = custody.accesses(actor).select_related(None).filter(case__file__isnull=False)
    wanted = {
        "case__file__state": narrowed.state, "case__file__risk": narrowed.risk,
        "case__file__desk_id": narrowed.desk_id,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if narrowed.category:
        found = found.filter(case__file__categories__contains=[narrowed.category])
    if narrowed.since:
        found = found.filter(opened_at__gte=datetime.combine(narrowed.since, time(), zone))
    if narrowed.until:
        day_after = narrowed.until + timedelta(days=1)
        found = found.filter(opened_at__lt=datetime.combine(day_after, time(), zone))
    # One beyond what a table takes tells that there is more.
    return found[: 2 * workflow.MOST_ROWS + 1]


def _barred(case_ids: Sequence[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("select * from house.export_barred(%s)", [list(case_ids)])
        return dict(cursor.fetchall())


def still_open(actor: Actor, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases that the person may still see and that nothing bars."""
    visible = custody.visible_among(actor, case_ids)
    return visible - _barred(sorted(visible)).keys()


def describe(actor: Actor, case_ids: Sequence[int], *, at: datetime) -> list[Facts]:
    """What the rows of these cases say, in their order; invisible ones are left out."""
    accesses = custody.accesses(actor).filter(case_id__in=list(case_ids))
    found = {row.case_id: row for row in accesses.select_related("case__file")}
    due = clocks.next_due(actor, found)
    carried = {case_id for _agency, case_id in custody.carriers(found)}
    leads = network.agency_names({row.case.lead_agency_id for row in found.values()})
    files: dict[int, CaseFile] = {case_id: row.case.file for case_id, row in found.items()}
    desks = network.desk_names({file.desk_id for file in files.values() if file.desk_id})
    return [
        Facts(
            case_id=case_id, number=custody.case_number(case_id), opened_at=row.opened_at,
            closed_at=(file := files[case_id]).closed_at, close_reason=file.close_reason,
            state=file.state, risk=file.risk, categories=tuple(file.categories),
            violence_kinds=tuple(file.violence_kinds), area=file.area, age_band=file.age_band,
            sex=file.sex, lead=leads.get(row.case.lead_agency_id, ""),
            desk=desks.get(file.desk_id or 0, ""),
            is_late=due[case_id].due_at < at if case_id in due else None,
            has_companion=case_id in carried,
        )
        for case_id in case_ids
        if (row := found.get(case_id)) is not None
    ]  # fmt: skip


def setting_of(actor: Actor, facts: Sequence[Facts], *, at: datetime) -> Setting:
    """What the rows of one table share."""
    codes = {regency_of(each.area) for each in facts if each.area}
    areas = {code: area.name for code, area in reference.get_areas(codes).items()}
    return Setting(at=at, zone=zone_of(actor), areas=areas)


def zone_of(actor: Actor) -> ZoneInfo:
    """The zone in which the agency's days begin."""
    return reference.zone_for(network.get_agency(actor.agency_id).area_id)


# -- tracing a row ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Traced:
    """Where a row came from: the export, its maker and recipient, and the case of that line."""

    number: str
    agency: str
    maker: str
    recipient: str
    reason: str
    state: str
    made_at: datetime | None
    fetched_at: datetime | None
    line: int
    case_number: str


def trace(mark: str, *, using: str) -> Traced:
    """The export whose row bears this mark; as the owner, for those who keep the machine.

    Raises ``UnknownMark`` for one that no row of this house bears.
    """
    export_id, tail = marks.read_mark(mark)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select g.code, u.display_name, r.name, e.reason, e.state, e.made_at, e.fetched_at, "
            "e.rows from exchange_export e join network_agency g on g.id = e.agency_id "
            "join accounts_user u on u.id = e.asked_by "
            "join exchange_recipient r on r.id = e.recipient_id where e.id = %s",
            [export_id],
        )
        found = cursor.fetchone()
        line = marks.line_of(export_id, tail, range(1, found[7] + 1)) if found else None
        if found is None or line is None:
            raise marks.UnknownMark("no row of this house bears this mark")
        cursor.execute(
            "select case_id from exchange_exportcase where export_id = %s and line = %s",
            [export_id, line],
        )
        case_id = int(cursor.fetchone()[0])
    agency, maker, recipient, reason, state, made_at, fetched_at, _rows = found
    return Traced(
        number=export_number(export_id), agency=agency, maker=maker, recipient=recipient,
        reason=reason, state=state, made_at=made_at, fetched_at=fetched_at, line=line,
        case_number=custody.case_number(case_id),
    )  # fmt: skip
