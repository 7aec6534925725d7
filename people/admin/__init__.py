"""Admin pages for people and organisations."""

from . import people

__all__ = ["people"]
