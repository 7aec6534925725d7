"""Schemas that several responses use: names, references, images, amounts of money."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field
from pydantic_core import CoreSchema, core_schema


class OneOf:
    """
    Metadata for `Annotated` that allows only the given values of a field. Unlike `Literal`, it accepts computed values.
    """

    def __init__(self, *values: str):
        self.values = values

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.literal_schema([*self.values])


COUNTRY = (
    "ISO 3166-1, two letters; for a country that is no more, ISO 3166-3, four letters; XINT for what belongs to no "
    "single country."
)
Country = Annotated[str | None, Field(description=COUNTRY)]
#: A date as exactly as it is known.
PartialDate = Annotated[str | None, Field(description="ISO 8601, as exactly as known: 1932, 1932-05, 1932-05-17.")]
Language = Annotated[str | None, Field(description="A language tag (BCP 47): en, ja, zh-Hans.")]
OnDemand: Any = Field(default_factory=list, description="Only if `expand` names it.")


class Named(BaseModel):
    """A named thing that has no URL of its own in this API."""

    id: str = Field(description="Permanent id. Slugs and names may change; this does not.")
    label: str = Field(description="Its name on pages.")


class Reference(Named):
    """A link to another record. If `expand` contains the field's name, the whole record replaces the link."""

    href: str = Field(description="Its URL in this API.")


class Resource(Reference):
    """The fields that all records have."""

    url: str = Field(description="The URL of its page.")
    is_synthetic: bool = Field(description="Whether it is made up, for demonstrations and tests.")


class Rendition(BaseModel):
    """An image converted to another format and size."""

    url: str
    type: str
    width: int


class Licence(BaseModel):
    """The licence of a picture. `url` leads to the text of the licence; null if there is none."""

    name: str
    url: str | None


class Image(BaseModel):
    """A picture and its smaller versions."""

    url: str
    width: int | None
    height: int | None
    alt: str | None
    credit: str | None
    licence: Licence | None = Field(description="null if unknown.")
    renditions: list[Rendition]


class Money(BaseModel):
    """An amount in one currency."""

    amount: Decimal
    currency: str = Field(description="ISO 4217, three letters.")
