"""The base of every admin page, and the pages for sources, merges and pairs of different records."""

from . import merging, sources

__all__ = ["merging", "sources"]
