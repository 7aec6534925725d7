"""Logs each request that reaches Django, with an identifier that connects all lines about it."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal import metrics, page_cache
from portal.log_redaction import scrubbed
from record.request_id import accepted, request_id

logger = logging.getLogger("laurel.requests")
HEADER = "X-Request-ID"
LONGEST_PATH = 200


class RequestLogMiddleware:
    """
    Gives each request an identifier, and logs a line about it: method, path without query string, status, duration and
    whether somebody is signed in. A line has no personal data: no IP address, no browser, no account, no search.

    The identifier is that of our own proxy (`TRUSTED_PROXIES`), or a new one. The response has it in the header
    X-Request-ID, except if other visitors get the same response from a cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
        token = request_id.set(accepted(given))
        started = perf_counter()
        try:
            response = self.get_response(request)
            if not request.META.get(page_cache.MARK):
                response.headers[HEADER] = request_id.get()
            seconds = perf_counter() - started
            metrics.count_request(request, response.status_code, seconds)
            if logger.isEnabledFor(logging.INFO):
                _log(request, response, seconds)
            return response
        finally:
            request_id.reset(token)


def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    user = getattr(request, "_cached_user", None)  # None if the page did not ask who is signed in
    logger.info(
        "request",
        extra={
            "method": request.method if request.method in _METHODS else "other",
            "path": scrubbed(request.META.get("PATH_INFO") or "/")[:LONGEST_PATH],
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 1),
            "signed_in": bool(user is not None and user.is_authenticated),
        },
    )


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
