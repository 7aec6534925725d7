"""The models of this app: contests with their submissions, awards, events and quotes."""

from .award import Award
from .contest import Contest, Figure, LeadingRegion, Series
from .event import Appearance, Event, Quote
from .preview import PreviewLink
from .recognition import Party, Recognition
from .result_steps import Step
from .submission import Category, Credit, Submission

__all__ = [
    "Appearance",
    "Award",
    "Category",
    "Contest",
    "Credit",
    "Event",
    "Figure",
    "LeadingRegion",
    "Party",
    "PreviewLink",
    "Quote",
    "Recognition",
    "Series",
    "Step",
    "Submission",
]
