"""
The base classes of the admin pages in all apps, and this app's own pages: sources, former slugs, merges, and pairs of
rows marked as different.
"""

from . import background_tasks, merging, past_merges, sources

__all__ = ["background_tasks", "merging", "past_merges", "sources"]
