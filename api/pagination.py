"""Keyset pagination for the lists of the API. Unlike on the portal's pages, an invalid cursor is an error."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from record import keyset

from .schemas import Page


class UnknownPlaceError(Exception):
    """Raised if the cursor in `after` or `before` is invalid, so that no page of this list can have returned it."""


class Part(keyset.Page):
    """
    A page of a list in the API.

    An invalid cursor raises `UnknownPlaceError`, and a page after the last row is empty. In both cases a `keyset.Page`
    returns the first page of the list, and a program that follows `next` would never stop.
    """

    starts_somewhere = False

    def _place(self, token: str) -> list[Any] | None:
        place = super()._place(token)
        if token and place is None:
            raise UnknownPlaceError
        self.starts_somewhere = self.starts_somewhere or place is not None
        return place

    def _ask(self, queryset: QuerySet, place: list[Any] | None, is_backwards: bool) -> tuple[list[Any], bool]:
        if self.starts_somewhere and place is None:
            return [], False
        return super()._ask(queryset, place, is_backwards)


def page_of(
    request: HttpRequest, rows: QuerySet, order: Sequence[str], limit: int, write: Callable[[Any], Any]
) -> Page[Any]:
    """Return the page of `rows` at the cursor in the request's URL. `write` serializes each row."""
    part = Part(rows, order, request.GET, limit)
    here = request.build_absolute_uri(request.path)

    def address(**place: str) -> str | None:
        if not any(place.values()):
            return None
        asked = request.GET.copy()
        asked.pop("after", None)
        asked.pop("before", None)
        asked.update(place)
        return f"{here}?{asked.urlencode()}"

    return Page[Any](
        items=[write(row) for row in part], next=address(after=part.after), previous=address(before=part.before)
    )
