"""What a request gets that needs the storage of uploads while this can't be used. Most pages don't need it."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from record.media import is_unusable
from record.web.error_pages import storage_away

logger = logging.getLogger(__name__)
#: The least number of seconds between two lines in the log.
BEAT = 60


class StorageOutageMiddleware:
    """
    Answers with 503 and `Retry-After` if the storage does not respond, is full or can't be written. It says so in the
    log once a minute, without the names of files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response
        self._said = -float(BEAT)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_unusable(exception):
            return None
        if monotonic() - self._said >= BEAT:
            self._said = monotonic()
            reason = getattr(exception, "strerror", None) or exception
            logger.error("The storage for uploads can't be used: %s", reason)
        response: Any = storage_away(request)
        response._has_been_logged = True  # Django would log a line for each request.
        return response
