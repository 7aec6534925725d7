"""
Merge two rows of one person, organisation or source, and undo the merge.

A merge is planned first, as a list of steps (`planning`), so that a page can show what it would do. Then the steps run
and are stored as a journal (`merges`). An undo runs their inverses, last step first (`undoing`).
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
