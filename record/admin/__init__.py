"""The base of all admin pages, and the pages for sources, merges and rows marked as different."""

from . import merging, past_merges, sources

__all__ = ["merging", "past_merges", "sources"]
