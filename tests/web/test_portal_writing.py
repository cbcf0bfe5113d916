"""Writing at the public's door without scripts, and the life of a receipt, over the whole stack."""

from __future__ import annotations

import logging
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from tests import visitors
from tests.clients import Client
from tests.people import Cast
from tests.rows import as_owner

from rangkul.foundation import hour, longcode
from rangkul.foundation.longcode import LongCode
from rangkul.foundation.scope import acting
from rangkul.portal import carried, codes, effort
from rangkul.portal.effort import Gate, Kind, Verdict
from rangkul.reports import operations, queries, talk

pytestmark = pytest.mark.usefixtures("committed_db")

WRITE, CODE = "/info/tulis/", "/info/kode/"


class Visitor:
    """A browser without scripts, whom nobody knows; every page it met is kept for looking at."""

    def __init__(self) -> None:
        self.client = Client()
        self.met: list[Any] = []

    def get(self, place: str) -> str:
        return self._page(self.client.get(place))

    def post(self, place: str, fields: dict[str, Any]) -> str:
        return self._page(self.client.post(place, fields))

    def _page(self, answer: Any) -> str:
        self.met.append(answer)
        return str(answer.content.decode())

    @property
    def status(self) -> int:
        return int(self.met[-1].status_code)

    def looks_over(self, **more: Any) -> str:
        return visitors.written(self.post, self.get(WRITE), **more)

    def sends(self, **more: Any) -> str:
        return visitors.sent(self.post, self.looks_over(**more))

    def opens(self, code: str) -> str:
        return visitors.opened(self.post, self.get(CODE), code)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Visitor:
    """A visitor at a house that has just begun."""
    gate = Gate()
    for module in (effort, codes):
        monkeypatch.setattr(module, "GATE", gate)
    monkeypatch.setattr("rangkul.portal.writing.GATE", gate)
    return Visitor()


def reports_in(agency: int = 9001) -> int:
    with as_owner() as owner:
        row = owner.execute(
            "select count(*) from reports_report where agency_id = %s", [agency]
        ).fetchone()
        assert row
        return int(row[0])


def test_the_whole_way_without_scripts(visitor: Visitor) -> None:
    page = visitor.sends(danger=True)
    digits, words = visitors.codes(page)
    assert longcode.read(digits) is not None
    assert longcode.read(digits) == longcode.read(words)
    assert "UPTD PPA Uji Kota Semarang" in page
    for code in (digits, words.upper(), digits.replace(" ", "-")):
        assert "Diterima" in visitor.opens(code)


def test_each_step_says_what_is_missing(visitor: Visitor) -> None:
    first = visitor.get(WRITE)
    page = visitors.step(visitor.post, first, "danger")
    assert (visitor.status, "errors" in page) == (422, True)
    page = visitors.step(visitor.post, first, "danger", danger="tidak")
    page = visitors.step(visitor.post, page, "place", q="tidakadatempatini")
    assert (visitor.status, "errors" in page) == (422, True)
    page = visitors.step(visitor.post, page, "place", q="Semarang")
    assert "33.74" in page
    page = visitors.step(visitor.post, page, "place", q="Semarang", choose="33.74")
    page = visitors.step(visitor.post, page, "words", words=" ", herself="")
    assert (visitor.status, page.count('href="#')) == (422, page.count('href="#'))
    page = visitors.step(visitor.post, page, "words", words="Ada.", herself="saya")
    page = visitors.step(visitor.post, page, "contact", way="telepon", where="")
    assert visitor.status == 422
    assert reports_in() == 0


def test_what_was_typed_comes_back_on_the_way_back(visitor: Visitor) -> None:
    look = visitor.looks_over(way="pesan", where="0812", as_name="Toko")
    assert visitors.WORDS in look
    assert visitors.WORDS in visitors.step(visitor.post, look, "to-words")
    assert 'value="0812"' in visitors.step(visitor.post, look, "to-contact")


def test_the_other_language_keeps_what_was_written(visitor: Visitor) -> None:
    page = visitor.looks_over(danger=False)
    address, fields = visitors.other_language(page)
    assert address == "/en/info/tulis/"
    there = visitor.post(address, fields)
    assert "Look it over, then send" in there
    assert visitors.WORDS in there
    code = visitors.codes(visitors.step(
        visitor.post, there, "send", address, **visitors.solved(there)
    ))[0]  # fmt: skip
    behind = visitor.opens(code)
    address, fields = visitors.other_language(behind)
    assert "<h1>Received</h1>" in visitor.post(address, fields)
    assert code.replace(" ", "") not in str(fields)


def test_another_desk_is_never_the_one_that_was_named(visitor: Visitor) -> None:
    page = visitors.step(visitor.post, visitor.get(WRITE), "danger", danger="tidak")
    page = visitors.step(visitor.post, page, "place", choose="33.74")
    page = visitors.step(visitor.post, page, "another", words="Ia bekerja di sana.")
    assert "Tidak ada layanan lain" in page
    assert "Ia bekerja di sana." in page


def test_a_lost_answer_is_given_once_more_and_not_for_long(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = visitor.looks_over()
    work = visitors.solved(look)
    pages = [visitors.step(visitor.post, look, "send", **work) for _ in range(2)]
    assert visitors.codes(pages[0]) == visitors.codes(pages[1])
    assert reports_in() == 1
    now = hour.now()
    monkeypatch.setattr(hour, "now", lambda: now + timedelta(minutes=11))
    late = visitors.step(visitor.post, look, "send", **work)
    assert "code-shown" not in late
    assert "Sudah terkirim" in late
    assert reports_in() == 1


def test_without_work_one_waits_and_goes_on(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = visitor.looks_over()
    word = visitors.hidden(look, "effort")
    page = visitors.step(visitor.post, look, "send", effort=word, answer="")
    assert "code-shown" not in page
    assert reports_in() == 0
    now = hour.now()
    monkeypatch.setattr(hour, "now", lambda: now + timedelta(seconds=Kind.WRITE.wait))
    page = visitors.step(visitor.post, page, "send", effort=word, answer="")
    assert "code-shown" in page


def test_a_stale_or_foreign_page_begins_anew(visitor: Visitor) -> None:
    page = visitor.post(WRITE, {"state": "bm90IG91cnM=", "do": "send"})
    assert "code-shown" not in page
    assert 'name="danger"' in page
    opened = visitor.post(CODE, {"opened": "bm90IG91cnM=", "do": "message", "message": "x"})
    assert 'name="code"' in opened


def test_the_life_of_a_receipt(visitor: Visitor, cast: Cast) -> None:
    digits, _ = visitors.codes(visitor.sends())
    page = visitor.opens(digits)

    def go(do: str, **fields: Any) -> str:
        return visitor.post(
            CODE,
            {"opened": visitors.hidden(page, "opened"), "token": visitors.hidden(page, "token"),
             "do": do, **fields},
        )  # fmt: skip

    assert "Ia kembali." in go("message", message="Ia kembali.")
    assert go("message", message="Ia kembali.").count("Ia kembali.") == 1
    assert visitor.status == 200
    go("message", message=" ")
    assert visitor.status == 422
    go("contact", way="surel", where="")
    assert visitor.status == 422
    assert 'value="a@contoh.id"' in go("contact", way="surel", where="a@contoh.id")
    go("file")
    assert visitor.status == 422
    assert "Ditarik kembali" not in go("withdraw")
    assert "Ditarik kembali" in go("withdraw", sure="ya")
    again = visitor.opens(digits)
    assert visitor.status == 422
    assert 'name="opened"' not in again


def test_wrong_unknown_and_ended_codes_are_answered_alike(visitor: Visitor) -> None:
    digits, _ = visitors.codes(visitor.sends())
    page = visitor.opens(digits)
    visitor.post(CODE, {"opened": visitors.hidden(page, "opened"), "do": "withdraw", "sure": "ya"})
    seen = set()
    for code in (digits, longcode.draw().digits, longcode.draw().words, "12", "bulan " * 6, ""):
        answer = visitor.opens(code)
        seen.add((visitor.status, re.sub(r"[A-Za-z0-9_-]{40,}", "·", answer)))
    assert len(seen) == 1


@pytest.mark.promise(
    "receipt-two-states",
    chapter="walls",
    sentence="A reporter's receipt never tells more than received and in hand, whatever follows.",
)
def test_the_page_behind_a_code_is_the_same_bytes(
    visitor: Visitor, cast: Cast, figure: Callable[[str], None]
) -> None:
    digits, _ = visitors.codes(visitor.sends())
    seen = [_plain(visitor.opens(digits)) for _ in _led_on(cast)]
    assert seen[0] == seen[1]
    assert "Ditangani" in seen[0]
    figure(f"in hand and closed: the same {len(seen[0])} bytes")


@pytest.mark.planted("receipt-two-states")
def test_planted_a_page_that_says_closed_is_noticed(
    visitor: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits, _ = visitors.codes(visitor.sends())
    told, states = talk.told, iter(("", "closed"))
    monkeypatch.setattr(
        talk, "told",
        lambda report_id: replace(told(report_id), files=len(next(states))),
    )  # fmt: skip
    seen = [_plain(visitor.opens(digits)) for _ in _led_on(cast)]
    assert seen[0] != seen[1]


def _led_on(cast: Cast) -> Iterator[str]:
    """The one report in hand, then closed as no report."""
    with acting(cast.joko):
        (report,) = queries.list_open(cast.joko)
        operations.take_in_hand(report_id=report.id, by=cast.joko, at=hour.now())
    yield "in_hand"
    with acting(cast.wahyuni):
        operations.close_report(
            report_id=report.id, outcome="bukan_laporan", by=cast.wahyuni, at=hour.now()
        )
    yield "closed"


def _plain(page: str) -> str:
    """A page without what differs each time: what it carries, and the form's token."""
    return re.sub(r'name="(opened|token)" value="[^"]*"', "", page)


@pytest.mark.promise(
    "codes-same-time",
    chapter="walls",
    sentence="A code that never was, one that was ended and no code at all take the same time.",
)
def test_codes_take_the_same_time(visitor: Visitor, figure: Callable[[str], None]) -> None:
    never, none = _medians(visitor)
    assert abs(never - none) < 0.3 * max(never, none)
    figure(f"never given {never * 1000:.0f} ms, no code {none * 1000:.0f} ms")


@pytest.mark.planted("codes-same-time")
def test_planted_a_door_that_looks_first_is_noticed(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = longcode.digest
    monkeypatch.setattr(
        longcode, "digest", lambda code: bytes(32) if code == LongCode(0) else digest(code)
    )
    never, none = _medians(visitor)
    assert abs(never - none) > 0.3 * max(never, none)


def _medians(visitor: Visitor) -> tuple[float, float]:
    """Seconds of the answer to a code that was never given, and to what is no code."""
    told: dict[str, list[float]] = {"never": [], "none": []}
    for _ in range(9):
        for name, code in (("never", longcode.draw().digits), ("none", "1234")):
            fields = {"code": code, "do": "open", **visitors.solved(visitor.get(CODE))}
            begun = time.perf_counter()
            visitor.post(CODE, fields)
            told[name].append(time.perf_counter() - begun)
    return statistics.median(told["never"]), statistics.median(told["none"])


CANARIES = (
    "Kenariwati", "kenari-kata", "0812999888777", "Toko-Kenari", "Kenarian-diri",
)  # fmt: skip


def _with_canaries(visitor: Visitor) -> list[str]:
    """Write, open and answer with words that stand nowhere else; the codes too."""
    look = visitor.looks_over(
        words="Terjadi kenari-kata di rumah.", way="pesan", where=CANARIES[2],
        as_name=CANARIES[3], own_name=CANARIES[4], danger=True,
    )  # fmt: skip
    page = visitors.step(visitor.post, look, "to-words")
    page = visitors.step(
        visitor.post, page, "words", words="Terjadi kenari-kata di rumah.", herself="lain",
        who=CANARIES[0],
    )  # fmt: skip
    page = visitors.step(
        visitor.post, page, "contact", way="pesan", where=CANARIES[2], as_name=CANARIES[3],
        own_name=CANARIES[4],
    )  # fmt: skip
    digits, words = visitors.codes(visitors.sent(visitor.post, page))
    page = visitor.opens(words)
    visitor.post(
        CODE,
        {"opened": visitors.hidden(page, "opened"), "token": visitors.hidden(page, "token"),
         "do": "message", "message": "Lagi kenari-kata."},
    )  # fmt: skip
    return [*CANARIES, digits, digits.replace(" ", ""), words]


def _places(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Where an identifying byte could come to light, with all that stands there."""
    return {
        "titles": " ".join(
            title for answer in visitor.met
            for title in re.findall(r"<title>(.*?)</title>", answer.content.decode(), re.S)
        ),
        "addresses": " ".join(
            [answer.request["PATH_INFO"] + answer.request.get("QUERY_STRING", "")
             for answer in visitor.met]
            + [str(answer.headers.get("Location", "")) for answer in visitor.met]
        ),
        "headers": " ".join(str(dict(answer.headers)) for answer in visitor.met),
        "referrers": " ".join(
            "leaks" for answer in visitor.met
            if answer.headers.get("Referrer-Policy") != "no-referrer"
        ),
        "cookies": " ".join(str(answer.cookies) for answer in visitor.met),
        "log": caplog.text,
        "mail": " ".join(f"{letter.subject} {letter.body}" for letter in mail.outbox),
        "database": _dumped(),
        "carried fields": " ".join(
            field for answer in visitor.met
            for field in re.findall(r'name="(?:state|opened)" value="([^"]*)"',
                                    answer.content.decode())
        ),
    }  # fmt: skip


def _dumped() -> str:
    with as_owner() as owner:
        tables = owner.execute(
            "select relname from pg_class where relkind = 'r' and "
            "(relname like 'reports_%%' or relname in ('trail_act', 'alerts_alert', "
            "'clocks_clock', 'procrastinate_jobs', 'people_token'))"
        ).fetchall()
        return " ".join(
            repr(row) for (name,) in tables for row in owner.execute(f"select * from {name}")
        )


@pytest.mark.promise(
    "door-says-nothing",
    chapter="web",
    sentence="Nothing that is written at the public's door stands in a title, an address, a "
    "referrer, a log, a letter, a cookie or in the clear in the database.",
)
def test_nothing_comes_to_light(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, figure: Callable[[str], None]
) -> None:
    with caplog.at_level(logging.DEBUG):
        words = _with_canaries(visitor)
    places = _places(visitor, caplog)
    found = {name for name, text in places.items() for word in words if word in text}
    assert (found, places["referrers"]) == (set(), "")
    figure(f"0 of {len(words)} planted words in {len(places)} places, {len(visitor.met)} pages")


@pytest.mark.planted("door-says-nothing")
def test_planted_a_field_that_is_not_sealed_is_found(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("rangkul.portal")
    send = operations.send_public

    def telling(**given: Any) -> Any:
        log.warning("sent: %s", given["content"])
        return send(**given)

    monkeypatch.setattr(operations, "send_public", telling)
    with caplog.at_level(logging.DEBUG):
        words = _with_canaries(visitor)
    found = {n for n, text in _places(visitor, caplog).items() for word in words if word in text}
    assert found == {"log"}


def test_work_is_good_once_and_for_its_own_kind() -> None:
    gate, now = Gate(), hour.now()
    asked = gate.ask(Kind.TRY, at=now)
    page = f'name="effort" value="{asked.word}" data-bits="{asked.bits}"'
    work = visitors.solved(page)
    answer = work["answer"]
    assert gate.judge(Kind.WRITE, asked.word, answer, at=now)[0] is Verdict.ANEW
    assert gate.judge(Kind.TRY, asked.word, "no", at=now) == (Verdict.WAIT, Kind.TRY.wait)
    assert gate.judge(Kind.TRY, asked.word, answer, at=now)[0] is Verdict.DONE
    assert gate.judge(Kind.TRY, asked.word, answer, at=now)[0] is Verdict.ANEW
    old = gate.ask(Kind.TRY, at=now)
    later = now + timedelta(seconds=effort.LIFE + 1)
    assert gate.judge(Kind.TRY, old.word, "", at=later)[0] is Verdict.ANEW
    assert gate.judge(Kind.TRY, "x" * 60, "1", at=now)[0] is Verdict.ANEW


def test_load_makes_it_harder_and_never_locks() -> None:
    gate, now = Gate(), hour.now()
    for _ in range(2_000):
        gate._minutes[Kind.TRY].add(now.timestamp())
    hard = gate.ask(Kind.TRY, at=now)
    assert (hard.bits, hard.wait) == (22, 60)
    assert gate.judge(Kind.TRY, hard.word, "", at=now + timedelta(seconds=60))[0] is Verdict.DONE
    calm = gate.ask(Kind.TRY, at=now + timedelta(minutes=2))
    assert (calm.bits, calm.wait) == (Kind.TRY.bits, Kind.TRY.wait)


def test_what_is_carried_is_bound_to_its_purpose_and_hour() -> None:
    now = hour.now()
    text = carried.seal("a", {"x": 1}, at=now)
    life = timedelta(minutes=1)
    assert carried.unseal("a", text, at=now, life=life) == {"x": 1}
    assert carried.unseal("b", text, at=now, life=life) is None
    assert carried.unseal("a", text, at=now + 2 * life, life=life) is None
    assert carried.unseal("a", text[:-8] + "AAAAAAA=", at=now, life=life) is None
    assert carried.unseal("a", "ä", at=now, life=life) is None
