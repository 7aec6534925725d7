"""A kept response, and the compressed forms of its body."""

import re
from functools import lru_cache
from gzip import compress as gzip
from hashlib import sha256
from threading import Lock

import brotli

Headers = list[tuple[str, str]]

#: For a CDN or a proxy: keep the page for two seconds, and for two more while asking for a new one. A change is public
#: everywhere within five seconds: `freshness.AT_MOST` in the worker, and these four. Browsers ask each time.
SHARED = "public, max-age=0, s-maxage=2, stale-while-revalidate=2, stale-if-error=600"
#: The smallest size in bytes of a response that is compressed.
SHORTEST = 200
COMPRESSED = re.compile(r"text/|image/svg|application/(?:[\w.+-]*(?:json|xml)|manifest|javascript)")
#: Headers that are not kept, because they are about one client or one moment.
OF_ONE_CLIENT = {"ratelimit", "ratelimit-policy", "date"}
#: Headers that describe the content, so a 304 response does not have them.
OF_CONTENT = {"content-type", "content-length", "content-encoding", "content-language", "content-disposition"}
#: About the memory of a page without its bodies, in bytes.
OVERHEAD = 4000


class Page:
    """
    A kept response. If `may_compress` and the content is text, the body is compressed when a client first asks for that
    coding. `size` is its memory in bytes.
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
        if "cache-control" not in named:
            # Not every CDN heeds Vary, so none may keep a page that depends on the visitor's language.
            shared = "no-cache" if "cookie" in named.get("vary", "").lower() else SHARED
            self._headers.append(("Cache-Control", shared))
        self._bodies = {"": body}
        self._answers: dict[tuple[str, bool], tuple[Headers, list[bytes]]] = {}
        self._lock = Lock()
        self.size = len(body) + OVERHEAD

    def answer(self, coding: str, is_soon_over: bool) -> tuple[Headers, list[bytes]]:
        """
        Return the headers and the body in the content coding `coding`: "br", "gzip" or "" for none. If `is_soon_over`,
        the headers ask proxies not to keep the page.
        """
        if not self.is_compressed:
            coding = ""
        return self._answers.get((coding, is_soon_over)) or self._new_answer(coding, is_soon_over)

    def _new_answer(self, coding: str, is_soon_over: bool) -> tuple[Headers, list[bytes]]:
        with self._lock:
            body = self._bodies.get(coding)
            if body is None:
                plain = self._bodies[""]
                body = self._bodies[coding] = brotli.compress(plain, quality=5) if coding == "br" else gzip(plain, 6)
                self.size += len(body)
            headers = [*self._headers, ("Content-Length", str(len(body)))]
            if is_soon_over:
                headers = [(name, "no-cache" if value == SHARED else value) for name, value in headers]
            if coding:
                headers.append(("Content-Encoding", coding))
            answer = self._answers[coding, is_soon_over] = headers, [body]
            return answer

    def is_known_to(self, if_none_match: str) -> bool:
        """Return whether the header If-None-Match has the page's ETag (RFC 9110, section 13.1.2)."""
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in tags or self.etag.removeprefix("W/") in tags


def coding_of(accept_encoding: str) -> str:
    """
    Return the content coding for a client with the header Accept-Encoding: "br", "gzip" or "" for none.

    >>> coding_of("gzip, deflate, br"), coding_of("br;q=0, gzip;q=0.5"), coding_of("identity")
    ('br', 'gzip', '')
    """
    return _coding_of(accept_encoding[:200])


@lru_cache(maxsize=1000)
def _coding_of(accept_encoding: str) -> str:
    accepted = {}
    for part in accept_encoding.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        value = weight.partition("=")[2].strip()
        try:
            accepted[name.strip()] = float(value) if value else 1.0
        except ValueError:
            accepted[name.strip()] = 0.0
    return max(("br", "gzip", ""), key=lambda coding: accepted.get(coding, 0) if coding else 1e-9)
