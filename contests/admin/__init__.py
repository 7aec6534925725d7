"""The admin of the contests app."""

from . import award, contest, event, preview, submission

__all__ = ["award", "contest", "event", "preview", "submission"]
