"""
The API's responses, as pydantic models. The OpenAPI document and the documentation page are generated from them.

A relation is a `Reference`. If the query parameter `expand` contains its name, the response has the whole record
instead. A field that is blank in the database is null. Lists such as `credits` are left out unless `expand` contains
their name.
"""

from .base import Image, Licence, Money, Named, OneOf, Reference, Rendition, Resource
from .records import (
    Affiliation,
    Appearance,
    AppearanceOfPerson,
    Award,
    Category,
    Contest,
    ContestLinks,
    Credit,
    CreditOfPerson,
    Event,
    Figure,
    LeadingRegion,
    Organisation,
    Party,
    Person,
    Quote,
    Recognition,
    Source,
    Submission,
    Work,
)
from .responses import Fault, Index, Page, Problem
from .statistics import (
    AwardedMoney,
    ContestCount,
    ContestFigure,
    ContestRegion,
    Count,
    Counted,
    Counts,
    PrizePool,
    Reported,
    Statistics,
)

__all__ = [
    "Affiliation",
    "Appearance",
    "AppearanceOfPerson",
    "Award",
    "AwardedMoney",
    "Category",
    "Contest",
    "ContestCount",
    "ContestFigure",
    "ContestLinks",
    "ContestRegion",
    "Count",
    "Counted",
    "Counts",
    "Credit",
    "CreditOfPerson",
    "Event",
    "Fault",
    "Figure",
    "Image",
    "Index",
    "LeadingRegion",
    "Licence",
    "Money",
    "Named",
    "OneOf",
    "Organisation",
    "Page",
    "Party",
    "Person",
    "PrizePool",
    "Problem",
    "Quote",
    "Recognition",
    "Reference",
    "Rendition",
    "Reported",
    "Resource",
    "Source",
    "Statistics",
    "Submission",
    "Work",
]
