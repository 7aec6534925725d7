"""
Keyset pagination for the lists of the API. An invalid cursor is an error here; on the portal's pages it is ignored.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from record import keyset

from .schemas import Page


class InvalidCursorError(Exception):
    """
    Raised if the cursor in the query parameter `after` or `before` is invalid: no page of the list contains this
    cursor.
    """


class StrictPage(keyset.Page):
    """
    A page of a list in the API.

    An invalid cursor raises `InvalidCursorError`. A page after the last row is empty. In both cases, `keyset.Page`
    would return the first page of the list, so a program that follows `next` would never stop.
    """

    has_cursor = False

    def _read_cursor(self, cursor: str) -> list[Any] | None:
        values = super()._read_cursor(cursor)
        if cursor and values is None:
            raise InvalidCursorError
        self.has_cursor = self.has_cursor or values is not None
        return values

    def _fetch(self, queryset: QuerySet, values: list[Any] | None, is_backwards: bool) -> tuple[list[Any], bool]:
        if self.has_cursor and values is None:
            return [], False
        return super()._fetch(queryset, values, is_backwards)


def page_of(
    request: HttpRequest, rows: QuerySet, order: Sequence[str], limit: int, write: Callable[[Any], Any]
) -> Page[Any]:
    """
    Return the page of `rows` at the cursor in the request's URL: at most `limit` rows, sorted by the columns `order`.
    `write` serializes each row.
    """
    page = StrictPage(rows, order, request.GET, limit)
    here = request.build_absolute_uri(request.path)

    def url_of(**cursors: str) -> str | None:
        if not any(cursors.values()):
            return None
        params = request.GET.copy()
        params.pop("after", None)
        params.pop("before", None)
        params.update(cursors)
        return f"{here}?{params.urlencode()}"

    return Page[Any](
        items=[write(row) for row in page], next=url_of(after=page.after), previous=url_of(before=page.before)
    )
