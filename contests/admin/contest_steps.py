"""The buttons on a contest's admin page that change the state of its results, such as “Approve results”."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from contests import historical_reveals, results
from contests.approval import why_unseen
from contests.models import Contest, Recognition, Submission
from contests.result_checks import NAMED
from contests.visibility import Results
from record.viewpoint import Viewpoint

from .datetime_fields import in_words
from .preview import PREVIEW
from .result_state import of_contest, once_approved
from .step_forms import RevealForm
from .steps import Step, alone, changed_since, reveal_set


def waiting_for_approval(contest: Any) -> list[str]:
    number = contest.waiting_counted
    words = ngettext("%(number)d recognition waits for approval.", "%(number)d recognitions wait for approval.", number)
    return [words % {"number": number}]


def named_for_approval(contest: Any) -> list[str]:
    """
    Return a list with one link, as HTML: it leads to the admin list of the contest's recognitions that are not
    approved, and its text says how many there are. The list is empty if there are none.
    """
    if not contest.waiting_counted:
        return []
    asked = urlencode({"award__contest__id__exact": contest.pk, "approved_at__isempty": 1})
    url = f"{reverse('admin:contests_recognition_changelist')}?{asked}"
    return [format_html('<a href="{}">{}</a>', url, words) for words in waiting_for_approval(contest)]


def waiting_in(contests: Sequence[Contest]) -> QuerySet[Recognition]:
    """Return the recognitions in `contests` that are not approved."""
    return Recognition.objects.filter(award__contest__in=contests, approved_at=None)


def changed_in(contest: Any) -> list[str]:
    """
    Return a sentence for each of the first few recognitions of `contest` that lost their approval because of a change.
    The sentence says what has changed. A reveal doesn't make these recognitions public.
    """
    if not contest.waiting_counted:
        return []
    rows = Recognition.objects.filter(award__contest=contest, approved_at=None, approved_as__isnull=False)
    return changed_since(rows.for_names()[:NAMED])


def doubts_about(contest: Contest) -> list[str]:
    """
    Return warnings for an editor who is about to approve the results of `contest`, for example that there is no winner.
    The warnings don't prevent the approval.
    """
    told: list[Any] = []
    standings = set(Recognition.objects.filter(award__contest=contest).in_force().values_list("standing", flat=True))
    if not standings:
        told.append(_("No entry has an award yet."))
    elif Recognition.Standing.WINNER not in standings:
        told.append(_("There is no winner yet: no result has the standing “Winner”."))
    if contest.closes_at and contest.closes_at > timezone.now():
        when = in_words(contest.closes_at, contest.time_zone)
        told.append(_("Entries can still come in: the contest closes on %(when)s.") % {"when": when})
    return [*told, *alone()] if standings else told


def not_shown_in(contest: Any) -> list[str]:
    """
    Return sentences about the results that stay hidden when the results of `contest` are revealed, with the reasons: a
    recognition isn't approved, it lost its approval because of a change, or its work isn't eligible.
    """
    waiting = contest.waiting_counted
    words = ngettext(
        "%(number)d result is not approved: the public will not see it.",
        "%(number)d results are not approved: the public will not see them.",
        waiting,
    )
    told = [words % {"number": waiting}] if waiting else []
    approved = Recognition.objects.filter(award__contest=contest, approved_at__isnull=False).in_force()
    return [*told, *changed_in(contest), *why_unseen(approved)[:NAMED]]


def entries_not_eligible(contest: Contest) -> list[Any]:
    """Return a warning, with a link to the entries, if `contest` has entries and none of them is eligible."""
    entries = contest.submissions.all()
    if not entries.exists() or entries.filter(status=Submission.Status.ELIGIBLE).exists():
        return []
    url = f"{reverse('admin:contests_submission_changelist')}?{urlencode({'contest__id__exact': contest.pk})}"
    told = _("No entry is eligible, so the public will see none. Set their status first.")
    return [format_html('<a href="{}">{}</a>', url, told)]


def _may_show(entries: str, contest: Contest, at: datetime) -> bool:
    return contest.approved_at is not None and contest.public_entries != entries


def _is_over(contest: Contest, at: datetime) -> bool:
    """Return whether the dates of `contest` say that it had ended before `at`, and its results are not approved yet."""
    end = historical_reveals.end_of(contest)
    return contest.approved_at is None and end is not None and end < at


def _publish_history(contest: Contest, *, actor: User, **options: Any) -> Contest:
    # The button needs the permission to reveal results. The step approves them too.
    if not actor.has_perm("contests.approve_results"):
        raise ValidationError(_("You also need the permission to approve results."))
    return results.publish_history(contest, actor=actor, **options)


def _as_of(contest: Contest) -> list[str]:
    end = historical_reveals.end_of(contest)
    when = in_words(end, contest.time_zone) if end else ""
    return [_("The results count as revealed on %(when)s.") % {"when": when}]


STEPS = (
    Step(
        name="history",
        label=_("Approve and reveal an edition of the past"),
        act=_publish_history,
        is_open=_is_over,
        meaning=_(
            "By approving, you confirm that these results are right. They become public at once, everywhere, as of the "
            "end of the contest. They are no news: feeds and the home page leave them out. You can’t take this back."
        ),
        permission="contests.reveal_results",
        done=_("The results of %(row)s are public."),
        covers=waiting_in,
        notes=lambda contest: [
            *doubts_about(contest),
            *_as_of(contest),
            *named_for_approval(contest),
        ],
    ),
    Step(
        name="approve",
        label=_("Approve results"),
        act=results.approve,
        is_open=lambda contest, at: contest.approved_at is None or contest.waiting_counted > 0,
        meaning=_("By approving, you confirm that these results are right. See below when they become public."),
        permission="contests.approve_results",
        done=_("The results of %(row)s are approved."),
        until_reveal=True,
        covers=waiting_in,
        notes=lambda contest: [
            *doubts_about(contest),
            once_approved(contest),
            *named_for_approval(contest),
            *changed_in(contest),
        ],
        said_after=lambda contest: [of_contest(contest)],
    ),
    Step(
        name="reveal",
        label=_("Reveal now"),
        act=results.reveal,
        is_open=lambda contest, at: contest.results(Viewpoint(at)) is Results.APPROVED,
        meaning=_("These results become public at once, everywhere. You can’t take this back."),
        permission="contests.reveal_results",
        done=_("The results of %(row)s are public."),
        notes=lambda contest: [*reveal_set(contest), *entries_not_eligible(contest), *not_shown_in(contest)],
    ),
    Step(
        name="schedule",
        label=_("Schedule the reveal"),
        act=results.reveal,
        is_open=lambda contest, at: contest.results(Viewpoint(at)) is Results.APPROVED,
        meaning=_("These results become public at the time you choose. Until then, you can change it."),
        permission="contests.reveal_results",
        done=_("The reveal of the results of %(row)s is set."),
        form=RevealForm,
        notes=lambda contest: [*reveal_set(contest), *entries_not_eligible(contest), *not_shown_in(contest)],
        said_after=reveal_set,
    ),
    Step(
        name="seal",
        label=_("Take back the approval"),
        act=results.seal,
        is_open=lambda contest, at: (
            contest.approved_at is not None and contest.results(Viewpoint(at)) is not Results.PUBLIC
        ),
        meaning=_(
            "The approval of all results is taken back, and the reveal too if one is set. The public sees no result "
            "until you approve and reveal them again."
        ),
        permission="contests.approve_results",
        done=_("The approval of the results of %(row)s is taken back."),
        notes=reveal_set,
        until_reveal=True,
    ),
    *(
        Step(
            name=f"entries-{entries}",
            label=label,
            act=partial(results.show_entries, entries=entries),
            is_open=partial(_may_show, entries),
            meaning=_(
                "This decides which eligible entries the public sees. It takes effect at the reveal; "
                "after that, changes apply at once."
            ),
            permission="contests.reveal_results",
            done=_("The entries of %(row)s that the public sees have changed."),
            until_reveal=True,
        )
        for entries, label in (
            (Contest.PublicEntries.WINNERS, _("Show only entries with an award")),
            (Contest.PublicEntries.SELECTED, _("Show selected entries too")),
            (Contest.PublicEntries.ALL, _("Show all eligible entries")),
        )
    ),
    PREVIEW,
)
