"""Import contests, works, submissions, awards, recognitions, events and quotes from tables."""

from record.importing.kinds import register

from . import approvals
from .awards import AwardKind, AwardLineKind
from .contests import ContestKind
from .events import AppearanceKind, EventKind, QuoteKind
from .recognitions import RecognitionKind
from .submissions import SubmissionKind
from .works import WorkKind

__all__ = ["register_kinds"]


def register_kinds() -> None:
    """Make the kinds known to the pages and the command: those first that others refer to."""
    kinds = (ContestKind, WorkKind, SubmissionKind, AwardLineKind, AwardKind, RecognitionKind)
    for kind in (*kinds, EventKind, AppearanceKind, QuoteKind):
        register(kind())
    approvals.register()
