"""Create a synthetic archive: the editions of one series over a century, with their nominations and awards."""

from .builder import make
from .plan import ArchivePlan, archives

__all__ = ["ArchivePlan", "archives", "make"]
