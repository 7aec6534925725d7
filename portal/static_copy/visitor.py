"""Requests to the portal in this process, without a server."""

import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest

from record.viewpoint import VIEWPOINT, Viewpoint
from record.web.rate_limits import UNLIMITED


@dataclass(frozen=True)
class Answer:
    """
    A response: its status, its content type, the URL that it redirects to ("" for none), its content, and its ETag if
    it has one.
    """

    status: int
    content_type: str
    location: str
    content: bytes
    etag: str = ""

    @property
    def is_html(self) -> bool:
        return self.content_type.startswith("text/html")


class Visitor:
    """
    An anonymous visitor: without cookies, so without a session, and with one viewpoint for all requests. The middleware
    of the portal runs as for any other visitor.
    """

    def __init__(self, viewpoint: Viewpoint):
        self.viewpoint = viewpoint
        site = urlsplit(settings.SITE_URL)
        scheme = "https" if getattr(settings, "SECURE_SSL_REDIRECT", False) else site.scheme
        self.root = f"{scheme}://{site.netloc}"
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._environment = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "SERVER_NAME": site.hostname or "",
            "SERVER_PORT": str(site.port or (443 if scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            VIEWPOINT: viewpoint,
            UNLIMITED: True,
        }
        if scheme == "https" and (proxy := getattr(settings, "SECURE_PROXY_SSL_HEADER", None)):
            self._environment[proxy[0]] = proxy[1]

    def get(self, url: str, etag: str = "") -> Answer:
        """
        Request the path `url`, with or without a query string. If the response would have the ETag `etag`, the answer
        has the status 304 and no content.
        """
        parts = urlsplit(url)
        # WSGI decodes paths as Latin-1.
        path = unquote_to_bytes(parts.path).decode("latin-1")
        asked: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": parts.query, "wsgi.input": BytesIO()}
        if etag:
            asked["HTTP_IF_NONE_MATCH"] = etag
        response: Any = self._handler.get_response(WSGIRequest(self._environment | asked))
        content = b"".join(response)
        # Not `response.close()`, which closes the connection to the database as at the end of a server's request.
        for close in response._resource_closers:
            close()
        headers = response.headers
        told = {name: headers.get(name, "") for name in ("Content-Type", "Location", "ETag")}
        return Answer(response.status_code, told["Content-Type"], told["Location"], content, told["ETag"])
