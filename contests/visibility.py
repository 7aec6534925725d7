"""
The one rule that decides what the public may see, and from when.

Each function returns the condition under which a row is public at `viewpoint`. `via` is the lookup path from the
queried model to the model of the row, such as `"contest__"`. Each queryset has a method `public(viewpoint)` that uses
these conditions. Every public page starts from this method.

- A contest is public from `published_at` on, together with its figures, leading regions, awards and events. A series is
  public with its first public contest, a continuing award with the first public contest that has an award of it.
- Its results are public from `reveal_at` on, if they are approved. Results are the recognitions, the works with their
  creators, and the quotes.
- Of the submissions, the public then sees those with an award, and those that `public_entries` adds: the selected ones,
  or all. Each must also be eligible.
- A work is public, with its credits, as soon as one of its submissions is.
- A recognition also needs its own approval. So a recognition entered after the approval of the contest does not become
  public automatically. It may have its own `reveal_at`; then it may become public before the other results, and its
  submissions get the same `reveal_at`. If it is for several submissions, all of them must be eligible.
- A revoked recognition stays public and shows a notice.
- With a preview link, one contest is shown as after its reveal. `viewpoint.preview` is the primary key of the contest.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from record.viewpoint import Viewpoint
from record.visibility import AnyRow


class Results(models.TextChoices):
    """The state of a contest's results: not approved, approved, or public."""

    SEALED = "sealed", _("not approved")
    APPROVED = "approved", _("approved, waiting for the reveal")
    PUBLIC = "public", _("public")

    @classmethod
    def of(
        cls,
        *,
        published_at: datetime | None,
        approved_at: datetime | None,
        reveal_at: datetime | None,
        at: datetime,
    ) -> "Results":
        """
        Return the state at the time `at`, given the dates of a contest. `results_are_public` applies the same rule in a
        query.
        """
        if approved_at is None or approved_at > at:
            return cls.SEALED
        if all(moment is not None and moment <= at for moment in (published_at, reveal_at)):
            return cls.PUBLIC
        return cls.APPROVED


def _or_previewed(rule: Q, viewpoint: Viewpoint, via: str) -> Q:
    return rule if viewpoint.preview is None else rule | Q(**{f"{via}pk": viewpoint.preview})


def contest_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    return _or_previewed(Q(**{f"{via}published_at__lte": viewpoint.at}), viewpoint, via)


def series_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    """Return the condition under which a series is public: one of its contests is."""
    return Q(Exists(rows_of("Contest").public(viewpoint).filter(series=OuterRef(f"{via}pk"))))


def line_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    """Return the condition under which a continuing award is public: an award of a public contest belongs to it."""
    return Q(Exists(rows_of("Award").public(viewpoint).filter(line=OuterRef(f"{via}pk"))))


def _results_are_approved(viewpoint: Viewpoint, via: str) -> Q:
    return Q(**{f"{via}published_at__lte": viewpoint.at, f"{via}approved_at__lte": viewpoint.at})


def results_are_public(viewpoint: Viewpoint, via: str = "") -> Q:
    revealed = _results_are_approved(viewpoint, via) & Q(**{f"{via}reveal_at__lte": viewpoint.at})
    return _or_previewed(revealed, viewpoint, via)


def is_news(via: str = "") -> Q:
    """
    Return the condition under which the results of a contest are news: they were not revealed as of a time before their
    approval, like those of an edition of the past (`Contest.is_history`).
    """
    return (
        Q(**{f"{via}reveal_at__isnull": True})
        | Q(**{f"{via}approved_at__isnull": True})
        | Q(**{f"{via}reveal_at__gte": F(f"{via}approved_at")})
    )


def _one_is_revealed(viewpoint: Viewpoint, via: str, to_contest: str) -> Q:
    """
    Return the condition under which a row with its own `reveal_at` is revealed: the results of its contest are
    approved, and the `reveal_at` of the row or of the contest has passed. `via` is the lookup path to the row,
    `to_contest` the path from the row to its contest.
    """
    contest = f"{via}{to_contest}"
    return _results_are_approved(viewpoint, contest) & (
        Q(**{f"{contest}reveal_at__lte": viewpoint.at}) | Q(**{f"{via}reveal_at__lte": viewpoint.at})
    )


def submission_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    return _submission_is_revealed(viewpoint, via) & _submission_is_shown(viewpoint, via)


def _submission_is_revealed(viewpoint: Viewpoint, via: str) -> Q:
    # All submissions are hidden until the reveal. If editors enter only the winning works, a public submission would
    # give away a winner.
    revealed = _one_is_revealed(viewpoint, via, "contest__")
    return Q(**{f"{via}status": "eligible"}) & _or_previewed(revealed, viewpoint, f"{via}contest__")


def rows_of(model: str) -> Any:
    """
    Return the default manager of the model with the name `model` in this app. A name is needed because the module of
    the models imports this module.
    """
    return apps.get_model("contests", model)._default_manager


def _submission_is_shown(viewpoint: Viewpoint, via: str) -> Q:
    """
    Return the condition under which a revealed submission is public: it is among the `public_entries` of its contest,
    or its own `reveal_at` has passed, or it has an approved award.
    """
    entries = f"{via}contest__public_entries"
    # The reveal of the award need not be checked: this condition is only used for submissions that are revealed.
    known = _or_previewed(Q(approved_at__lte=viewpoint.at), viewpoint, "award__contest__")
    return (
        Q(**{entries: "all"})
        | Q(**{entries: "selected", f"{via}is_selected": True})
        | Q(**{f"{via}reveal_at__lte": viewpoint.at})
        | Q(Exists(rows_of("Recognition").filter(known, submissions=OuterRef(f"{via}pk"))))
    )


def work_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    """Return the condition under which a work is public: at least one of its entries is."""
    entries = rows_of("Submission").filter(submission_is_public(viewpoint), work=OuterRef(f"{via}pk"))
    # The credits of a person are a condition of further rows, such as search results (see `AnyRow`).
    return Q(AnyRow(entries) if via else Exists(entries))


def recognition_is_revealed(viewpoint: Viewpoint, via: str = "") -> Q:
    """Return the condition under which a recognition is revealed, whether or not its works are still eligible."""
    revealed = Q(**{f"{via}approved_at__lte": viewpoint.at}) & _one_is_revealed(viewpoint, via, "award__contest__")
    return _or_previewed(revealed, viewpoint, f"{via}award__contest__")


def recognition_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    # `_submission_is_shown` need not be checked: it is true for any submission with an approved award. If one of
    # several works is hidden, the recognition is hidden too, because a page about it names all of them.
    works = rows_of("Submission").exclude(_submission_is_revealed(viewpoint, ""))
    hidden = Exists(works.filter(recognitions=OuterRef(f"{via}pk")))
    return recognition_is_revealed(viewpoint, via) & ~Q(hidden)


def party_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    return recognition_is_public(viewpoint, f"{via}recognition__")


def event_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    return contest_is_public(viewpoint, f"{via}contest__")


def appearance_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    # The programme of an event is public before the ceremony, but appearances of winners only after the reveal.
    return event_is_public(viewpoint, f"{via}event__") & (
        ~Q(**{f"{via}role": "winner"}) | results_are_public(viewpoint, f"{via}event__contest__")
    )


def quote_is_public(viewpoint: Viewpoint, via: str = "") -> Q:
    return results_are_public(viewpoint, f"{via}event__contest__") & _nothing_or(
        submission_is_public, viewpoint, f"{via}submission__"
    )


def _nothing_or(rule: Callable[[Viewpoint, str], Q], viewpoint: Viewpoint, via: str) -> Q:
    return Q(**{f"{via.removesuffix('__')}__isnull": True}) | rule(viewpoint, via)
