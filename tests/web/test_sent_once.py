"""A form pressed twice makes one thing; the same form with other words makes another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from tests.clients import Client
from tests.people import NOW, Cast
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases import operations as cases
from rangkul.cases.models import Attachment, Need, Note
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")


def note(words: str) -> dict[str, Any]:
    return {"body": words, "kind": "visit"}


def need(words: str) -> dict[str, Any]:
    return {"words": words, "service": "pemulangan"}


def document(words: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("kontrak.txt", words.encode())}


FORMS = [
    ("catatan/", note, Note), ("rencana/", need, Need), ("dokumen/", document, Attachment),
]  # fmt: skip


def token_of(browser: Client, address: str) -> str:
    found = re.search(
        r'name="token" value="([0-9a-f-]{36})"', browser.get(address).content.decode()
    )
    assert found
    return found.group(1)


def kept(cast: Cast, model: Any, case_id: int) -> int:
    with acting(cast.ratih):
        return int(model.objects.filter(case_id=case_id).count())


@pytest.mark.parametrize(("part", "filled", "model"), FORMS, ids=lambda each: str(each)[:8])
def test_pressed_twice_it_is_kept_once(
    cast: Cast, part: str, filled: Callable[[str], dict[str, Any]], model: Any
) -> None:
    file = open_file(cast.ratih)
    browser, address = signed_in(cast.ratih), f"/kasus/{number_of(file)}/{part}"
    token = token_of(browser, address)
    for _ in range(2):
        assert browser.post(address, filled("Mau pulang") | {"token": token}).status_code == 302
    assert kept(cast, model, file.case_id) == 1
    # Gone back to and written anew, it is another thing: nothing is swallowed.
    assert browser.post(address, filled("Mau sekolah") | {"token": token}).status_code == 302
    assert kept(cast, model, file.case_id) == 2
    # Opened again, the same words may be meant twice.
    again = token_of(browser, address)
    assert again != token
    assert browser.post(address, filled("Mau pulang") | {"token": again}).status_code == 302
    assert kept(cast, model, file.case_id) == 3


@pytest.mark.parametrize("token", ["", "bukan-token", "9" * 400])
def test_a_form_without_its_token_is_taken_all_the_same(cast: Cast, token: str) -> None:
    file = open_file(cast.ratih)
    address = f"/kasus/{number_of(file)}/catatan/"
    answer = signed_in(cast.ratih).post(address, note("Tenang.") | {"token": token})
    assert answer.status_code == 302
    assert kept(cast, Note, file.case_id) == 1


def test_a_refused_form_keeps_its_token(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, address = signed_in(cast.ratih), f"/kasus/{number_of(file)}/catatan/"
    token = str(uuid4())
    answer = browser.post(address, note("") | {"token": token})
    assert answer.status_code == 422
    assert f'name="token" value="{token}"' in answer.content.decode()


def test_the_database_keeps_a_token_once_in_a_case_whatever_we_forget(cast: Cast) -> None:
    one, other = open_file(cast.ratih), open_file(cast.ratih)
    token = uuid4()
    with acting(cast.ratih):
        written = [
            cases.write_note(
                case_id=file.case_id, body="Tenang.", by=cast.ratih, at=NOW, token=token
            )
            for file in (one, other)
        ]
        assert written[0].token == written[1].token != token
        twin = Note.objects.get(id=written[0].id)
        twin.id = uuid4()
        with pytest.raises(IntegrityError, match="note_sent_once"), transaction.atomic():
            twin.save(force_insert=True)
