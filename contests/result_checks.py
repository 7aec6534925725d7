"""The reasons for which a change of results is refused, each as a function that raises `ValidationError`."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from contests.approval import why_unseen
from contests.four_eyes import entered_by
from contests.models import Contest, Recognition
from record.list_format import enumerated

#: The most rows that a message names.
NAMED = 5
#: The error code when a second person has to approve.
FOUR_EYES = "four_eyes"


def refuse_unapproved(contest: Contest) -> None:
    """Refuse if the results of `contest` are not approved."""
    if contest.approved_at is None:
        raise ValidationError(
            _("The results of %(contest)s are not approved yet: change this in the form.") % {"contest": contest}
        )


def refuse_unseen(rows: QuerySet[Recognition]) -> None:
    """
    Refuse if the public would not see one of `rows`: approving or revealing it would have no effect.
    """
    if why := why_unseen(rows):
        more = [_("There are more like this.")] if len(why) > NAMED else []
        raise ValidationError([*why[:NAMED], *more])


def refuse_own(rows: Iterable[Recognition], actor: User | None) -> None:
    """Refuse if one of `rows` is the decision of `actor` alone."""
    if actor is None:
        return
    if own := entered_by(actor, Recognition.objects.filter(pk__in=[row.pk for row in rows])):
        names = [f"“{row}”" for row in own[:NAMED]] + (["…"] if len(own) > NAMED else [])
        raise ValidationError(
            _(
                "Only you, or an account that counts as the same person, entered %(names)s. Somebody "
                "else has to approve it."
            )
            % {"names": enumerated(names)},
            code=FOUR_EYES,
        )
