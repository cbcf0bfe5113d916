"""Every minute: new alerts find their people, and what is due leaves by mail, push and message."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from rangkul.alerts import calling, channels, delivery
from rangkul.alerts.channels import Channel, Message, Outcome
from rangkul.alerts.letters import Letters
from rangkul.alerts.push import Push
from rangkul.alerts.texts import Texts
from rangkul.foundation import hour
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import recurring

log = logging.getLogger("rangkul.jobs")

# Seconds after which a round takes nothing new in hand: the next minute's goes on.
_ROUND: Final = 40


@recurring("* * * * *")
def call_people() -> None:
    """Put new alerts in line, then send until nothing is due or the round is over."""
    put_in_line(hour.now())
    open_channels: dict[str, Channel] = {
        channels.EMAIL: Letters(), channels.PUSH: Push(), channels.TEXT: Texts(),
    }  # fmt: skip
    try:
        sent = send_due(open_channels, clock=hour.now)
    finally:
        for channel in open_channels.values():
            channel.close()
    if sent:
        log.info("%s messages sent", sent)


def put_in_line(at: datetime) -> int:
    """Messages for every new alert, batch by batch; how many."""
    made = 0
    while True:
        with system("tick"):
            planned = calling.call_people(at=at)
        made += planned.deliveries
        # Those who stand in were called by the round before.
        if not planned.alerts:
            return made


def send_due(known: Mapping[str, Channel], *, clock: Callable[[], datetime]) -> int:
    """Claim, send, note, one message after the other; how many were sent.

    No transaction is open while a message is on its way. A channel that does not answer is left
    alone for the rest of the round: its messages count the try and wait.
    """
    end = time.monotonic() + _ROUND
    away: dict[str, Outcome] = {}
    sent = 0
    while time.monotonic() < end:
        with system("tick"):
            claimed = delivery.claim(at=clock(), without=away)
        if not claimed.looked:
            break
        for message in claimed.messages:
            outcome = away.get(message.channel) or _try(known, message)
            if outcome.away:
                away[message.channel] = outcome
            with system("tick"):
                delivery.settle(message, outcome, at=clock())
            sent += outcome.state == channels.SENT
            if outcome.fault:
                log.warning("message %s by %s: %s", message.id, message.channel, outcome.fault)
    return sent


def _try(known: Mapping[str, Channel], message: Message) -> Outcome:
    channel = known.get(message.channel)
    if channel is None:
        return Outcome(channels.REFUSED, "no_such_channel")
    return channel.send(message)
