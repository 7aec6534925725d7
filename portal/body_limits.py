"""Limits request bodies, mainly those of anonymous users, so that nobody can fill the disk or occupy every thread."""

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

#: The maximum size of a body in bytes. The largest form for visitors has an e-mail address and a password.
MOST = 64 * 1024
#: The maximum size of a body from a signed-in editor in bytes. The largest upload is an import of 1,000 MB of pictures
#: (record/importing/picture_files.py).
MOST_OF_EDITORS = 1100 * 1024**2
#: The number of threads per worker process that may wait for request bodies of anonymous users, at most one per client
#: address. The other threads keep serving requests. A thread can't stop reading a slow body: if granian sends a
#: response before it has read the whole body, the process hangs. Therefore the proxy must limit how long a body may
#: take.
WAITING = 2
#: How long a request waits for a free thread, in seconds. Reading a body that has already arrived takes less time.
PATIENCE = 0.2
_waiting: Counter[str] = Counter()
_free = threading.Condition()


class BodyMiddleware:
    """
    Refuses request bodies from anonymous users: with status 413 if they are larger than `MOST`, and with status 503 if
    too many other bodies are being read.

    This middleware must come after the authentication middleware, because signed-in editors may send more:
    `MOST_OF_EDITORS`. An anonymous request to the admin may have up to `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes, so that an
    editor whose session has ended does not lose the content of a form.

    A body of unknown size ("Transfer-Encoding: chunked") is refused with status 411, because Django reads it as empty:
    an upload would be lost without a message. Browsers always send the size, and so does a proxy that buffers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = None if request.method in ("GET", "HEAD", "OPTIONS", "TRACE") else self._refused(request)
        return refused or self.get_response(request)

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return _ending(error_pages.length_required(request))
        size = _size(request)
        is_admin = request.path_info.startswith(reverse("admin:index"))
        if is_admin and request.user.is_staff and request.user.is_active:
            return _ending(error_pages.too_large(request)) if size > MOST_OF_EDITORS else None
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
    """Read the body into memory and return None. If too many other bodies are being read, return an error response."""
    with _one_of_few(client_address.group_of(request)) as may_wait:
        if not may_wait:
            return _ending(error_pages.too_busy(request))
        # Ignore an error here, because the view raises the same error when it reads the body.
        with suppress(UnreadablePostError, RequestDataTooBig, OSError):
            _body = request.body
    return None


@contextmanager
def _one_of_few(address: str) -> Iterator[bool]:
    """
    Yield whether one more body may be read now. The number of bodies that are read at the same time is limited, in
    total and for each client address. Until the context ends, this body is counted.
    """
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
    # The error is about a single request, so no cache may store it for the URL.
    response.headers["Cache-Control"] = "no-store"
    return response
