"""
The page cache: a WSGI layer in front of Django that keeps pages, feeds, files and API responses that are the same for
every visitor, and serves them without running Django. docs/performance.md explains why it is here and not in Django's
middleware.

Django decides what may be kept: `is_public` is called for each response, and only a response that is public is kept.
`portal.freshness` decides how long.
"""

from portal.page_cache.layer import COUNTS, Counts, PageCache
from portal.page_cache.rules import MARK, is_public

__all__ = ["COUNTS", "MARK", "Counts", "PageCache", "is_public"]
