"""Who is a member and in which role: each verb owns its transaction and leaves an audit line.

Invariant: a tenant always has an active owner, also where two owners step down at once: who takes one away locks all
of them first. Only an owner makes or unmakes an owner.
"""

from __future__ import annotations

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Forbidden, NotFound
from core.scope import tenant_scope
from tenants.models import Member, User
from tenants.roles import Role


class LastOwner(Conflict):
    code = "last_owner"
    default_message = "She is the only owner. Make somebody else an owner first."


class OwnersOnly(Forbidden):
    code = "owners_only"
    default_message = "Only an owner can make somebody an owner, or change an owner. Ask one."


class AlreadyMember(Conflict):
    code = "already_member"
    default_message = "She is a member already. Change her role on her own page."


class NoSuchMember(NotFound):
    code = "no_such_member"
    default_message = "There is no such member."


def add_member(*, tenant_id: int, user: User, role: Role, actor: Actor) -> Member:
    """Gives a person a role; a second call changes the role."""
    with tenant_scope(tenant_id):
        member, _ = Member.objects.update_or_create(
            tenant_id=tenant_id, user=user, defaults={"role": role, "is_active": True}
        )
        record(actor=actor, action="member.added", target=f"user:{user.public_id}", data={"role": str(role)})
    return member


def invite_member(
    *, tenant_id: int, email: str, name: str, role: Role, actor: Actor, by: Role = Role.OWNER
) -> Member:
    """Gives the person with this address a role, and makes her if nobody has it yet.

    A new person has no password: she asks for one at the sign-in page, by e-mail. Who was switched off is a member
    again.

    Args:
        by: the role of who invites.

    Raises:
        AlreadyMember, OwnersOnly
    """
    with tenant_scope(tenant_id):
        user = User.objects.filter(email=email.lower()).first()
        known = user and Member.objects.filter(tenant_id=tenant_id, user=user).first()
        if known and known.is_active:
            raise AlreadyMember
        _demand_owner(by, str(role), known.role if known else "")
        user = user or User.objects.create_user(email, None, name=name)
        return add_member(tenant_id=tenant_id, user=user, role=role, actor=actor)


def change_role(*, tenant_id: int, member_id: int, role: Role, by: Role, actor: Actor) -> Member:
    """Gives a member another role; the same one again changes nothing.

    Raises:
        NoSuchMember, OwnersOnly, LastOwner
    """
    with tenant_scope(tenant_id):
        member = _locked(tenant_id, member_id)
        before = member.role
        if before == role:
            return member
        _demand_owner(by, before, str(role))
        if member.is_active:
            _demand_another_owner(member)
        Member.objects.filter(tenant_id=tenant_id, pk=member_id).update(role=role)
        member.role = role
        data = {"before": before, "role": str(role)}
        record(actor=actor, action="member.role_changed", target=f"user:{member.user.public_id}", data=data)
    return member


def switch_member(*, tenant_id: int, member_id: int, on: bool, by: Role, actor: Actor) -> Member:
    """Lets a member in, or keeps her out from now on; her past stays.

    Raises:
        NoSuchMember, OwnersOnly, LastOwner
    """
    with tenant_scope(tenant_id):
        member = _locked(tenant_id, member_id)
        if member.is_active is on:
            return member
        _demand_owner(by, member.role)
        if not on:
            _demand_another_owner(member)
        Member.objects.filter(tenant_id=tenant_id, pk=member_id).update(is_active=on)
        member.is_active = on
        action = "member.switched_on" if on else "member.switched_off"
        record(actor=actor, action=action, target=f"user:{member.user.public_id}")
    return member


def _locked(tenant_id: int, member_id: int) -> Member:
    """The member, with all owners locked in the order of their rows."""
    rows = Member.objects.filter(tenant_id=tenant_id)
    list(rows.filter(role=Role.OWNER).order_by("pk").select_for_update().values_list("pk"))
    member = rows.filter(pk=member_id).select_related("user").first()
    if member is None:
        raise NoSuchMember
    return member


def _demand_owner(by: Role, *roles: str) -> None:
    if Role.OWNER in roles and by != Role.OWNER:
        raise OwnersOnly


def _demand_another_owner(member: Member) -> None:
    if member.role != Role.OWNER:
        return
    others = Member.objects.filter(tenant_id=member.tenant_id, role=Role.OWNER, is_active=True)
    if not others.exclude(pk=member.pk).filter(user__is_active=True).exists():
        raise LastOwner
