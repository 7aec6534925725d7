"""How often one address may ask. A fixed window in Django's cache: one counter for each address and minute."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from record.web import client_address

WINDOW = 60


@dataclass(frozen=True)
class Allowance:
    """What an address has left: of `limit` requests in the window `remaining`, for `seconds` yet."""

    limit: int
    remaining: int
    seconds: int
    is_used_up: bool

    def tell(self, response: HttpResponse) -> None:
        """Says it in the headers of draft-ietf-httpapi-ratelimit-headers-10, and in Retry-After where it is used up."""
        response.headers["RateLimit-Policy"] = f'"default";q={self.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"default";r={self.remaining};t={self.seconds}'
        if self.is_used_up:
            response.headers["Retry-After"] = str(self.seconds)


def allowance(request: HttpRequest, what: str, limit: int) -> Allowance | None:
    """Counts this request for `what`, of `limit` a minute, and says what is left; None where the limit is 0."""
    if not limit:
        return None
    window, passed = divmod(time.time(), WINDOW)
    key = f"{what}-{int(window)}-{client_address.group_of(request)}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache has thrown it away in between
        count = 1
    return Allowance(limit, max(0, limit - count), int(WINDOW - passed) or 1, count > limit)
