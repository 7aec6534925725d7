"""Rate limits: how many requests a client may send in a minute. The counters are in Django's cache."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from record.web import client_address

WINDOW = 60
#: The key of a request's environment that turns rate limits off, for requests in this process. Headers of visitors have
#: other keys.
UNLIMITED = "laurel.unlimited"


@dataclass(frozen=True)
class Allowance:
    """
    The rate limit of a client in the current minute. The client may send `remaining` more of `limit` requests; the
    minute ends in `seconds` seconds. `is_used_up` is True if the client has exceeded the limit.
    """

    limit: int
    remaining: int
    seconds: int
    is_used_up: bool

    def tell(self, response: HttpResponse) -> None:
        """
        Set the headers of draft-ietf-httpapi-ratelimit-headers-10 on `response`, and `Retry-After` if the limit is
        exceeded.
        """
        response.headers["RateLimit-Policy"] = f'"default";q={self.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"default";r={self.remaining};t={self.seconds}'
        if self.is_used_up:
            response.headers["Retry-After"] = str(self.seconds)


def allowance(request: HttpRequest, what: str, limit: int) -> Allowance | None:
    """
    Count the request and return the state of the client's rate limit. `what` names the counter, and `limit` is the
    number of requests per minute. If `limit` is 0, requests are not limited; return None.
    """
    if not limit or UNLIMITED in request.META:
        return None
    window, passed = divmod(time.time(), WINDOW)
    key = f"{what}-{int(window)}-{client_address.group_of(request)}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache has deleted the counter since `cache.add`
        count = 1
    return Allowance(limit, max(0, limit - count), int(WINDOW - passed) or 1, count > limit)
