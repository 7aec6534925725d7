"""
Two rows of one person, organisation or source become one, and can be two again.

What a merge does is planned first, as steps of a journal (`planning`), so that a page can show it; then the steps are
taken and kept (`merges`). An undo takes them back, the last one first (`undoing`).
"""

from .merges import ChangedSinceError, holds, merge, mergeable
from .planning import BOTH, GONE, KEPT, Choice, Plan
from .undoing import Undone, undo

__all__ = [
    "BOTH",
    "GONE",
    "KEPT",
    "ChangedSinceError",
    "Choice",
    "Plan",
    "Undone",
    "holds",
    "merge",
    "mergeable",
    "undo",
]
