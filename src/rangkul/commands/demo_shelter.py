"""The demonstration's shelter: one invented house, two who stay, one who waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from rangkul.cases import queries as cases
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.consent.operations import Ground
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds
from rangkul.referrals import operations as referrals
from rangkul.referrals.operations import Asked
from rangkul.referrals.packet import Draft
from rangkul.shelter import operations as shelter
from rangkul.shelter.models import Admission, Bed, House
from rangkul.shelter.operations import HouseDetails, Person
from rangkul.shelter.sealed import HousePlace, Needs

_OFFICER = "lusi"
_ROOMS = (
    ("P", "adult", 3, 0), ("P", "family", 2, 1), ("L", "adult", 2, 0), ("P", "child", 2, 0),
)  # fmt: skip
_LONG_AGO = timedelta(days=4)
_CRITERIA = ("terancam_pelaku", "korban_tppo", "kdrt", "anak", "disabilitas", "ditolak")
_PLACE = HousePlace(
    address="Jalan Rangkul Uji 00, tidak ada di peta", phone="0536 000 0000",
    way="Alamat rekaan untuk peragaan.",
)  # fmt: skip


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """Set the house up, take two women in, and put a young man on the waiting list.

    Both beds for men are being repaired: that is why he waits.
    """
    officer = _actor(staff, _OFFICER)
    house, beds = _house(officer, at=now - timedelta(days=9))
    tiara, arif = _actor(staff, "tiara"), _actor(staff, "arif")
    women = _adults(tiara, "P")
    for case_id, bed, days in zip(women, ("1B", "1A"), (2, 5), strict=False):
        at = now - timedelta(days=days, hours=1)
        admission = _ask(tiara, officer, case_id, at=at)
        _stays(officer, admission, house, beds[bed], at=at, now=now)
        _take_up(tiara, admission, at=at + timedelta(hours=1))
    for case_id in _adults(arif, "L")[:1]:
        at = now - timedelta(hours=1)
        admission = _ask(arif, officer, case_id, at=at)
        with acting(officer):
            shelter.put_on_list(
                admission_id=admission.id, expected_version=admission.version, by=officer,
                at=at + timedelta(minutes=20), words="Kamar laki-laki selesai diperbaiki besok.",
            )  # fmt: skip


def _adults(companion: Actor, sex: str) -> list[int]:
    """The open cases of adults of this sex, the newest first."""
    with acting(companion):
        files = [cases.get_file(companion, a.case_id) for a in custody.accesses(companion)]
    return [f.case_id for f in files if f.sex == sex and not f.is_child and f.state == "open"]


def _actor(staff: Sequence[LoadedStaff], username: str) -> Actor:
    [person] = [each for each in staff if each.entry.username == username]
    actor = network.get_live_actor(user_id=person.user_id, agency_id=person.agency_id)
    if actor is None:
        raise LookupError(f"{username} is not a member")
    return actor


def _house(officer: Actor, *, at: datetime) -> tuple[House, dict[str, int]]:
    [desk_id] = officer.desk_ids
    with acting(officer):
        house = shelter.make_house(
            details=HouseDetails(desk_id, "Rumah Aman Uji Kenanga", "rumah_aman", 7, _CRITERIA),
            by=officer, at=at,
        )  # fmt: skip
        shelter.write_place(house_id=house.id, place=_PLACE, expected_version=0, by=officer, at=at)
        for sex, group, beds, cots in _ROOMS:
            shelter.add_room(
                house_id=house.id, sex=sex, group=group, beds=beds, cots=cots, by=officer, at=at
            )
        found = {
            f"{bed.room.number}{bed.letter}": bed
            for bed in Bed.objects.filter(room__house=house).select_related("room")
        }
        for letter in "AB":
            bed = found[f"3{letter}"]
            shelter.close_bed(
                bed_id=bed.id, reason="repair", expected_version=bed.version, by=officer, at=at,
                until=(at + timedelta(days=11)).date(),
            )  # fmt: skip
    return house, {place: bed.id for place, bed in found.items()}


def _ask(companion: Actor, officer: Actor, case_id: int, *, at: datetime) -> Admission:
    """A referral with consent, checked by the officer."""
    [desk_id] = officer.desk_ids
    with acting(companion):
        basis = referrals.record_ground(
            case_id=case_id, by=companion, at=at,
            ground=Ground(
                letter="a", service=str(ServiceCode.HUNIAN), given_by="penyintas", manner="lisan",
                levels=grounds.stored(ceilings.ceiling_for(ServiceCode.HUNIAN)),
                valid_until=at + timedelta(days=90),
            ),
        )  # fmt: skip
        request = referrals.send_referral(
            asked=Asked(
                case_id, desk_id, basis.id,
                Draft(
                    asked="Tempat aman, mulai malam ini.", reach="Pendamping, lewat aplikasi",
                    words={"admission_criterion": "Tidak aman di rumah"},
                ),
            ),
            token=uuid4(), by=companion, at=at, uncovered_ok=True,
        )  # fmt: skip
    with acting(officer):
        return shelter.check_conflict(
            request_id=request.id, conflict="none", by=officer, at=at + timedelta(minutes=15)
        )


def _take_up(companion: Actor, admission: Admission, *, at: datetime) -> None:
    """What the outbox does by itself once the answer is written: the sender's clocks hear it."""
    if admission.request_id is not None:
        with acting(companion):
            referrals.take_up_answer(request_id=admission.request_id, by=companion, at=at)


def _stays(
    officer: Actor, admission: Admission, house: House, bed_id: int, *, at: datetime, now: datetime
) -> None:
    came = at + timedelta(minutes=30)
    with acting(officer):
        placed = shelter.place(
            admission_id=admission.id, house_id=house.id, expected_version=admission.version,
            people=[Person("P", "adult", bed_id)], willing=True, criteria=["kdrt"], by=officer,
            at=came, words="Dijemput petugas di halaman puskesmas.",
        )  # fmt: skip
        shelter.write_intake(
            admission_id=placed.id, expected_version=0, belongings="Satu tas, satu telepon.",
            needs=Needs(
                meals="Tidak makan udang", clothing="Ukuran M", own_room=False,
                health_checked=True, companion_named=True, rules_told=True, bedding_given=True,
            ),
            by=officer, at=came + timedelta(hours=2),
        )  # fmt: skip
        shelter.write_note(
            admission_id=placed.id, body="Makan malam bersama, tidur cepat.", by=officer,
            at=came + timedelta(hours=6),
        )  # fmt: skip
        if at < now - _LONG_AGO:
            shelter.ask_extension(
                admission_id=placed.id, days=7, reason="court_soon", by=officer,
                at=now - timedelta(hours=2), expected_version=placed.version,
            )  # fmt: skip
