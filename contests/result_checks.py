"""
Checks before a change of the state of results. Each function raises `ValidationError` if the change must be refused.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from contests.approval import why_unseen
from contests.four_eyes import entered_by
from contests.models import Contest, Recognition
from record.list_format import enumerated

#: The largest number of rows that an error message names.
NAMED = 5
#: The code of the error that says that another person has to approve.
FOUR_EYES = "four_eyes"


def refuse_unapproved(contest: Contest) -> None:
    """Raise `ValidationError` if the results of `contest` are not approved."""
    if contest.approved_at is None:
        raise ValidationError(
            _("The results of %(contest)s are not approved yet. Until they are, make this change in the form.")
            % {"contest": contest}
        )


def refuse_unseen(rows: QuerySet[Recognition]) -> None:
    """
    Raise `ValidationError` if one of `rows` would stay hidden from the public even after its approval and reveal,
    because its work isn't eligible.
    """
    if why := why_unseen(rows):
        more = [_("More rows are affected than those listed here.")] if len(why) > NAMED else []
        raise ValidationError([*why[:NAMED], *more])


def refuse_own(rows: Iterable[Recognition], actor: User | None) -> None:
    """
    Raise `ValidationError` if `actor` may not approve one of `rows` by the four-eyes rule: `actor`, or another account
    of the same person, decided it.
    """
    if actor is None:
        return
    if own := entered_by(actor, Recognition.objects.filter(pk__in=[row.pk for row in rows])):
        names = [f"“{row}”" for row in own[:NAMED]] + (["…"] if len(own) > NAMED else [])
        raise ValidationError(
            _(
                "%(names)s: entered only by you, or by an account that counts as the same person. Another person has "
                "to approve."
            )
            % {"names": enumerated(names)},
            code=FOUR_EYES,
        )
