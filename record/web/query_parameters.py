"""
Which query parameters a page reads. All others don't change the page. So they are left out before the page is made, and
a kept page is the same with and without them.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

#: The parameters of every list (`record.lists.FilteredList`), besides its filters.
OF_LISTS = ("after", "before", "page", "sort", "view")
#: The parameter names of a view that reads all of them, such as to refuse unknown ones.
ALL = frozenset("*")


def reads(*names: str) -> Callable[[Any], Any]:
    """Declare that the decorated view reads the query parameters `names`. A view without a declaration reads none."""

    def declared(view: Any) -> Any:
        view.query_parameters = frozenset(names)
        return view

    return declared


def of_list(filterset: Any = None) -> Iterable[str]:
    """Return the query parameters of a list with the filters of `filterset`."""
    return (*OF_LISTS, *(filterset.base_filters if filterset else ()))


def only(query: str, names: frozenset[str]) -> str:
    """Return the query string `query` without the parameters that are not in `names`."""
    if names == ALL or not query:
        return query
    # WSGI decodes the query as Latin-1. "Surrogate escapes" keep bytes that are not UTF-8, so that the view sees and
    # refuses the same value.
    query = query.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True, errors="surrogateescape") if pair[0] in names]
    return urlencode(kept, errors="surrogateescape")
