"""The models of this app: works, contests with their submissions, awards, events and quotes."""

from .award import Award
from .contest import Contest, Figure, LeadingRegion
from .credit import Credit, CreditRole
from .event import Appearance, Event, Quote
from .party import Party
from .preview import PreviewLink
from .recognition import Recognition
from .result_steps import Step
from .series import AwardLine, Series, SeriesOrganiser
from .submission import Category, Submission
from .work import Work, WorkIdentifier

__all__ = [
    "Appearance",
    "Award",
    "AwardLine",
    "Category",
    "Contest",
    "Credit",
    "CreditRole",
    "Event",
    "Figure",
    "LeadingRegion",
    "Party",
    "PreviewLink",
    "Quote",
    "Recognition",
    "Series",
    "SeriesOrganiser",
    "Step",
    "Submission",
    "Work",
    "WorkIdentifier",
]
