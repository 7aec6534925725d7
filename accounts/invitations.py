"""Inviting somebody to the desk: the letter, its link, the account that comes of it. One function a change of state."""

import secrets
from collections.abc import Iterable
from hashlib import sha256

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.invitation import in_a_week
from record.web import site_url


def assignable_roles(user: User) -> QuerySet[Group]:
    """The groups that `user` may put somebody into, in the order of their names: roles, and to a superuser all."""
    groups = Group.objects.order_by("name")
    if user.is_superuser:
        return groups
    return groups.filter(name__in=User.Role.values) if user.has_perm("accounts.assign_roles") else groups.none()


def invite(email: str, *, name: str = "", roles: Iterable[Group], actor: User) -> tuple[Invitation, str]:
    """
    Makes an invitation of `actor` for the address. Returns it with its token, which is stored nowhere: `send` it.
    `PermissionDenied` where one of `roles` is not theirs to give, `ValidationError` where the address has an account
    or an invitation that still works.
    """
    email = User.objects.normalize_email(email)
    roles = list(roles)
    _check_roles(roles, actor)
    if problem := in_the_way(email):
        raise ValidationError(problem)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation(email=email, name=name, invited_by=actor, made_by=actor, token_digest=_digest(token))
        invitation._history_user = actor
        invitation.save()
        invitation.roles.set(roles)
    return invitation, token


def in_the_way(email: str) -> str:
    """Why nobody can be invited by this address, in a sentence; or nothing."""
    email = User.objects.normalize_email(email)
    if User.objects.filter(email=email).exists():
        return _("An account with this e-mail address already exists.")
    if Invitation.objects.open(timezone.now()).filter(email=email).exists():
        return _("There is already an open invitation for this e-mail address. Send it again, or withdraw it.")
    return ""


@transaction.atomic
def renew(invitation: Invitation, *, actor: User) -> str:
    """
    Makes the invitation that of `actor`, for a week from now, with a new link; the old one stops working. Returns the
    token, to be sent. `ValidationError` where it was used or withdrawn, or where the address got an account meanwhile.
    """
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.used_at or row.withdrawn_at:
        raise ValidationError(_("This invitation is no longer valid."))
    if User.objects.filter(email=row.email).exists():
        raise ValidationError(_("An account with this e-mail address already exists."))
    _check_roles(row.roles.all(), actor)
    token = secrets.token_urlsafe(32)
    row.token_digest, row.invited_by = _digest(token), actor
    row.sent_at, row.expires_at = timezone.now(), in_a_week()
    _save(row, actor, _("Sent again"))
    return token


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User) -> None:
    """Makes the link stop working. `ValidationError` where it was used or withdrawn before."""
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.used_at or row.withdrawn_at:
        raise ValidationError(_("This invitation is no longer valid."))
    row.withdrawn_at = timezone.now()
    _save(row, actor, _("Withdrawn"))


def send(invitation: Invitation, token: str) -> None:
    """Sends the letter with its link. `OSError` where no mail gets out."""
    address = site_url.absolute(reverse("invitation", args=[token]))
    context = {"invitation": invitation, "address": address, "site": site_url.host()}
    subject = " ".join(render_to_string("emails/invitation/subject.txt", context).split())
    send_mail(subject, render_to_string("emails/invitation/message.txt", context), None, [invitation.email])


def find(token: str) -> Invitation | None:
    """The invitation whose link ends in `token`, if it works now."""
    invitation = Invitation.objects.open(timezone.now()).filter(token_digest=_digest(token)).first()
    return invitation if invitation and _still_meant(invitation) else None


@transaction.atomic
def accept(token: str, *, name: str, password: str) -> User | None:
    """
    Makes the account that the link promises, with its roles, and uses the link up. None where it does not work, or no
    longer: of two who follow it at once, one gets in.
    """
    row = Invitation.objects.open(timezone.now()).select_for_update(of=("self",)).filter(token_digest=_digest(token))
    invitation = row.first()
    if invitation is None or User.objects.filter(email=invitation.email).exists() or not _still_meant(invitation):
        return None
    # Who sends it again chose neither the address nor the roles.
    inviter = invitation.made_by or invitation.invited_by
    user = User(email=invitation.email, name=name, is_staff=True, invited_by=inviter)
    user.set_password(password)
    user._history_user = invitation.invited_by
    user._change_reason = _("Accepted an invitation")
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # the address got an account in this moment
        return None
    user.groups.set(invitation.roles.all())
    invitation.used_at, invitation.account = timezone.now(), user
    _save(invitation, user, _("Accepted"))
    return user


def _still_meant(invitation: Invitation) -> bool:
    """Whether who invited could still do so today."""
    inviter = invitation.invited_by
    return (
        inviter is not None
        and inviter.is_active
        and set(invitation.roles.all()) <= set(assignable_roles(inviter))
        and inviter.has_perm("accounts.add_invitation")
    )


def _check_roles(roles: Iterable[Group], actor: User) -> None:
    own = set(assignable_roles(actor))
    if not set(roles) <= own:
        raise PermissionDenied


def _save(invitation: Invitation, actor: User, reason: str) -> None:
    invitation._history_user = actor
    invitation._change_reason = reason
    invitation.save()


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
