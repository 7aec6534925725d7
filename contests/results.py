"""
The changes of state of results. Each has one function here; the admin, commands and views call it.

Sealed -> approved (`approve`) -> public from `reveal_at` on (`reveal`). `seal` takes back an approval before the
reveal. After it, a single recognition can be revoked and restored; nothing that was public is made unknown.
"""

from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Recognition
from contests.visibility import Results
from people.models import User


@transaction.atomic
def approve(contest: Contest, *, actor: User | None) -> Contest:
    """
    Says yes to the results of `contest`: sets who approved them and when. They become public at `reveal_at`, at once
    if that has passed. `ValidationError` where they are approved already.
    """
    contest = _locked(contest)
    if contest.approved_at is not None:
        raise ValidationError(_("The results of %(contest)s are approved already.") % {"contest": contest})
    contest.approved_at = timezone.now()
    contest.approved_by = actor
    return _save(contest, actor, _("Results approved"))


@transaction.atomic
def reveal(contest: Contest, *, actor: User | None, at: datetime | None = None) -> Contest:
    """
    Sets the moment from which on approved results are public: `at`, or now. `ValidationError` where they are not
    approved, or are public already, or the contest itself would still be unpublished then.
    """
    contest = _locked(contest)
    now = timezone.now()
    moment = at or now
    if contest.approved_at is None:
        raise ValidationError(_("Approve the results of %(contest)s first.") % {"contest": contest})
    if contest.results(now) is Results.PUBLIC:
        raise ValidationError(_("The results of %(contest)s are public already.") % {"contest": contest})
    if contest.published_at is None or contest.published_at > moment:
        raise ValidationError(
            _("%(contest)s itself is not published by then. Set “published from” to an earlier moment first.")
            % {"contest": contest}
        )
    contest.reveal_at = moment
    return _save(contest, actor, _("Reveal set to %(moment)s") % {"moment": moment.isoformat(timespec="minutes")})


@transaction.atomic
def seal(contest: Contest, *, actor: User | None) -> Contest:
    """
    Takes approval and reveal back, before the results are public. `ValidationError` after that: what was public stays,
    and a wrong result is revoked instead.
    """
    contest = _locked(contest)
    if contest.results(timezone.now()) is Results.PUBLIC:
        raise ValidationError(
            _("The results of %(contest)s are public and can’t be sealed again. Revoke what is wrong instead.")
            % {"contest": contest}
        )
    contest.approved_at = contest.approved_by = contest.reveal_at = None
    return _save(contest, actor, _("Results sealed"))


@transaction.atomic
def revoke(recognition: Recognition, *, actor: User | None, reason: str, on: date | None = None) -> Recognition:
    """
    Withdraws one public recognition as of `on` (a date; today by default), for a public `reason`. It leaves the lists
    of winners; its page stays, with the notice. `ValidationError` without a reason, before the reveal, or twice.
    """
    recognition = _locked(recognition)
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason: it will be public.")})
    if on is not None and on > timezone.localdate():
        raise ValidationError({"on": _("A revocation takes effect at once: its date can’t lie ahead.")})
    if recognition.is_revoked:
        raise ValidationError(_("“%(recognition)s” is revoked already.") % {"recognition": recognition})
    if recognition.award.contest.results(timezone.now()) is not Results.PUBLIC:
        raise ValidationError(
            _("“%(recognition)s” is not public yet: change or delete it instead of revoking it.")
            % {"recognition": recognition}
        )
    recognition.revoked_on = on or timezone.localdate()
    recognition.revocation_reason = reason.strip()
    return _save(recognition, actor, _("Revoked: %(reason)s") % {"reason": recognition.revocation_reason})


@transaction.atomic
def restore(recognition: Recognition, *, actor: User | None) -> Recognition:
    """Puts a revoked recognition back in force; the history keeps both. `ValidationError` if it is in force."""
    recognition = _locked(recognition)
    if not recognition.is_revoked:
        raise ValidationError(_("“%(recognition)s” is in force already.") % {"recognition": recognition})
    recognition.revoked_on = None
    recognition.revocation_reason = ""
    return _save(recognition, actor, _("Restored"))


Row = TypeVar("Row", Contest, Recognition)


def _locked(row: Row) -> Row:
    # Two editors may press at once: the second one must see what the first one did.
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _save(instance: Row, actor: User | None, reason: str) -> Row:
    instance._history_user = actor
    instance._change_reason = reason[:100]
    instance.save()
    return instance
