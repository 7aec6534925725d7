"""
The page cache: a WSGI layer in front of Django that keeps pages, feeds, files and API responses that are the same for
every visitor, and serves them without running Django. docs/performance.md explains why it is here and not in Django's
middleware.

Django decides what may be kept: `is_public` is called for each response, and only a response that is public is kept.
`portal.freshness` decides how long.
"""

import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from gzip import compress as gzip
from hashlib import sha256
from threading import Event
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.urls import Resolver404, resolve
from django.utils import translation

from api.middleware import PREFIX as API
from contests.preview import FOLDER
from portal.freshness import Freshness, Generation
from record.web import query_parameters
from record.web.interface_languages import is_negotiated, preferred, split

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

#: The paths of pages that are never kept, so the layer does nothing for them.
NEVER = ("/admin/", "/account/", f"/{FOLDER}/", "/media/", "/language/", "/healthz")
#: The key in the WSGI environment by which Django tells the layer that a response is public.
MARK = "laurel.public"
#: For a CDN or a proxy: keep the page for two seconds, and for two more while asking for a new one. A change is public
#: everywhere within five seconds: AT_MOST in the worker, and these four. Browsers ask each time.
SHARED = "public, max-age=0, s-maxage=2, stale-while-revalidate=2, stale-if-error=600"
#: The seconds before a reveal, or another change by time alone, in which no CDN or proxy may keep a page.
AHEAD = 5
#: The longest path and query string of a page that is kept, in characters.
LONGEST = 1000
#: The smallest size in bytes of a response that is compressed.
SHORTEST = 200
COMPRESSED = re.compile(r"text/|image/svg|application/(?:[\w.+-]*(?:json|xml)|manifest|javascript)")
#: Headers of the request that don't reach Django, because the layer compresses responses and compares ETags itself.
OWN = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
#: Headers of the response that are not kept, because they are about one client or one moment.
OF_ONE_CLIENT = {"ratelimit", "ratelimit-policy", "date"}
#: Headers that describe the content, so a 304 response does not have them.
HIT, MISS = ("Cache-Status", "Laurel; hit"), ("Cache-Status", "Laurel; fwd=miss; stored")
#: How many seconds a request waits for a page that another request is making.
PATIENCE = 30
OF_CONTENT = {"content-type", "content-length", "content-encoding", "content-language", "content-disposition"}


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


class Page:
    """
    A kept response. If `may_compress` and the content is text, the body is compressed when a client first asks for that
    coding.
    """

    def __init__(self, headers: Headers, body: bytes, *, may_compress: bool = True):
        named = {name.lower(): value for name, value in headers}
        is_text = len(body) >= SHORTEST and COMPRESSED.match(named.get("content-type", ""))
        self.is_compressed = may_compress and bool(is_text)
        etag = named.get("etag") or f'W/"{sha256(body).hexdigest()[:32]}"'
        # A strong ETag would claim that the compressed bytes are the same too.
        self.etag = f"W/{etag}" if self.is_compressed and not etag.startswith("W/") else etag
        own = {*OF_ONE_CLIENT, "content-length", "etag"}
        self._headers = [*((name, value) for name, value in headers if name.lower() not in own), ("ETag", self.etag)]
        self._may_be_shared = "cache-control" not in named
        self._bodies = {"": body}
        self._answers: dict[tuple[str, bool], tuple[Headers, list[bytes]]] = {}

    @property
    def size(self) -> int:
        """The size in bytes of all its bodies, and about that of the rest."""
        return sum(map(len, self._bodies.values())) + 2000

    def answer(self, coding: str, is_soon_over: bool) -> tuple[Headers, list[bytes]]:
        """
        Return the headers and the body in the content coding `coding`: "br", "gzip" or "" for none. If `is_soon_over`,
        the headers ask proxies not to keep the page.
        """
        if not self.is_compressed:
            coding = ""
        found = self._answers.get((coding, is_soon_over))
        if found is None:
            body = self._bodies.get(coding)
            if body is None:
                plain = self._bodies[""]
                body = self._bodies[coding] = brotli.compress(plain, quality=5) if coding == "br" else gzip(plain, 6)
            headers = [*self._headers, ("Content-Length", str(len(body)))]
            if self._may_be_shared:
                headers.append(("Cache-Control", "no-cache" if is_soon_over else SHARED))
            if coding:
                headers.append(("Content-Encoding", coding))
            found = self._answers[coding, is_soon_over] = headers, [body]
        return found

    def is_known_to(self, if_none_match: str) -> bool:
        """Return whether the header If-None-Match has the page's ETag (RFC 9110, section 13.1.2)."""
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in tags or self.etag.removeprefix("W/") in tags


@dataclass
class Counts:
    """
    What the page cache of this process has done since it started. Threads that count at the same moment may lose a hit.
    """

    hits: int = 0
    misses: int = 0
    #: The number of kept pages, and their size in bytes.
    pages: int = 0
    size: int = 0

    @property
    def requests(self) -> int:
        return self.hits + self.misses

    @property
    def share(self) -> int:
        """The percentage of requests that were answered from memory."""
        return 100 * self.hits // max(1, self.requests)

    @property
    def megabytes(self) -> str:
        return f"{self.size / 2**20:.1f}"

    @property
    def most(self) -> int:
        """The memory for kept pages in MB."""
        return settings.PAGE_CACHE


COUNTS = Counts()


class PageCache:
    """
    The WSGI layer in front of `application`, which is Django. It keeps at most `most` bytes, in each process. If there
    are more, it drops the pages that were not asked for the longest.
    """

    def __init__(self, application: Application, most: int, freshness: Freshness | None = None):
        self.application, self.most = application, most
        #: Static files by path and content coding. Their content never changes while the process runs.
        self.files: dict[tuple[str, str], Page] = {}
        self.freshness = freshness or Freshness()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"]
        if (method != "GET" and method != "HEAD") or path.startswith(NEVER):
            return self.application(environ, start_response)
        if path.startswith(settings.STATIC_URL):
            return self._file(environ, start_response)
        # An editor, who has a session, sees a change in the next request.
        is_editor = settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")
        key = key_of(environ)
        generation = self.freshness.current(at_once=is_editor) if key else None
        if key is None or generation is None:
            return self.application(environ, start_response)
        page = generation.pages.get(key)
        if page is None:
            if method == "HEAD":
                return self.application(environ, start_response)
            return self._made(environ, start_response, generation, key)
        with suppress(KeyError):  # Another thread may have dropped the page.
            generation.pages.move_to_end(key)
        return self._kept(environ, start_response, generation, page)

    def _kept(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        generation: Generation,
        page: Page,
        status: tuple[str, str] = HIT,
    ) -> Iterable[bytes]:
        before = page.size
        is_soon_over = time.time() + AHEAD >= generation.until
        answer = page.answer(coding_of(environ.get("HTTP_ACCEPT_ENCODING", "")), is_soon_over)
        generation.size += page.size - before
        COUNTS.hits += status is HIT
        return self._answer(environ, start_response, page, answer, status)

    def _answer(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        page: Page,
        answer: tuple[Headers, list[bytes]],
        cache_status: tuple[str, str],
    ) -> Iterable[bytes]:
        headers, body = answer
        if_none_match = environ.get("HTTP_IF_NONE_MATCH")
        if if_none_match is not None and page.is_known_to(if_none_match):
            some = [(name, value) for name, value in headers if name.lower() not in OF_CONTENT]
            start_response("304 Not Modified", [*some, cache_status])
            return []
        start_response("200 OK", [*headers, cache_status])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _file(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a static file. WhiteNoise has compressed it, and answers the less common requests itself."""
        coding = coding_of(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = environ["PATH_INFO"], coding
        page = self.files.get(key)
        is_rare = "HTTP_RANGE" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
        if is_rare or (page is None and environ["REQUEST_METHOD"] == "HEAD"):
            return self.application(environ, start_response)
        if page is None:
            status, headers, result = self._asked(_without_own(environ) | {"HTTP_ACCEPT_ENCODING": coding})
            if status != "200 OK":
                start_response(status, headers)
                return result
            page = self.files[key] = Page(headers, _joined(result), may_compress=False)
        return self._answer(environ, start_response, page, page.answer("", False), HIT)

    def _made(
        self, environ: Environ, start_response: Callable[..., Any], generation: Generation, key: tuple[Any, ...]
    ) -> Iterable[bytes]:
        """Let Django make the page, and keep it if it is public. If another thread is making it, wait for it."""
        with generation.lock:
            in_progress = generation.in_progress.get(key)
            if in_progress is None:
                mine = generation.in_progress[key] = Event()
        if in_progress is not None:
            in_progress.wait(PATIENCE)
            page = generation.pages.get(key)
            # A page that is not kept, such as a 404 page, is made for each request.
            if page is None:
                return self.application(environ, start_response)
            return self._kept(environ, start_response, generation, page)
        mark: list[bool] = []
        try:
            status, headers, result = self._asked(_without_own(environ) | {"QUERY_STRING": key[1], MARK: mark})
            if not mark:
                start_response(status, headers)
                return result
            page = Page(headers, _joined(result))
            COUNTS.misses += 1
            self._keep(generation, key, page)
        finally:
            with generation.lock:
                del generation.in_progress[key]
            mine.set()
        return self._kept(environ, start_response, generation, page, MISS)

    def _asked(self, environ: Environ) -> tuple[str, Headers, Iterable[bytes]]:
        """Return the status, the headers and the body of the application's response."""
        started: list[tuple[str, Headers]] = []
        result = self.application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        return *started[-1], result

    def _keep(self, generation: Generation, key: tuple[Any, ...], page: Page) -> None:
        if page.size > self.most // 8:
            return
        with generation.lock:
            generation.pages[key] = page
            generation.size += page.size
            while generation.size > self.most and generation.pages:
                _key, dropped = generation.pages.popitem(last=False)
                generation.size -= dropped.size
            COUNTS.pages, COUNTS.size = len(generation.pages), generation.size


def _without_own(environ: Environ) -> Environ:
    return {name: value for name, value in environ.items() if name not in OWN}


def _joined(result: Iterable[bytes]) -> bytes:
    try:
        return b"".join(result)
    finally:
        if close := getattr(result, "close", None):
            close()


def key_of(environ: Environ) -> tuple[Any, ...] | None:
    """
    Return what the content of a page depends on: path, query string, host, HTTP or HTTPS, folder of the portal and, at
    the few URLs without a language of their own, the visitor's language. Return None if the page is not to be kept.
    """
    path, query, host = environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST")
    if not host or len(path) + len(query) + len(host) > LONGEST:
        return None
    if query:
        query = query_parameters.only(query, _names(path))
    language = _language(environ) if is_negotiated(path) else ""
    return path, query, host, _is_secure(environ), environ.get("SCRIPT_NAME", ""), language


def _is_secure(environ: Environ) -> bool:
    # As `HttpRequest.scheme` does it.
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if (value := environ.get(name)) is not None:
            return value.split(",", 1)[0].strip() == secure
    return environ["wsgi.url_scheme"] == "https"


def _language(environ: Environ) -> str:
    chosen = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.LANGUAGE_COOKIE_NAME, "")
    return preferred(chosen, environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=5000)
def _names(path: str) -> frozenset[str]:
    """Return the names of the query parameters that the page at `path` reads."""
    if path.startswith(API):
        return query_parameters.ALL
    _tag, _language, rest = split(path.encode("latin-1", "replace").decode("utf-8", "replace"))
    with translation.override(settings.LANGUAGE_CODE):
        try:
            return getattr(resolve(f"/{rest.removeprefix('/')}").func, "query_parameters", frozenset())
        except Resolver404:
            return frozenset()


@lru_cache(maxsize=1000)
def coding_of(accept_encoding: str) -> str:
    """
    Return the content coding for a client with the header Accept-Encoding: "br", "gzip" or "" for none.

    >>> coding_of("gzip, deflate, br"), coding_of("br;q=0, gzip;q=0.5"), coding_of("identity")
    ('br', 'gzip', '')
    """
    accepted = {}
    for part in accept_encoding[:LONGEST].lower().split(","):
        name, _semicolon, weight = part.partition(";")
        value = weight.partition("=")[2].strip()
        try:
            accepted[name.strip()] = float(value) if value else 1.0
        except ValueError:
            accepted[name.strip()] = 0.0
    return max(("br", "gzip", ""), key=lambda coding: accepted.get(coding, 0) if coding else 1e-9)
