"""An agency's people: who works there, in which roles, who is away, who takes over the cases."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.accounts.operations import first_password
from rangkul.custody import operations as custody_operations
from rangkul.custody import queries as custody
from rangkul.desk.network.directory import trail
from rangkul.desk.network.entries import answer
from rangkul.desk.network.forms import (
    AbsenceForm,
    HandoverForm,
    InviteForm,
    MemberForm,
    faults_into,
    role_choices,
    worded,
)
from rangkul.desk.page import StaffRequest, opened_version, posted, staff
from rangkul.foundation.errors import NotReachable
from rangkul.network import operations, policy
from rangkul.network import queries as network


def _staff_trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return trail((reverse("network-staff"), _("Staff")), *steps)


def _desk_choices(request: StaffRequest) -> list[tuple[int, str]]:
    cards = network.list_desks(request.actor.agency_id, at=request.now)
    return [(card.desk.id, card.desk.name) for card in cards]


def _colleagues(request: StaffRequest, *, without: int | None = None) -> list[tuple[int, str]]:
    """Live memberships with their names."""
    members = network.list_staff(request.actor.agency_id, at=request.now)
    return [(member.id, member.name) for member in members if member.id != without]


@require_safe
@staff(Permission.MANAGE_STAFF)
def staff_list(request: StaffRequest) -> HttpResponse:
    """Everyone who works in the agency, and who is away."""
    today = network.day_at(request.actor.agency_id, request.now)
    members = network.list_staff(request.actor.agency_id, at=request.now)
    context = {
        "members": [(member, member.entry_at(request.now)) for member in members],
        "absences": network.list_absences(request.actor.agency_id, since=today),
        "today": today,
        "trail": trail(("", _("Staff"))),
    }
    return render(request, "desk/network/staff.html", context)


@require_http_methods(["GET", "POST"])
@staff(Permission.MANAGE_STAFF, fresh=True)
def invite(request: StaffRequest) -> HttpResponse:
    """Invite a colleague: an account of her own, and a first password shown once."""
    agency = network.get_agency(request.actor.agency_id)
    roles = role_choices(policy.grantable_roles(agency_level=agency.level))
    form = InviteForm(posted(request), roles=roles, desks=_desk_choices(request))
    if form.is_valid():
        password = first_password()
        with faults_into(form):
            given = form.cleaned_data
            member = operations.invite_member(
                username=given["username"],
                display_name=given["display_name"],
                email=given["email"],
                sex=given["sex"],
                roles=given["roles"],
                desk_ids=given["desks"],
                password=password,
                by=request.actor,
                at=request.now,
            )
            context = {
                "member": network.get_member(request.actor.agency_id, member.id),
                "password": password,
                "trail": _staff_trail(("", _("Invited"))),
            }
            return render(request, "desk/network/invited.html", context)
    return answer(request, "invite_form", form, {"trail": _staff_trail(("", _("Invite")))})


@require_http_methods(["GET", "POST"])
@staff(Permission.MANAGE_STAFF, fresh=True)
def member(request: StaffRequest, membership_id: int) -> HttpResponse:
    """A colleague's roles and desks."""
    found = network.get_member(request.actor.agency_id, membership_id)
    row = found.membership
    agency = network.get_agency(request.actor.agency_id)
    grantable = policy.grantable_roles(agency_level=agency.level)
    initial = {"version": row.version, "roles": row.roles, "desks": row.desk_ids, "sex": row.sex}
    form = MemberForm(
        posted(request),
        initial=initial,
        roles=role_choices(grantable | set(row.roles)),
        desks=_desk_choices(request),
    )
    if form.is_valid():
        with faults_into(form):
            operations.change_roles(
                membership_id=row.id,
                roles=form.cleaned_data["roles"],
                desk_ids=form.cleaned_data["desks"],
                sex=form.cleaned_data["sex"],
                version=form.cleaned_data["version"] or 0,
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("Roles and desks are saved. They hold from now on."))
            return redirect("network-staff")
    context = {
        "member": found,
        "is_self": row.user_id == request.actor.user_id,
        "ended": row.until is not None and row.until <= request.now,
        "entry": found.entry_at(request.now),
        "trail": _staff_trail(("", found.name)),
    }
    return answer(request, "member", form, context)


@require_http_methods(["GET", "POST"])
@staff(Permission.MANAGE_STAFF, fresh=True)
def renew(request: StaffRequest, membership_id: int) -> HttpResponse:
    """A new way in for a colleague: a first password shown once, after saying what that means."""
    found = network.get_member(request.actor.agency_id, membership_id)
    refusal = ""
    if request.method == "POST":
        password = first_password()
        try:
            operations.renew_entry(
                membership_id=membership_id, password=password,
                without_factors="without_factors" in request.POST,
                by=request.actor, at=request.now,
            )  # fmt: skip
        except (policy.OwnMembership, policy.WorksElsewhere) as fault:
            refusal = worded(fault)
        else:
            context = {
                "member": found,
                "password": password,
                "trail": _staff_trail(("", _("New way in"))),
            }
            return render(request, "desk/network/invited.html", context)
    context = {
        "member": found,
        "refusal": refusal,
        "trail": _staff_trail(
            (reverse("network-member", args=[membership_id]), found.name), ("", _("New way in"))
        ),
    }
    status = 422 if refusal else 200
    return render(request, "desk/network/member_renew.html", context, status=status)


@require_POST
@staff(Permission.MANAGE_STAFF, fresh=True)
def wake(request: StaffRequest, membership_id: int) -> HttpResponse:
    """An account that rests opens again with its person's own password."""
    operations.wake_account(membership_id=membership_id, by=request.actor, at=request.now)
    messages.success(request, _("The account is awake again."))
    return redirect("network-member", membership_id)


@require_http_methods(["GET", "POST"])
@staff(Permission.MANAGE_STAFF, fresh=True)
def end(request: StaffRequest, membership_id: int) -> HttpResponse:
    """End a colleague's membership, after saying what that means."""
    found = network.get_member(request.actor.agency_id, membership_id)
    version = opened_version(request)
    refusal = ""
    if request.method == "POST" and version:
        try:
            operations.end_membership(
                membership_id=membership_id, version=version, by=request.actor, at=request.now
            )
        except (policy.OwnMembership, policy.LastAdmin) as fault:
            refusal = worded(fault)
        else:
            messages.success(request, _("The membership has ended. Open pages stop at once."))
            return redirect("network-staff")
    context = {
        "member": found,
        "carried": len(custody.caseload_of(request.actor, found.membership.user_id)),
        "may_hand_over": may(request.actor.roles, Permission.HAND_OVER_CASELOAD),
        "refusal": refusal,
        "trail": _staff_trail(
            (reverse("network-member", args=[membership_id]), found.name), ("", _("End"))
        ),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/network/member_end.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff(Permission.SEE_DIRECTORY)
def absence(request: StaffRequest, membership_id: int) -> HttpResponse:
    """Enter leave and who stands in; everyone may enter her own."""
    if membership_id != request.actor.membership_id:
        require(request.actor.roles, Permission.EDIT_AGENCY)
    found = network.get_member(request.actor.agency_id, membership_id)
    form = AbsenceForm(posted(request), people=_colleagues(request, without=membership_id))
    if form.is_valid():
        with faults_into(form):
            operations.enter_absence(
                membership_id=membership_id,
                substitute_id=form.cleaned_data["substitute"],
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"],
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The leave is entered."))
            return redirect("network-absence", membership_id)
    context = {
        "member": found,
        "absences": network.list_absences(
            request.actor.agency_id,
            since=network.day_at(request.actor.agency_id, request.now),
            membership_id=membership_id,
        ),
        "may_staff": may(request.actor.roles, Permission.MANAGE_STAFF),
        "trail": trail(("", _("Leave of %(name)s") % {"name": found.name})),
    }
    return answer(request, "absence_form", form, context)


@require_POST
@staff(Permission.SEE_DIRECTORY)
def absence_off(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Take leave back."""
    membership_id = operations.remove_absence(
        absence_id=absence_id, by=request.actor, at=request.now
    )
    messages.success(request, _("The leave is removed."))
    return redirect("network-absence", membership_id)


@require_http_methods(["GET", "POST"])
@staff(Permission.HAND_OVER_CASELOAD)
def handover(request: StaffRequest) -> HttpResponse:
    """Hand everything that one colleague carries to another, after seeing how much that is."""
    # Who has left may still carry cases: that is when they must be handed over.
    everyone = network.list_staff(request.actor.agency_id, at=request.now, former_too=True)
    names = {member.membership.user_id: member.name for member in everyone}
    form = HandoverForm(posted(request), people=sorted(names.items(), key=lambda p: p[1]))
    preview = None
    if form.is_valid():
        giver, taker = form.cleaned_data["giver"], form.cleaned_data["taker"]
        if giver == taker:
            form.add_error("taker", _("Please choose someone else."))
        elif taker not in _takers(request):
            form.add_error("taker", _("Please choose a companion or supervisor of your agency."))
        elif "confirmed" in request.POST:
            return _hand_over(request, giver, taker, names)
        else:
            preview = {
                "count": len(custody.caseload_of(request.actor, giver)),
                "giver": names[giver],
                "taker": names[taker],
            }
    context = {"preview": preview, "trail": trail(("", _("Hand over a caseload")))}
    return answer(request, "handover", form, context)


def _takers(request: StaffRequest) -> set[int]:
    members = network.list_companions(request.actor.agency_id, at=request.now)
    return {member.membership.user_id for member in members}


def _hand_over(
    request: StaffRequest, giver: int, taker: int, names: dict[int, str]
) -> HttpResponse:
    if giver not in names:
        raise NotReachable("membership")
    moved = custody_operations.hand_over_caseload(
        from_user_id=giver, to_user_id=taker, by=request.actor, at=request.now
    )
    words = ngettext(
        "%(count)s case is now with %(name)s.", "%(count)s cases are now with %(name)s.", moved
    )
    messages.success(request, words % {"count": moved, "name": names[taker]})
    return redirect("network-handover")
