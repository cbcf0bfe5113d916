"""The open directory as it stands, kept in memory until a row changes, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Final, TypeVar

from rangkul.exchange.hsds import mapping, package, terms
from rangkul.exchange.hsds.mapping import Said, Setting
from rangkul.network import queries as network
from rangkul.network.entries import Offer
from rangkul.network.queries import DeskEntry, Stamp

Thing = TypeVar("Thing")

MOST: Final = 500
USUAL: Final = 50
_MOST_WORDS: Final = 12


def words_of(search: str) -> list[str]:
    """The words of a search, folded, each once; more than a sentence holds are not asked for."""
    return list(dict.fromkeys(search[:400].casefold().split()))[:_MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed by; empty is everything. ``modified_after`` carries a zone."""

    search: str = ""
    organization_id: str = ""
    taxonomy_id: str = ""
    taxonomy_term_id: str = ""
    modified_after: datetime | None = None


@dataclass(frozen=True)
class Row:
    """One service at one desk, with what it is found by."""

    entry: DeskEntry
    offer: Offer
    organization: Said
    setting: Setting

    @cached_property
    def words(self) -> str:
        """All words by which somebody may look for it, folded."""
        label = [terms.term(terms.SERVICE, self.offer.service, lang).name for lang in ("id", "en")]
        said = [
            *label, self.entry.desk.name, self.entry.agency.name, self.entry.agency.short_name,
            self.organization["description"], self.entry.entry.details.access_notes,
            *mapping.areas_of(self.entry, self.setting).values(),
        ]  # fmt: skip
        return " ".join(said).casefold()

    @cached_property
    def term_ids(self) -> frozenset[str]:
        """The identifiers of the terms on the service and on its desk."""
        return frozenset(each.id for each in self._terms())

    @cached_property
    def taxonomy_ids(self) -> frozenset[str]:
        """The identifiers of these terms' taxonomies."""
        return frozenset(terms.taxonomy_id(each.taxonomy) for each in self._terms())

    def _terms(self) -> list[terms.Term]:
        marks = [term for term, _value in mapping.marks_of(self.entry)]
        return [*mapping.terms_of(self.offer), *marks]

    def fits(self, asked: Asked, words: Sequence[str]) -> bool:
        """Whether it is among what was asked for."""
        return (
            (not asked.organization_id or self.organization["id"] == asked.organization_id)
            and (not asked.taxonomy_term_id or asked.taxonomy_term_id in self.term_ids)
            and (not asked.taxonomy_id or asked.taxonomy_id in self.taxonomy_ids)
            and (asked.modified_after is None or self.entry.desk.changed_at >= asked.modified_after)
            and all(word in self.words for word in words)
        )

    # -- as the standard shows it ------------------------------------------------------------

    def service(self) -> Said:
        """With its one-to-one fields."""
        return mapping.listed_service(self.entry, self.offer, self.setting, self.organization)

    def full(self) -> Said:
        """With all that hangs on it."""
        return mapping.full_service(self.entry, self.offer, self.setting, self.organization)

    def minimal(self) -> Said:
        """Its name and its last change, under the name that the standard's words use too."""
        short = mapping.short_service(self.entry, self.offer, self.setting)
        return short | {"modified_date": short["last_modified"]}

    def at_location(self) -> Said:
        """The link to its desk, with both, flat."""
        return mapping.listed_at_location(self.entry, self.offer, self.setting, self.organization)

    def full_at_location(self) -> Said:
        """The same with all that hangs on both."""
        return mapping.full_at_location(self.entry, self.offer, self.setting, self.organization)


@dataclass(frozen=True)
class Catalogue:
    """One state of the directory: every listed entry, and its services by identifier."""

    stamp: Stamp
    entries: Sequence[DeskEntry]
    setting: Setting

    @cached_property
    def agencies(self) -> dict[str, list[DeskEntry]]:
        """The desks of each agency, by its identifier."""
        found: dict[str, list[DeskEntry]] = {}
        for each in self.entries:
            found.setdefault(mapping.organization_id(each.agency.code), []).append(each)
        return found

    @cached_property
    def organizations(self) -> dict[str, Said]:
        """The agencies, flat, by their identifiers, in the order of their names."""
        flat = [mapping.organization(each, self.setting) for each in self.agencies.values()]
        return {
            each["id"]: each for each in sorted(flat, key=lambda said: (said["name"], said["id"]))
        }

    @cached_property
    def rows(self) -> list[Row]:
        """Every service at every desk, by the codes of the desks."""
        return [
            Row(each, offer, self.organizations[mapping.organization_id(each.agency.code)],
                self.setting)
            for each in self.entries
            for offer in mapping.offers_of(each)
        ]  # fmt: skip

    @cached_property
    def by_service(self) -> dict[str, Row]:
        """The services by their identifiers."""
        return {
            mapping.service_id(row.entry.desk.code, row.offer.service): row for row in self.rows
        }

    @cached_property
    def by_link(self) -> dict[str, Row]:
        """The services at their desks by the identifiers of the links."""
        return {
            mapping.at_location_id(row.entry.desk.code, row.offer.service): row for row in self.rows
        }

    def find(self, asked: Asked) -> list[Row]:
        """The services that fit, in a steady order."""
        words = words_of(asked.search)
        return [row for row in self.rows if row.fits(asked, words)]

    def find_organizations(self, search: str) -> list[Said]:
        """The agencies whose names hold every word, in the order of the names."""
        words = words_of(search)
        return [
            said
            for said in self.organizations.values()
            if all(
                word in f"{said['name']} {said.get('alternate_name', '')} {said['description']}"
                .casefold()
                for word in words
            )
        ]  # fmt: skip

    def full_organization(self, identifier: str, *, services: str) -> Said:
        """One agency with all that hangs on it; raises ``KeyError``."""
        return mapping.full_organization(self.agencies[identifier], self.setting, services=services)

    @cached_property
    def archive(self) -> bytes:
        """All of it as the standard's tables in one archive."""
        return package.zipped(package.csv_files(self.entries, self.setting))


class _Shelf:
    """The newest catalogue of this process; another one is made when a row has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: Catalogue | None = None

    def take(self, at: datetime) -> Catalogue:
        """The catalogue of the present state: one query when it is known, four when not."""
        stamp = network.directory_stamp(at=at)
        newest = self._newest
        if newest is not None and newest.stamp == stamp:
            return newest
        with self._lock:
            if self._newest is None or self._newest.stamp != stamp:
                entries = network.list_listed_entries(at=at)
                self._newest = Catalogue(stamp, entries, Setting.of(entries, at=at))
            return self._newest


_shelf: Final = _Shelf()
_packing: Final = Lock()


def catalogue(*, at: datetime) -> Catalogue:
    """The open directory as it stands at ``at``."""
    return _shelf.take(at)


def archive_of(held: Catalogue) -> bytes:
    """The whole as one archive: seconds of work for a nation, done once for each of its states."""
    with _packing:
        return held.archive


def page_of(found: Sequence[Thing], *, page: int, size: int, say: Callable[[Thing], Said]) -> Said:
    """One page as the standard has it; a page behind the last one is empty."""
    pages = -(-len(found) // size)
    shown = found[(page - 1) * size : page * size]
    return {
        "total_items": len(found),
        "total_pages": pages,
        "page_number": page,
        "size": len(shown),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not shown,
        "contents": [say(each) for each in shown],
    }
