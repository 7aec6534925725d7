"""Which rows are not real: synthetic ones, and everything in a synthetic contest."""

from typing import Any

from contests.models import Award, Contest, Event, Quote, Recognition, Submission


def is_made_up(row: Any) -> bool:
    """
    Return whether `row` is synthetic or belongs to a synthetic contest, which must be loaded. An editor can add a row
    to a synthetic contest by hand: its key says nothing.
    """
    contest = contest_of(row)
    return row.is_synthetic or contest is not None and contest.is_synthetic


def contest_of(row: Any) -> Contest | None:
    """Return the contest that a row belongs to. None for people, works and so on, which belong to none."""
    match row:
        case Submission() | Event() | Award():
            return row.contest
        case Recognition():
            return row.award.contest
        case Quote():
            return row.event.contest
    return None
