"""Creates, sends, renews, withdraws and accepts invitations to the admin."""

import secrets
from collections.abc import Iterable
from hashlib import sha256

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.invitation import in_a_week
from record import mail
from record.web import site_url


def assignable_roles(user: User) -> QuerySet[Group]:
    """
    Return the groups that `user` may assign, in order of name. A superuser may assign all groups. Others may assign the
    groups of roles, if they have the permission `accounts.assign_roles`.
    """
    groups = Group.objects.order_by("name")
    if user.is_superuser:
        return groups
    return groups.filter(name__in=User.Role.values) if user.has_perm("accounts.assign_roles") else groups.none()


def invite(email: str, *, name: str = "", roles: Iterable[Group], actor: User) -> tuple[Invitation, str]:
    """
    Create an invitation by `actor`. Return a pair: the invitation and its token. Pass the token to `send`; it is not
    stored.

    Raise `PermissionDenied` if `actor` may not assign one of `roles`, and `ValidationError` if there is already an
    account or an open invitation with this e-mail address.
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
    """Return an error message if there is already an account or an open invitation with this e-mail address, or ""."""
    email = User.objects.normalize_email(email)
    if User.objects.filter(email=email).exists():
        return _("An account with this e-mail address already exists.")
    if Invitation.objects.open(timezone.now()).filter(email=email).exists():
        return _("There is already an open invitation for this e-mail address. Send it again, or withdraw it.")
    return ""


@transaction.atomic
def renew(invitation: Invitation, *, actor: User) -> str:
    """
    Replace the link of the invitation with a new one that is valid for a week, and record `actor` as the sender. Return
    the new token; pass it to `send`.

    Raise `ValidationError` if the invitation was used or withdrawn, or if an account with its e-mail address exists.
    Raise `PermissionDenied` if `actor` may not assign all roles of the invitation.
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
    """
    Withdraw the invitation, so that its link stops working. Raise `ValidationError` if it was already used or
    withdrawn.
    """
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.used_at or row.withdrawn_at:
        raise ValidationError(_("This invitation is no longer valid."))
    row.withdrawn_at = timezone.now()
    _save(row, actor, _("Withdrawn"))


def send(invitation: Invitation, token: str) -> None:
    """
    Send the e-mail with the link that contains `token`, or leave that to the worker. Raise `OSError` if it can't be
    sent.
    """
    address = site_url.absolute(reverse("invitation", args=[token]))
    context = {"invitation": invitation, "address": address, "site": site_url.host()}
    subject = " ".join(render_to_string("emails/invitation/subject.txt", context).split())
    message = mail.TraceableMessage(
        subject, render_to_string("emails/invitation/message.txt", context), None, [invitation.email]
    )
    message.about = _about(invitation)
    message.send()


def mail_states(rows: Iterable[Invitation]) -> dict[int, str]:
    """
    Return {primary key: status} for those of `rows` that the worker sends or has sent an e-mail for: the status of the
    task for the last e-mail (`record.mail.states`). This takes one SQL statement, or none without a worker.
    """
    about = {_about(row): row.pk for row in rows} if mail.is_left_to_worker() else {}
    return {about[key]: status for key, status in mail.states(about).items()} if about else {}


def _about(invitation: Invitation) -> str:
    return f"invitation {invitation.pk}"


def find(token: str) -> Invitation | None:
    """
    Return the invitation whose link contains `token`. Return None if there is no such invitation, or if it is no longer
    valid.
    """
    invitation = Invitation.objects.open(timezone.now()).filter(token_digest=_digest(token)).first()
    return invitation if invitation and _may_still_invite(invitation) else None


def accept(token: str, *, name: str, password: str) -> User | None:
    """
    Create the invited account with its roles, mark the invitation as used, and return the account. Return None if there
    is no invitation with this token, or if it is no longer valid. If the link is used twice at the same time, only one
    account is created.
    """
    found = Invitation.objects.open(timezone.now()).filter(token_digest=_digest(token))
    # Before the transaction: it takes long on purpose, and meanwhile a second use of the link would wait for the row.
    return _accept(found, name, make_password(password)) if found.exists() else None


@transaction.atomic
def _accept(found: QuerySet[Invitation], name: str, password_hash: str) -> User | None:
    invitation = found.select_for_update(of=("self",)).first()
    if invitation is None or User.objects.filter(email=invitation.email).exists() or not _may_still_invite(invitation):
        return None
    # The inviter is `made_by`, who chose the e-mail address and the roles. `invited_by` may only have sent the
    # invitation again.
    inviter = invitation.made_by or invitation.invited_by
    user = User(email=invitation.email, name=name, is_staff=True, invited_by=inviter, password=password_hash)
    user._history_user = invitation.invited_by
    user._change_reason = _("Accepted an invitation")
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # another request has just created an account with this e-mail address
        return None
    user.groups.set(invitation.roles.all())
    invitation.used_at, invitation.account = timezone.now(), user
    _save(invitation, user, _("Accepted"))
    return user


def _may_still_invite(invitation: Invitation) -> bool:
    """
    Return whether `invited_by`, the account that last sent the invitation, is active and still has the permissions to
    send it.
    """
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
