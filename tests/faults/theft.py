"""Fills a house with five thousand invented secrets and works with them; a program of its own.

Everything that the work leaves behind is searched by ``test_stolen_database.py``. Both sides know
the secrets from the seed.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import uuid4

FILES, KIN = 200, 4
_HEADS = ("Bandar", "Cendra", "Dwianta", "Ekawira", "Gandari", "Hastuti", "Jatmiko", "Laksmi")
_TAILS = ("wangsari", "ningtyas", "prasetya", "kusumayu", "manggala", "sasmitra", "rahayuda")


class Secret(NamedTuple):
    """What identifies one invented person. No number can reach anybody living."""

    name: str
    nik: str
    passport: str
    phone: str
    address: str


def secrets() -> list[Secret]:
    """One thousand people: five thousand values, none like another."""
    rng = Random(20_261_122)
    made = []
    for number in range(FILES * (KIN + 1)):
        letters = "".join(rng.choice("bcdfghjklmnprstw") + rng.choice("aeiou") for _ in range(3))
        first = f"{rng.choice(_HEADS)}{letters}"
        last = f"{letters.title()}{rng.choice(_TAILS)}"
        if number % 50 == 0:
            last += "ë"
        made.append(
            Secret(
                name=f"{first} {last}",
                nik=f"99{rng.randrange(10**4):04}150399{1000 + number:04}",
                passport=f"X{rng.choice('ABCDE')}{1_000_000 + number * 7919 % 8_999_999}",
                phone=f"62840{10**7 + number * 99_991 % (9 * 10**7)}",
                address=f"Jalan {last} {number + 11} RT 07 Kampung {first}",
            )
        )
    return made


def values() -> list[str]:
    """The five thousand, in the form in which they were typed or are kept."""
    return [value for secret in secrets() for value in secret]


def main() -> None:
    """Build, work, leave. ``argv``: the log's file."""
    import django

    django.setup()
    _log_everything(Path(sys.argv[1]))
    from tests import people

    from rangkul.commands.migrate import migrate

    migrate()
    people.seed()
    cast = people.Cast()
    told = secrets()
    case_ids = [
        _file(cast, told[at : at + KIN + 1], at) for at in range(0, len(told), KIN + 1)
    ]  # fmt: skip
    _walk(cast, case_ids[:6], told)


def _log_everything(path: Path) -> None:
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    for name in ("", "rangkul", "django", "django.db.backends", "django.request", "procrastinate"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)


def _file(cast: object, told: list[Secret], at: int) -> int:
    """A file with its survivor and kin; notes, changes and documents in some of them."""
    from tests.people import Cast

    from rangkul.cases import operations as cases
    from rangkul.custody.models import Case
    from rangkul.foundation.scope import acting
    from rangkul.people import operations, queries
    from rangkul.people.models import Person

    assert isinstance(cast, Cast)
    by, now = cast.ratih, datetime.now(UTC)
    survivor, *kin = told
    with acting(by):
        if at % 50 == 0:
            case_id = _opened(cast, survivor, now)
        else:
            from rangkul.custody import operations as custody

            case = custody.open_case(subject=uuid4(), by=by, at=now)
            case_id = case.id
            operations.add_person(
                case=case, part=Person.SURVIVOR, by=by, at=now, **_known(survivor)
            )
        case = Case.objects.get(id=case_id)
        for secret in kin:
            operations.add_person(case=case, part=Person.KIN, by=by, at=now, **_known(secret))
        if at % 50 == 0:
            cases.write_note(case_id=case_id, body=" ".join(survivor), by=by, at=now)
            cases.add_attachment(
                case_id=case_id, name=f"{survivor.name}.pdf", by=by, at=now,
                content=b"%PDF-1.7 " + " ".join(survivor).encode() * 400,
            )  # fmt: skip
            person = next(p for p in queries.list_people(by, case_id) if p.part == Person.KIN)
            operations.change_person(
                person_id=person.id, expected_version=1, by=by, at=now, sex="P", birth_year=None,
                relation="", contact_allowed=None, contact_bans=(), **_known(kin[0]),
            )  # fmt: skip
    return int(case_id)


def _known(secret: Secret) -> dict[str, object]:
    from rangkul.people.identity import Contact, Identity, Location

    return {
        "identity": Identity(full_name=secret.name, nik=secret.nik, passport=secret.passport),
        "contact": Contact(phone=secret.phone),
        "location": Location(address=secret.address),
    }


def _opened(cast: object, secret: Secret, now: datetime) -> int:
    from tests.people import Cast

    from rangkul.assessments.answers import Answers
    from rangkul.cases import operations as cases

    assert isinstance(cast, Cast)
    opening = cases.Opening(
        area="33.74", categories=("ktk",), triage=Answers.of({}),
        companion_id=cast.ratih.user_id, **_known(secret),
    )  # fmt: skip
    return int(cases.open_file(opening=opening, by=cast.ratih, at=now).case_id)


def _walk(cast: object, case_ids: list[int], told: list[Secret]) -> None:
    """Through the addresses: search, open, write, send files beyond two megabytes, mistype."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from tests.clients import Client
    from tests.people import Cast, sign_in

    from rangkul.foundation.numbers import number_of

    assert isinstance(cast, Cast)
    client = Client(raise_request_exception=False)
    sign_in(client, cast.ratih)
    for place, case_id in enumerate(case_ids):
        secret = told[place * (KIN + 1)]
        here = f"/kasus/{number_of('RK', case_id)}/"
        for words in (secret.name, secret.nik, secret.phone, secret.passport):
            client.post("/cari/", {"words": words})
        client.get(here)
        client.post(f"{here}identitas/", {"reason": "menghubungi"})
        client.post(f"{here}catatan/", {"body": f"{secret.name} di {secret.address}"})
        client.post(f"{here}catatan/", {"body": secret.name, "happened_at": secret.nik})
        big = " ".join(secret).encode() * (25_000 if place < 2 else 25)
        client.post(
            f"{here}dokumen/", {"file": SimpleUploadedFile(f"{secret.name}.txt", big)}
        )  # fmt: skip
        client.get(f"{here}dokumen/")
        client.get(f"/tidak-ada/{secret.nik[:3]}")


if __name__ == "__main__":
    main()
