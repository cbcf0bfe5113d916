"""The network's screens, through the URL: who sees what, who may change it, and how it is told."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clients import Client
from tests.people import KUPANG, SEMARANG, SERVICE_DESK, Cast, sign_in

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import operations, queries
from rangkul.network.models import Membership
from rangkul.network.operations import DeskDetails, Offer

pytestmark = pytest.mark.usefixtures("db")

OURS, THEIRS = SERVICE_DESK[SEMARANG], SERVICE_DESK[KUPANG]


def page_of(actor: Actor, client: Client | None = None) -> Client:
    found = client or Client()
    sign_in(found, actor)
    return found


def body(answer: object) -> str:
    return answer.content.decode()


READ = [
    ("network-directory", []),
    ("network-areas", []),
    ("network-own", []),
    ("network-agency", [SEMARANG]),
    ("network-agency", [KUPANG]),
    ("network-desk", [OURS]),
    ("network-desk", [THEIRS]),
    ("network-rosters", []),
    ("network-roster", [OURS]),
]
EDIT = [
    ("network-agency-edit", []),
    ("network-desk-new", []),
    ("network-desk-edit", [OURS]),
    ("network-hours", [OURS]),
    ("network-services", [OURS]),
    ("network-places", [OURS]),
    ("network-staff", []),
    ("network-invite", []),
    ("network-member", [9011]),
    ("network-member-end", [9011]),
    ("network-absence", [9011]),
]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("name", "args"), READ + EDIT)
def test_the_admin_opens_every_page_in_both_languages(
    cast: Cast, name: str, args: list[int], language: str
) -> None:
    client = page_of(cast.sinta)
    client.cookies["rangkul_language"] = language
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert "%(" not in body(answer)


@pytest.mark.parametrize(("name", "args"), READ)
def test_every_desk_reads_the_directory(cast: Cast, name: str, args: list[int]) -> None:
    for actor in (cast.ratih, cast.laras, cast.wahyuni, cast.bagas):
        assert page_of(actor).get(reverse(name, args=args)).status_code == 200


@pytest.mark.parametrize(("name", "args"), EDIT)
def test_others_are_refused(cast: Cast, name: str, args: list[int]) -> None:
    answer = page_of(cast.nining).get(reverse(name, args=args))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("network-desk-edit", [THEIRS]),
        ("network-hours", [THEIRS]),
        ("network-services", [THEIRS]),
        ("network-places", [THEIRS]),
        ("network-roster", [THEIRS]),
        ("network-member", [9021]),
        ("network-member-end", [9021]),
        ("network-absence", [9021]),
        ("network-agency", [424242]),
        ("network-desk", [424242]),
    ],
)
def test_another_agencys_entry_cannot_be_edited(cast: Cast, name: str, args: list[int]) -> None:
    assert page_of(cast.sinta).get(reverse(name, args=args)).status_code == 404


def test_without_signing_in_nothing_is_shown(cast: Cast) -> None:
    for name, args in READ + EDIT:
        assert Client().get(reverse(name, args=args)).status_code == 302


# -- the directory ----------------------------------------------------------------------------


def test_search_answers_with_a_fragment_when_only_the_results_are_asked_for(cast: Cast) -> None:
    client = page_of(cast.ratih)
    whole = body(client.get(reverse("network-directory"), {"kata": "kupang"}))
    rows = body(
        client.get(
            reverse("network-directory"), {"kata": "kupang"}, HTTP_HX_TARGET="directory-results"
        )
    )
    for answer in (whole, rows):
        assert reverse("network-agency", args=[KUPANG]) in answer
        assert reverse("network-agency", args=[SEMARANG]) not in answer
    assert "<html" in whole
    assert "<html" not in rows


def test_nothing_found_says_what_to_do(cast: Cast) -> None:
    answer = body(page_of(cast.ratih).get(reverse("network-directory"), {"kata": "zzz"}))
    assert "empty-state" in answer


def test_an_area_typed_narrows_and_an_unknown_one_is_named(cast: Cast) -> None:
    client = page_of(cast.ratih)
    found = body(client.get(reverse("network-directory"), {"wilayah": "Jawa Tengah"}))
    assert reverse("network-agency", args=[SEMARANG]) in found
    assert reverse("network-agency", args=[KUPANG]) not in found
    options = body(client.get(reverse("network-areas"), {"wilayah": "kupang"}))
    assert "Kota Kupang" in options


def test_an_unconfirmed_entry_is_marked_until_it_is_confirmed(cast: Cast) -> None:
    client = page_of(cast.sinta)
    client.cookies["rangkul_language"] = "en"
    url = reverse("network-agency", args=[SEMARANG])
    assert "not confirmed this entry" in body(client.get(url))
    answer = client.post(
        reverse("network-agency-edit"),
        {
            "version": 1, "name": "UPTD PPA Uji", "short_name": "UPTD Uji", "kind": "uptd_ppa",
            "area": "Kota Semarang", "confirmed": "on",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert "not confirmed this entry" not in body(client.get(url))


# -- desks ------------------------------------------------------------------------------------


def test_hours_typed_in_the_table_are_the_desks(cast: Cast) -> None:
    client = page_of(cast.sinta)
    url = reverse("network-hours", args=[OURS])
    typed = {
        "version": 1, "d1_0_from": "08:00", "d1_0_to": "12:00", "d1_1_from": "13:00",
        "d1_1_to": "00:00",
    }  # fmt: skip
    assert client.post(url, typed | {"d2_0_from": "09:00"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    desk = queries.get_desk(OURS)
    assert desk.hours == {"1": [["08:00", "12:00"], ["13:00", "24:00"]]}
    assert not desk.always_open
    assert 'value="13:00"' in body(client.get(url))


def test_services_typed_in_the_table_are_the_desks(cast: Cast) -> None:
    client = page_of(cast.sinta)
    url = reverse("network-services", args=[OURS])
    typed = {
        "version": 1, "medis_on": "on", "polisi_sex": "P", "psikologi_on": "on",
        "psikologi_sex": "P", "psikologi_min": 12, "psikologi_max": 17,
    }  # fmt: skip
    assert client.post(url, typed | {"psikologi_max": 3}).status_code == 422
    assert client.post(url, typed).status_code == 302
    offers = {o.service: o for o in queries.get_desk_card(OURS, at=timezone.now()).offers}
    assert set(offers) == {"medis", "psikologi"}
    assert (offers["psikologi"].sex, offers["psikologi"].age_min) == ("P", 12)
    assert offers["medis"].age_max == 200


def test_a_new_desk_leads_to_its_services(cast: Cast) -> None:
    answer = page_of(cast.sinta).post(
        reverse("network-desk-new"),
        {
            "name": "Konseling", "serves": "Kota Semarang\nIndonesia", "languages": ["ind", "jav"],
            "active": "on",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    desk = queries.get_desk(int(re.findall(r"\d+", answer["Location"])[0]))
    assert answer["Location"] == reverse("network-services", args=[desk.id])
    assert desk.serves == ["33.74", "ID"]
    assert desk.languages == ["ind", "jav"]


@pytest.mark.parametrize("count", [1, 3])
def test_an_agencys_page_costs_the_same_for_one_desk_and_three(
    cast: Cast, count: int, django_assert_num_queries
) -> None:
    with acting(cast.sinta):
        for number in range(count):
            desk = operations.open_desk(
                details=DeskDetails(name=f"Meja {number}"), by=cast.sinta, at=timezone.now()
            )
            operations.set_services(
                desk_id=desk.id, offers=[Offer("medis")], version=1, by=cast.sinta,
                at=timezone.now(),
            )  # fmt: skip
    client, url = page_of(cast.bagas), reverse("network-agency", args=[SEMARANG])
    client.get(url)  # The code lists are read once for each process.
    # Four of them are the frame's own: session, person, membership, scope; two the savepoint's.
    with django_assert_num_queries(10):
        client.get(url)


# -- staff ------------------------------------------------------------------------------------


def test_a_first_password_is_shown_once_and_works(cast: Cast) -> None:
    client = page_of(cast.sinta)
    given = {
        "display_name": "Baru Uji", "username": "Baru.Uji", "sex": "P", "roles": ["pendamping"],
        "desks": [OURS],
    }  # fmt: skip
    answer = client.post(reverse("network-invite"), given)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    password = re.search(r"\b([a-z2-9]{4}(?:-[a-z2-9]{4}){3})\b", body(answer))
    assert password
    made = Membership.objects.select_related("user").get(user__username="baru.uji")
    assert made.user.check_password(password[1])
    assert password[1] not in body(client.get(reverse("network-member", args=[made.id])))
    assert client.post(reverse("network-invite"), given).status_code == 422


def test_an_admin_is_told_why_she_gets_no_case_role(cast: Cast) -> None:
    client = page_of(cast.sinta)
    url = reverse("network-member", args=[cast.sinta.membership_id])
    answer = client.post(url, {"version": 1, "roles": ["admin_lembaga", "pendamping"], "sex": ""})
    assert answer.status_code == 422
    assert "admin lain" in body(answer)
    assert Membership.objects.get(id=cast.sinta.membership_id).roles == ["admin_lembaga"]


def test_roles_from_outside_are_not_even_offered(cast: Cast) -> None:
    client = page_of(cast.sinta)
    form = body(client.get(reverse("network-invite")))
    assert "koordinator_nasional" not in form
    assert "administrator_sistem" not in form
    given = {"display_name": "x", "username": "x.uji", "roles": ["koordinator_nasional"]}
    assert client.post(reverse("network-invite"), given).status_code == 422


def test_an_ended_membership_acts_no_longer(cast: Cast) -> None:
    nining = cast.nining
    assert queries.get_acting_membership(nining.user_id, nining.membership_id)
    ended = page_of(cast.sinta).post(
        reverse("network-member-end", args=[cast.nining.membership_id]), {"version": 1}
    )
    assert ended.status_code == 302
    assert queries.get_acting_membership(nining.user_id, nining.membership_id) is None


# -- rosters and caseloads --------------------------------------------------------------------


def test_a_turn_is_added_shown_repeated_and_removed(cast: Cast) -> None:
    client = page_of(cast.sinta)
    client.cookies["rangkul_language"] = "en"
    week = reverse("network-roster", args=[OURS])
    monday = date(2026, 3, 2)
    empty = body(client.get(week, {"pekan": "2026-03-02"}))
    assert "No one on duty" in empty
    turn = {
        "membership": cast.laras.membership_id, "day": "2026-03-04", "starts": "19:00",
        "ends": "07:00", "pekan": "2026-03-02",
    }  # fmt: skip
    added = client.post(reverse("network-shift-add", args=[OURS]), turn)
    assert added["Location"] == f"{week}?pekan=2026-03-02"
    shown = body(client.get(added["Location"]))
    assert "Laras Anindya Uji" in shown
    assert "19:00 WIB" in shown
    copied = client.post(
        reverse("network-roster-copy", args=[OURS]), {"pekan": "2026-03-02", "weeks": 2}
    )
    assert copied.status_code == 302
    later = queries.roster_week(queries.get_desk(OURS), monday=monday + timedelta(weeks=2))
    (shift,) = [s for day in later.days for s in day.shifts]
    assert client.post(reverse("network-shift-off", args=[shift.id])).status_code == 302
    assert not queries.roster_week(queries.get_desk(OURS), monday=later.monday).shift_count


@pytest.mark.parametrize("count", [1, 3])
def test_a_roster_costs_the_same_for_one_turn_and_three(
    cast: Cast, count: int, django_assert_num_queries
) -> None:
    monday = timezone.make_aware(timezone.datetime(2026, 3, 2, 8))
    with acting(cast.sinta):
        for number in range(count):
            operations.add_shift(
                desk_id=OURS, membership_id=cast.laras.membership_id, by=cast.sinta,
                starts_at=monday + timedelta(days=number),
                ends_at=monday + timedelta(days=number, hours=8), at=timezone.now(),
            )  # fmt: skip
    desk = queries.get_desk(OURS)
    with django_assert_num_queries(3):
        assert queries.roster_week(desk, monday=monday.date()).shift_count == count


def test_a_caseload_is_previewed_and_only_a_supervisor_hands_it_over(cast: Cast) -> None:
    url = reverse("network-handover")
    assert page_of(cast.ratih).get(url).status_code == 403
    client = page_of(cast.wahyuni)
    given = {"giver": cast.ratih.user_id, "taker": cast.nining.user_id}
    assert client.get(url).status_code == 200
    assert client.post(url, given).status_code == 200
    assert client.post(url, given | {"taker": cast.ratih.user_id}).status_code == 422
    assert client.post(url, given | {"taker": cast.sinta.user_id}).status_code == 422
    assert client.post(url, given | {"confirmed": "1"}).status_code == 302
