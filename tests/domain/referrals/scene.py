"""One case in Semarang and the desks in Kupang that can be asked: what these tests begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from tests import people
from tests.people import KUPANG, NOW, SERVICE_DESK, Cast

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.operations import IncidentFacts, Opening
from rangkul.consent.models import Basis
from rangkul.consent.operations import Ground
from rangkul.consent.queries import BasisWords
from rangkul.custody.models import Case
from rangkul.foundation.actor import Actor
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person
from rangkul.people.operations import add_person
from rangkul.referrals import operations
from rangkul.referrals.models import Request
from rangkul.referrals.operations import Asked
from rangkul.referrals.packet import Draft

FULL_NAME, CALLED, NIK = "Marlina Uji Kusumaningrum", "Nara", "3374015507030002"
PHONE, ADDRESS = "081234567890", "Jalan Kenanga Uji 17 RT 3"
SUSPECT = "Bramantyo Uji Hartono"
DESK = SERVICE_DESK[KUPANG]
SECOND_DESK = 9203
OFFERED = (
    "medis", "visum", "psikologi", "psikososial", "hunian", "bantuan_hukum", "polisi", "lpsk",
    "pemulangan", "layanan_asal", "vokasi", "ekonomi", "sekolah", "rohani", "juru_bahasa",
)  # fmt: skip
ARTICLES = {"c": "uu12_2022_39", "d": "uu27_2022_20_d", "e": "uu21_2007_51"}


def seed_desks() -> None:
    """The receiving desk offers everything, with somebody on duty; so does a second one."""
    with psycopg.connect(people.owner_url()) as owner, owner.cursor() as cursor:
        cursor.execute("select 1 from network_deskservice where desk_id = %s", [DESK])
        if cursor.fetchone():
            return
        cursor.execute(
            "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, "
            "hours, languages, serves, accessible, phone, active, version) values "
            "(%s, %s, 'uji-kupang-kedua', 'Layanan kedua', false, true, '{}', '{}', '{}', false, "
            "'', true, 1)",
            [SECOND_DESK, KUPANG],
        )
        cursor.executemany(
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) values (%s, %s, %s, '', 0, 200, false, true)",
            [(KUPANG, desk, service) for desk in (DESK, SECOND_DESK) for service in OFFERED],
        )
        cursor.executemany(
            "insert into network_dutyshift (agency_id, desk_id, membership_id, starts_at, ends_at) "
            "values (%s, %s, 9025, %s, %s)",
            [
                (KUPANG, desk, NOW - timedelta(days=30), NOW + timedelta(days=400))
                for desk in (DESK, SECOND_DESK)
            ],
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """An open case of Ratih's with a survivor, a suspect and a need for each wanted service."""

    cast: Cast
    case_id: int

    @property
    def sender(self) -> Actor:
        """Who sends."""
        return self.cast.ratih

    @property
    def receiver(self) -> Actor:
        """Who answers."""
        return self.cast.melki

    def need(self, service: str) -> UUID:
        """A need of the plan."""
        return cases.state_need(
            case_id=self.case_id, words="Aku ingin sehat", service=service, by=self.sender, at=NOW
        ).id

    def ground(self, service: str = "medis", **changes: Any) -> Ground:
        """Consent to a service at its full ceiling unless changed."""
        from rangkul.reference.services import ServiceCode
        from rangkul.referrals import ceilings, grounds

        made = Ground(
            letter="a", service=service, given_by="penyintas", manner="lisan",
            levels=grounds.stored(ceilings.ceiling_for(ServiceCode(service))),
            valid_until=NOW + timedelta(days=90), purposes=("layanan", "rapat"),
        )  # fmt: skip
        return replace(made, **changes)

    def other_ground(self, letter: str, service: str, **changes: Any) -> Ground:
        """A basis other than consent, complete."""
        values: dict[str, Any] = {
            "letter": letter, "given_by": "hukum", "manner": "", "article": ARTICLES[letter],
            "why": "bahaya_segera", "words": BasisWords(why="Ia belum sadar."),
            "levels": {"I": 1},
        }  # fmt: skip
        return self.ground(service, **(values | changes))

    def consent(self, service: str = "medis", **changes: Any) -> Basis:
        """The same, put down."""
        return operations.record_ground(
            case_id=self.case_id, ground=self.ground(service, **changes), by=self.sender, at=NOW
        )

    def asked(self, basis: Basis, *, desk_id: int = DESK, **changes: Any) -> Asked:
        """What is asked of the desk."""
        draft = Draft(asked="Periksa luka tangan", reach="Ratih, lewat aplikasi")
        return Asked(self.case_id, desk_id, basis.id, replace(draft, **changes))

    def send(
        self, basis: Basis | None = None, *, desk_id: int = DESK, need_id: UUID | None = None,
        **changes: Any,
    ) -> Request:  # fmt: skip
        """A request on its way."""
        asked = self.asked(basis or self.consent(), desk_id=desk_id, **changes)
        return operations.send_referral(
            asked=replace(asked, need_id=need_id), token=uuid4(), by=self.sender, at=NOW
        )


def make_scene(cast: Cast, *, flags: tuple[str, ...] = (), child: bool = False) -> Scene:
    """Open the case as Ratih; the scope must be hers."""
    file = cases.open_file(
        opening=Opening(
            area="33.74", categories=("ktk",), triage=Answers({}), flags=flags, sex="P",
            is_child=child,
            birth_year=2012 if child else None, incident=IncidentFacts(area="33.74"),
            languages=("tet",), companion_id=cast.ratih.user_id,
            identity=Identity(
                full_name=FULL_NAME, called_name=CALLED, nik=NIK,
                birth_date=None if child else date(2003, 7, 15),
            ),
            contact=Contact(phone=PHONE, how="Pesan, sore hari"),
            location=Location(address=ADDRESS, area="33.74"),
        ),
        by=cast.ratih, at=NOW,
    )  # fmt: skip
    add_person(
        case=Case.objects.get(id=file.case_id), part=Person.SUSPECT, by=cast.ratih, at=NOW,
        identity=Identity(full_name=SUSPECT), relation="suami",
    )  # fmt: skip
    return Scene(cast, file.case_id)
