"""Writes: loading a release as the owner, and an administrator's corrections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.reference import events, gazetteer, policy, queries, release
from rangkul.reference.calendar import Kind, Unit
from rangkul.reference.models import (
    Area,
    AreaTerm,
    CalendarOverride,
    Code,
    CodeList,
    Confirmation,
    LoadedRelease,
    Mark,
    Procedure,
    ProcedureOverride,
)
from rangkul.reference.names import terms
from rangkul.reference.zones import zone_of
from rangkul.trail import operations as trail

_BATCH = 2000
_EVERYWHERE = "ID"


class ProcedureSetByLaw(RangkulError):
    """A clock that the law sets cannot be given another length by anyone."""

    code = "procedure_set_by_law"


# -- loading a release ------------------------------------------------------------------------


def load_reference(*, using: str, villages: bool = False) -> dict[str, int]:
    """Bring the released areas, lists and procedures into the database; safe to repeat.

    ``using`` is the owner's connection. What a release no longer holds stays, marked as former.
    Returns how many rows each part has; a part that is loaded already is passed over and not
    in the answer. Raises `release.AreasNotBuilt`.
    """
    loaded: dict[str, int] = {}
    parts: dict[str, tuple[str, ...]] = {"areas": ("province", "regency", "district")}
    if villages:
        parts["villages"] = ("village",)
    with transaction.atomic(using=using):
        for part, kinds in parts.items():
            # Villages are described by the wider areas' names, so both fingerprints count.
            digest = release.area_digest(tuple(dict.fromkeys((*parts["areas"], *kinds))))
            if _is_new(part, digest, using=using):
                loaded[part] = _load_areas(kinds, using=using)
        if _is_new("codes", release.code_digest(), using=using):
            loaded["codes"] = _load_codes(using=using)
            loaded["procedures"] = _load_procedures(using=using)
    queries.forget_codes()
    gazetteer.forget()
    return loaded


def _is_new(part: str, digest: str, *, using: str) -> bool:
    row, made = LoadedRelease.objects.using(using).get_or_create(
        part=part, defaults={"digest": digest}
    )
    if made or row.digest == digest:
        return made
    row.digest = digest
    row.save(using=using)
    return True


def _areas(kinds: tuple[str, ...]) -> Iterator[tuple[Area, release.AreaRow]]:
    """Every area of these kinds, with its full name: its own, then those of the wider areas."""
    shown: dict[str, str] = {}
    levels = list(release.AREA_LEVELS)
    narrowest = max(levels.index(kind) for kind in kinds)
    for kind in levels[: narrowest + 1]:
        for row in release.read_areas(kind):
            parent = row.code.rpartition(".")[0]
            shown[row.code] = f"{row.name}, {shown[parent]}" if parent else row.name
            if kind in kinds:
                yield _area(row, kind, parent, shown[row.code]), row


def _area(row: release.AreaRow, kind: str, parent: str, full_name: str) -> Area:
    return Area(
        code=row.code,
        name=row.name,
        full_name=full_name,
        kind=kind,
        parent_id=parent or None,
        timezone=zone_of(row.code),
        is_city=row.name.startswith("Kota ") if kind == "regency" else None,
        is_current=True,
    )


def _load_areas(kinds: tuple[str, ...], *, using: str) -> int:
    pairs = list(_areas(kinds))
    areas = Area.objects.using(using)
    areas.bulk_create(
        [area for area, _ in pairs],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "full_name", "kind", "parent", "timezone", "is_city", "is_current"],
    )
    former = areas.filter(kind__in=kinds).exclude(code__in=[area.code for area, _ in pairs])
    former.update(is_current=False)
    AreaTerm.objects.using(using).filter(area__kind__in=kinds).delete()
    AreaTerm.objects.using(using).bulk_create(
        [
            AreaTerm(area_id=row.code, key=term.key, rank=term.rank, alias=term.alias)
            for _, row in pairs
            for term in terms(row.name, row.aliases)
        ],
        batch_size=_BATCH,
    )
    return len(pairs)


def _load_codes(*, using: str) -> int:
    lists = release.read_lists().values()
    CodeList.objects.using(using).bulk_create(
        [
            CodeList(
                name=row.name, title_id=row.title_id, title_en=row.title_en, mark=row.mark,
                source=row.source,
            )
            for row in lists
        ],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["title_id", "title_en", "mark", "source"],
    )  # fmt: skip
    rows = [row for name in release.read_lists() for row in release.read_codes(name)]
    stored = Code.objects.using(using)
    stored.update(is_current=False)
    stored.bulk_create(
        [_code(row) for row in rows],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["list", "code"],
        update_fields=[
            "label_id", "label_en", "position", "mark", "source", "parent_code", "valid_from",
            "valid_until", "is_current", "mappings",
        ],
    )  # fmt: skip
    return len(rows)


def _code(row: release.CodeRow) -> Code:
    return Code(
        list_id=row.list, code=row.code, label_id=row.label_id, label_en=row.label_en,
        position=row.position, mark=row.mark, source=row.source, parent_code=row.parent_code,
        valid_from=row.valid_from, valid_until=row.valid_until, mappings=dict(row.mappings),
    )  # fmt: skip


def _load_procedures(*, using: str) -> int:
    rows = release.read_procedures()
    fields = [name for name in asdict(rows[0]) if name not in {"code", "version"}]
    Procedure.objects.using(using).bulk_create(
        [Procedure(**asdict(row)) for row in rows],
        update_conflicts=True,
        unique_fields=["code", "version"],
        update_fields=fields,
    )
    return len(rows)


# -- corrections ------------------------------------------------------------------------------


def _area_or_none(area: str) -> str | None:
    return queries.get_area(area).code if area else None


@transaction.atomic
def set_calendar_override(
    *, by: Actor, at: datetime, day: date, is_working: bool, note: str, source: str, area: str = ""
) -> CalendarOverride:
    """Make a local date free, or worked, in an area (code) or the whole nation.

    A second word on the same day and area replaces the first. Side effect: the trail. Deadlines
    that were fixed before keep their moment. Raises `policy.KeepingForbidden`, `NotReachable` for
    an unknown area, `InvalidInput` without note or source.
    """
    policy.require_keeper(by)
    _require_words(note=note, source=source)
    override, _made = CalendarOverride.objects.update_or_create(
        area_id=_area_or_none(area),
        date=day,
        defaults={"is_working": is_working, "note": note.strip(), "source": source.strip()},
    )
    memory.forget(queries.CALENDARS)
    trail.record(
        by=by,
        at=at,
        name=events.CALENDAR_CORRECTED,
        subject_kind="calendar",
        subject_id=f"{area or _EVERYWHERE}/{day.isoformat()}",
        detail={"is_working": is_working},
    )
    return override


@transaction.atomic
def clear_calendar_override(*, by: Actor, at: datetime, day: date, area: str = "") -> None:
    """Let the wider calendar speak again on this day. Side effect: the trail.

    Raises `policy.KeepingForbidden`, `NotReachable` when there is no correction to clear.
    """
    policy.require_keeper(by)
    cleared, _by_model = CalendarOverride.objects.filter(area_id=area or None, date=day).delete()
    if not cleared:
        raise NotReachable("calendar correction")
    memory.forget(queries.CALENDARS)
    trail.record(
        by=by,
        at=at,
        name=events.CALENDAR_CORRECTION_CLEARED,
        subject_kind="calendar",
        subject_id=f"{area or _EVERYWHERE}/{day.isoformat()}",
    )


@transaction.atomic
def change_procedure(
    *,
    by: Actor,
    at: datetime,
    code: str,
    kind: str,
    amount: int,
    unit: str,
    source: str,
    valid_from: date,
    area: str = "",
) -> ProcedureOverride:
    """Give a local or unverified procedure another length in an area (code), or everywhere.

    Holds for clocks that start on or after ``valid_from``. Side effect: the trail.
    Raises `policy.KeepingForbidden`, `queries.UnknownProcedure`, `ProcedureSetByLaw`,
    `NotReachable` for an unknown area, `InvalidInput`.
    """
    policy.require_keeper(by)
    released = queries.get_rule(code, on=valid_from)
    if released.mark not in {Mark.LOCAL, Mark.UNVERIFIED}:
        raise ProcedureSetByLaw(f"{code} is set by {released.source}")
    _require_words(source=source)
    _require_length(kind, amount, unit)
    override, _made = ProcedureOverride.objects.update_or_create(
        procedure_code=code,
        area_id=_area_or_none(area),
        valid_from=valid_from,
        defaults={"kind": kind, "amount": amount, "unit": unit, "source": source.strip()},
    )
    memory.forget(queries.PROCEDURES)
    trail.record(
        by=by,
        at=at,
        name=events.PROCEDURE_CHANGED,
        subject_kind="procedure",
        subject_id=code,
        detail={"area": area or _EVERYWHERE, "kind": kind, "amount": amount, "unit": unit},
    )
    return override


@transaction.atomic
def clear_procedure_change(*, by: Actor, at: datetime, override_id: int) -> ProcedureOverride:
    """Take another length back, so that the wider area's or the released one holds again.

    Clocks that run keep the moment they were given. Side effect: the trail.
    Raises `policy.KeepingForbidden`, `NotReachable`.
    """
    policy.require_keeper(by)
    override = ProcedureOverride.objects.filter(id=override_id).first()
    if override is None:
        raise NotReachable("procedure change")
    override.delete()
    memory.forget(queries.PROCEDURES)
    trail.record(
        by=by,
        at=at,
        name=events.PROCEDURE_CHANGE_CLEARED,
        subject_kind="procedure",
        subject_id=override.procedure_code,
        detail={"area": override.area_id or _EVERYWHERE},
    )
    return override


@transaction.atomic
def confirm_entry(*, by: Actor, at: datetime, subject: str, key: str, source: str) -> Confirmation:
    """Say that an unverified code or procedure has been checked against ``source``.

    ``subject`` is ``code`` or ``procedure``, ``key`` is ``list/code`` or ``procedure/version``.
    Side effect: the trail. Raises `policy.KeepingForbidden`, `NotReachable`, `InvalidInput`.
    """
    policy.require_keeper(by)
    _require_words(source=source)
    if not _is_unverified(subject, key):
        raise NotReachable("unverified entry")
    confirmation, _made = Confirmation.objects.update_or_create(
        subject=subject, key=key, defaults={"source": source.strip(), "confirmed_at": at}
    )
    trail.record(
        by=by,
        at=at,
        name=events.REFERENCE_CONFIRMED,
        subject_kind="reference",
        subject_id=confirmation.pk,
        detail={"subject": subject, "key": key},
    )
    return confirmation


def _is_unverified(subject: str, key: str) -> bool:
    first, _, second = key.rpartition("/")
    if subject == Confirmation.Subject.CODE:
        return Code.objects.filter(list_id=first, code=second, mark=Mark.UNVERIFIED).exists()
    if subject == Confirmation.Subject.PROCEDURE and second.isdecimal():
        return Procedure.objects.filter(
            code=first, version=int(second), mark=Mark.UNVERIFIED
        ).exists()
    return False


def _require_words(**texts: str) -> None:
    empty = {name: _("Please fill this in.") for name, text in texts.items() if not text.strip()}
    if empty:
        raise InvalidInput(empty)


def _require_length(kind: str, amount: int, unit: str) -> None:
    if kind not in Kind.values:
        raise InvalidInput({"kind": _("Choose how the time is counted.")})
    if unit not in Unit.values or (kind == Kind.WORKING_DAYS and unit != Unit.DAYS):
        raise InvalidInput({"unit": _("This unit does not fit the way the time is counted.")})
    if amount <= 0:
        raise InvalidInput({"amount": _("Give a number above zero.")})
