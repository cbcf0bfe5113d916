"""Reads of areas, code lists, procedures and calendars; reference data is the same for everyone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import get_language

from rangkul.foundation import memory
from rangkul.foundation.errors import NotReachable, RangkulError
from rangkul.reference import calendar
from rangkul.reference.calendar import DayOverride, WorkingCalendar
from rangkul.reference.models import (
    Area,
    AreaTerm,
    CalendarOverride,
    Code,
    Confirmation,
    Mark,
    Procedure,
    ProcedureOverride,
)
from rangkul.reference.names import RANK_ALIAS, parse, squeeze

KIND_ORDER = ("province", "regency", "district", "village")


class ReferenceNotLoaded(RangkulError):
    """The code tables are empty: `rangkul` loads them before it serves."""

    code = "reference_not_loaded"


class UnknownCode(LookupError):
    """A list that does not exist, or a value that its list never held."""


# What a confirmation may speak of.
A_CODE, A_PROCEDURE = str(Confirmation.Subject.CODE), str(Confirmation.Subject.PROCEDURE)

# What the memory of a scope calls the rules and the working days it has read.
PROCEDURES, CALENDARS = "procedures", "calendars"


class UnknownProcedure(LookupError):
    """A procedure that no release carries, or none that was in force on that day."""


# -- areas ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AreaHit:
    """One suggestion for a combobox; ``alias`` is the other name that was matched, if one was."""

    code: str
    name: str
    full_name: str
    kind: str
    alias: str


def ancestor_codes(code: str) -> tuple[str, ...]:
    """``62.71.01`` → ``("62", "62.71", "62.71.01")``: the area itself stands last."""
    parts = code.split(".")
    return tuple(".".join(parts[: i + 1]) for i in range(len(parts)))


def get_area(code: str) -> Area:
    """The area with this code, a former one included, asked once; raises `NotReachable`."""
    found = memory.once(("area", code), lambda: Area.objects.filter(code=code).first())
    if found is None:
        raise NotReachable("area")
    return found


def is_area(code: str, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether an area, a former one included, bears this code; loaders ask as the owner."""
    return Area.objects.using(using).filter(code=code).exists()


def get_areas(codes: Iterable[str]) -> Mapping[str, Area]:
    """These areas by code, in one query; unknown codes are simply not in the answer."""
    return Area.objects.in_bulk(list(codes))


def zone_for(code: str) -> ZoneInfo:
    """The time zone kept in the area with this code; raises `NotReachable`."""
    return ZoneInfo(get_area(code).timezone)


def list_areas(*, kind: str, within: str = "") -> list[Area]:
    """Current areas of one kind by name, all or those ``within`` an area at any depth."""
    found = Area.objects.filter(kind=kind, is_current=True)
    if within:
        found = found.filter(code__startswith=f"{within}.")
    return list(found.order_by("name", "code"))


def search_areas(
    text: str, *, kinds: Collection[str] = (), within: str = "", limit: int = 12
) -> list[AreaHit]:
    """Areas whose name, former name or a later word of it begins with what was typed; one query.

    Whole names come first, then wider areas before narrower ones, then by how the name was met.
    ``kec. menteng, jakarta`` asks for a district and only within names that contain *jakarta*.
    ``within`` is an area code that the answers must lie in. Nothing typed gives nothing.
    """
    asked = parse(text)
    if not asked.key:
        return []
    found = AreaTerm.objects.filter(key__startswith=asked.key, area__is_current=True)
    if len(asked.key) == 1:
        # A single letter begins every tenth word of the nation; whole names are what is meant.
        found = found.filter(rank__lte=RANK_ALIAS)
    wanted = set(kinds)
    if asked.kind:
        wanted = wanted & {asked.kind} if wanted else {asked.kind}
        if not wanted:
            return []
    if wanted:
        found = found.filter(area__kind__in=wanted)
    if within:
        found = found.filter(Q(area=within) | Q(area__code__startswith=f"{within}."))
    for place in asked.within:
        found = found.filter(area__full_name__icontains=place)
    ranked = found.annotate(
        partial=Case(When(key=asked.key, rank__lte=RANK_ALIAS, then=0), default=1),
        width=Case(
            *(When(area__kind=kind, then=Value(i)) for i, kind in enumerate(KIND_ORDER)),
            output_field=IntegerField(),
        ),
    ).order_by("partial", "width", "rank", "area__name", "area_id")
    hits: dict[str, AreaHit] = {}
    # An area may be met by several of its terms; no name has more than five that share a prefix.
    for term in ranked.select_related("area")[: limit * 5]:
        area = term.area
        if area.code not in hits:
            hits[area.code] = AreaHit(area.code, area.name, area.full_name, area.kind, term.alias)
    return list(hits.values())[:limit]


def find_area(name: str, *, kind: str, within: str = "") -> Area | None:
    """The one current area of this kind that bears exactly this name or alias; else ``None``.

    For data brought in from elsewhere: two areas of one name give none rather than a guess.
    """
    found = Area.objects.filter(
        kind=kind, is_current=True, terms__key=squeeze(name), terms__rank__lte=RANK_ALIAS
    )
    if within:
        found = found.filter(code__startswith=f"{within}.")
    matches = list(found[:2])
    return matches[0] if len(matches) == 1 else None


# -- code lists -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value of a list as the process remembers it."""

    code: str
    label_id: str
    label_en: str
    parent_code: str
    source: str
    mark: str
    is_current: bool
    valid_from: date | None
    valid_until: date | None
    mappings: Mapping[str, str]

    def label(self, lang: str | None = None) -> str:
        """The Indonesian or the English label; without ``lang`` that of the present language."""
        return self.label_en if (lang or get_language() or "id").startswith("en") else self.label_id

    def valid_on(self, day: date) -> bool:
        """Whether the value could be chosen on this day."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_until is None or day <= self.valid_until)


@lru_cache(maxsize=1)
def _all_codes() -> Mapping[str, Mapping[str, CodeValue]]:
    lists: dict[str, dict[str, CodeValue]] = {}
    for row in Code.objects.order_by("list_id", "position", "id"):
        lists.setdefault(row.list_id, {})[row.code] = CodeValue(
            code=row.code,
            label_id=row.label_id,
            label_en=row.label_en,
            parent_code=row.parent_code,
            source=row.source,
            mark=row.mark,
            is_current=row.is_current,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            mappings=MappingProxyType(row.mappings),
        )
    if not lists:
        raise ReferenceNotLoaded("no code list is loaded")
    return MappingProxyType({name: MappingProxyType(codes) for name, codes in lists.items()})


def forget_codes() -> None:
    """Let the process read the code lists anew; `operations.load_reference` calls it."""
    _all_codes.cache_clear()


def _list(list_name: str) -> Mapping[str, CodeValue]:
    try:
        return _all_codes()[list_name]
    except KeyError:
        raise UnknownCode(list_name) from None


def codes(list_name: str, *, on: date | None = None) -> tuple[CodeValue, ...]:
    """The current values of a list in order, or those valid ``on`` a day; no query once warm.

    Raises `UnknownCode` for an unknown list, `ReferenceNotLoaded` when nothing is loaded.
    """
    return tuple(
        value
        for value in _list(list_name).values()
        if value.is_current and (on is None or value.valid_on(on))
    )


def get_code(list_name: str, code: str) -> CodeValue:
    """One value, also a former one (old rows still need their label); raises `UnknownCode`."""
    try:
        return _list(list_name)[code]
    except KeyError:
        raise UnknownCode(f"{list_name}/{code}") from None


def label(list_name: str, code: str, lang: str | None = None) -> str:
    """The label of one value in ``id`` or ``en`` (default: the present language)."""
    return get_code(list_name, code).label(lang)


def choices(list_name: str, lang: str | None = None) -> list[tuple[str, str]]:
    """Pairs of code and label for a form field."""
    return [(value.code, value.label(lang)) for value in codes(list_name)]


def is_code(list_name: str, code: str) -> bool:
    """Whether the list holds this value among its current ones."""
    value = _list(list_name).get(code)
    return value is not None and value.is_current


def list_confirmed(subject: str) -> frozenset[str]:
    """Keys (``list/code`` or ``procedure/version``) that an administrator has confirmed."""
    return frozenset(Confirmation.objects.filter(subject=subject).values_list("key", flat=True))


def list_unverified_codes() -> list[Code]:
    """The current values that a release brought from memory, with their lists, confirmed or not."""
    found = Code.objects.filter(mark=Mark.UNVERIFIED, is_current=True).select_related("list")
    return list(found.order_by("list_id", "position", "id"))


def list_confirmations(subject: str) -> dict[str, Confirmation]:
    """What has been confirmed, by key: against which source, and when."""
    return {row.key: row for row in Confirmation.objects.filter(subject=subject)}


# -- procedures -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """A procedure as it holds in one place on one day; `calendar.deadline` reads it.

    ``is_local_value`` says that the length is an area's own, not the release's.
    """

    code: str
    version: int
    title_id: str
    title_en: str
    kind: str
    amount: int
    unit: str
    meaning: str
    from_event: str
    applies: str
    runs_against: str
    escalates: bool
    source_id: str
    source_en: str
    mark: str
    note_id: str
    note_en: str
    valid_from: date
    is_local_value: bool = False

    def title(self, lang: str | None = None) -> str:
        """The title in ``id`` or ``en`` (default: the present language)."""
        return self.title_en if (lang or get_language() or "id").startswith("en") else self.title_id

    def note(self, lang: str | None = None) -> str:
        """What to know beside the clock, in ``id`` or ``en``; may be empty."""
        return self.note_en if (lang or get_language() or "id").startswith("en") else self.note_id

    @property
    def source(self) -> str:
        """Where the length comes from, in the present language; a local value as it was typed."""
        return self.source_en if (get_language() or "id").startswith("en") else self.source_id

    @property
    def key(self) -> str:
        """The key a confirmation names it by."""
        return f"{self.code}/{self.version}"


def _rule(row: Procedure) -> Rule:
    return Rule(
        code=row.code, version=row.version, title_id=row.title_id, title_en=row.title_en,
        kind=row.kind, amount=row.amount, unit=row.unit, meaning=row.meaning,
        from_event=row.from_event, applies=row.applies, runs_against=row.runs_against,
        escalates=row.escalates, source_id=row.source_id, source_en=row.source_en, mark=row.mark,
        note_id=row.note_id, note_en=row.note_en, valid_from=row.valid_from,
    )  # fmt: skip


def _overridden(rule: Rule, overrides: Iterable[ProcedureOverride]) -> Rule:
    """The narrowest area's newest override wins; without one the rule stays as released."""
    best = max(overrides, key=lambda o: (len(o.area_id or ""), o.valid_from), default=None)
    if best is None:
        return rule
    return replace(
        rule, kind=best.kind, amount=best.amount, unit=best.unit, source_id=best.source,
        source_en=best.source, is_local_value=True,
    )  # fmt: skip


def _overrides(area: str, on: date) -> Q:
    places = Q(area=None)
    if area:
        places |= Q(area__in=ancestor_codes(area))
    return places & Q(valid_from__lte=on)


def get_rule(code: str, *, on: date, area: str = "") -> Rule:
    """The procedure in force on the local day ``on`` in an area (code); two queries, asked once.

    Raises `UnknownProcedure`.
    """
    return memory.once((PROCEDURES, code, on, area), lambda: _in_force(code, on=on, area=area))


def _in_force(code: str, *, on: date, area: str) -> Rule:
    row = (
        Procedure.objects.filter(code=code, valid_from__lte=on)
        .order_by("-valid_from", "-version")
        .first()
    )
    if row is None:
        raise UnknownProcedure(f"{code} on {on}")
    overrides = ProcedureOverride.objects.filter(_overrides(area, on), procedure_code=code)
    return _overridden(_rule(row), overrides)


def list_rules(*, on: date, area: str = "") -> list[Rule]:
    """Every procedure in force on a day in an area, in the release's order; two queries."""
    current: dict[str, Rule] = {}
    for row in Procedure.objects.filter(valid_from__lte=on).order_by("valid_from", "version"):
        current[row.code] = _rule(row)
    overrides: dict[str, list[ProcedureOverride]] = {}
    for override in ProcedureOverride.objects.filter(_overrides(area, on)):
        overrides.setdefault(override.procedure_code, []).append(override)
    return sorted(
        (_overridden(rule, overrides.get(code, ())) for code, rule in current.items()),
        key=lambda rule: (rule.from_event, rule.code),
    )


def list_procedure_overrides(code: str) -> list[ProcedureOverride]:
    """The lengths that a procedure has in areas or everywhere beside the released one, in order."""
    found = ProcedureOverride.objects.filter(procedure_code=code).select_related("area")
    return sorted(found, key=lambda row: (row.area_id or "", row.valid_from))


# -- calendars --------------------------------------------------------------------------------


def working_calendar(area: str = "") -> WorkingCalendar:
    """The working days of an area (code), wider areas' corrections included; one query, asked once.

    The narrowest area's word on a day wins. Without ``area``: the nation's.
    """
    return memory.once((CALENDARS, area), lambda: _calendar(area))


def working_calendars(areas: Iterable[str]) -> dict[str, WorkingCalendar]:
    """The working days of several areas (codes) at once; one query."""
    wanted = {area: ancestor_codes(area) for area in areas}
    around = {code for codes in wanted.values() for code in codes}
    rows = list(CalendarOverride.objects.filter(Q(area=None) | Q(area__in=around)))
    return {area: _calendar_of(rows, codes) for area, codes in wanted.items()}


def _calendar(area: str) -> WorkingCalendar:
    places = Q(area=None)
    if area:
        places |= Q(area__in=ancestor_codes(area))
    return _calendar_of(CalendarOverride.objects.filter(places), ancestor_codes(area))


def _calendar_of(rows: Iterable[CalendarOverride], codes: Collection[str]) -> WorkingCalendar:
    """The corrections of these areas and of the nation, the narrowest last."""
    ours = [row for row in rows if row.area_id is None or row.area_id in codes]
    overrides: dict[date, DayOverride] = {}
    for row in sorted(ours, key=lambda row: len(row.area_id or "")):
        overrides[row.date] = DayOverride(row.is_working, row.note)
    return WorkingCalendar(MappingProxyType(overrides))


def list_calendar_overrides(*, year: int) -> list[CalendarOverride]:
    """All corrections of one year, national ones first on each day."""
    return list(
        CalendarOverride.objects.filter(date__year=year)
        .select_related("area")
        .order_by("date", "area_id")
    )


def due_at(code: str, *, start: datetime, area: str) -> datetime:
    """When the procedure, begun at ``start`` in an area (code), falls due; UTC, four queries.

    Raises `UnknownProcedure`, `NotReachable`, `ValueError` for a start without a time zone.
    """
    if start.utcoffset() is None:
        raise ValueError("a deadline needs a start with a time zone")
    zone = zone_for(area)
    rule = get_rule(code, on=start.astimezone(zone).date(), area=area)
    return calendar.deadline(rule, start, zone, working_calendar(area))
