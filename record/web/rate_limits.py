"""Rate limits: a fixed window in Django's cache, with a counter for each client address and minute."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from record.web import client_address

WINDOW = 60


@dataclass(frozen=True)
class Allowance:
    """A client's state in the current window: `remaining` of `limit` requests, for `seconds` more seconds."""

    limit: int
    remaining: int
    seconds: int
    is_used_up: bool

    def tell(self, response: HttpResponse) -> None:
        """Set the headers of draft-ietf-httpapi-ratelimit-headers-10, and Retry-After if no requests remain."""
        response.headers["RateLimit-Policy"] = f'"default";q={self.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"default";r={self.remaining};t={self.seconds}'
        if self.is_used_up:
            response.headers["Retry-After"] = str(self.seconds)


def allowance(request: HttpRequest, what: str, limit: int) -> Allowance | None:
    """Count this request against the limit for `what`, per minute. A `limit` of 0 means none; the result is None."""
    if not limit:
        return None
    window, passed = divmod(time.time(), WINDOW)
    key = f"{what}-{int(window)}-{client_address.group_of(request)}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache has evicted the counter in between
        count = 1
    return Allowance(limit, max(0, limit - count), int(WINDOW - passed) or 1, count > limit)
