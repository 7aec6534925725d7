"""
Decides which accounts count as the same person. Some actions need two people: the person who approves a result must not
be the one who entered it. To get around this rule, someone could invite a second e-mail address of their own. Therefore
an invited account counts as the same person as its inviter, until an administrator who counts as a different person
confirms that somebody else uses the account. Accounts that are created or confirmed with a command on the server count
as separate people.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User


def counts_as(accounts: Iterable[int]) -> dict[int, int]:
    """
    Return a dict that maps the primary key of each of `accounts` to the primary key of the account that represents the
    same person. Two accounts with the same value count as the same person. Needs one SQL statement per level of
    invitations.
    """
    invited_by: dict[int, int | None] = {}
    asked = set(accounts)
    while asked:
        found = User.objects.filter(pk__in=asked).values_list("pk", "invited_by_id", "confirmed_at")
        invited_by |= {pk: None if confirmed_at else inviter for pk, inviter, confirmed_at in found}
        asked = {inviter for inviter in invited_by.values() if inviter is not None} - set(invited_by)
    return {account: _root(account, invited_by) for account in accounts}


def _root(account: int, invited_by: dict[int, int | None]) -> int:
    way = [account]
    while (inviter := invited_by.get(way[-1])) is not None and inviter not in way:
        way.append(inviter)
    return way[-1]


@transaction.atomic
def confirm(account: User, *, actor: User | None, reason: str = "") -> User:
    """
    Record that `account` is used by somebody other than its inviter, and return the account. From then on, `account`
    counts as a separate person. `actor` is the account of the administrator who confirms this, or None for a command on
    the server.

    Raise `ValidationError` if `account` already counts as a separate person, or if `actor` counts as the same person as
    `account`.
    """
    account = User.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.invited_by_id is None or account.confirmed_at is not None:
        raise ValidationError(_("%(account)s already counts as a separate person.") % {"account": account})
    if actor is not None:
        persons = counts_as([account.pk, actor.pk])
        if persons[account.pk] == persons[actor.pk]:
            raise ValidationError(
                _("You count as the same person as %(account)s, so another administrator has to confirm this account.")
                % {"account": account}
            )
    account.confirmed_at, account.confirmed_by = timezone.now(), actor
    account._history_user = actor
    with override("en"):
        account._change_reason = reason or "Confirmed as another person"
    account.save()
    return account
