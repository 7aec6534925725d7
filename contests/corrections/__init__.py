"""
The public list of corrections: changes to a contest after its results became public. It is made from the history.

A correction is a history record of a row that is public now and was public when it was changed. For a deleted row, the
list says only that it was removed. `ALL_KINDS` defines which fields visitors see; changes of other fields
(approvals, order, keys) stay private. The reason for a change is public, the name of the editor is not. A page of the
list needs two SQL statements.
"""

from datetime import UTC, date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from contests.models import Contest
from record.keyset import decode_cursor, encode_cursor
from record.time_zones import local, zone_named
from record.viewpoint import Viewpoint

from .kinds import ALL_KINDS
from .presentation import Correction, Entry, Names
from .queries import PER_PAGE, newest


def revealed_at(contest: Contest) -> datetime | None:
    """
    Return the time from which the results of `contest` are public: the latest of its publication, approval and reveal.
    Return None if one of the three is not set.
    """
    if contest.published_at is None or contest.approved_at is None or contest.reveal_at is None:
        return None
    return max(contest.published_at, contest.approved_at, contest.reveal_at)


class Corrections:
    """
    A page of the list of corrections of `contest`, newest first, with what is public at `viewpoint`. `question` is a
    mapping such as `request.GET`; its value `after` is the cursor that selects the page. Without a valid cursor, the
    page is the first one.
    """

    def __init__(self, contest: Contest, viewpoint: Viewpoint, question: Any):
        self.contest, self.viewpoint = contest, viewpoint
        self._position = _read(question.get("after", ""))
        # The cursor of this page, for links to it; "" for the first page.
        self.cursor = question["after"] if self._position else ""
        since = revealed_at(contest)
        entries = [] if since is None or since > viewpoint.at else newest(contest, since, viewpoint, self._position)
        self._shown, self._more = entries[:PER_PAGE], len(entries) > PER_PAGE
        self._since = since

    @property
    def is_first(self) -> bool:
        return self._position is None

    @property
    def after(self) -> str:
        """The cursor of the next page, or "" on the last page."""
        if not self._more:
            return ""
        label, number, moment = self._shown[-1][:3]
        return encode_cursor([moment, label, number])

    @cached_property
    def rows(self) -> list[Correction]:
        """The corrections on this page. All names in them are read in one SQL statement."""
        if self._since is None:
            return []
        entries = [Entry(ALL_KINDS[entry[0]], *entry[1:]) for entry in self._shown]
        names = Names({ref for entry in entries for ref in entry.refers_to()}, self.contest, self.viewpoint)
        told = (entry.correction(names, self.contest, self._since) for entry in entries)
        return [correction for correction in told if correction is not None]

    @property
    def days(self) -> list[tuple[date, list[Correction]]]:
        """
        The corrections on this page as pairs (day, list), by the day of the change in the time zone of the contest.
        """
        zone = zone_named(self.contest.time_zone)
        return [(day, list(rows)) for day, rows in groupby(self.rows, lambda row: local(row.at, zone).date())]


def _read(cursor: str) -> tuple[datetime, str, int] | None:
    """
    Return the three values in `cursor`: the time, the model name and the primary key of the last history record on the
    previous page. Return None if the cursor is invalid.
    """
    values = decode_cursor(cursor)
    if values is None or len(values) != 3:
        return None
    try:
        moment, kind, number = values
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or kind not in ALL_KINDS or type(number) is not int or not 0 <= number < 2**63:
            return None
        return at.astimezone(UTC), kind, number
    except (ValueError, TypeError, OverflowError):
        return None
