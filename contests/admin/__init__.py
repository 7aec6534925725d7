"""The editors' desk for the contests."""

from . import award, contest, event, preview, submission

__all__ = ["award", "contest", "event", "preview", "submission"]
