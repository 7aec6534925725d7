"""The editors' desk for the contests."""

from . import award, contest, event, submission

__all__ = ["award", "contest", "event", "submission"]
