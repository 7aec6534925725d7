"""
The changes of state of results. Each has one function here; the admin, commands and views call it.

Sealed -> approved (`approve`) -> public from `reveal_at` on (`reveal`). `seal` takes back an approval before the
reveal. All three are for a whole contest, and as `…_recognition` for a single one: that is entered after the approval
of its contest, or shown ahead of the rest. From the approval on, `show_entries`, `show_entry` and `hide_entry` decide
which entries without an award the public sees. After the reveal, a single recognition can be revoked and restored;
nothing that was public is made unknown.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contests.approval import hold, meanings, why_unseen
from contests.four_eyes import entered_by
from contests.models import Contest, Recognition, Step, Submission
from contests.visibility import Results
from record.history import keep_first_version, keep_links
from record.list_format import enumerated
from record.models import check_within
from record.time_zones import local, zone_named
from record.visible_text import is_blank

NAMED = 5
#: The code of the refusal that somebody else is needed.
FOUR_EYES = "four_eyes"


def waiting(contest: Contest) -> QuerySet[Recognition]:
    """The recognitions of `contest` that nobody has approved yet."""
    return Recognition.objects.filter(award__contest=contest, approved_at=None)


@transaction.atomic
def approve(contest: Contest, *, actor: User | None) -> Contest:
    """
    Says yes to the results of `contest`: sets who approved them and when, for the contest and each recognition that
    waits, and writes down what each says. They become public at `reveal_at`, at once if that has passed.
    `ValidationError` where nothing waits for approval, a work isn't eligible, or some of it was decided by `actor`.
    """
    contest = _locked(contest)
    rows = list(waiting(contest).select_for_update(of=("self",)))
    if contest.approved_at is not None and not rows:
        raise ValidationError(_("The results of %(contest)s are approved already.") % {"contest": contest})
    hold(rows)
    _refuse_unseen(waiting(contest))
    _refuse_own(rows, actor)
    now, said = timezone.now(), meanings(rows)
    for row in rows:
        row.approved_at, row.approved_by, row.approved_as = now, actor, said[row.pk]
    _save_all(rows, actor, Step.APPROVED, ["approved_at", "approved_by", "approved_as"])
    return _approved(contest, actor, now) if contest.approved_at is None else contest


@transaction.atomic
def approve_recognition(recognition: Recognition, *, actor: User | None) -> Recognition:
    """
    Says yes to one recognition, such as one that was entered after the approval of its contest. `ValidationError` where
    it is approved, its work isn't eligible, or `actor` alone entered it.
    """
    recognition = _locked(recognition)
    if recognition.approved_at is not None:
        raise ValidationError(_("“%(recognition)s” is approved already.") % {"recognition": recognition})
    hold([recognition])
    _refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    _refuse_own([recognition], actor)
    recognition.approved_as = meanings([recognition])[recognition.pk]
    return _approved(recognition, actor, timezone.now())


@transaction.atomic
def reveal(contest: Contest, *, actor: User | None, at: datetime | None = None) -> Contest:
    """
    Sets the moment from which on approved results are public: `at`, or now. `ValidationError` where they are not
    approved, or are public already, or the contest itself would still be unpublished then.
    """
    contest = _locked(contest)
    now = timezone.now()
    if contest.results(now) is Results.PUBLIC:
        raise ValidationError(_("The results of %(contest)s are public already.") % {"contest": contest})
    contest.reveal_at = _moment(contest, at, now)
    return _save(contest, actor, Step.REVEAL_SET, _in_history(contest.reveal_at))


@transaction.atomic
def reveal_recognition(recognition: Recognition, *, actor: User | None, at: datetime | None = None) -> Recognition:
    """
    Sets the moment from which on one approved recognition, and its submission, is public ahead of the other results of
    its contest: `at`, or now. `ValidationError` where it or the results of its contest are not approved, it is public
    already, its contest is unpublished then, or its submission isn't eligible.
    """
    recognition = _locked(recognition)
    now = timezone.now()
    if recognition.approved_at is None:
        raise ValidationError(_("Approve “%(recognition)s” first.") % {"recognition": recognition})
    if _is_among(Recognition.objects.public(now), recognition):
        raise ValidationError(_("“%(recognition)s” is public already.") % {"recognition": recognition})
    _refuse_unseen(Recognition.objects.filter(pk=recognition.pk))
    recognition.reveal_at = _moment(recognition.award.contest, at, now)
    recognition = _save(recognition, actor, Step.REVEAL_SET, _in_history(recognition.reveal_at))
    _show_film_with(recognition, actor)
    return recognition


@transaction.atomic
def seal(contest: Contest, *, actor: User | None) -> Contest:
    """
    Takes approval and reveal back, before the results are public, those of each recognition included.
    `ValidationError` once one of them is public: what was public stays, and a wrong result is revoked instead.
    """
    contest = _locked(contest)
    rows = Recognition.objects.filter(award__contest=contest)
    # Locked before anything is asked: somebody may be revealing one of them.
    approved = list(
        rows.exclude(approved_at=None, reveal_at=None, approved_as__isnull=True).select_for_update(of=("self",))
    )
    now = timezone.now()
    if contest.results(now) is Results.PUBLIC:
        raise ValidationError(
            _(
                "The results of %(contest)s are public: their approval can’t be taken back. Revoke what is wrong "
                "instead."
            )
            % {"contest": contest}
        )
    if shown := rows.revealed(now).first():
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
    _save_all(approved, actor, Step.SEALED, ["approved_at", "approved_by", "approved_as", "reveal_at"])
    for row in ahead:
        _show_film_with(row, actor)
    return _sealed(contest, actor)


@transaction.atomic
def seal_recognition(recognition: Recognition, *, actor: User | None) -> Recognition:
    """Takes the approval and the reveal of one recognition back. `ValidationError` once it was public."""
    recognition = _locked(recognition)
    if _is_among(Recognition.objects.revealed(timezone.now()), recognition):
        raise ValidationError(
            _("“%(recognition)s” is public: its approval can’t be taken back. Revoke it if it is wrong.")
            % {"recognition": recognition}
        )
    return _sealed(recognition, actor)


@transaction.atomic
def revoke(recognition: Recognition, *, actor: User | None, reason: str, on: date | None = None) -> Recognition:
    """
    Withdraws one public recognition as of `on` (a date; today by default), for a public `reason`. It leaves the lists
    of winners; its page stays, with the notice. `ValidationError` without a reason, before the reveal, or twice.
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
    if not _is_among(Recognition.objects.revealed(timezone.now()), recognition):
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
    Puts a revoked recognition back in force, for a public `reason`; the history keeps both. `ValidationError` without a
    reason, or if it is in force.
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
    Decides, once the results of `contest` are approved, which of its entries the public sees: one of
    `Contest.PublicEntries`. It counts from the reveal on, at once if that has passed. `ValidationError` before the
    approval, when the contest's form says it, or where it is so already.
    """
    contest = _locked(contest)
    _refuse_unapproved(contest)
    if contest.public_entries == entries:
        raise ValidationError(_("%(contest)s shows these entries already.") % {"contest": contest})
    contest.public_entries = entries
    return _save(contest, actor, Step.ENTRIES_SET, f"Entries that the public sees: {entries}")


@transaction.atomic
def show_entry(submission: Submission, *, actor: User | None) -> Submission:
    """
    Selects one entry for the public, once the results of its contest are approved, and makes it eligible if it is only
    submitted. It counts from the reveal on, at once if that has passed. `ValidationError` before the approval, for any
    other status, or where its contest shows only entries with an award and it has none that is known.
    """
    submission = _locked(submission)
    contest, status = submission.contest, Submission.Status
    _refuse_unapproved(contest)
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
    Takes the selection of one entry back, once the results of its contest are approved. An entry with an award stays
    public. `ValidationError` before the approval, or where it isn't selected.
    """
    submission = _locked(submission)
    _refuse_unapproved(submission.contest)
    if not submission.is_selected:
        raise ValidationError(_("“%(entry)s” is not selected.") % {"entry": submission})
    submission.is_selected = False
    return _save(submission, actor, Step.ENTRIES_SET, "Hidden from the public")


def _refuse_unapproved(contest: Contest) -> None:
    if contest.approved_at is None:
        raise ValidationError(
            _("The results of %(contest)s are not approved yet: change this in the form.") % {"contest": contest}
        )


Row = TypeVar("Row", Contest, Recognition)
AnyRow = TypeVar("AnyRow", Contest, Recognition, Submission)


def _locked(row: AnyRow) -> AnyRow:
    # Two editors may press at once: the second one must see what the first one did.
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _is_among(rows: QuerySet, row: Model) -> bool:
    return rows.filter(pk=row.pk).exists()


def _first_day(contest: Contest) -> date | None:
    """The first day that is known of `contest`, in its time zone; what is still to come is no beginning."""
    moments = [contest.opens_at, *contest.events.values_list("starts_at", flat=True)]
    first = min((moment for moment in moments if moment and moment <= timezone.now()), default=None)
    return first and local(first, zone_named(contest.time_zone)).date()


def _refuse_unseen(rows: QuerySet[Recognition]) -> None:
    """The public would not see them: who approves or reveals them would promise what doesn't happen."""
    if why := why_unseen(rows):
        more = [_("There are more like this.")] if len(why) > NAMED else []
        raise ValidationError([*why[:NAMED], *more])


def _refuse_own(rows: Iterable[Recognition], actor: User | None) -> None:
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


def _approved(row: Row, actor: User | None, now: datetime) -> Row:
    row.approved_at = now
    row.approved_by = actor
    return _save(row, actor, Step.APPROVED, "Results approved" if isinstance(row, Contest) else "Approved")


def _sealed(row: Row, actor: User | None) -> Row:
    row.approved_at = row.approved_by = row.reveal_at = None
    if isinstance(row, Recognition):
        row.approved_as = None
    row = _save(row, actor, Step.SEALED, "Results sealed" if isinstance(row, Contest) else "Sealed")
    if isinstance(row, Recognition):
        _show_film_with(row, actor)
    return row


def _moment(contest: Contest, at: datetime | None, now: datetime) -> datetime:
    """`at`, or `now`, where results of `contest` may be public from then on; `ValidationError` where they may not."""
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


def _show_film_with(recognition: Recognition, actor: User | None) -> None:
    """Gives the submission the earliest reveal of its recognitions: its page is there with the first of them."""
    if recognition.submission_id is None:
        return
    film = Submission.objects.select_for_update(of=("self",)).get(pk=recognition.submission_id)
    moments = [moment for moment in film.recognitions.values_list("reveal_at", flat=True) if moment]
    if film.reveal_at and film.reveal_at <= timezone.now():
        moments.append(film.reveal_at)  # what was public stays, even where the award was deleted since
    earliest = min(moments, default=None)
    if film.reveal_at != earliest:
        film.reveal_at = earliest
        step = (Step.REVEAL_SET, _in_history(earliest)) if earliest else (Step.SEALED, "Sealed")
        _save(film, actor, *step)


def _in_history(moment: datetime) -> str:
    return f"Reveal set to {moment:%Y-%m-%d %H:%M} {moment.tzinfo}"


def _save(instance: AnyRow, actor: User | None, step: Step, reason: str) -> AnyRow:
    """Saves and writes the history, whose words are English, whatever language the editor works in."""
    with override("en"):
        keep_first_version(type(instance), [instance.pk])
        instance._history_user = actor
        instance._change_reason = reason[:100]
        instance._step = step
        try:
            instance.save()
        finally:
            del instance._step  # what is saved next is no step
    return instance


def _save_all(rows: list[Recognition], actor: User | None, step: Step, names: list[str]) -> None:
    """Do the same for many rows with the fields `names` set. The number of statements does not grow with the rows."""
    keep_first_version(Recognition, [row.pk for row in rows])
    Recognition.objects.bulk_update(rows, names, batch_size=500)
    with override("en"):
        reason = str(step.label)
    records = Recognition.history.bulk_history_create(
        rows, update=True, default_user=actor, default_change_reason=reason, custom_historical_attrs={"step": step}
    )
    keep_links(Recognition, records)
