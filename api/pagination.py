"""The pages of the API's lists: those of the portal's own (record.keyset), but no question is put right silently."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from record import keyset

from .schemas import Page


class UnknownPlaceError(Exception):
    """A cursor that no page of this list can have given; `parameter` is where it stood."""


class Part(keyset.Page):
    """
    As `keyset.Page`, for programs: a place that was never given is an `UnknownPlaceError` and nothing behind a place is
    an empty page. A program that follows `next` would go round in circles where it was led to the first page.
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
    """The page of `rows` that the request asks for, each row written by `write`."""
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
