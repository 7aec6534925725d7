"""The WSGI layer that keeps pages."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import Any

from django.conf import settings

from contests.preview import FOLDER
from portal.freshness import Freshness, Generation
from portal.page_cache.kept_page import OF_CONTENT, OF_ONE_CLIENT, Headers, Page, coding_of
from portal.page_cache.rules import MARK, Environ, Key, is_secure, key_of

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: The paths of pages that are never kept, so the layer does nothing for them.
NEVER = ("/admin/", "/account/", f"/{FOLDER}/", "/language/", "/healthz", "/readyz")
#: How many seconds before a reveal, or another change by time alone, CDNs and proxies must stop keeping pages.
AHEAD = 5
#: How many seconds a request waits for a page that another request is making.
PATIENCE = 30
#: Headers of the request that don't reach Django, because the layer compresses responses and compares ETags itself.
OWN = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
HIT, MISS = ("Cache-Status", "Laurel; hit"), ("Cache-Status", "Laurel; fwd=miss; stored")


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
        #: Static files by path, content coding and scheme. Their content never changes while the process runs.
        self.files: dict[tuple[str, str, bool], Page] = {}
        self.freshness = freshness or Freshness()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
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
        if page is not None:
            with suppress(KeyError):  # Another thread may have dropped the page.
                generation.pages.move_to_end(key)
            COUNTS.hits += 1
            return self._kept(environ, start_response, generation, key, page)
        # A response that is not kept, such as an error, is made for each request. Nobody waits for it.
        if method == "HEAD" or key in generation.not_kept:
            return self.application(environ, start_response)
        return self._made(environ, start_response, generation, key)

    def _kept(
        self, environ: Environ, start_response: StartResponse, generation: Generation, key: Key, page: Page
    ) -> Iterable[bytes]:
        return _send(environ, start_response, page, self._answer(environ, generation, key, page), [HIT])

    def _answer(self, environ: Environ, generation: Generation, key: Key, page: Page) -> tuple[Headers, list[bytes]]:
        size, is_soon_over = page.size, time.time() + AHEAD >= generation.until
        answer = page.answer(coding_of(environ.get("HTTP_ACCEPT_ENCODING", "")), is_soon_over)
        if page.size != size:  # It was compressed.
            self._weigh(generation, key, page)
        return answer

    def _file(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a static file. WhiteNoise has compressed it, and answers the less common requests itself."""
        coding = coding_of(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = environ["PATH_INFO"], coding, is_secure(environ)
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
        return _send(environ, start_response, page, page.answer("", False), [HIT])

    def _made(
        self,
        environ: Environ,
        start_response: StartResponse,
        generation: Generation,
        key: Key,
        *,
        may_wait: bool = True,
    ) -> Iterable[bytes]:
        """Let Django make the page, and keep it if it is public. If another thread is making it, wait for it."""
        with generation.lock:
            page = generation.pages.get(key)
            in_progress = generation.in_progress.get(key)
            if page is None and in_progress is None:
                mine = generation.in_progress[key] = Event()
        if page is not None:
            return self._kept(environ, start_response, generation, key, page)
        if in_progress is not None:
            if not may_wait:
                return self.application(environ, start_response)
            in_progress.wait(PATIENCE)
            # If the page was not kept, for example because that visitor had a broken cookie, one of those who wait
            # makes it again.
            return self._made(environ, start_response, generation, key, may_wait=False)
        mark: list[bool] = []
        try:
            status, headers, result = self._asked(_without_own(environ) | {"QUERY_STRING": key[1], MARK: mark})
            if not mark or status != "200 OK":
                return self._passed_on(environ, start_response, generation, key, (status, headers, result))
            page = Page(headers, _joined(result))
            COUNTS.misses += 1
            self._keep(generation, key, page)
        finally:
            with generation.lock:
                del generation.in_progress[key]
            mine.set()
        extra = [(name, value) for name, value in headers if name.lower() in OF_ONE_CLIENT]
        sent, body = self._answer(environ, generation, key, page)
        if extra:  # No proxy may keep what is about one client.
            sent = [(name, "no-cache" if name == "Cache-Control" else value) for name, value in sent]
        return _send(environ, start_response, page, (sent, body), [*extra, MISS])

    def _passed_on(
        self,
        environ: Environ,
        start_response: StartResponse,
        generation: Generation,
        key: Key,
        response: tuple[str, Headers, Iterable[bytes]],
    ) -> Iterable[bytes]:
        """Pass on a response that is not kept."""
        status, headers, result = response
        # Other responses, such as a rate limit or a failure, may be followed by the page.
        if status[:3] in ("301", "302", "400", "404", "410") or getattr(result, "streaming", False):
            generation.note_not_kept(key)
        if status.startswith("3") and environ.get("QUERY_STRING", "") != key[1]:
            # A redirect keeps the whole query string, also the parameters that no page reads.
            _joined(result)
            return self.application(environ, start_response)
        start_response(status, headers)
        return result

    def _asked(self, environ: Environ) -> tuple[str, Headers, Iterable[bytes]]:
        """Return the status, the headers and the body of the application's response."""
        started: list[tuple[str, Headers]] = []
        result = self.application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        return *started[-1], result

    def _keep(self, generation: Generation, key: Key, page: Page) -> None:
        if page.size > self.most // 8:
            generation.note_not_kept(key)
            return
        with generation.lock:
            generation.pages[key] = page
        self._weigh(generation, key, page)

    def _weigh(self, generation: Generation, key: Key, page: Page) -> None:
        """Count the size of `page` if it is kept, and drop pages while there are too many."""
        with generation.lock:
            if generation.pages.get(key) is not page:
                return
            generation.weigh(key, page.size)
            while generation.size > self.most and generation.pages:
                dropped, _page = generation.pages.popitem(last=False)
                generation.weigh(dropped, 0)
            COUNTS.pages, COUNTS.size = len(generation.pages), generation.size


def _send(
    environ: Environ,
    start_response: StartResponse,
    page: Page,
    answer: tuple[Headers, list[bytes]],
    more_headers: Headers,
) -> Iterable[bytes]:
    headers, body = answer
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match is not None and page.is_known_to(if_none_match):
        some = [(name, value) for name, value in headers if name.lower() not in OF_CONTENT]
        start_response("304 Not Modified", some + more_headers)
        return []
    start_response("200 OK", headers + more_headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


def _without_own(environ: Environ) -> Environ:
    return {name: value for name, value in environ.items() if name not in OWN}


def _joined(result: Iterable[bytes]) -> bytes:
    try:
        return b"".join(result)
    finally:
        if close := getattr(result, "close", None):
            close()
