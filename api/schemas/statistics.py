"""The schemas of the statistics: numbers that sources report, and numbers that the portal counts."""

from pydantic import BaseModel, Field

from .base import Money, Reference
from .records import Figure, LeadingRegion, Source


class Count(BaseModel):
    """The number of rows that have the value `value`."""

    value: str | int
    count: int


class Counts(BaseModel):
    """The number of rows for each value, largest first. `unknown` is the number of rows without a value."""

    rows: list[Count]
    unknown: int


class ContestCount(BaseModel):
    contest: Reference
    count: int


class PrizePool(BaseModel):
    """The prize pool that a contest announces."""

    contest: Reference
    prize_pool: Money
    sources: list[Source | Reference]


class ContestFigure(Figure):
    contest: Reference


class ContestRegion(LeadingRegion):
    contest: Reference


class Reported(BaseModel):
    """Numbers reported by sources. The portal's own counts are in `Counted`."""

    figures: list[ContestFigure]
    leading_regions: list[ContestRegion]
    prize_pools: list[PrizePool]


class AwardedMoney(Money):
    """The total prize money of all awards in one currency. `awards` is the number of awards."""

    awards: int


class Counted(BaseModel):
    """The portal's counts of its public records. Numbers reported by sources are in `Reported`."""

    submissions: int
    people: int
    quotes: int
    recognitions: int = Field(description="Wins in force.")
    revoked: int
    by_contest: list[ContestCount] = Field(description="Submissions by contest, for at most 100 contests.")
    by_country: Counts = Field(
        description="Submissions by country of their creators; a submission counts once for each country."
    )
    by_year: Counts
    by_language: Counts
    by_runtime: Counts = Field(description="Submissions by runtime class: the value is its lower limit in seconds.")
    by_role: Counts = Field(description="Credits by role: the value is the slug of the role.")
    by_award_kind: Counts = Field(description="Wins in force by kind of award.")
    by_standing: Counts = Field(description="Recognitions in force by standing.")
    prize_money: list[AwardedMoney]
    awards_without_amount: int


class Statistics(BaseModel):
    """Numbers that sources report, and numbers that the portal counts. The two are never mixed."""

    contest: Reference | None = Field(description="null for all contests that aren't synthetic.")
    reported: Reported
    counted: Counted
