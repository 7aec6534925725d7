"""
Which accounts count as one person. Who invites an address of their own could be two pairs of eyes, so an account counts
as the person who invited it, until an administrator who counts as somebody else confirms that another
person uses it. Accounts that were made on the server, and those that an operator confirms there, count as themselves.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User


def counts_as(accounts: Iterable[int]) -> dict[int, int]:
    """As whose person each of `accounts` counts: primary keys. One statement for each step from invited to inviter."""
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
    Says that another person uses `account` than who invited it, so that it counts as somebody of its own. `actor` is
    None where an operator says so on the server. `ValidationError` where there is nothing to confirm, or where `actor`
    counts as the same person as the account.
    """
    account = User.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.invited_by_id is None or account.confirmed_at is not None:
        raise ValidationError(_("%(account)s already counts as a separate person.") % {"account": account})
    if actor is not None:
        persons = counts_as([account.pk, actor.pk])
        if persons[account.pk] == persons[actor.pk]:
            raise ValidationError(
                _("%(account)s counts as the same person as you, so another administrator has to confirm it.")
                % {"account": account}
            )
    account.confirmed_at, account.confirmed_by = timezone.now(), actor
    account._history_user = actor
    with override("en"):
        account._change_reason = reason or "Confirmed as another person"
    account.save()
    return account
