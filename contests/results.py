"""
The functions that change the state of results. The admin, management commands and views call them and never set the
fields themselves.

`approve` approves the results of a contest, `reveal` sets the time from which they are public, and `seal` withdraws the
approval before that time. `publish_history` approves and reveals an edition of the past. `approve_recognition`,
`reveal_recognition` and `seal_recognition` do the same for a single recognition: one that was entered after the
approval of its contest, or that becomes public before the others. After the approval, `show_entries`, `show_entry` and
`hide_entry` set which entries without an award the public sees. After the reveal, `revoke` revokes a single
recognition, and `restore` undoes that. The page of the work or person stays public.

Each function takes the keyword `actor`, the user who makes the change, and runs in a transaction of its own. With the
keyword `trial`, it writes nothing and locks nothing: it raises the same errors, and the trial collects the changed
rows.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contests import historical_reveals, result_checks
from contests.approval import meanings
from contests.models import Contest, Recognition, Step, Submission
from contests.step_saving import Saving, Trial
from contests.visibility import Results
from record.models import check_within
from record.time_zones import local, told, zone_named
from record.viewpoint import Viewpoint
from record.visible_text import is_blank

#: The reason in the history when an editor takes an approval back. The button in the admin has the same words.
TAKEN_BACK = "Approval taken back"

Row = TypeVar("Row", Contest, Recognition)
AnyRow = TypeVar("AnyRow", Contest, Recognition, Submission)


def _step(take: Callable[..., AnyRow]) -> Callable[..., AnyRow]:
    """
    Decorate `take`, a function that changes the state of results. The decorated function runs `take` in a transaction
    with a new `Saving`. If it is called with a `trial`, it only passes this trial to `take`.
    """

    @wraps(take)
    def run(row: AnyRow, *, actor: User | None, trial: Trial | None = None, **values: Any) -> AnyRow:
        if trial is not None:
            return take(row, actor=actor, saving=trial, **values)
        with transaction.atomic():
            return take(row, actor=actor, saving=Saving(actor), **values)

    return run


def waiting(contest: Contest) -> QuerySet[Recognition]:
    """Return the recognitions of `contest` that are not approved yet."""
    return Recognition.objects.filter(award__contest=contest, approved_at=None)


@_step
def approve(contest: Contest, *, actor: User | None, saving: Saving) -> Contest:
    """
    Approve the results of `contest`: store who approved them and when, in the contest and in each recognition without
    approval, and store a description of each of these recognitions. The results become public at `reveal_at`, or at
    once if that time has passed. Raise `ValidationError` if everything is approved already, if a work isn't eligible,
    or if `actor` may not approve a recognition by the four-eyes rule (`contests.four_eyes`).
    """
    return _approve_all(contest, actor, saving)


def _approve_all(contest: Contest, actor: User | None, saving: Saving) -> Contest:
    contest = saving.current(contest)
    rows = saving.locked(waiting(contest))
    if contest.approved_at is not None and not rows:
        raise ValidationError(_("The results of %(contest)s are approved already.") % {"contest": contest})
    saving.hold(rows)
    result_checks.refuse_unseen(waiting(contest))
    result_checks.refuse_own(rows, actor)
    now, said = timezone.now(), meanings(rows)
    for row in rows:
        row.approved_at, row.approved_by, row.approved_as = now, actor, said[row.pk]
    saving.save_all(rows, Step.APPROVED, "Approved", ["approved_at", "approved_by", "approved_as"])
    return _approved(contest, saving, actor, now) if contest.approved_at is None else contest


@_step
def approve_recognition(recognition: Recognition, *, actor: User | None, saving: Saving) -> Recognition:
    """
    Approve one recognition, for example one that was entered after the approval of its contest. Raise `ValidationError`
    if it is already approved, if a work isn't eligible, or if `actor` may not approve it by the four-eyes rule
    (`contests.four_eyes`).
    """
    recognition = saving.current(recognition)
    if recognition.approved_at is not None:
        raise ValidationError(_("“%(recognition)s” is approved already.") % {"recognition": recognition})
    saving.hold([recognition])
    result_checks.refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    result_checks.refuse_own([recognition], actor)
    recognition.approved_as = meanings([recognition])[recognition.pk]
    return _approved(recognition, saving, actor, timezone.now())


@_step
def reveal(contest: Contest, *, actor: User | None, saving: Saving, at: datetime | None = None) -> Contest:
    """
    Set the time from which the approved results of `contest` are public: `at`, or now. The time may have passed if the
    contest had ended by then: an edition of the past, which is no news. Raise `ValidationError` if the results are not
    approved, if they are public already, if the contest is not published at that time (for an edition of the past: if
    it is not published now), or if the time has passed before the contest ended.
    """
    return _revealed(saving.current(contest), saving, at)


@_step
def publish_history(contest: Contest, *, actor: User | None, saving: Saving, at: datetime | None = None) -> Contest:
    """
    Approve the results of `contest`, an edition of the past, and reveal them as of `at` or, without it, as of the end
    of the contest. Everything that `approve` and `reveal` check holds. Both changes are in the history. Raise
    `ValidationError` if one of the two is refused, or if it is not known that the contest has ended.
    """
    now = timezone.now()
    moment = at or historical_reveals.end_of(contest)
    if moment is None or moment >= now:
        raise ValidationError(_("Enter first when %(contest)s was held. It must have ended.") % {"contest": contest})
    return _revealed(_approve_all(contest, actor, saving), saving, moment)


def _revealed(contest: Contest, saving: Saving, at: datetime | None) -> Contest:
    now = timezone.now()
    if contest.results(Viewpoint(now)) is Results.PUBLIC:
        raise ValidationError(_("The results of %(contest)s are public already.") % {"contest": contest})
    if at is not None and at < now and historical_reveals.had_ended(contest, at):
        historical_reveals.check(contest, at, now)
        contest.reveal_at = at
    else:
        contest.reveal_at = _moment(contest, at, now)
    return saving.save(contest, Step.REVEAL_SET, _in_history(contest.reveal_at, contest))


@_step
def reveal_recognition(
    recognition: Recognition, *, actor: User | None, saving: Saving, at: datetime | None = None
) -> Recognition:
    """
    Set the time from which one approved recognition and its submissions are public, before the other results of the
    contest: `at`, or now. Raise `ValidationError` if the recognition or the results of its contest are not approved, if
    the recognition is public already, if a submission isn't eligible, if the contest is not published at that time,
    or if the time has passed.
    """
    recognition = saving.current(recognition)
    now = timezone.now()
    if recognition.approved_at is None:
        raise ValidationError(_("Approve “%(recognition)s” first.") % {"recognition": recognition})
    if _is_among(Recognition.objects.public(Viewpoint(now)), recognition):
        raise ValidationError(_("“%(recognition)s” is public already.") % {"recognition": recognition})
    result_checks.refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    contest = recognition.award.contest
    recognition.reveal_at = _moment(contest, at, now)
    recognition = saving.save(recognition, Step.REVEAL_SET, _in_history(recognition.reveal_at, contest))
    _show_works_with(recognition, saving)
    return recognition


@_step
def seal(contest: Contest, *, actor: User | None, saving: Saving) -> Contest:
    """
    Withdraw the approval and the reveal of a contest and of all its recognitions. Raise `ValidationError` if one of the
    results is public: public results stay public, and a wrong one is revoked instead.
    """
    contest = saving.current(contest)
    rows = Recognition.objects.filter(award__contest=contest)
    # Lock the rows before checking them, because another editor may be about to reveal one of them.
    approved = saving.locked(rows.exclude(approved_at=None, reveal_at=None, approved_as__isnull=True))
    now = timezone.now()
    if contest.results(Viewpoint(now)) is Results.PUBLIC:
        raise ValidationError(
            _(
                "The results of %(contest)s are public: their approval can’t be taken back. Revoke what is wrong "
                "instead."
            )
            % {"contest": contest}
        )
    if shown := rows.revealed(Viewpoint(now)).first():
        raise ValidationError(
            _(
                "“%(recognition)s” is public already, so the approval of all results can’t be taken back. Schedule a "
                "later reveal instead."
            )
            % {"recognition": shown}
        )
    ahead = [row for row in approved if row.reveal_at]
    for row in approved:
        row.approved_at = row.approved_by = row.approved_as = row.reveal_at = None
    names = ["approved_at", "approved_by", "approved_as", "reveal_at"]
    saving.save_all(approved, Step.SEALED, TAKEN_BACK, names)
    for row in ahead:
        _show_works_with(row, saving)
    return _sealed(contest, saving)


@_step
def seal_recognition(recognition: Recognition, *, actor: User | None, saving: Saving) -> Recognition:
    """Withdraw the approval and the reveal of one recognition. Raise `ValidationError` if it is public."""
    recognition = saving.current(recognition)
    if _is_among(Recognition.objects.revealed(Viewpoint.now()), recognition):
        raise ValidationError(
            _("“%(recognition)s” is public: its approval can’t be taken back. Revoke it if it is wrong.")
            % {"recognition": recognition}
        )
    return _sealed(recognition, saving)


@_step
def revoke(
    recognition: Recognition, *, actor: User | None, saving: Saving, reason: str, on: date | None = None
) -> Recognition:
    """
    Revoke one public recognition as of the date `on` (default: today), for a public `reason`. The recognition
    disappears from the lists of winners; its page stays and shows a notice. Raise `ValidationError` if `reason` is
    blank, if the recognition is not public or already revoked, or if `on` is in the future or before the contest began.
    """
    recognition = saving.current(recognition)
    if is_blank(reason):
        raise ValidationError({"reason": _("Enter a reason. It will be public.")})
    if on is not None:
        check_within(on, "on")
    if on is not None and on > timezone.localdate():
        raise ValidationError({"on": _("A revocation takes effect at once: its date can’t be in the future.")})
    if on is not None and (first := _first_day(recognition.award.contest)) and on < first:
        raise ValidationError(
            {
                "on": _("Choose %(day)s, when %(contest)s began, or a later date.")
                % {"day": formats.date_format(first), "contest": recognition.award.contest}
            }
        )
    if recognition.is_revoked:
        raise ValidationError(_("“%(recognition)s” is revoked already.") % {"recognition": recognition})
    if not _is_among(Recognition.objects.revealed(Viewpoint.now()), recognition):
        raise ValidationError(
            _("“%(recognition)s” is not public yet: change or delete it instead of revoking it.")
            % {"recognition": recognition}
        )
    recognition.revoked_on = on or timezone.localdate()
    recognition.revocation_reason = reason.strip()
    return saving.save(recognition, Step.REVOKED, f"Revoked: {recognition.revocation_reason}")


@_step
def restore(recognition: Recognition, *, actor: User | None, saving: Saving, reason: str) -> Recognition:
    """
    Undo the revocation of one recognition, for a public `reason`. The history keeps both changes. Raise
    `ValidationError` if `reason` is blank or if the recognition is not revoked.
    """
    recognition = saving.current(recognition)
    if is_blank(reason):
        raise ValidationError({"reason": _("Enter a reason. It will be public.")})
    if not recognition.is_revoked:
        raise ValidationError(_("“%(recognition)s” is already valid.") % {"recognition": recognition})
    recognition.revoked_on = None
    recognition.revocation_reason = ""
    return saving.save(recognition, Step.RESTORED, f"Restored: {reason.strip()}")


@_step
def show_entries(contest: Contest, *, actor: User | None, saving: Saving, entries: str) -> Contest:
    """
    Set which entries of `contest` the public sees after the reveal. `entries` is a value of `Contest.PublicEntries`. If
    the results are public already, the setting takes effect at once. Raise `ValidationError` if nothing would change,
    or if the results are not approved yet (until then, editors choose the value in the form of the contest).
    """
    contest = saving.current(contest)
    result_checks.refuse_unapproved(contest)
    if contest.public_entries == entries:
        raise ValidationError(_("Nothing was changed: %(contest)s already shows these entries.") % {"contest": contest})
    contest.public_entries = entries
    return saving.save(contest, Step.ENTRIES_SET, f"Entries that the public sees: {entries}")


@_step
def show_entry(submission: Submission, *, actor: User | None, saving: Saving) -> Submission:
    """
    Mark one entry as selected, so that the public sees it after the reveal, and make it eligible if its status is
    "submitted". If the results are public already, the entry becomes public at once. Raise `ValidationError` if the
    results of its contest are not approved yet, if the status is neither "submitted" nor "eligible", or if the contest
    shows only entries with an award and this entry has no public award.
    """
    submission = saving.current(submission)
    contest, status = submission.contest, Submission.Status
    result_checks.refuse_unapproved(contest)
    if submission.status not in (status.SUBMITTED, status.ELIGIBLE):
        raise ValidationError(
            _("“%(entry)s” is neither submitted nor eligible: change its status first.") % {"entry": submission}
        )
    if not contest.shows(is_selected=True) and not submission.has_known_award:
        raise ValidationError(_("%(contest)s shows only entries with an award.") % {"contest": contest})
    submission.status, submission.is_selected = status.ELIGIBLE, True
    return saving.save(submission, Step.ENTRIES_SET, "Shown to the public")


@_step
def hide_entry(submission: Submission, *, actor: User | None, saving: Saving) -> Submission:
    """
    Mark one entry as not selected, so that the public no longer sees it, unless it has an award. Raise
    `ValidationError` if the results of its contest are not approved yet or if the entry isn't selected.
    """
    submission = saving.current(submission)
    result_checks.refuse_unapproved(submission.contest)
    if not submission.is_selected:
        raise ValidationError(_("“%(entry)s” is not selected.") % {"entry": submission})
    submission.is_selected = False
    return saving.save(submission, Step.ENTRIES_SET, "Hidden from the public")


def _is_among(rows: QuerySet, row: Model) -> bool:
    return rows.filter(pk=row.pk).exists()


def _first_day(contest: Contest) -> date | None:
    """
    Return the first known day of `contest` in its time zone: the day it opened or the day of its first event, whichever
    is earlier. Ignore dates in the future. Return None if no date is known.
    """
    moments = [contest.opens_at, *contest.events.values_list("starts_at", flat=True)]
    first = min((moment for moment in moments if moment and moment <= timezone.now()), default=None)
    return first and local(first, zone_named(contest.time_zone)).date()


def _approved(row: Row, saving: Saving, actor: User | None, now: datetime) -> Row:
    row.approved_at = now
    row.approved_by = actor
    return saving.save(row, Step.APPROVED, "Results approved" if isinstance(row, Contest) else "Approved")


def _sealed(row: Row, saving: Saving) -> Row:
    row.approved_at = row.approved_by = row.reveal_at = None
    if isinstance(row, Recognition):
        row.approved_as = None
    row = saving.save(row, Step.SEALED, TAKEN_BACK)
    if isinstance(row, Recognition):
        _show_works_with(row, saving)
    return row


def _moment(contest: Contest, at: datetime | None, now: datetime) -> datetime:
    """
    Return the time of a reveal: `at`, or `now` if `at` is None. Raise `ValidationError` if results of `contest` can't
    become public at that time.
    """
    moment = at or now
    check_within(moment, "at")
    if contest.approved_at is None:
        raise ValidationError(_("Approve the results of %(contest)s first.") % {"contest": contest})
    if moment < now:
        raise ValidationError({"at": _("This time has passed. Choose a later one, or reveal now.")})
    if contest.published_at is None or contest.published_at > moment:
        raise ValidationError(
            _(
                "%(contest)s must be published before its results are revealed. Set an earlier time in “published "
                "from” first."
            )
            % {"contest": contest}
        )
    return moment


def _show_works_with(recognition: Recognition, saving: Saving) -> None:
    """
    Set `reveal_at` of each submission of `recognition` to the earliest `reveal_at` of the submission's recognitions, so
    that its page becomes public with the first of them.
    """
    for work in saving.locked(recognition.submissions.select_related("contest").order_by("pk")):
        moments = [moment for moment in saving.reveals(work) if moment]
        if work.reveal_at and work.reveal_at <= timezone.now():
            moments.append(work.reveal_at)  # A public submission stays public, even if its award has been deleted.
        earliest = min(moments, default=None)
        if work.reveal_at != earliest:
            work.reveal_at = earliest
            if earliest:
                saving.save(work, Step.REVEAL_SET, _in_history(earliest, work.contest))
            else:
                saving.save(work, Step.SEALED, "Reveal taken back")


def _in_history(moment: datetime, contest: Contest) -> str:
    with override("en"):
        return f"Reveal set to {told(moment, zone_named(contest.time_zone))}"
