"""Roles hold what the design says, never what it forbids, and some never meet in one person."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.access.permissions import PERSON_CONTENT, Permission
from rangkul.access.policy import Forbidden, OwnException, may, require, require_second_person
from rangkul.access.roles import (
    CASE_ROLES,
    ROLES,
    NeverGranted,
    Role,
    RolesConflict,
    UnknownRole,
    check_roles,
    forbidden_pairs,
    get_role,
    roles_with,
    with_additions,
)

P = Permission
CODES = list(ROLES)


def test_the_ten_roles_and_the_kinds_of_service_officer() -> None:
    assert CODES == [
        "petugas_pengaduan",
        "pendamping",
        "penyelia",
        "petugas_layanan",
        "petugas_kesehatan",
        "psikolog",
        "petugas_polisi",
        "petugas_hukum",
        "petugas_hunian",
        "koordinator_provinsi",
        "koordinator_nasional",
        "admin_lembaga",
        "auditor",
        "pelapor_terdaftar",
        "administrator_sistem",
    ]


@pytest.mark.parametrize("role", ROLES.values(), ids=CODES)
def test_a_role_can_be_read_by_a_data_protection_officer(role: type[Role]) -> None:
    prose = inspect.getdoc(role) or ""
    assert prose.endswith(".")
    assert len(prose.split()) > 15
    assert role.label_id != role.label_en or role.label_id in ("Auditor",)
    assert role.permissions
    assert role.never


@pytest.mark.parametrize("role", ROLES.values(), ids=CODES)
def test_never_cannot_be_configured(role: type[Role]) -> None:
    for permission in role.never:
        assert not may([role.code], permission)
        with pytest.raises(NeverGranted):
            with_additions(role.code, [permission])
    assert with_additions(role.code, []) == role.permissions


def test_a_role_that_contradicts_itself_cannot_be_written() -> None:
    with pytest.raises(NeverGranted):
        type(
            "Contradiction",
            (Role,),
            {
                "code": "x",
                "permissions": frozenset({P.CLOSE_CASE}),
                "never": frozenset({P.CLOSE_CASE}),
            },
        )


def test_every_permission_has_prose_and_a_holder() -> None:
    for permission in P:
        assert permission.prose_id
        assert permission.prose_en
        assert str(permission) == permission.value
        assert roles_with(permission), permission


@pytest.mark.parametrize(
    ("role", "can", "cannot"),
    [
        ("petugas_pengaduan", P.TAKE_REPORT, P.OPEN_IDENTITY),
        ("pendamping", P.SEE_OWN_CASES, P.SEE_UNIT_CASES),
        ("pendamping", P.SEND_REFERRAL, P.APPROVE_LOWER_RISK),
        ("penyelia", P.SEE_UNIT_CASES, P.READ_TRAIL),
        ("penyelia", P.HAND_OVER_CASELOAD, P.MANAGE_STAFF),
        ("psikolog", P.ANSWER_PACKETS, P.SEND_REFERRAL),
        ("petugas_hunian", P.KEEP_STAYS, P.SEE_OWN_CASES),
        ("petugas_polisi", P.REPORT_OUTCOME, P.KEEP_STAYS),
        ("koordinator_provinsi", P.REASSIGN_UNANSWERED, P.SEE_NATION),
        ("koordinator_nasional", P.SEE_NATION, P.OPEN_IDENTITY),
        ("admin_lembaga", P.MANAGE_STAFF, P.READ_TRAIL),
        ("auditor", P.READ_TRAIL, P.WRITE_NOTE),
        ("pelapor_terdaftar", P.SEND_REGISTERED_REPORT, P.TAKE_REPORT),
        ("administrator_sistem", P.RUN_SYSTEM, P.READ_TRAIL),
    ],
)
def test_who_may(role: str, can: Permission, cannot: Permission) -> None:
    assert may([role], can)
    assert not may([role], cannot)


@pytest.mark.parametrize(
    "role",
    [
        "koordinator_provinsi",
        "koordinator_nasional",
        "admin_lembaga",
        "auditor",
        "pelapor_terdaftar",
        "administrator_sistem",
    ],
)
def test_outside_casework_nothing_about_a_person_is_seen(role: str) -> None:
    assert not get_role(role).permissions & PERSON_CONTENT
    assert get_role(role).never >= PERSON_CONTENT


def test_roles_add_up_and_no_roles_mean_no_rights() -> None:
    assert may(["petugas_pengaduan", "pendamping"], P.TAKE_REPORT)
    assert may(["petugas_pengaduan", "pendamping"], P.SEND_REFERRAL)
    assert not any(may([], permission) for permission in P)


def test_a_misspelt_role_is_no_silence() -> None:
    with pytest.raises(UnknownRole):
        may(["pendampng"], P.PLAN)
    with pytest.raises(UnknownRole):
        check_roles(["pendampng"])


def test_a_refusal_says_who_can_help() -> None:
    with pytest.raises(Forbidden) as caught:
        require(["pendamping"], P.CLOSE_CASE)
    assert caught.value.permission is P.CLOSE_CASE
    assert caught.value.message_id == (
        "Peran Anda saat ini tidak dapat menutup kasus. "
        "Yang dapat membantu: Manajer kasus / penyelia."
    )
    assert "Case manager / supervisor" in caught.value.message_en
    require(["penyelia"], P.CLOSE_CASE)


def test_nobody_approves_the_own_exception() -> None:
    with pytest.raises(OwnException):
        require_second_person(requested_by=7, approved_by=7)
    require_second_person(requested_by=7, approved_by=8)


@pytest.mark.parametrize(
    "pair",
    [
        ("admin_lembaga", "auditor"),
        ("petugas_hunian", "pelapor_terdaftar"),
        ("auditor", "administrator_sistem"),
        *(("administrator_sistem", role.code) for role in CASE_ROLES),
        *(("auditor", role.code) for role in CASE_ROLES),
    ],
)
def test_never_together(pair: tuple[str, str]) -> None:
    assert frozenset(pair) in forbidden_pairs()
    with pytest.raises(RolesConflict) as caught:
        check_roles(["koordinator_provinsi", *reversed(pair)])
    assert caught.value.pair == frozenset(pair)
    for code in pair:
        assert ROLES[code].label_id in caught.value.message_id
        assert ROLES[code].label_en in caught.value.message_en


@pytest.mark.parametrize(
    "roles",
    [
        ["petugas_pengaduan", "pendamping", "penyelia"],
        ["admin_lembaga", "penyelia"],
        ["pendamping", "pendamping"],
    ],
)
def test_a_small_office_may_combine_what_harms_nobody(roles: list[str]) -> None:
    check_roles([])
    check_roles(roles)
    with pytest.raises(RolesConflict):
        check_roles([*roles, "auditor"])


@given(st.sets(st.sampled_from(CODES)))
def test_a_set_is_refused_exactly_when_it_holds_a_pair(roles: set[str]) -> None:
    meets = any(pair <= roles for pair in forbidden_pairs())
    if meets:
        with pytest.raises(RolesConflict):
            check_roles(sorted(roles))
    else:
        check_roles(sorted(roles))


@given(st.sets(st.sampled_from(CODES)), st.sampled_from(list(P)))
def test_no_allowed_set_reaches_both_persons_and_the_watch_over_them(
    roles: set[str], permission: Permission
) -> None:
    """Whoever reads the trail or runs the machines sees no survivor, in any mix of roles."""
    if any(pair <= roles for pair in forbidden_pairs()):
        return
    watches = may(roles, P.READ_TRAIL) or may(roles, P.RUN_SYSTEM)
    assert not (watches and permission in PERSON_CONTENT and may(roles, permission))
