"""The models of this app: works, contests with their submissions, awards, events and quotes."""

from .award import Award, Recognition
from .contest import Contest, Figure, LeadingRegion, Series
from .event import Appearance, Event, Quote
from .preview import PreviewLink
from .result_steps import Step
from .submission import Category, Credit, Submission
from .work import Work, WorkIdentifier

__all__ = [
    "Appearance",
    "Award",
    "Category",
    "Contest",
    "Credit",
    "Event",
    "Figure",
    "LeadingRegion",
    "PreviewLink",
    "Quote",
    "Recognition",
    "Series",
    "Step",
    "Submission",
    "Work",
    "WorkIdentifier",
]
