"""Case files for the tests of the screens, opened through the operations; names are invented."""

from __future__ import annotations

from typing import Any

from tests.clients import Client
from tests.people import NOW, sign_in

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people.identity import Contact, Identity

CALM = {
    "bahaya_kini": "tidak", "senjata": "tidak", "cekik": "tidak", "ancam_bunuh": "tidak",
    "terkurung": "tidak", "bunuh_diri": "tidak", "tinggal_pelaku": "tidak", "anak_ada": "tidak",
    "luka": "tidak", "meningkat": "tidak",
}  # fmt: skip
NAME = "Marlina Puspaningrum"


def open_file(by: Actor, triage: dict[str, str] | None = None, **changed: Any) -> CaseFile:
    """A file of ``by``'s agency, carried by ``by``; calm unless ``triage`` says otherwise."""
    opening: dict[str, Any] = {
        "area": "33.74",
        "categories": ("ktk",),
        "triage": Answers.of(CALM if triage is None else triage),
        "identity": Identity(full_name=NAME, called_name="Lina"),
        "contact": Contact(phone="081234567890"),
        "sex": "P",
    }
    with acting(by):
        return cases.open_file(opening=cases.Opening(**(opening | changed)), by=by, at=NOW)


def number_of(file: CaseFile) -> str:
    """The public number of a file."""
    return custody.case_number(file.case_id)


def signed_in(actor: Actor) -> Client:
    """A browser in which ``actor`` has signed in; faults of the server are raised."""
    client = Client(headers={"accept-language": "en"})
    client.cookies["rangkul_language"] = "en"
    sign_in(client, actor)
    return client
