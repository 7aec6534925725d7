"""Which responses may be kept, and what a kept page depends on."""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.urls import Resolver404, resolve
from django.utils import translation

from api.middleware import PREFIX as API
from record.web import query_parameters
from record.web.interface_languages import is_negotiated, preferred, split

Environ = dict[str, Any]
Key = tuple[str, str, str, bool, str, str]

#: Django adds a value to the list under this key of the WSGI environment if a response is public.
MARK = "laurel.public"
#: The longest path, query string and host of a page that is kept, in characters.
LONGEST = 1000
OF_THIS_COMPUTER = ("127.0.0.1", "localhost", "[::1]")
_PORT = re.compile(r":[0-9]*$")


def is_public(request: HttpRequest, response: HttpResponse) -> bool:
    """
    Return whether `response` is the same for every visitor, so that it may be kept. Whatever depends on a session, an
    account or a cookie, and every preview, is not. A view can refuse with a Cache-Control header that isn't "public".
    """
    session = getattr(request, "session", None)
    if request.method != "GET" or response.status_code != 200 or response.streaming or response.cookies:
        return False
    if session is None or session.accessed or session.modified or getattr(request, "preview", None) is not None:
        return False
    if not response.headers.get("Cache-Control", "public").startswith("public"):
        return False
    varies = {name.strip().lower() for name in response.headers.get("Vary", "").split(",")} - {"", "accept-encoding"}
    return not varies or (is_negotiated(request.path_info) and varies == {"accept-language", "cookie"})


def key_of(environ: Environ) -> Key | None:
    """
    Return what the content of a page depends on: path, query string, host, HTTP or HTTPS, folder of the portal and, at
    the few URLs without a language of their own, the visitor's language. Return None if the page is not to be kept.
    """
    path, query, host = environ["PATH_INFO"] or "/", environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST")
    if not host or len(path) + len(query) + len(host) > LONGEST or not _is_own_port(host):
        return None
    if query:
        names = names_read(path)
        if names is None:
            return None
        query = query_parameters.only(query, names)
    language = _language(environ) if is_negotiated(path) else ""
    return path, query, host.lower(), is_secure(environ), environ.get("SCRIPT_NAME", ""), language


@lru_cache(maxsize=100)
def _is_own_port(host: str) -> bool:
    """
    Return whether `host` has no port, or that of `SITE_URL`. Django accepts any port, and pages link to it. A CDN that
    ignores ports would give such a page to everybody. No CDN asks for a page by a name of this computer.
    """
    port = _PORT.search(host)
    return port is None or host[: port.start()] in OF_THIS_COMPUTER or settings.SITE_URL.endswith(port[0])


def is_secure(environ: Environ) -> bool:
    """Return whether the request came by HTTPS, as `HttpRequest.scheme` decides it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if (value := environ.get(name)) is not None:
            return value.split(",", 1)[0].strip() == secure
    return environ["wsgi.url_scheme"] == "https"


def _language(environ: Environ) -> str:
    chosen = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.LANGUAGE_COOKIE_NAME, "")
    return preferred(chosen, environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=5000)
def names_read(path: str) -> frozenset[str] | None:
    """Return the names of the query parameters that the page at `path` reads, or None if there is no such page."""
    if path.startswith(API):
        return query_parameters.ALL
    # The path of the request is without the folder of the portal.
    _tag, _language, rest = split(path.encode("latin-1", "replace").decode("utf-8", "replace"), root="/")
    with translation.override(settings.LANGUAGE_CODE):
        try:
            return getattr(resolve(f"/{rest.removeprefix('/')}").func, "query_parameters", frozenset())
        except Resolver404:
            return None
