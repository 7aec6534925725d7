"""
Decide which accounts count as one person, where two people are needed. Otherwise someone could invite a second e-mail
address of their own and approve their own results. So an invited account counts as the person who invited it, until an
administrator who counts as another person confirms that somebody else uses it. Accounts created on the server, or
confirmed there by an operator, count as separate people.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User


def counts_as(accounts: Iterable[int]) -> dict[int, int]:
    """Map each of `accounts` to the account that it counts as (primary keys). One statement per level of invitation."""
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
    Confirm that `account` is used by another person than its inviter, so that it counts as a separate person. `actor`
    is None if an operator does so on the server. `ValidationError` if there is nothing to confirm, or if `actor` counts
    as the same person as the account.
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
