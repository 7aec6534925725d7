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

#: In bytes: the longest form that visitors get is that of an address and a password.
MOST = 64 * 1024
#: So many threads of a worker may wait for what strangers send, one of them for one address. The others answer
#: meanwhile. No thread gives up a body that doesn't come: where granian sends an answer while something still reads,
#: all of the process stops. How long a body may take is for the proxy to limit.
WAITING = 2
#: In seconds: a body that is all there is read in no time, and who comes at the same moment waits for it.
PATIENCE = 0.2
_waiting: Counter[str] = Counter()
_free = threading.Condition()


class BodyMiddleware:
    """
    Refuses what a stranger sends that is larger than `MOST` (413), or that comes while others keep the server waiting
    (503). Stands behind what knows who is signed in: an editor's uploads
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
        with suppress(UnreadablePostError, RequestDataTooBig, OSError):  # the view meets the same
            _body = request.body
    return None


@contextmanager
def _one_of_few(address: str) -> Iterator[bool]:
    """Whether one more body may be read, and one from this address. Counts it meanwhile."""
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
    # What was not read must not be taken for the next request.
    response.headers["Cache-Control"] = "no-store"
    return response
