"""The IP address of a visitor: the one reading of it, for limits, sign-in and sessions."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"(?:\[(?P<bracketed>[^\]]*)\]|(?P<plain>[^:]*))(?::\d*)?")


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """
    The address in `text` as servers and proxies write it: with a port, brackets, quotation marks or a zone, or an IPv4
    address mapped into IPv6 ("::ffff:192.0.2.1"), which is the IPv4 address. None where it holds none.
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
    Whose request it is: the address that the outermost of our own proxies saw. A visitor can write what precedes it in
    X-Forwarded-For. Where the header has fewer hops than we have proxies, its first is the visitor; where it can't be
    read, the address that is connected to us counts. None where there is none, as on a socket of the file system.
    """
    hops = [hop for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = hops[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES > 0 else []
    return (parse(trusted[0]) if trusted else None) or parse(request.META.get("REMOTE_ADDR", ""))


def group_of(request: HttpRequest) -> str:
    """Who shares a limit with this request: one IPv4 address, or a /64 of IPv6, since a household has that many."""
    address = of(request)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address or "unknown")
