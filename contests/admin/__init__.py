"""The admin pages of series, contests, awards, submissions, events and preview links."""

from . import award, contest, credit, event, preview, series, submission

__all__ = ["award", "contest", "credit", "event", "preview", "series", "submission"]
