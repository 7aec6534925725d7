"""
The functions that change the state of results. The admin, management commands and views call them and never set the
fields themselves.

`approve` approves the results of a contest, `reveal` sets the time from which they are public, and `seal` withdraws the
approval before that time. `approve_recognition`, `reveal_recognition` and `seal_recognition` do the same for a single
recognition: one that was entered after the approval of its contest, or that becomes public before the others. After
the approval, `show_entries`, `show_entry` and `hide_entry` set which entries without an award the public sees. After
the reveal, `revoke` and `restore` revoke a single recognition and undo that; its page stays public.
"""

from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contests import result_checks
from contests.approval import hold, meanings
from contests.models import Contest, Recognition, Step, Submission
from contests.visibility import Results
from record.history import keep_first_version, keep_links
from record.models import check_within
from record.time_zones import local, told, zone_named
from record.viewpoint import Viewpoint
from record.visible_text import is_blank

#: The reason in the history when an approval is withdrawn. The button in the admin has the same words.
TAKEN_BACK = "Approval taken back"


def waiting(contest: Contest) -> QuerySet[Recognition]:
    """Return the recognitions of `contest` that are not approved yet."""
    return Recognition.objects.filter(award__contest=contest, approved_at=None)


@transaction.atomic
def approve(contest: Contest, *, actor: User | None) -> Contest:
    """
    Approve the results of `contest`: store who approved them and when, in the contest and in each recognition without
    approval, and store a description of each of these recognitions. The results become public at `reveal_at`, or at
    once if that time has passed. Raise `ValidationError` if everything is approved already, if a work isn't eligible,
    or if `actor` may not approve a recognition by the four-eyes rule (`contests.four_eyes`).
    """
    contest = _locked(contest)
    rows = list(waiting(contest).select_for_update(of=("self",)))
    if contest.approved_at is not None and not rows:
        raise ValidationError(_("The results of %(contest)s are approved already.") % {"contest": contest})
    hold(rows)
    result_checks.refuse_unseen(waiting(contest))
    result_checks.refuse_own(rows, actor)
    now, said = timezone.now(), meanings(rows)
    for row in rows:
        row.approved_at, row.approved_by, row.approved_as = now, actor, said[row.pk]
    _save_all(rows, actor, Step.APPROVED, "Approved", ["approved_at", "approved_by", "approved_as"])
    return _approved(contest, actor, now) if contest.approved_at is None else contest


@transaction.atomic
def approve_recognition(recognition: Recognition, *, actor: User | None) -> Recognition:
    """
    Approve one recognition, for example one that was entered after the approval of its contest. Raise `ValidationError`
    if it is already approved, if its work isn't eligible, or if `actor` may not approve it by the four-eyes rule
    (`contests.four_eyes`).
    """
    recognition = _locked(recognition)
    if recognition.approved_at is not None:
        raise ValidationError(_("“%(recognition)s” is approved already.") % {"recognition": recognition})
    hold([recognition])
    result_checks.refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    result_checks.refuse_own([recognition], actor)
    recognition.approved_as = meanings([recognition])[recognition.pk]
    return _approved(recognition, actor, timezone.now())


@transaction.atomic
def reveal(contest: Contest, *, actor: User | None, at: datetime | None = None) -> Contest:
    """
    Set the time from which the approved results of `contest` are public: `at`, or now. Raise `ValidationError` if the
    results are not approved, if they are public already, if the contest is not published at that time, or if the time
    has passed.
    """
    contest = _locked(contest)
    now = timezone.now()
    if contest.results(Viewpoint(now)) is Results.PUBLIC:
        raise ValidationError(_("The results of %(contest)s are public already.") % {"contest": contest})
    contest.reveal_at = _moment(contest, at, now)
    return _save(contest, actor, Step.REVEAL_SET, _in_history(contest.reveal_at, contest))


@transaction.atomic
def reveal_recognition(recognition: Recognition, *, actor: User | None, at: datetime | None = None) -> Recognition:
    """
    Set the time from which one approved recognition and its submission are public, before the other results of the
    contest: `at`, or now. Raise `ValidationError` if the recognition or the results of its contest are not approved, if
    the recognition is public already, if its submission isn't eligible, if the contest is not published at that time,
    or if the time has passed.
    """
    recognition = _locked(recognition)
    now = timezone.now()
    if recognition.approved_at is None:
        raise ValidationError(_("Approve “%(recognition)s” first.") % {"recognition": recognition})
    if _is_among(Recognition.objects.public(Viewpoint(now)), recognition):
        raise ValidationError(_("“%(recognition)s” is public already.") % {"recognition": recognition})
    result_checks.refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    contest = recognition.award.contest
    recognition.reveal_at = _moment(contest, at, now)
    recognition = _save(recognition, actor, Step.REVEAL_SET, _in_history(recognition.reveal_at, contest))
    _show_work_with(recognition, actor)
    return recognition


@transaction.atomic
def seal(contest: Contest, *, actor: User | None) -> Contest:
    """
    Withdraw the approval and the reveal of a contest and of all its recognitions. Raise `ValidationError` if one of the
    results is public: public results stay public, and a wrong one is revoked instead.
    """
    contest = _locked(contest)
    rows = Recognition.objects.filter(award__contest=contest)
    # Lock the rows before checking them, because another editor may be about to reveal one of them.
    approved = list(
        rows.exclude(approved_at=None, reveal_at=None, approved_as__isnull=True).select_for_update(of=("self",))
    )
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
    _save_all(approved, actor, Step.SEALED, TAKEN_BACK, names)
    for row in ahead:
        _show_work_with(row, actor)
    return _sealed(contest, actor)


@transaction.atomic
def seal_recognition(recognition: Recognition, *, actor: User | None) -> Recognition:
    """Withdraw the approval and the reveal of one recognition. Raise `ValidationError` if it is public."""
    recognition = _locked(recognition)
    if _is_among(Recognition.objects.revealed(Viewpoint.now()), recognition):
        raise ValidationError(
            _("“%(recognition)s” is public: its approval can’t be taken back. Revoke it if it is wrong.")
            % {"recognition": recognition}
        )
    return _sealed(recognition, actor)


@transaction.atomic
def revoke(recognition: Recognition, *, actor: User | None, reason: str, on: date | None = None) -> Recognition:
    """
    Revoke one public recognition as of the date `on` (default: today), for a public `reason`. The recognition
    disappears from the lists of winners; its page stays and shows a notice. Raise `ValidationError` if `reason` is
    blank, if the recognition is not public or already revoked, or if `on` is in the future or before the contest began.
    """
    recognition = _locked(recognition)
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
    return _save(recognition, actor, Step.REVOKED, f"Revoked: {recognition.revocation_reason}")


@transaction.atomic
def restore(recognition: Recognition, *, actor: User | None, reason: str) -> Recognition:
    """
    Undo the revocation of one recognition, for a public `reason`. The history keeps both changes. Raise
    `ValidationError` if `reason` is blank or if the recognition is not revoked.
    """
    recognition = _locked(recognition)
    if is_blank(reason):
        raise ValidationError({"reason": _("Enter a reason. It will be public.")})
    if not recognition.is_revoked:
        raise ValidationError(_("“%(recognition)s” is already valid.") % {"recognition": recognition})
    recognition.revoked_on = None
    recognition.revocation_reason = ""
    return _save(recognition, actor, Step.RESTORED, f"Restored: {reason.strip()}")


@transaction.atomic
def show_entries(contest: Contest, *, actor: User | None, entries: str) -> Contest:
    """
    Set which entries of `contest` the public sees after the reveal. `entries` is a value of `Contest.PublicEntries`. If
    the results are public already, the setting takes effect at once. Raise `ValidationError` if the results are not
    approved yet (then the form of the contest sets the value) or if nothing would change.
    """
    contest = _locked(contest)
    result_checks.refuse_unapproved(contest)
    if contest.public_entries == entries:
        raise ValidationError(_("%(contest)s shows these entries already.") % {"contest": contest})
    contest.public_entries = entries
    return _save(contest, actor, Step.ENTRIES_SET, f"Entries that the public sees: {entries}")


@transaction.atomic
def show_entry(submission: Submission, *, actor: User | None) -> Submission:
    """
    Mark one entry as selected, so that the public sees it after the reveal, and make it eligible if its status is
    "submitted". If the results are public already, the entry becomes public at once. Raise `ValidationError` if the
    results of its contest are not approved yet, if the status is neither "submitted" nor "eligible", or if the contest
    shows only entries with an award and this entry has no public award.
    """
    submission = _locked(submission)
    contest, status = submission.contest, Submission.Status
    result_checks.refuse_unapproved(contest)
    if submission.status not in (status.SUBMITTED, status.ELIGIBLE):
        raise ValidationError(
            _("“%(entry)s” is neither submitted nor eligible: change its status first.") % {"entry": submission}
        )
    if not contest.shows(is_selected=True) and not submission.has_known_award:
        raise ValidationError(_("%(contest)s shows only entries with an award.") % {"contest": contest})
    submission.status, submission.is_selected = status.ELIGIBLE, True
    return _save(submission, actor, Step.ENTRIES_SET, "Shown to the public")


@transaction.atomic
def hide_entry(submission: Submission, *, actor: User | None) -> Submission:
    """
    Mark one entry as not selected, so that the public no longer sees it, unless it has an award. Raise
    `ValidationError` if the results of its contest are not approved yet or if the entry isn't selected.
    """
    submission = _locked(submission)
    result_checks.refuse_unapproved(submission.contest)
    if not submission.is_selected:
        raise ValidationError(_("“%(entry)s” is not selected.") % {"entry": submission})
    submission.is_selected = False
    return _save(submission, actor, Step.ENTRIES_SET, "Hidden from the public")


Row = TypeVar("Row", Contest, Recognition)
AnyRow = TypeVar("AnyRow", Contest, Recognition, Submission)


def _locked(row: AnyRow) -> AnyRow:
    # Read the row again with a lock: if two editors act at the same time, the second must see the change of the first.
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _is_among(rows: QuerySet, row: Model) -> bool:
    return rows.filter(pk=row.pk).exists()


def _first_day(contest: Contest) -> date | None:
    """
    Return the first known day of `contest` in its time zone: the day it opened, or the day of its first event. Ignore
    dates in the future. Return None if no date is known.
    """
    moments = [contest.opens_at, *contest.events.values_list("starts_at", flat=True)]
    first = min((moment for moment in moments if moment and moment <= timezone.now()), default=None)
    return first and local(first, zone_named(contest.time_zone)).date()


def _approved(row: Row, actor: User | None, now: datetime) -> Row:
    row.approved_at = now
    row.approved_by = actor
    return _save(row, actor, Step.APPROVED, "Results approved" if isinstance(row, Contest) else "Approved")


def _sealed(row: Row, actor: User | None) -> Row:
    row.approved_at = row.approved_by = row.reveal_at = None
    if isinstance(row, Recognition):
        row.approved_as = None
    row = _save(row, actor, Step.SEALED, TAKEN_BACK)
    if isinstance(row, Recognition):
        _show_work_with(row, actor)
    return row


def _moment(contest: Contest, at: datetime | None, now: datetime) -> datetime:
    """
    Return the time of a reveal: `at`, or `now` if it is None. Raise `ValidationError` if results of `contest` can't
    become public at that time.
    """
    moment = at or now
    check_within(moment, "at")
    if contest.approved_at is None:
        raise ValidationError(_("Approve the results of %(contest)s first.") % {"contest": contest})
    if contest.published_at is None or contest.published_at > moment:
        raise ValidationError(
            _("%(contest)s itself is not published by then. Set an earlier time in “published from” first.")
            % {"contest": contest}
        )
    if moment < now:
        raise ValidationError({"at": _("This time has passed. Choose a later one, or reveal now.")})
    return moment


def _show_work_with(recognition: Recognition, actor: User | None) -> None:
    """
    Set `reveal_at` of the submission of `recognition` to the earliest `reveal_at` of its recognitions, so that the page
    of the submission becomes public with the first of them.
    """
    if recognition.submission_id is None:
        return
    works = Submission.objects.select_related("contest").select_for_update(of=("self",))
    work = works.get(pk=recognition.submission_id)
    moments = [moment for moment in work.recognitions.values_list("reveal_at", flat=True) if moment]
    if work.reveal_at and work.reveal_at <= timezone.now():
        moments.append(work.reveal_at)  # A public submission stays public, even if its award has been deleted.
    earliest = min(moments, default=None)
    if work.reveal_at != earliest:
        work.reveal_at = earliest
        if earliest:
            _save(work, actor, Step.REVEAL_SET, _in_history(earliest, work.contest))
        else:
            _save(work, actor, Step.SEALED, "Reveal taken back")


def _in_history(moment: datetime, contest: Contest) -> str:
    with override("en"):
        return f"Reveal set to {told(moment, zone_named(contest.time_zone))}"


def _save(instance: AnyRow, actor: User | None, step: Step, reason: str) -> AnyRow:
    """
    Save `instance` and create its history record with the change of state `step`, the user `actor` and the reason.
    Texts in the history are in English, so translations are switched off.
    """
    with override("en"):
        keep_first_version(type(instance), [instance.pk])
        instance._history_user = actor
        instance._change_reason = reason[:100]
        instance._step = step
        try:
            instance.save()
        finally:
            del instance._step  # A later `save()` of this object is an ordinary edit.
    return instance


def _save_all(rows: list[Recognition], actor: User | None, step: Step, reason: str, names: list[str]) -> None:
    """
    Save the fields `names` of `rows` in bulk, and create a history record for each row with the change of state `step`,
    the user `actor` and the reason. The number of SQL statements does not grow with the rows.
    """
    keep_first_version(Recognition, [row.pk for row in rows])
    Recognition.objects.bulk_update(rows, names, batch_size=500)
    records = Recognition.history.bulk_history_create(
        rows, update=True, default_user=actor, default_change_reason=reason, custom_historical_attrs={"step": step}
    )
    keep_links(Recognition, records)
