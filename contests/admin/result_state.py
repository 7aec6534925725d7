"""Sentences for the top of an admin form that say who can see a result, and from when."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.approval import why_unseen
from contests.models import Contest, Recognition, Submission
from record.viewpoint import Viewpoint

from .datetime_fields import in_words


def of_contest(contest: Contest) -> str:
    if contest.approved_at is None:
        return _("Results: not approved. Only editors see them.")
    return _dated(contest, [contest.approved_at], [contest.reveal_at])


def but_for(number: int) -> str:
    """
    Return a sentence that says that `number` recognitions are not approved, for a contest whose results are approved.
    Return "" if the number is zero.
    """
    words = ngettext(
        "%(number)d other result is not approved: only editors see it.",
        "%(number)d other results are not approved: only editors see them.",
        number,
    )
    return words % {"number": number} if number else ""


def once_approved(contest: Contest) -> str:
    """Return a sentence that says when the public will see a result of `contest` if it is approved now."""
    if contest.reveal_at is None:
        return _("The public sees nothing yet, because no reveal is set. You reveal the results separately.")
    if contest.published_at is None:
        return _("The public sees nothing yet: the contest is not published.")
    since = max(contest.reveal_at, contest.published_at)
    if since > timezone.now():
        return _("The public sees it from %(when)s on.") % {"when": in_words(since, contest.time_zone)}
    when = in_words(contest.reveal_at, contest.time_zone)
    return _("The public sees it at once: the reveal was on %(when)s.") % {"when": when}


def of_recognition(recognition: Recognition) -> str:
    contest = recognition.award.contest
    if recognition.approved_at is None:
        return _("Result: not approved. Only editors see it.")
    if contest.approved_at is None:
        until = _("Only editors see this until the results of %(contest)s are approved and revealed too.")
        return until % {"contest": contest}
    if why := why_unseen(Recognition.objects.filter(pk=recognition.pk)):
        return " ".join([_("Result: approved, but only editors see it."), *why])
    approved = [recognition.approved_at, contest.approved_at]
    said = _dated(contest, approved, [recognition.reveal_at, contest.reveal_at])
    if recognition.revoked_on is None:
        return said
    revoked = _("Revoked on %(day)s.") % {"day": formats.date_format(recognition.revoked_on)}
    return f"{said} {revoked}"


def of_submission(submission: Submission) -> str:
    """Return a sentence that says who can see a submission, and from when. Needs at most two SQL statements."""
    contest = submission.contest
    if submission.is_shown:
        return _("The public sees this entry.")
    if submission.status != Submission.Status.ELIGIBLE:
        status = submission.get_status_display()
        return _("Only editors see this entry. Its status: %(status)s.") % {"status": status}
    if contest.approved_at is None:
        return _("Only editors see this entry. The results are not approved.")
    awarded = submission.recognitions.filter(approved_at__isnull=False).exists()
    if awarded or contest.shows(is_selected=submission.is_selected):
        return _dated(contest, [contest.approved_at], [submission.reveal_at, contest.reveal_at])
    if contest.public_entries == Contest.PublicEntries.WINNERS:
        return _("Only editors see this entry. The contest shows only entries with an award.")
    return _("Only editors see this entry. The contest shows only selected entries and those with an award.")


def of_credits(submission: Submission) -> str:
    """
    Return a sentence that says whether the credits of the work are public, or will be, through an entry in another
    contest. It is "" if the public sees `submission` itself or the work has no other entry. Two SQL statements.
    """
    others = Submission.objects.filter(work=submission.work_id).exclude(pk=submission.pk)
    others = others.select_related("contest__series").order_by("pk")
    if submission.is_shown or not (some := others.first()):
        return ""
    if shown := others.public(Viewpoint.now()).first():
        return _(
            "This work is public through its entry in %(contest)s: its credits and their sources are public as soon as "
            "you save."
        ) % {"contest": shown.contest}
    return _(
        "The credits belong to the work. They are public as soon as one of its entries is: this one, or that in "
        "%(contest)s."
    ) % {"contest": some.contest}


def _dated(contest: Contest, approved: Iterable[datetime], reveals: Iterable[datetime | None]) -> str:
    """
    Return a sentence that says from when a result of `contest` is public. This time is the latest of three: the
    publication of the contest, the last of the times `approved`, and the first of the times `reveals`. For an edition
    of the past, the sentence has the time of the reveal. If there is no reveal or the contest has no publication date,
    the sentence says so.
    """
    first = min(filter(None, reveals), default=None)
    if first is None:
        return _("No reveal is set: only editors see this until you reveal it.")
    if contest.published_at is None:
        return _("The contest is not published: only editors see this.")
    since = max(first, contest.published_at, *approved)
    if contest.is_history and since <= timezone.now():
        # The approval was long after the reveal, and the day of the approval says nothing about the results.
        return _("Public: the reveal was on %(when)s.") % {"when": in_words(first, contest.time_zone)}
    when = {"when": in_words(since, contest.time_zone)}
    return _("Public since %(when)s.") % when if since <= timezone.now() else _("Public on %(when)s.") % when
