"""Nothing of a survivor, a case or a colleague leaves the house in a message, log or job.

The world's people are called by every way, over a real mail server and a push service that opens
what it gets; everything that left is searched for the planted words.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests import world as worlds
from tests.domain.alerts.postbox import TestBrowser, postbox, push_service
from tests.people import Cast
from tests.people import names as staff_names
from tests.rows import as_owner
from tests.web.test_leaks import leaks
from tests.world import World

from rangkul.accounts.models import User
from rangkul.alerts import channels, wishes
from rangkul.alerts.letters import Letters
from rangkul.alerts.push import Push
from rangkul.alerts.texts import Texts
from rangkul.alerts.wishes import Wishes
from rangkul.foundation.scope import acting
from rangkul.jobs import alerts as job
from rangkul.jobs import ladder

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("leaks")]


@dataclass
class Left:
    """What left the house, by where it was found."""

    world: World
    letters: list[str] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    log: str = ""
    jobs: str = ""

    def found(self) -> list[str]:
        """One sentence for each planted word, number or name that left."""
        everything = {
            "letter": "\n".join(self.letters), "push": "\n".join(self.pushes),
            "text": "\n".join(self.texts), "log": self.log, "jobs": self.jobs,
        }  # fmt: skip
        # Addresses of colleagues are where a letter goes; inside it no name stands.
        sought = [
            self.world.case_number, self.world.report_number, self.world.packet_number,
            "first_response", "UPTD", *staff_names(),
        ]  # fmt: skip
        return [
            told
            for where, content in everything.items()
            for told in (
                *leaks(where, content),
                *(f"{where}: {word}" for word in sought if word in content),
            )
        ]


@contextmanager
def _heard() -> Iterator[io.StringIO]:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    ours = [logging.getLogger(name) for name in ("rangkul", "django", "procrastinate")]
    for log in ours:
        log.addHandler(handler)
    try:
        yield heard
    finally:
        for log in ours:
            log.removeHandler(handler)


def leave(cast: Cast, settings: Any, folder: Path) -> Left:
    """A week late everywhere: the whole ladder is called by every way."""
    settings.OUTGOING = str(folder)
    with _heard() as heard, postbox(settings) as post, push_service(settings) as service:
        done = Left(worlds.build(cast))
        browsers = []
        for login, actor in cast.everyone().items():
            if actor in cast.former:
                continue
            User.objects.filter(id=actor.user_id).update(email=f"{actor.user_id}@uji.example")
            browsers.append(browser := TestBrowser(service, login))
            with acting(actor):
                wishes.change_ways(
                    wishes=Wishes(True, True, True, phone="081234567890"), expected_version=1,
                    by=actor, at=timezone.now(),
                )  # fmt: skip
                wishes.add_browser(**browser.given, by=actor, at=timezone.now())
        late = timezone.now() + timedelta(days=8)
        ladder.climb(late)
        job.put_in_line(late)
        known = {"email": Letters(), "push": Push(), "text": Texts()}
        job.send_due(known, clock=lambda: late)
        for channel in known.values():
            channel.close()
        done.letters = [str(letter) for letter in post.taken]
        done.pushes = [
            (opened[0] + str(head).encode()).decode()
            for body, head in zip(service.bodies, service.headers, strict=True)
            if (opened := [o for b in browsers if (o := _opened(b, body)) is not None])
        ]
        done.texts = [
            f"{path.name}\n{path.read_text(encoding='utf-8')}"
            for path in (folder / "text").iterdir()
        ]
    done.log = heard.getvalue()
    with as_owner() as owner:
        done.jobs = "\n".join(
            row[0] for row in owner.execute("select t::text from procrastinate_jobs t")
        )
    return done


def _opened(browser: TestBrowser, body: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    try:
        return browser.open(body)
    except InvalidTag:
        return None


def test_no_message_tells_anything(cast: Cast, settings: Any, tmp_path: Path) -> None:
    left = leave(cast, settings, tmp_path)
    assert len(left.letters) == len(left.texts) == len(left.pushes) > 5
    assert {letter.split("Subject: ")[1].splitlines()[0] for letter in left.letters} == {
        "Ada yang menunggu Anda"
    }
    assert left.found() == []


def test_a_message_that_tells_is_found_on_every_way(
    cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: somebody thought that a little more would be helpful."""
    monkeypatch.setattr(channels, "words", lambda language: f"Kabar tentang {worlds.FULL_NAME}")
    left = leave(cast, settings, tmp_path)
    left.pushes[0] += worlds.PHONE
    left.log += worlds.NIK
    left.jobs += worlds.ADDRESS
    ways = {told.partition(":")[0] for told in left.found()}
    assert ways == {"letter", "text", "push", "log", "jobs"}
