"""The admin pages of contests, awards, submissions, events and preview links."""

from . import award, contest, credit, event, preview, submission

__all__ = ["award", "contest", "credit", "event", "preview", "submission"]
