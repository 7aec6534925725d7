"""Lists all URLs of the project from its URL configuration, with values for their variable parts."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each route of the project as a template such as "quotes/{slug}/", with the names of its variable parts."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + _template(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, tuple(re.findall(r"{(\w+)}", route))


def _template(pattern) -> str:
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern))
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern))
    return re.sub(r"\.\*", "", text.strip("^$").replace("\\Z", "").replace("\\", ""))


def addresses(
    values: dict[str, Iterable[str]], pairs: Iterable[tuple[str, str]], otherwise: Iterable[str]
) -> list[str]:
    """
    Return every route with its variable parts filled in. `values` maps a part to its values; the key is the path before
    the part and the part ("quotes/{slug}"), or only the part. `pairs` are values for routes that have a contest and one
    of its rows. `otherwise` are values for all other parts, so that new routes are included automatically.
    """
    found = set()
    for route, parts in patterns():
        placed = re.findall(r"[^/]*/?{\w+}", route)
        of_parts = [values.get(at, values.get(part, otherwise)) for at, part in zip(placed, parts, strict=True)]
        choices = pairs if parts == ("contest", "slug") else product(*of_parts)
        found |= {"/" + route.format(**dict(zip(parts, choice, strict=True))) for choice in choices}
    return sorted(found)
