"""The schemas of sources, contests, submissions, awards, people, events and quotes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from contests import models as contests
from contests.work_kinds import WorkKind
from people.models import Person as PersonModel

from .base import Country, Image, Language, Money, Named, OnDemand, OneOf, PartialDate, Reference, Resource


class Source(Resource):
    """The source of a fact: an article, a press release or a recording."""

    slug: str
    title: str
    publisher: str | None
    author: str | None
    original_url: str | None = Field(description="The URL where it was published.")
    published_on: date | None
    accessed_on: date | None
    note: str | None


Backing = Annotated[Source | Reference | None, Field(description="The source of this fact.")]
Sources = Annotated[list[Source | Reference], Field(description="The sources of its texts.")]


class OrganisationReference(Reference):
    """A link to an organisation."""

    website: str | None
    country: Country


class OtherName(BaseModel):
    """Another name of a person or an organisation."""

    name: str
    kind: str
    language: Language
    source: Backing


class Identifier(BaseModel):
    """An identifier in another catalogue, such as Wikidata. `url` is the page there; null if there is none."""

    scheme: str
    value: str
    url: str | None


class Organisation(Resource):
    """A company, school or other organisation."""

    slug: str
    name: str
    disambiguation: str | None = Field(description="What tells it apart from another organisation of the same name.")
    description: str | None
    founded: PartialDate
    dissolved: PartialDate
    country: Country
    website: str | None
    sources: Sources
    affiliations: list["AffiliationOfOrganisation"] = OnDemand
    identifiers: list[Identifier] = OnDemand
    other_names: list[OtherName] = OnDemand


class Category(Named):
    """A category of a contest. Submissions in different categories are judged separately."""

    slug: str
    description: str | None


class Figure(Named):
    """
    A number that a source reports. The portal's own counts are never figures. `figures` are about the contest,
    `organisation_figures` about its organiser or another organisation.
    """

    organisation: OrganisationReference | None = Field(
        description="The organisation that it is about; null for the contest itself."
    )
    qualifier: Annotated[str, OneOf(*contests.Figure.Qualifier.values)]
    value: Decimal
    unit: str | None
    currency: str | None
    note: str | None
    source: Backing


class LeadingRegion(BaseModel):
    """One of the countries or regions with the most entries, as a source reports it."""

    country: Country
    rank: int
    source: Backing


class ContestLinks(BaseModel):
    submissions: str
    awards: str
    recognitions: str
    events: str
    quotes: str
    statistics: str


class Contest(Resource):
    """One edition of a competition."""

    slug: str
    title: str
    edition_number: int | None = Field(description="The number of the edition in its series.")
    year_label: str | None = Field(description="The year as people write it, such as “1927/28”.")
    held_from: PartialDate | None
    held_to: PartialDate | None
    tagline: str | None
    about: str | None
    series: Reference | None
    organiser: OrganisationReference
    work_kind: Annotated[str, OneOf(*WorkKind.values)] = Field(description="What its works are; “work” fits anything.")
    host_event: str | None
    city: str | None
    country: Country
    prize_pool: Money | None
    time_zone: str | None
    opens_at: datetime | None
    closes_at: datetime | None
    published_at: datetime
    stage: Annotated[str, OneOf("upcoming", "open", "closed")] | None = Field(
        description="Whether entries are accepted, by the dates."
    )
    has_results: bool = Field(description="Whether its results are public.")
    hero: Image | None
    sources: Sources
    links: ContestLinks
    awards: list["Award"] = OnDemand
    categories: list[Category] = OnDemand
    events: list["Event"] = OnDemand
    figures: list[Figure] = OnDemand
    leading_regions: list[LeadingRegion] = OnDemand
    organisation_figures: list[Figure] = OnDemand


class Award(Resource):
    """An award of a contest, such as a grand prize or an official selection."""

    slug: str
    name: str
    contest: Contest | Reference
    line: Named | None = Field(description="The award of the series that goes on under this name.")
    kind: Annotated[str, OneOf(*contests.Award.Kind.values)]
    precedence: int = Field(description="1 is the highest award of its contest.")
    description: str | None
    prize: Money | None
    source: Backing
    recognitions_href: str = Field(description="The URL of its recognitions in this API.")


class InRole(BaseModel):
    """What somebody did for a work."""

    role: str = Field(description="The slug of the role, such as “director”. Editors may add roles.")
    role_name: str = Field(description="The name of the role in English.")
    wording: str | None = Field(description="The role as printed in the credits of the work.")
    character: str | None = Field(description="Whom a member of the cast plays.")
    credited_as: str | None = Field(description="The name as printed in the credits of the work.")
    source: Backing


class Credit(InRole):
    """
    A person or an organisation that contributed to a work, with the role. Exactly one of `person` and `organisation` is
    set.
    """

    person: "Person | Reference | None"
    organisation: OrganisationReference | None


class CreditOfPerson(InRole):
    """A work that a person contributed to, with their role."""

    work: "Work | Reference"


class Work(Resource):
    """A work, with what it is known by. It is public as soon as one of its submissions is."""

    slug: str
    title: str
    title_language: Language
    original_title: str | None
    original_title_language: Language
    disambiguation: str | None = Field(description="What tells it from another work with the same title.")
    year_from: int | None
    year_to: int | None = Field(description="The last year, if it was made or shown over several years.")
    countries: list[str]
    languages: list[str]
    identifiers: list[Identifier]
    sources: Sources
    credits: list[Credit] = OnDemand
    entries: list["Submission"] = OnDemand


class Submission(Resource):
    """The entry of a work in a contest, as it was entered or printed there."""

    slug: str
    title: str
    title_language: Language
    original_title: str | None
    original_title_language: Language
    work: Reference
    contest: Contest | Reference
    categories: list[Category] = Field(description="The categories that it was entered in.")
    logline: str | None
    synopsis: str | None
    language: Language
    countries: list[str]
    runtime: int | None = Field(description="In seconds.")
    year: int | None
    tools: str | None
    work_url: str | None = Field(description="The public link to the work; null if only the jury may see it.")
    poster: Image | None
    sources: Sources
    quotes_href: str = Field(description="The URL of the quotes about it in this API.")
    credits: list[Credit] = OnDemand
    recognitions: list["Recognition"] = OnDemand


class Recognition(Resource):
    """One nomination or award, for any number of submissions, people and organisations."""

    award: Award | Reference
    contest: Reference
    submissions: list[Submission | Reference]
    parties: list["Party"] = Field(
        description="The people and organisations that it names, in order. Expanded: its people in full."
    )
    standing: Annotated[str, OneOf(*contests.Recognition.Standing.values)]
    outcome: Annotated[str, OneOf(*contests.Recognition.Outcome.values)]
    detail: str | None = Field(description="What was recognised, such as a song or a character.")
    rank: int | None = Field(description="The place; 1 is the first.")
    is_tied: bool
    is_shared: bool = Field(description="Whether the prize was divided.")
    note: str | None
    citation: str | None = Field(description="The jury's words, exactly.")
    presenters: list["Person | Reference"]
    source: Backing
    revoked_on: date | None = Field(description="The date of the revocation; null if it is not revoked.")
    revocation_reason: str | None


class Party(BaseModel):
    """A person or an organisation that a recognition names. Exactly one of the two is set."""

    person: "Person | Reference | None"
    organisation: OrganisationReference | None
    part: str | None = Field(description="Their part as printed, such as a role or a function.")
    credited_as: str | None = Field(description="Their name as printed, if it was printed differently.")


class Affiliation(BaseModel):
    """A person's role in an organisation."""

    organisation: OrganisationReference
    role: str
    source: Backing


class AffiliationOfOrganisation(BaseModel):
    """A public person's role in an organisation."""

    person: "Person | Reference"
    role: str
    source: Backing


class PersonalWork(BaseModel):
    """A work of a person that was not submitted to a contest of this portal."""

    title: str | None
    description: str | None
    year: int | None
    source: Backing


class Appearance(BaseModel):
    """A person who took part in an event, with their role."""

    person: "Person | Reference"
    role: Annotated[str, OneOf(*contests.Appearance.Role.values)]
    source: Backing


class AppearanceOfPerson(BaseModel):
    """An event that a person took part in, with their role."""

    event: Reference
    role: Annotated[str, OneOf(*contests.Appearance.Role.values)]
    source: Backing


class Person(Resource):
    """A person, or a team that works under one name."""

    slug: str
    kind: Annotated[str, OneOf(*PersonModel.Kind.values)]
    name: str
    sort_name: str
    disambiguation: str | None = Field(description="What tells them apart from another person of the same name.")
    native_name: str | None
    native_language: Language
    born: PartialDate
    died: PartialDate
    headline: str | None
    biography: str | None
    country: Country
    website: str | None
    portrait: Image | None
    sources: Sources
    quotes_href: str = Field(description="The URL of their quotes in this API.")
    recognitions_href: str = Field(
        description="The URL of their recognitions in this API, and of those of their works that name nobody."
    )
    affiliations: list[Affiliation] = OnDemand
    appearances: list[AppearanceOfPerson] = OnDemand
    credits: list[CreditOfPerson] = OnDemand
    identifiers: list[Identifier] = OnDemand
    next_projects: list[PersonalWork] = OnDemand
    other_names: list[OtherName] = OnDemand
    past_works: list[PersonalWork] = OnDemand


class Event(Resource):
    """An event of a contest, such as a ceremony, a panel or a screening."""

    slug: str
    title: str
    kind: Annotated[str, OneOf(*contests.Event.Kind.values)]
    contest: Contest | Reference
    part_of: Reference | None
    host: OrganisationReference | None
    starts_at: datetime | None
    ends_at: datetime | None
    venue: str | None
    city: str | None
    description: str | None
    sources: Sources
    quotes_href: str = Field(description="The URL of the quotes from it in this API.")
    appearances: list[Appearance] = OnDemand


class Quote(Resource):
    """The exact words of a person at an event."""

    slug: str
    text: str
    language: Language
    context: str | None = Field(description="What the quote answers or refers to, in the portal's words.")
    speaker: Person | Reference
    event: Event | Reference
    submission: Submission | Reference | None = Field(description="The work that it is about.")
    source: Backing
