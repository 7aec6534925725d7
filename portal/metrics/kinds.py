"""The kinds of pages that metrics distinguish: few, and the same whatever visitors ask for."""

from django.conf import settings

#: The first parts of paths, after the language. Everything else is "other".
KINDS = frozenset(
    (
        "account",
        "admin",
        "api",
        "contests",
        "embed",
        "healthz",
        "media",
        "organisations",
        "people",
        "preview",
        "quotes",
        "readyz",
        "search",
        "series",
        "sources",
        "statistics",
        "verify",
        "winners",
        "works",
    )
)
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def kind_of(path: str) -> str:
    """Return the kind of the page at `path`: one of `KINDS`, "home" or "other"."""
    parts = path.split("/", 3)[1:]
    if parts and parts[0] in LANGUAGES:
        parts = parts[1:]
    first = parts[0] if parts else ""
    if not first:
        return "home"
    return first if first in KINDS else "other"


def status_class_of(status: int) -> str:
    """Return the class of a status, such as "2xx"."""
    return f"{status // 100}xx" if 100 <= status < 600 else "other"
