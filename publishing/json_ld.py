"""The parts of JSON-LD nodes that do not depend on the kind of row: types, empty properties, durations, countries."""

from collections.abc import Callable, Iterable
from typing import Any

from django_countries import countries

from contests.made_up import is_made_up
from record.former_countries import INTERNATIONAL

Node = dict[str, Any]
#: A function that converts a path to an absolute URL.
Address = Callable[[str], str]


def node(kind: str, **properties: Any) -> Node:
    """Return a JSON-LD node of the type `kind` with those `properties` that are not empty."""
    return {"@type": kind} | {name: value for name, value in properties.items() if value not in (None, "", [], {})}


def real(rows: Iterable[Any]) -> list[Any]:
    """Return the rows that are neither None nor synthetic, and whose contest is not synthetic either."""
    return [row for row in rows if row is not None and not is_made_up(row)]


def duration(seconds: int | None) -> str:
    """
    Return a runtime in the format of ISO 8601, such as "PT12M5S". Return an empty string if the runtime is unknown.
    """
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    return "PT" + (f"{minutes}M" if minutes else "") + (f"{rest}S" if rest or not minutes else "")


def countries_of(codes: Iterable[Any]) -> list[Node]:
    """Return the JSON-LD nodes of countries, also of those that are no more. "International" is no country."""
    return [node("Country", name=countries.name(code)) for code in codes if code and str(code) != INTERNATIONAL]
