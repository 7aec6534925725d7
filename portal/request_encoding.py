"""Reads every request as UTF-8, whatever encoding its header Content-Type names."""

import re
from collections.abc import Callable, Iterable
from typing import Any

CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


def without_encoding(environ: dict[str, Any]) -> dict[str, Any]:
    """Return the environment of a request without the encoding in its header Content-Type."""
    content_type = environ.get("CONTENT_TYPE") or ""
    if ";" not in content_type:
        return environ
    return {**environ, "CONTENT_TYPE": CHARSET.sub("", content_type)}


class Utf8Only:
    """
    The WSGI layer around Django that removes the encoding from the header Content-Type. All pages of the portal are in
    UTF-8, so browsers send UTF-8. Django would decode even the query string with the encoding that a request names, and
    fail before any middleware if it is one of Python's encodings that decode no text ("hex") or nothing ("undefined").
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.application(without_encoding(environ), start_response)
