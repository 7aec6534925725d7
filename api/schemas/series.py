"""The schemas of series, their organisers and their continuing awards."""

from pydantic import BaseModel, Field

from .base import Named, OnDemand, Resource
from .records import Backing, Contest, OrganisationReference, PartialDate, Sources


class SeriesOrganiser(BaseModel):
    """An organisation that has organised a series, and when."""

    organisation: OrganisationReference
    since: PartialDate | None
    until: PartialDate | None
    source: Backing


class AwardLine(Named):
    """An award that goes on through the editions of a series, often under changing names."""

    slug: str
    url: str = Field(description="The URL of its page.")
    description: str | None
    order: int = Field(description="Its position in the series.")
    continues: Named | None = Field(description="The award that it has replaced.")
    awards_href: str = Field(description="The URL of its awards in this API.")
    source: Backing


class Series(Resource):
    """A series of contests: all editions of the same competition."""

    slug: str
    name: str
    description: str | None
    sources: Sources
    editions_href: str = Field(description="The URL of its contests in this API, the latest edition first.")
    organisers: list[SeriesOrganiser] = OnDemand
    editions: list[Contest] = OnDemand
    lines: list[AwardLine] = OnDemand
