"""Messages on their way: a real mail server with faults, killed workers, quiet hours, language."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.exceptions import InvalidTag
from tests.domain.alerts.postbox import Postbox, Service, TestBrowser, postbox, push_service
from tests.domain.alerts.test_calling import call, ring, wish
from tests.people import KUPANG, NOW, SEMARANG, Cast
from tests.people import names as staff_names

from rangkul.accounts.models import User
from rangkul.alerts import channels, delivery, kinds, operations, queries, wishes
from rangkul.alerts.channels import Message, Outcome
from rangkul.alerts.letters import Letters
from rangkul.alerts.models import Alert, Delivery, PushSubscription
from rangkul.alerts.push import Push
from rangkul.alerts.texts import FileProvider, TextRefused, Texts
from rangkul.alerts.wishes import Wishes
from rangkul.foundation.scope import acting, system
from rangkul.jobs import alerts as job
from rangkul.network.models import Membership
from rangkul.trail.models import Act

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SITE = "https://rangkul.uji.example"


@pytest.fixture(autouse=True)
def _site(settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = SITE
    settings.OUTGOING = str(tmp_path)


@pytest.fixture
def post(settings: Any) -> Iterator[Postbox]:
    with postbox(settings) as made:
        yield made


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with push_service(settings) as made:
        yield made


def supervise(**more: object) -> Any:
    return call(SEMARANG, Alert.SUPERVISOR, **more)


def send(at: datetime = NOW, **known: Any) -> int:
    """One round as of ``at``, every channel real unless given."""
    opened: dict[str, Any] = {"email": Letters(), "push": Push(), "text": Texts()} | known
    try:
        return job.send_due(opened, clock=lambda: at)
    finally:
        for channel in opened.values():
            channel.close()


def states() -> list[tuple[str, str, int]]:
    with system("tick"):
        return list(Delivery.objects.order_by("id").values_list("state", "fault", "tries"))


class Killed(BaseException):
    """What kills a worker is caught by nobody."""


# -- letters ----------------------------------------------------------------------------------


def test_a_letter_says_that_something_waits_and_nothing_else(mailed: Cast, post: Postbox) -> None:
    ring(supervise(code="first_response_low"))
    assert send() == 1
    (letter,) = post.taken
    assert letter["To"] == "wahyuni@uji.example"
    assert letter["Subject"] == "Ada yang menunggu Anda"
    assert letter.get_payload(decode=True).decode().split("\r\n") == [
        "Ada yang menunggu Anda di Rangkul. Masuk untuk melihat.", SITE, "",
    ]  # fmt: skip
    assert states() == [("sent", "", 1)]
    with system("tick"):
        (act,) = Act.objects.filter(name="alert.sent")
    assert act.detail["channel"] == "email"


def test_a_letter_is_written_in_the_persons_language(mailed: Cast, post: Postbox) -> None:
    User.objects.filter(id=mailed.wahyuni.user_id).update(language="en")
    ring(supervise())
    send()
    assert post.taken[0]["Subject"] == "Something waits for you"
    assert b"Sign in to see it" in post.taken[0].get_payload(decode=True)


def test_what_waits_together_is_one_letter(mailed: Cast, post: Postbox) -> None:
    wish(mailed.wahyuni, Wishes(True, False, False, digest_at=time(16)))
    for hours in range(3):
        ring(supervise(), at=NOW + hours * HOUR)
    four = datetime(2026, 3, 2, 16, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert send(four - MINUTE) == 0
    assert send(four) == 1
    assert len(post.taken) == 1
    assert states() == [("sent", "", 1)] * 3


def test_a_second_round_sends_nothing_again(mailed: Cast, post: Postbox) -> None:
    ring(supervise())
    assert (send(), send(), send(NOW + DAY)) == (1, 0, 0)
    assert len(post.taken) == 1


# -- killed -----------------------------------------------------------------------------------


def test_killed_between_claim_and_send_it_is_sent_once_later(mailed: Cast, post: Postbox) -> None:
    ring(supervise())

    class Dying:
        def send(self, message: Message) -> Outcome:
            raise Killed

        def close(self) -> None: ...

    with pytest.raises(Killed):
        send(email=Dying())
    assert (send(NOW + MINUTE), len(post.taken)) == (0, 0)
    assert send(NOW + delivery.LEASE) == 1
    assert send(NOW + DAY) == 0
    assert len(post.taken) == 1


def test_killed_between_send_and_noting_it_comes_again_under_the_same_name(
    mailed: Cast, post: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(supervise())
    with monkeypatch.context() as patched:

        def dying(*_: object, **__: object) -> None:
            raise Killed

        patched.setattr(delivery, "settle", dying)
        with pytest.raises(Killed):
            send()
    assert send(NOW + delivery.LEASE) == 1
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@rangkul.uji.example>")
    assert send(NOW + DAY) == 0


@pytest.mark.parametrize("point", ["_due", "_Judge", "_put"])
def test_killed_while_claiming_nothing_has_happened(
    mailed: Cast, post: Postbox, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    ring(supervise(), call(KUPANG, Alert.SUPERVISOR))
    with acting(mailed.sinta):
        Membership.objects.filter(id=mailed.wahyuni.membership_id).update(until=NOW)
    with monkeypatch.context() as patched:

        def dying(*_: object, **__: object) -> None:
            raise Killed

        patched.setattr(delivery, point, dying)
        with pytest.raises(Killed):
            send()
    assert states() == [("waiting", "", 0)] * 2
    assert send() == 1
    assert [letter["To"] for letter in post.taken] == ["marten@uji.example"]


def test_a_worker_that_always_dies_at_one_message_ends_with_the_supervisor(
    mailed: Cast, post: Postbox
) -> None:
    ring(supervise())

    class Dying:
        def send(self, message: Message) -> Outcome:
            raise Killed

        def close(self) -> None: ...

    at = NOW
    for _ in range(delivery.MOST_TRIES):
        with pytest.raises(Killed):
            send(at, email=Dying())
        at += delivery.LEASE
    send(at)
    assert states() == [("failed", "never_settled", delivery.MOST_TRIES)]
    assert post.taken == []


# -- servers with faults ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "state", "fault"),
    [
        ("unknown", "failed", "smtp_550"),
        ("busy", "waiting", "smtp_451"),
        ("hangs", "waiting", "broken_off"),
        ("drops", "waiting", "broken_off"),
    ],
)
def test_a_server_with_a_fault(
    mailed: Cast, post: Postbox, behaviour: str, state: str, fault: str
) -> None:
    post.behaviour = behaviour
    ring(supervise())
    assert send() == 0
    assert states() == [(state, fault, 1)]
    post.behaviour = "well"
    assert send(NOW + delivery.WAITS[0]) == (1 if state == "waiting" else 0)


def test_no_server_at_all_is_asked_once_a_round(
    mailed: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox(settings):
        pass
    tried = []
    opened = Letters._opened
    monkeypatch.setattr(Letters, "_opened", lambda self: (tried.append(1), opened(self))[1])
    ring(supervise(), call(KUPANG, Alert.SUPERVISOR))
    assert send() == 0
    assert states() == [("waiting", "unreachable", 1)] * 2
    assert len(tried) == 1
    with postbox(settings) as post:
        assert send(NOW + MINUTE) == 2
    assert len(post.taken) == 2


def test_the_waits_grow_and_in_the_end_the_supervisor_is_told_on_the_screen(
    mailed: Cast, post: Postbox
) -> None:
    post.behaviour = "busy"
    asked = call(audience=Alert.PERSON, user_id=mailed.ratih.user_id, urgent=True)
    ring(asked)
    at, waits = NOW, []
    for _ in range(delivery.MOST_TRIES):
        send(at)
        with system("tick"):
            row = Delivery.objects.get()
        waits.append(row.not_before - at)
        at = row.not_before
    assert waits[:-1] == list(delivery.WAITS)
    assert states() == [("failed", "smtp_451", delivery.MOST_TRIES)]
    with acting(mailed.wahyuni):
        (heard,) = queries.list_alerts(mailed.wahyuni, now=at)
    told = heard.alert
    assert (told.kind, told.code, told.user_id) == (kinds.UNREACHED, "email", mailed.ratih.user_id)
    assert job.put_in_line(at) == 0
    # What reaches her again ends it.
    post.behaviour = "well"
    ring(call(audience=Alert.PERSON, user_id=mailed.ratih.user_id, urgent=True), at=at)
    assert send(at) == 1
    with acting(mailed.wahyuni):
        assert queries.count_unseen(mailed.wahyuni, now=at) == 0


def test_one_bad_address_stops_nobody_else(mailed: Cast, post: Postbox) -> None:
    User.objects.filter(id=mailed.wahyuni.user_id).update(email="no\naddress")
    ring(supervise(), call(KUPANG, Alert.SUPERVISOR))
    assert send() == 1
    assert sorted(states()) == [("failed", "address", 1), ("sent", "", 1)]


# -- what is not sent any more ----------------------------------------------------------------


def test_what_ended_was_seen_or_left_is_dropped(mailed: Cast, post: Postbox) -> None:
    ring(supervise(subject_id="1"), supervise(), call(KUPANG, Alert.SUPERVISOR), call())
    with acting(mailed.wahyuni):
        operations.end_alerts(subject_kind="clock", subject_ids=["1"], at=NOW)
        operations.see_alerts(
            alert_ids=queries.list_unseen(mailed.wahyuni, now=NOW), by=mailed.wahyuni, at=NOW
        )
    with acting(mailed.dorce):
        Membership.objects.filter(id=mailed.marten.membership_id).update(until=NOW)
    # The desk's three others are still called.
    assert send() == 3
    faults = sorted(fault for state, fault, _tries in states() if state == "dropped")
    assert faults == ["ended", "left", "seen", "seen"]


def test_who_wishes_no_letters_any_more_gets_none(mailed: Cast, post: Postbox) -> None:
    ring(supervise())
    wish(mailed.wahyuni, Wishes(email=False, push=False, text=False))
    assert send() == 0
    assert states() == [("dropped", "no_way", 0)]


def test_what_an_outage_pushed_into_the_night_waits_for_the_morning(
    mailed: Cast, post: Postbox
) -> None:
    ring(supervise())
    night = datetime(2026, 3, 2, 22, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert send(night) == 0
    assert states() == [("waiting", "", 0)]
    assert send(datetime(2026, 3, 3, 6, tzinfo=ZoneInfo("Asia/Jakarta"))) == 1


def test_a_channel_that_the_house_does_not_have_is_told(mailed: Cast) -> None:
    ring(supervise())
    assert job.send_due({}, clock=lambda: NOW) == 0
    assert states() == [("failed", "no_such_channel", 1)]


def test_two_rounds_at_once_take_different_messages(mailed: Cast) -> None:
    ring(supervise(), call(KUPANG, Alert.SUPERVISOR))
    with system("tick"):
        first = delivery.claim(at=NOW, batch=1)
        second = delivery.claim(at=NOW, batch=5)
        third = delivery.claim(at=NOW)
    assert [len(each.messages) for each in (first, second, third)] == [1, 1, 0]
    assert first.messages[0].user_id != second.messages[0].user_id


# -- web push ---------------------------------------------------------------------------------


def _subscribe(cast: Cast, *browsers: TestBrowser) -> None:
    wish(cast.wahyuni, Wishes(email=False, push=True, text=False))
    with acting(cast.wahyuni):
        for browser in browsers:
            wishes.add_browser(**browser.given, by=cast.wahyuni, at=NOW)


def test_a_browser_is_woken_with_nothing_but_a_language(mailed: Cast, service: Service) -> None:
    browser = TestBrowser(service)
    _subscribe(mailed, browser)
    ring(supervise())
    assert send() == 1
    assert browser.open(service.bodies[0]) == b"id"
    head = service.headers[0]
    assert head["Content-Encoding"] == "aes128gcm"
    assert head["Authorization"].startswith("vapid t=")
    assert int(head["TTL"]) > 0
    with pytest.raises(InvalidTag):
        TestBrowser(service).open(service.bodies[0])


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(mailed: Cast, service: Service, status: int) -> None:
    _subscribe(mailed, TestBrowser(service))
    service.status = status
    ring(supervise())
    assert send() == 0
    assert PushSubscription.objects.count() == 0
    assert states() == [("dropped", "gone", 1)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, ("waiting", "unreachable", 1)), (503, ("waiting", "unreachable", 1)),
     (403, ("failed", "refused", 1))],
)  # fmt: skip
def test_a_push_service_with_a_fault(
    mailed: Cast, service: Service, status: int, expected: tuple[str, str, int]
) -> None:
    _subscribe(mailed, TestBrowser(service))
    service.status = status
    ring(supervise())
    assert send() == 0
    assert states() == [expected]
    assert PushSubscription.objects.count() == 1


def test_a_push_service_that_hangs_is_left(
    mailed: Cast, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rangkul.alerts import push

    monkeypatch.setattr(push, "TIMEOUT", 0.2)
    service.delay = 1.0
    _subscribe(mailed, TestBrowser(service))
    ring(supervise())
    send()
    assert states() == [("waiting", "unreachable", 1)]


def test_a_browser_belongs_to_whoever_used_it_last(mailed: Cast, service: Service) -> None:
    browser = TestBrowser(service)
    _subscribe(mailed, browser)
    with acting(mailed.joko):
        wishes.add_browser(**browser.given, by=mailed.joko, at=NOW)
    assert [row.user_id for row in PushSubscription.objects.all()] == [mailed.joko.user_id]


def test_only_so_many_browsers_are_kept(mailed: Cast, service: Service) -> None:
    many = [TestBrowser(service, str(n)) for n in range(wishes.MOST_BROWSERS + 2)]
    _subscribe(mailed, *many)
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert kept == {browser.endpoint for browser in many[2:]}


# -- text messages ----------------------------------------------------------------------------


def test_a_text_message_becomes_a_file_that_a_gateway_reads(mailed: Cast, tmp_path: Path) -> None:
    wish(mailed.wahyuni, Wishes(False, False, True, phone="0812-3456-7890"))
    ring(supervise())
    assert send() == 1
    (file,) = (tmp_path / "text").iterdir()
    head, _blank, words = file.read_text(encoding="utf-8").partition("\n\n")
    assert head.splitlines()[0] == "To: 6281234567890"
    assert words.startswith("Ada yang menunggu Anda di Rangkul.")
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_message_is_the_same_file(tmp_path: Path) -> None:
    provider = FileProvider(tmp_path)
    for _ in range(2):
        provider.send(phone="+62812", words="x", reference="a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(TextRefused, ("failed", "refused", 1)), (OSError, ("waiting", "unreachable", 1))],
)
def test_another_provider_needs_one_function(
    mailed: Cast, fault: type[Exception], expected: tuple[str, str, int]
) -> None:
    class Provider:
        def send(self, *, phone: str, words: str, reference: str) -> None:
            raise fault

    wish(mailed.wahyuni, Wishes(False, False, True, phone="081234567890"))
    ring(supervise())
    send(text=Texts(Provider()))
    assert states() == [expected]


# -- a trial, and nothing in the clear --------------------------------------------------------


def test_a_trial_arrives_even_when_it_was_seen_on_the_screen_first(
    mailed: Cast, post: Postbox
) -> None:
    night = datetime(2026, 3, 2, 23, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    with acting(mailed.ratih):
        wishes.call_oneself(by=mailed.ratih, at=night)
        wishes.call_oneself(by=mailed.ratih, at=night)
    for lined_up in (1, 0):
        with acting(mailed.ratih):
            found = queries.list_alerts(mailed.ratih, now=night)
            operations.see_alerts(
                alert_ids=[told.alert.id for told in found], by=mailed.ratih, at=night
            )
        assert job.put_in_line(night) == lined_up
    with acting(mailed.ratih):
        assert queries.count_unseen(mailed.ratih, now=night) == 0
    assert send(night) == 1
    assert len(post.taken) == 1


def test_a_log_line_bears_no_address(
    mailed: Cast, post: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    post.behaviour = "unknown"
    ring(supervise())
    send()
    # What the test's own mail server writes down is not ours.
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name != "mail.log")
    assert "smtp_550" in ours
    assert "uji.example" not in ours
    assert not [name for name in staff_names() if name in ours]


def test_a_message_says_nothing_of_what_it_carries() -> None:
    for language in ("id", "en"):
        told = channels.subject(language) + channels.words(language)
        assert not [word for word in ("kasus", "case", "RK-", "LP-", "PK-", "UPTD") if word in told]
