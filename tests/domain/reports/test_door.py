"""The public's door: taken in, routed, receipted; what its holder is told, and may do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.people import INTAKE_DESK, KUPANG, NOW, SEMARANG, Cast
from tests.rows import as_owner
from tests.web.files import open_file

from rangkul.alerts.models import Alert
from rangkul.clocks import queries as clocks
from rangkul.foundation import longcode, vault
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting, system
from rangkul.reports import operations, queries, receipts
from rangkul.reports.door import DoorContent, SafeContact
from rangkul.reports.models import Report
from rangkul.reports.receipts import Pointer

pytestmark = pytest.mark.django_db

WORDS = "Tetangga saya mendengar teriakan setiap malam dari rumah nomor tujuh belas."
CONTENT = DoorContent(
    area="33.74", words=WORDS, danger=True, herself=False, teller="tetangga",
    who="Melati Uji", own_name="Kenanga Uji",
    contact=SafeContact("pesan", "081211112222", "siang", "Toko Kue Uji"),
)  # fmt: skip


def send(content: DoorContent = CONTENT, nonce: bytes | None = None) -> tuple[int, Pointer]:
    """A report sent, and where its code leads."""
    nonce = nonce or os.urandom(16)
    taken = operations.send_public(content=content, nonce=nonce, at=NOW)
    assert taken is not None
    pointer = operations.find_receipt(code=receipts.code_of_form(nonce), at=NOW)
    assert pointer is not None
    assert pointer.report_id == taken.report_id
    return taken.report_id, pointer


def test_a_report_stands_before_the_desk_of_its_place_with_its_clock(cast: Cast) -> None:
    report_id, _ = send()
    with acting(cast.joko):
        (report,) = queries.list_open(cast.joko)
        assert (report.id, report.risk, report.channel) == (report_id, "tinggi", "situs_publik")
        assert (report.taken_by, report.desk_id) == (0, INTAKE_DESK[SEMARANG])
        running = {clock.procedure for clock in clocks.list_subject(cast.joko, "report", report.id)}
        assert running == {"first_response_high", "report_follow_up"}
        opened = operations.read_report(report_id=report_id, by=cast.joko, at=NOW).content
        assert opened.account == WORDS
        assert (opened.about.name, opened.reporter.name) == ("Melati Uji", "Kenanga Uji")
        talk = operations.read_talk(report_id=report_id, by=cast.joko, at=NOW)
        assert talk is not None
        assert talk.contact == CONTENT.contact
        called = Alert.objects.get(kind="report.received")
        assert (called.desk_id, called.urgent) == (INTAKE_DESK[SEMARANG], True)


def test_without_danger_nothing_is_made_of_it(cast: Cast) -> None:
    report_id, _ = send(replace(CONTENT, danger=False, area="53.71"))
    with acting(cast.ester):
        report = queries.get_report(cast.ester, report_id)
        assert report.agency_id == KUPANG
        assert report.risk == "sedang"


def test_an_agency_that_is_named_never_receives(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        operations.send_public(
            content=replace(CONTENT, besides=(SEMARANG,)), nonce=os.urandom(16), at=NOW
        )
    assert refused.value.errors == {"area": "no_desk"}
    with as_owner() as owner:
        owner.execute("update network_desk set serves = '{ID}' where id = %s", [9201])
        owner.commit()
    try:
        taken = operations.send_public(
            content=replace(CONTENT, besides=(SEMARANG,)), nonce=os.urandom(16), at=NOW
        )
        assert taken is not None
        assert taken.desk.agency_id == KUPANG
    finally:
        with as_owner() as owner:
            owner.execute("update network_desk set serves = '{}' where id = %s", [9201])
            owner.commit()


@pytest.mark.parametrize(
    "content",
    [
        replace(CONTENT, words=" "), replace(CONTENT, words="x" * 7_000),
        replace(CONTENT, area="99.99"), replace(CONTENT, teller="raja"),
        replace(CONTENT, contact=SafeContact("telepon", "")),
        replace(CONTENT, contact=SafeContact("merpati")),
        replace(CONTENT, who="x" * 201), replace(CONTENT, language="xx"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_whole(cast: Cast, content: DoorContent) -> None:
    with pytest.raises(InvalidInput):
        operations.send_public(content=content, nonce=os.urandom(16), at=NOW)
    with acting(cast.joko):
        assert not Report.objects.exists()


def test_the_same_form_twice_is_one_report_and_one_code(cast: Cast) -> None:
    nonce = os.urandom(16)
    send(nonce=nonce)
    later = NOW + timedelta(minutes=5)
    assert operations.send_public(content=CONTENT, nonce=nonce, at=later) is None
    with pytest.raises(operations.SentBefore):
        operations.send_public(content=CONTENT, nonce=nonce, at=NOW + timedelta(minutes=11))
    with acting(cast.joko):
        assert Report.objects.count() == 1


def test_a_code_ends_after_long_silence_and_lives_on_when_used(cast: Cast) -> None:
    nonce = os.urandom(16)
    send(nonce=nonce)
    code = receipts.code_of_form(nonce)
    almost = NOW + receipts.SILENCE
    assert operations.find_receipt(code=code, at=almost) is not None
    assert operations.find_receipt(code=code, at=almost + receipts.SILENCE) is not None
    assert operations.find_receipt(code=code, at=almost + 3 * receipts.SILENCE) is None
    with system("tick"):
        assert receipts.end_silent(at=almost + 3 * receipts.SILENCE) == 1
    assert operations.find_receipt(code=code, at=NOW) is None


def test_another_code_leads_nowhere(cast: Cast) -> None:
    send()
    assert operations.find_receipt(code=longcode.draw(), at=NOW) is None


def test_messages_go_both_ways_and_once(cast: Cast) -> None:
    report_id, pointer = send()
    token = uuid4()
    for _ in range(2):
        operations.write_from_outside(pointer=pointer, text=" Dia di sini. ", token=token, at=NOW)
    with acting(cast.joko):
        answer = uuid4()
        for _ in range(2):
            operations.answer(
                report_id=report_id,
                text="Kami datang.",
                token=answer,
                by=cast.joko,
                at=NOW + timedelta(minutes=1),
            )
        talk = operations.read_talk(report_id=report_id, by=cast.joko, at=NOW)
        assert talk is not None
        assert [(line.outside, line.text) for line in talk.lines] == [
            (True, "Dia di sini."), (False, "Kami datang."),
        ]  # fmt: skip
        assert talk.row.unread == 1
        again = operations.read_talk(report_id=report_id, by=cast.joko, at=NOW)
        assert again is not None
        assert again.row.unread == 0
    told = operations.open_receipt(pointer=pointer)
    assert [line.text for line in told.lines] == ["Dia di sini.", "Kami datang."]


def test_messages_have_a_measure(cast: Cast) -> None:
    _, pointer = send()
    for _ in range(20):
        operations.write_from_outside(pointer=pointer, text="lagi", token=uuid4(), at=NOW)
    with pytest.raises(InvalidInput):
        operations.write_from_outside(pointer=pointer, text="lagi", token=uuid4(), at=NOW)
    with pytest.raises(InvalidInput):
        operations.write_from_outside(pointer=pointer, text="x" * 2_001, token=uuid4(), at=NOW)


def test_whoever_wants_silence_is_not_written_to(cast: Cast) -> None:
    report_id, pointer = send()
    operations.choose_contact(pointer=pointer, contact=SafeContact("jangan"), at=NOW)
    with acting(cast.joko), pytest.raises(InvalidInput) as refused:
        operations.answer(report_id=report_id, text="Halo", token=uuid4(), by=cast.joko, at=NOW)
    assert refused.value.errors == {"message": "silent"}


def test_a_withdrawn_report_stays_and_its_code_ends(cast: Cast) -> None:
    nonce = os.urandom(16)
    report_id, pointer = send(nonce=nonce)
    operations.withdraw(pointer=pointer, at=NOW)
    assert operations.find_receipt(code=receipts.code_of_form(nonce), at=NOW) is None
    with acting(cast.joko):
        assert operations.read_report(
            report_id=report_id, by=cast.joko, at=NOW
        ).content.account == WORDS  # fmt: skip
        talk = operations.read_talk(report_id=report_id, by=cast.joko, at=NOW)
        assert talk is not None
        assert not talk.may_answer
        assert talk.row.withdrawn_at == NOW


def test_files_are_sealed_and_of_known_kinds(cast: Cast) -> None:
    report_id, pointer = send()
    operations.add_file(
        pointer=pointer, content=b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", at=NOW
    )
    for bad in (b"", b"MZ" + bytes(200), bytes(6 * 1024 * 1024)):
        with pytest.raises(InvalidInput):
            operations.add_file(pointer=pointer, content=bad, at=NOW)
    with acting(cast.joko):
        talk = operations.read_talk(report_id=report_id, by=cast.joko, at=NOW)
        assert talk is not None
        (row,) = talk.files
        assert b"endobj" not in bytes(row.content_sealed)
        media, content = operations.read_file(
            report_id=report_id, file_id=row.id, by=cast.joko, at=NOW
        )
    assert (media, content[:5]) == ("application/pdf", b"%PDF-")


def _as_told(pointer: Pointer) -> object:
    return operations.open_receipt(pointer=pointer)


def _led_on(cast: Cast, report_id: int) -> Iterator[str]:
    """Lead a report through all that may follow, by the house's own acts."""
    with acting(cast.joko):
        operations.take_in_hand(report_id=report_id, by=cast.joko, at=NOW)
    yield "in_hand"
    file = open_file(cast.ratih, account="Datang sendiri.")
    with acting(cast.wahyuni):
        operations.join_case(report_id=report_id, case_id=file.case_id, by=cast.wahyuni, at=NOW)
    yield "joined"
    with acting(cast.wahyuni):
        Report.objects.filter(id=report_id).update(state="opened")
    yield "opened"
    with acting(cast.wahyuni):
        Report.objects.filter(id=report_id).update(state="joined")
        operations.unjoin_case(report_id=report_id, by=cast.wahyuni, at=NOW)
        operations.close_report(
            report_id=report_id, outcome="bukan_laporan", by=cast.wahyuni, at=NOW
        )
    yield "closed"


@pytest.mark.promise(
    "receipt-two-states",
    chapter="walls",
    sentence="A reporter's receipt never tells more than received and in hand, whatever follows.",
)
def test_a_receipt_tells_two_states(cast: Cast, figure: Callable[[str], None]) -> None:
    report_id, pointer = send()
    first = _as_told(pointer)
    seen = [_as_told(pointer) for _ in _led_on(cast, report_id)]
    assert len(seen) == 4
    assert len({repr(each) for each in seen}) == 1
    assert repr(seen[0]) != repr(first)
    figure("5 states of a report, 2 told")


@pytest.mark.planted("receipt-two-states")
def test_planted_a_receipt_that_tells_of_a_case_is_caught(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rangkul.reports import talk

    told = talk.told

    def telling(report_id: int) -> object:
        found = told(report_id)
        return found, Report.objects.get(id=report_id).state == "opened"

    monkeypatch.setattr(talk, "told", telling)
    report_id, pointer = send()
    seen = [_as_told(pointer) for _ in _led_on(cast, report_id)]
    assert len({repr(each) for each in seen}) == 2


def test_nothing_that_was_written_stands_open_in_a_row(cast: Cast) -> None:
    _, pointer = send()
    operations.write_from_outside(pointer=pointer, text="Canaria di sini", token=uuid4(), at=NOW)
    with acting(cast.joko):
        from django.db import connection

        for table in ("report", "doorreport", "message", "flock", "flockmark"):
            with connection.cursor() as cursor:
                cursor.execute(f"select * from reports_{table}")
                text = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row]
                             for row in cursor.fetchall()])  # fmt: skip
            for word in ("Melati", "Kenanga", "0812", "Tetangga", "teriakan", "Canaria", "Toko"):
                assert word not in text


def test_after_an_erasure_the_code_tells_its_state_and_no_word(cast: Cast) -> None:
    report_id, pointer = send()
    operations.write_from_outside(pointer=pointer, text="Dia di sini.", token=uuid4(), at=NOW)
    with acting(cast.joko):
        vault.destroy(Report.objects.get(id=report_id).subject)
    told = operations.open_receipt(pointer=pointer)
    assert (told.in_hand, told.lines, told.contact.silent) == (False, (), True)
