"""
Merges of two duplicate rows, such as two rows for the same person, and the undoing of merges.

`planning` makes a list of steps, each of which changes, deletes or inserts one row. So a page can show the result
before anything is changed. `merges` runs the steps and stores them. `undoing` runs the inverse of each step, in reverse
order.
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
