"""
The base classes of the admin pages in all apps, and this app's own pages: sources, former slugs, merges, pairs of
rows marked as different, and imports.
"""

from . import background_tasks, merging, past_merges, sources
from .imports import pages

__all__ = ["background_tasks", "merging", "pages", "past_merges", "sources"]
