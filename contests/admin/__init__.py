"""The admin pages of series, contests, awards, works, submissions, events and preview links."""

from . import award, contest, credit, event, preview, series, submission, work

__all__ = ["award", "contest", "credit", "event", "preview", "series", "submission", "work"]
