"""The IP address of the client of a request. It is used for rate limits, sign-in and sessions."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"(?:\[(?P<bracketed>[^\]]*)\]|(?P<plain>[^:]*))(?::\d*)?")


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """
    Parse `text`, an IP address from a header. It may have a port, brackets, quotation marks or an IPv6 zone. An
    IPv4-mapped IPv6 address ("::ffff:192.0.2.1") becomes the IPv4 address. Return None if the address is invalid.
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
    Return the client's IP address. Behind proxies, it is the entry of `X-Forwarded-For` that the outermost trusted
    proxy has added; earlier entries can be forged. The setting `TRUSTED_PROXIES` is the number of trusted proxies. If
    the header has fewer entries than that, the first one is used. If there is no valid entry, return `REMOTE_ADDR`, or
    None if that is not an IP address, as on a Unix socket.
    """
    hops = [hop for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = hops[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES > 0 else []
    return (parse(trusted[0]) if trusted else None) or parse(request.META.get("REMOTE_ADDR", ""))


def group_of(request: HttpRequest) -> str:
    """
    Return a key for rate limits: requests with the same key are counted together. It is the client's IPv4 address, or
    its IPv6 /64 network, because one household usually has a whole /64.
    """
    address = of(request)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address or "unknown")
