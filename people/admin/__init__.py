"""Admin pages for people and organisations."""

from . import details, people

__all__ = ["details", "people"]
