"""How often one address may ask. A fixed window in Django's cache: one counter for each address and minute."""

import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

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
    key = f"{what}-{int(window)}-{address_of(request)}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache has thrown it away in between
        count = 1
    return Allowance(limit, max(0, limit - count), int(WINDOW - passed) or 1, count > limit)


def address_of(request: HttpRequest) -> str:
    """
    Whose request it is: the address that the outermost of our own proxies saw. Whatever stands before it in
    X-Forwarded-For, the visitor may have written. Of an IPv6 address the network: a household has 2^64 of them.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = forwarded[-settings.TRUSTED_PROXIES :][0] or address
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((parsed, 64), strict=False).network_address) if parsed.version == 6 else str(parsed)
