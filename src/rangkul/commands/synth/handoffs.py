"""Invented hand-offs: a basis, a request to another desk, its packet, its messages, its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from rangkul.commands.synth.country import Country, Desk
from rangkul.commands.synth.ledger import Ledger, Life, reach_of
from rangkul.commands.synth.rows import (
    array,
    flag,
    identifier,
    json_text,
    moment,
    number,
    sealed,
)
from rangkul.commands.synth.words import MESSAGES
from rangkul.consent.notice import NOTICE_VERSION
from rangkul.consent.policy import SERVICE
from rangkul.foundation import vault
from rangkul.foundation.vault import DataClass, OpenKey, Owner, Place
from rangkul.reference.services import get_service
from rangkul.referrals.packet import Content

_PACKET_LIFE = timedelta(days=30)
_CONSENT = timedelta(days=90)
_LEVELS = json_text({"I": 1, "C": 0, "L": 1, "A": 1, "H": 1, "G": 0})
_STILL_OPEN = timedelta(days=12)


class Handoffs:
    """Writes a case's referrals; each case has two request numbers of its own."""

    def __init__(
        self, ledger: Ledger, country: Country, *, until: datetime, first_request: int
    ) -> None:
        self.ledger, self.country, self.until = ledger, country, until
        self._first_request = first_request

    def refer(self, life: Life, index: int, turn: int, need: UUID, service: str) -> bool:
        """One referral of the case, ``turn`` 0 or 1; false where nobody offers the service."""
        rng = self.ledger.rng
        desk = self.country.desk_for(service, life.agency, rng.random())
        if desk is None:
            return False
        sent = life.opened_at + timedelta(hours=6 + rng.random() * 200)
        if sent >= self.until:
            return False
        request_id = self._first_request + 2 * index + turn
        basis = self.ledger.new_id(sent - timedelta(hours=1))
        self._basis(life, basis, service, desk, sent - timedelta(hours=1))
        state, answered, contact, ended = self._course(sent, life)
        self._request(life, request_id, desk, service, state, sent, answered, contact, ended)
        referral = self.ledger.new_id(sent)
        self.ledger.add(
            "referrals_referral",
            identifier(referral), str(life.id), "case", life.reach, identifier(need),
            identifier(basis), str(request_id), _LEVELS, identifier(self.ledger.new_id(sent)),
            moment(sent), str(life.companion.user_id),
        )  # fmt: skip
        packet = self._packet(life, request_id, desk, service, state, sent, answered, ended)
        self.ledger.add(
            "consent_crossing",
            identifier(self.ledger.new_id(sent)), str(life.id), "case", life.reach,
            identifier(basis), "packet", identifier(packet), str(life.agency.id),
            str(desk.agency_id), str(desk.id), service, SERVICE, moment(sent),
            str(life.companion.user_id),
        )  # fmt: skip
        self._acts(life, request_id, desk, service, basis, sent, answered, ended)
        clock = get_service(service)
        self.ledger.clock(
            life, "referral_accept", sent, sent + clock.accept_by.within,
            met=answered, kind="request", subject=request_id,
        )  # fmt: skip
        return True

    def _basis(self, life: Life, basis: UUID, service: str, desk: Desk, at: datetime) -> None:
        self.ledger.add(
            "consent_basis",
            identifier(basis), str(life.id), "case", life.reach, "a", "", service,
            str(desk.id), "{}", array((SERVICE,)), _LEVELS, "penyintas", "lisan",
            NOTICE_VERSION, "ind", "",
            flag(life.is_child), "f", moment(at), str(life.companion.user_id),
            moment(at + _CONSENT),
        )  # fmt: skip
        self.ledger.act(
            "consent.recorded", at, life.agency, life.companion, "basis", basis, life.id,
            detail={"letter": "a", "service": service},
        )  # fmt: skip

    def _course(
        self, sent: datetime, life: Life
    ) -> tuple[str, datetime | None, datetime | None, datetime | None]:
        """(state, answered, first contact, ended), as far as it has come until now."""
        rng = self.ledger.rng
        answered = sent + timedelta(hours=1 + rng.random() * 40)
        drawn = rng.random()
        if answered > self.until or (sent > self.until - _STILL_OPEN and drawn < 0.15):
            return "sent", None, None, None
        if drawn < 0.24:
            return "declined", answered, None, answered
        contact = answered + timedelta(hours=2 + rng.random() * 60)
        if contact > self.until:
            return "accepted", answered, None, None
        ended = contact + timedelta(days=1 + rng.random() * 12)
        if ended > self.until:
            return "in_service", answered, contact, None
        return ("done" if drawn < 0.92 else "not_done"), answered, contact, ended

    def _request(
        self, life: Life, request_id: int, desk: Desk, service: str, state: str, sent: datetime,
        answered: datetime | None, contact: datetime | None, ended: datetime | None,
    ) -> None:  # fmt: skip
        found = get_service(service)
        accept = sent + found.accept_by.within
        first = max(sent + found.first_contact_by.within, accept)
        receiver = self.country.by_id[desk.agency_id]
        reason = {"declined": "penuh", "not_done": "not_reached"}.get(state, "")
        self.ledger.add(
            "referrals_request",
            str(request_id), str(life.agency.id), str(life.companion.user_id),
            str(desk.agency_id), str(desk.id), service, state, life.risk, flag(life.is_child), "a",
            moment(sent), moment(accept), moment(first),
            moment(max(sent + found.outcome_by.within, first)), moment(answered),
            number(receiver.staff[0].user_id if answered else None), moment(contact),
            moment(ended), reason, "served" if state == "done" else "", "", "1",
            reach_of(life.agency.id, desk.agency_id),
        )  # fmt: skip

    def _packet(
        self, life: Life, request_id: int, desk: Desk, service: str, state: str, sent: datetime,
        answered: datetime | None, ended: datetime | None,
    ) -> UUID:  # fmt: skip
        """The sealed packet; once it has expired its key is gone, as the product leaves it."""
        packet, reach = self.ledger.new_id(sent), reach_of(life.agency.id, desk.agency_id)
        owner = Owner("request", request_id)
        destroyed, why = None, ""
        if ended is not None and (state == "declined" or ended + _PACKET_LIFE < self.until):
            destroyed = ended if state == "declined" else ended + _PACKET_LIFE
            why = state if state == "declined" else "expired"
        key = self._key(owner, packet, DataClass.PACKET, sent, reach, kept=destroyed is None)
        content = self._content(life, desk, service, sent).to_json()
        place = Place("referrals_packet", "content_sealed", packet, 1)
        opener = self.country.by_id[desk.agency_id].staff[0]
        self.ledger.add(
            "referrals_packet",
            identifier(packet), str(request_id), "1",
            sealed(vault.seal(key, place, content)),
            array(("pseudonym", "age_band", "sex")), "{}", moment(sent), moment(sent + _CONSENT),
            moment(answered), number(opener.user_id if answered else None), moment(destroyed),
            why, reach,
        )  # fmt: skip
        if answered and self.ledger.rng.random() < 0.5:
            thread = self._key(
                owner, packet, DataClass.ACCOUNT, answered, reach, kept=destroyed is None
            )
            self._thread(life, request_id, desk, thread, answered, reach)
        return packet

    def _content(self, life: Life, desk: Desk, service: str, sent: datetime) -> Content:
        receiver = self.country.by_id[desk.agency_id]
        return Content(
            to_agency=receiver.short_name, to_desk=desk.plan.name,
            from_agency=life.agency.short_name, from_desk=life.agency.desks[0].plan.name,
            reach="Hubungi pendamping lewat meja pengaduan", service=service,
            asked="Mohon layanan sesuai rencana yang disepakati bersama.", risk=life.risk,
            risk_note="", is_child=life.is_child, bans=(), ban_note="", languages=("ind",),
            interpreter=False, access_note="", worker_sex="", basis_letter="a", basis_article="",
            basis_on=sent.isoformat(), basis_until=(sent + _CONSENT).isoformat(),
            facts=(("pseudonym", life.pseudonym), ("sex", life.sex)), withheld=(), not_known=(),
        )  # fmt: skip

    def _key(
        self, owner: Owner, packet: UUID, data_class: DataClass, at: datetime, reach: str,
        *, kept: bool,
    ) -> OpenKey:  # fmt: skip
        """A key of the packet's own; a destroyed one is used and thrown away."""
        if kept:
            return self.ledger.new_key(owner, packet, data_class, at, reach)
        return vault.new_key(owner, packet, data_class)[0]

    def _thread(
        self, life: Life, request_id: int, desk: Desk, key: OpenKey, at: datetime, reach: str
    ) -> None:
        """A question and its answer, under the thread's own key."""
        receiver = self.country.by_id[desk.agency_id]
        sides = ((receiver, receiver.staff[0], "question"), (life.agency, life.companion, "answer"))
        for step, (agency, member, kind) in enumerate(sides):
            written = at + timedelta(minutes=20 * (step + 1))
            if written > self.until:
                return
            message = self.ledger.new_id(written)
            words = MESSAGES[(request_id + step) % len(MESSAGES)]
            self.ledger.add(
                "referrals_message",
                identifier(message), str(request_id), kind, str(agency.id), str(member.user_id),
                sealed(vault.seal(key, Place("referrals_message", "body_sealed", message), words)),
                moment(written), reach,
            )  # fmt: skip

    def _acts(
        self, life: Life, request_id: int, desk: Desk, service: str, basis: UUID,
        sent: datetime, answered: datetime | None, ended: datetime | None,
    ) -> None:  # fmt: skip
        receiver = self.country.by_id[desk.agency_id]
        self.ledger.act(
            "referral.sent", sent, life.agency, life.companion, "request", request_id, life.id,
            detail={"desk": desk.id, "service": service, "basis": str(basis)},
        )  # fmt: skip
        if answered:
            self.ledger.act(
                "packet.opened", answered, receiver, receiver.staff[0], "request", request_id
            )
        if ended:
            self.ledger.act(
                "request.outcome", ended, receiver, receiver.staff[0], "request", request_id
            )
