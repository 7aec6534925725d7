"""The IP address of a visitor, read in one place for rate limits, sign-in and sessions."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"(?:\[(?P<bracketed>[^\]]*)\]|(?P<plain>[^:]*))(?::\d*)?")


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """
    Parse an IP address as servers and proxies write it: with a port, brackets, quotation marks or a zone. An IPv4
    address mapped into IPv6 ("::ffff:192.0.2.1") becomes the IPv4 address. None if there is no valid address.
    """
    text = text.strip().strip('"')
    if found := _WITH_PORT.fullmatch(text):
        text = found["plain"] if found["bracketed"] is None else found["bracketed"]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """
    Return the visitor's IP address: the one seen by the outermost of our own proxies. Earlier entries of
    X-Forwarded-For can be forged. If the header has fewer entries than we have proxies, its first one is used. If that
    entry is invalid, the address connected to us is used. None if there is none, as on a Unix socket.
    """
    hops = [hop for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = hops[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES > 0 else []
    return (parse(trusted[0]) if trusted else None) or parse(request.META.get("REMOTE_ADDR", ""))


def group_of(request: HttpRequest) -> str:
    """Return the key under which requests share a rate limit: an IPv4 address, or an IPv6 /64, as homes have one."""
    address = of(request)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address or "unknown")
