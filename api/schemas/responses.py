"""The schemas of responses other than records: pages of a list, the index, errors."""

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` and `previous` are absolute URLs, or null if there is no such page."""

    items: list[T]
    next: str | None
    previous: str | None


class Index(BaseModel):
    """The URLs of all lists, of the statistics and of the documentation."""

    series: str
    contests: str
    works: str
    submissions: str
    awards: str
    recognitions: str
    people: str
    organisations: str
    events: str
    quotes: str
    sources: str
    statistics: str
    openapi: str
    documentation: str


class Fault(BaseModel):
    """An error in one query parameter."""

    parameter: str
    detail: str


class Problem(BaseModel):
    """An error response (RFC 9457)."""

    type: str = Field(description="The URL of its explanation in the documentation.")
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list, description="Only for invalid parameters (422).")
