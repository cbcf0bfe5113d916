"""A database in a thief's hands: receipts lead nowhere, and the app cannot even list them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction
from tests.people import NOW, SEMARANG, Cast
from tests.rows import as_owner

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting, system
from rangkul.reports import operations, receipts
from rangkul.reports.door import DoorContent

CONTENT = DoorContent(
    area="33.74", words="Teriakan setiap malam dari rumah nomor tujuh.", danger=True, herself=False
)


@pytest.mark.promise(
    "receipts-name-nobody",
    chapter="vault",
    sentence="A stolen database joins no receipt to a report, and the app itself cannot list them.",
)
def test_a_stolen_database_joins_no_receipt(
    committed_db: None, cast: Cast, figure: Callable[[str], None]
) -> None:
    nonce = os.urandom(16)
    taken = operations.send_public(content=CONTENT, nonce=nonce, at=NOW)
    assert taken is not None
    with as_owner() as owner:
        rows = owner.execute("select * from reports_receipt").fetchall()
        report = owner.execute("select * from reports_report").fetchall()
    assert len(rows) == len(report) == 1
    (digest, pointer, made_at, ends_on) = rows[0]
    code = receipts.code_of_form(nonce)
    assert len(digest) == 32
    assert f"{SEMARANG}|{taken.report_id}".encode() not in pointer
    assert code.value.to_bytes(8, "big") not in digest + pointer
    assert (made_at, ends_on) == (NOW, (NOW + receipts.SILENCE).date())
    assert _listed(cast.joko) == "refused"
    with system("intake"):
        assert _counted() == "refused"
    figure("1 receipt, 0 columns that lead to its report; 2 of 2 listings refused")


def _listed(by: Actor) -> str:
    with acting(by):
        return _counted()


def _counted() -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select count(*) from reports_receipt")
    except ProgrammingError as fault:
        return "refused" if "permission denied" in str(fault) else str(fault)
    return "listed"


@pytest.mark.planted("receipts-name-nobody")
def test_planted_a_right_to_list_receipts_is_seen(committed_db: None, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute("grant select on reports_receipt to rangkul_app")
        owner.commit()
    try:
        with system("intake"):
            assert _counted() == "listed"
    finally:
        with as_owner() as owner:
            owner.execute("revoke select on reports_receipt from rangkul_app")
            owner.commit()
