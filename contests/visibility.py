"""
The one rule on what the public may see, and from when on.

Each function returns, for a moment `at`, the condition under which a row is public then. `via` is the path from the
row that is asked about to the row that the rule is about, such as `"contest__"`. Querysets offer them as
`public(at)`; whatever a visitor reads starts from there.

- A contest is public from `published_at` on, and with it its figures, leading regions, awards and events.
- Its results are public from `reveal_at` on, if a person approved them. With them come what was won, who made it, and
  what was said.
- Of its submissions the public sees then those that have an award, and what `public_entries` adds to them: those that
  are selected, or all. Each has to be eligible besides.
- A single recognition needs its own approval besides, so that what is entered later waits for one too. It may be shown
  ahead of the rest, from its own `reveal_at` on, and its submission, which has the same moment, with it.
- A revoked recognition stays public, with its notice: what was known can't be made unknown.
- To who holds a preview link everything of one contest is public: the moment of their request says which.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class Results(models.TextChoices):
    """Where the results of a contest stand."""

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
        """The same rule as `results_are_public`, for values in hand."""
        if approved_at is None or approved_at > at:
            return cls.SEALED
        if all(moment is not None and moment <= at for moment in (published_at, reveal_at)):
            return cls.PUBLIC
        return cls.APPROVED


class PreviewMoment(datetime):
    """A moment at which one contest is seen as after its approval and reveal: `contest` is its primary key."""

    contest: int | None = None

    @classmethod
    def of(cls, moment: datetime, contest: int | None) -> Self:
        """`moment`, for who may see the contest with the primary key `contest`; for anybody where it is None."""
        preview = cls.combine(moment.date(), moment.timetz())
        preview.contest = contest
        return preview


def previewed(at: datetime) -> int | None:
    """The primary key of the contest that is seen as after its reveal at the moment `at`; None at any other moment."""
    return getattr(at, "contest", None)


def _or_previewed(rule: Q, at: datetime, via: str) -> Q:
    contest = previewed(at)
    return rule if contest is None else rule | Q(**{f"{via}pk": contest})


def contest_is_public(at: datetime, via: str = "") -> Q:
    return _or_previewed(Q(**{f"{via}published_at__lte": at}), at, via)


def _results_are_approved(at: datetime, via: str) -> Q:
    return Q(**{f"{via}published_at__lte": at, f"{via}approved_at__lte": at})


def results_are_public(at: datetime, via: str = "") -> Q:
    return _or_previewed(_results_are_approved(at, via) & Q(**{f"{via}reveal_at__lte": at}), at, via)


def _one_is_revealed(at: datetime, via: str, to_contest: str) -> Q:
    """A row with a `reveal_at` of its own: with the results of its contest, or ahead of them."""
    contest = f"{via}{to_contest}"
    return _results_are_approved(at, contest) & (
        Q(**{f"{contest}reveal_at__lte": at}) | Q(**{f"{via}reveal_at__lte": at})
    )


def submission_is_public(at: datetime, via: str = "") -> Q:
    return _submission_is_revealed(at, via) & _submission_is_shown(at, via)


def _submission_is_revealed(at: datetime, via: str) -> Q:
    # Where only winners are in the record, showing the entries before the reveal would name the winners.
    revealed = _one_is_revealed(at, via, "contest__")
    return Q(**{f"{via}status": "eligible"}) & _or_previewed(revealed, at, f"{via}contest__")


def rows_of(model: str) -> Any:
    """The manager of the model of that name in this app. By name, since the models import this module."""
    return apps.get_model("contests", model)._default_manager


def _submission_is_shown(at: datetime, via: str) -> Q:
    """Of those that are revealed: what the contest shows of its entries, and whatever has an award that is known."""
    entries = f"{via}contest__public_entries"
    # With the entry its awards are revealed, as far as they are approved.
    known = _or_previewed(Q(approved_at__lte=at), at, "award__contest__")
    return (
        Q(**{entries: "all"})
        | Q(**{entries: "selected", f"{via}is_selected": True})
        | Q(**{f"{via}reveal_at__lte": at})
        | Q(Exists(rows_of("Recognition").filter(known, submission=OuterRef(f"{via}pk"))))
    )


def recognition_is_revealed(at: datetime, via: str = "") -> Q:
    """It was made known, whatever has become of the entry of its submission since."""
    revealed = Q(**{f"{via}approved_at__lte": at}) & _one_is_revealed(at, via, "award__contest__")
    return _or_previewed(revealed, at, f"{via}award__contest__")


def recognition_is_public(at: datetime, via: str = "") -> Q:
    # An award that is known shows its entry: only the rest of the rule is left to ask.
    return recognition_is_revealed(at, via) & _nothing_or(_submission_is_revealed, at, f"{via}submission__")


def event_is_public(at: datetime, via: str = "") -> Q:
    return contest_is_public(at, f"{via}contest__")


def appearance_is_public(at: datetime, via: str = "") -> Q:
    # A programme may be announced before the ceremony, but nobody is in it as a winner until the reveal.
    return event_is_public(at, f"{via}event__") & (
        ~Q(**{f"{via}role": "winner"}) | results_are_public(at, f"{via}event__contest__")
    )


def quote_is_public(at: datetime, via: str = "") -> Q:
    return results_are_public(at, f"{via}event__contest__") & _nothing_or(
        submission_is_public, at, f"{via}submission__"
    )


def _nothing_or(rule: Callable[[datetime, str], Q], at: datetime, via: str) -> Q:
    return Q(**{f"{via.removesuffix('__')}__isnull": True}) | rule(at, via)
