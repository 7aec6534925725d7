"""The style sheets and other static files of a static copy."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")

#: Transitions between pages. Between files in a folder, browsers abort them with an error in the console.
_TRANSITION = re.compile(r"@view-transition\s*\{[^}]*\}")


def static_content(path: str) -> bytes | None:
    """Return the static file at the path `path` of a URL, such as "static/css/base.css", or None if there is none."""
    name = unquote(path).removeprefix(settings.STATIC_URL.lstrip("/"))
    if settings.WHITENOISE_USE_FINDERS:
        found = finders.find(name)
        return Path(found).read_bytes() if isinstance(found, str) else None
    if not staticfiles_storage.exists(name):
        return None
    with staticfiles_storage.open(name) as file:
        content: bytes = file.read()
    return content


def rewritten(sheet: str, url: str, link: Callable[[str, str], str]) -> str:
    """
    Return the style sheet `sheet` at `url` for a copy. Drawings become a part of it, because from a folder, browsers
    load no drawing for a mask.
    """

    def found(match: re.Match[str]) -> str:
        named = match[2]
        if named.startswith(("data:", "#")):
            return match[0]
        target = urljoin(url, named)
        if target.partition("?")[0].partition("#")[0].endswith(".svg") and "#" not in target:
            drawing = static_content(target.lstrip("/").partition("?")[0])
            if drawing is not None:
                return f'url("data:image/svg+xml;base64,{b64encode(drawing).decode()}")'
        return f'url("{link(target, "")}")'

    return _URL.sub(found, _TRANSITION.sub("", sheet))
