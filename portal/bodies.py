"""What a stranger may send: little, and at once, so that nobody fills a disk or keeps every thread waiting."""

import threading
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse

from portal.views import errors

#: In bytes: the longest form that visitors get is that of an address and a password.
MOST = 64 * 1024
#: In seconds, for all of it.
LONGEST = 10
#: So many threads of a worker may wait for what strangers send. The others answer meanwhile.
WAITING = threading.BoundedSemaphore(2)


class BodyMiddleware:
    """
    Refuses what a stranger sends that is larger than `MOST` (413), that takes longer than `LONGEST` (408), or that
    comes while others keep the server waiting (503). Stands behind what knows who is signed in: an editor's uploads
    pass. A signed-out editor's form of the admin may have the size of any form without files, to be given back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = None if request.method in ("GET", "HEAD", "OPTIONS", "TRACE") else self._refused(request)
        return refused or self.get_response(request)

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        size = _size(request)
        is_admin = request.path_info.startswith(reverse("admin:index"))
        if is_admin and request.user.is_staff and request.user.is_active:
            return None
        if size > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE if is_admin else MOST):
            return _ending(errors.too_large(request))
        return _read(request) if size else None


def _size(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _read(request: HttpRequest) -> HttpResponse | None:
    """Has the body read into memory; what to answer where that failed."""
    if not WAITING.acquire(blocking=False):
        return _ending(errors.too_busy(request))
    reader = threading.Thread(target=_fetch, args=[request], daemon=True)
    try:
        reader.start()
        reader.join(LONGEST)
    finally:
        WAITING.release()
    # The thread ends with the connection.
    return _ending(errors.too_slow(request)) if reader.is_alive() else None


def _fetch(request: HttpRequest) -> None:
    try:
        _body = request.body
    except (UnreadablePostError, RequestDataTooBig, OSError):
        return


def _ending(response: HttpResponse) -> HttpResponse:
    # What was not read must not be taken for the next request.
    response.headers["Cache-Control"] = "no-store"
    return response
