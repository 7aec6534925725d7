"""Limits request bodies of anonymous users, so that nobody fills the disk or blocks every thread."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse

from record.web import client_address, error_pages

#: In bytes. The largest form for visitors has an e-mail address and a password.
MOST = 64 * 1024
#: The number of threads per worker that may wait for request bodies of anonymous users, one per client address. The
#: other threads keep serving requests. A thread can't stop reading a slow body: if granian sends a response while the
#: body is still being read, the whole process hangs. The proxy must limit how long a body may take.
WAITING = 2
#: In seconds. A complete body is read at once, so a simultaneous request only waits this long for a free place.
PATIENCE = 0.2
_waiting: Counter[str] = Counter()
_free = threading.Condition()


class BodyMiddleware:
    """
    Refuses bodies from anonymous users that are larger than `MOST` (413), or that arrive while too many others are
    being read (503).

    It must come after the authentication middleware, because uploads by editors are not limited. A form that a
    signed-out editor sends to the admin may have the size of any form without files, so that its content can be shown
    again.
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
            is_signed_out = is_admin and not request.user.is_authenticated
            return _ending((error_pages.signed_out_upload if is_signed_out else error_pages.too_large)(request))
        return _read(request) if size else None


def _size(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _read(request: HttpRequest) -> HttpResponse | None:
    """Read the body into memory. Returns a refusal if too many others are being read."""
    with _one_of_few(client_address.group_of(request)) as may_wait:
        if not may_wait:
            return _ending(error_pages.too_busy(request))
        with suppress(UnreadablePostError, RequestDataTooBig, OSError):  # the view will raise the same error
            _body = request.body
    return None


@contextmanager
def _one_of_few(address: str) -> Iterator[bool]:
    """Yield whether another body may be read in total and from this client address, and count it in the meantime."""
    with _free:
        may_wait = _free.wait_for(lambda: _waiting.total() < WAITING and not _waiting[address], PATIENCE)
        if may_wait:
            _waiting[address] += 1
    try:
        yield may_wait
    finally:
        if may_wait:
            with _free:
                del _waiting[address]
                _free.notify_all()


def _ending(response: HttpResponse) -> HttpResponse:
    # The refusal is about this one body, so nobody may cache it for the URL.
    response.headers["Cache-Control"] = "no-store"
    return response
