"""The admin pages of this app."""

from . import award, contest, event, preview, submission

__all__ = ["award", "contest", "event", "preview", "submission"]
