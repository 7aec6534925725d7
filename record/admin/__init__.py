"""The base of all admin pages, and the pages for sources, merges and rows marked as different."""

from . import merging, sources

__all__ = ["merging", "sources"]
