"""The admin pages of contests, awards, works, submissions, events and preview links."""

from . import award, contest, event, preview, submission, work

__all__ = ["award", "contest", "event", "preview", "submission", "work"]
