"""
Erases the personal data of an account. The row of the account stays, without the data: the history, and the rule that
two people decide each result, refer to it. People in credits, and published results, don't change.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.user import ERASED
from record.web import site_url

#: Functions of other apps that forget what their tables know about the person. Each gets the account.
ALSO: list[Callable[[User], None]] = []


def may_erase(actor: User, account: User) -> bool:
    """
    Return whether `actor` may erase `account`: their own account, or, as an administrator, that of another person. Only
    a superuser may erase another superuser.
    """
    if account.erased_at is not None or not actor.is_active:
        return False
    if actor.pk == account.pk or actor.is_superuser:
        return True
    is_administrator = actor.is_staff and actor.has_perms(["accounts.change_user", "accounts.assign_roles"])
    return is_administrator and not account.is_superuser


def is_last_administrator(account: User) -> bool:
    """Return whether nobody else could manage accounts without `account`."""
    administrators = User.objects.who_may("accounts.assign_roles")
    return administrators.filter(pk=account.pk).exists() and not administrators.exclude(pk=account.pk).exists()


@transaction.atomic
def erase(account: User, *, actor: User) -> User:
    """
    Erase what the portal knows about the owner of `account`, and return the account. It can't be undone.

    - The account is inactive, has no name, password, time zone or roles, and a placeholder for its e-mail address.
    - Its second factors, e-mail addresses and sessions are deleted.
    - In the history of the account, and in its invitations and their history, placeholders replace the e-mail address
      and the name. Invitations of this person that were not used are withdrawn.
    - `ALSO` forgets the link between the account and a person of the record. That person's page does not change.
    - The history of the account has an entry that it was erased, and by whom. The former owner gets an e-mail.

    What the account entered, approved or invited still refers to it, so both people of a result can be told apart.

    Raise `PermissionDenied` if `actor` may not do this, and `ValidationError` if the account is the last one that can
    manage accounts or was erased before.
    """
    # Two administrators who erase themselves at the same moment wait for each other here.
    administrators = User.objects.who_may("accounts.assign_roles").values("pk")
    list(
        User.objects.select_for_update(of=("self",)).filter(Q(pk=account.pk) | Q(pk__in=administrators)).order_by("pk")
    )
    account = User.objects.get(pk=account.pk)
    if account.erased_at is not None:
        raise ValidationError(_("The data of this account was erased."))
    if not may_erase(actor, account):
        raise PermissionDenied
    if is_last_administrator(account):
        raise ValidationError(
            _("This is the only account that can manage accounts. First make somebody else an administrator.")
        )
    email, is_own = account.email, actor.pk == account.pk
    addresses = {
        email,
        *account.history.values_list("email", flat=True),
        *EmailAddress.objects.filter(user=account).values_list("email", flat=True),
    }
    placeholder = f"former-user-{account.pk}{ERASED}"
    _end_sessions(account)
    Authenticator.objects.filter(user=account).delete()
    EmailAddress.objects.filter(user=account).delete()
    account._history_user = actor
    account._change_reason = "Erased by the owner" if is_own else "Erased by an administrator"
    account.email, account.name, account.time_zone, account.last_login = placeholder, "", "", None
    account.is_active = account.is_staff = account.is_superuser = False
    account.erased_at = timezone.now()
    account.set_unusable_password()
    account.save()
    account.skip_history_when_saving = True  # the entry above says everything
    account.groups.clear()
    account.user_permissions.clear()
    account.history.update(email=placeholder, name="", time_zone="")
    _erase_invitations(account, addresses, placeholder, actor)
    _erase_admin_log(User, [account.pk], str(account))
    for forget in ALSO:
        forget(account)
    transaction.on_commit(lambda: _tell(email, is_own=is_own))
    return account


def _end_sessions(account: User) -> None:
    for session in UserSession.objects.filter(user=account).iterator():
        session.end()


def _erase_invitations(account: User, addresses: set[str], placeholder: str, actor: User) -> None:
    """Erase the person from the invitations that they got, with this account or at one of their addresses."""
    for row in Invitation.objects.filter(Q(account=account) | Q(account=None, email__in=addresses)).order_by("pk"):
        _erase_invitation(row, placeholder, actor)


def _erase_invitation(row: Invitation, placeholder: str, actor: User | None) -> None:
    row.email, row.name = placeholder, ""
    if row.used_at is None and row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
    row._history_user, row._change_reason = actor, "Erased"
    row.save()
    row.history.update(email=placeholder, name="")
    _erase_admin_log(Invitation, [row.pk], placeholder)


def forget_unused_invitations(before: datetime) -> int:
    """
    Erase the e-mail addresses and names in invitations that were never used and whose link stopped working before
    `before`. Return how many there were.
    """
    unused = Invitation.objects.filter(used_at=None).exclude(email__endswith=ERASED)
    rows = unused.filter(Q(expires_at__lt=before) | Q(withdrawn_at__lt=before)).order_by("pk")
    number = 0
    for row in rows.iterator(chunk_size=100):
        with transaction.atomic():
            _erase_invitation(row, f"invitation-{row.pk}{ERASED}", None)
        number += 1
    return number


def _erase_admin_log(model: type[User | Invitation], keys: list[int], label: str) -> None:
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    entries.filter(object_id__in=[str(key) for key in keys]).update(object_repr=label)


def _tell(email: str, *, is_own: bool) -> None:
    context = {"is_own": is_own, "site": site_url.host()}
    subject = " ".join(render_to_string("emails/account_erased/subject.txt", context).split())
    with suppress(OSError):  # `record.mail` logs the failure.
        send_mail(subject, render_to_string("emails/account_erased/message.txt", context), None, [email])
