"""
Checks whether the URLs of sources still work. A check must not be usable for attacks on internal servers (SSRF), so it
requests only HTTP and HTTPS URLs at public IP addresses, and uses no proxy.

A host name is resolved once. If one of its IP addresses is not allowed, the check fails; otherwise the request goes to
one of these addresses. The name is not resolved again, because it could have another address by then (DNS rebinding).
The URLs of redirects are checked in the same way. The body of a response is not read.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.encoding import iri_to_uri

from record.models import Source

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
State = Source.LinkState

MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
ALSO = (8080, 8443)
PERMANENT, REDIRECTS = (301, 308), (301, 302, 303, 307, 308)
GONE = (404, 410)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class RefusedError(Exception):
    """
    Raised for a URL that must not be requested: it is not HTTP or HTTPS, or its IP address or port is not allowed.
    """


def is_public(address: Address) -> bool:
    """
    Return whether an IP address is public. An IPv4 address that is embedded in an IPv6 address (mapped, 6to4, Teredo,
    NAT64) must be public too.
    """
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_public(inner) for inner in wrapped if inner is not None):
            return False
        if address.ipv4_mapped:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def may_ask(address: Address, port: int) -> bool:
    """
    Return whether a link check may connect to the IP address `address` at `port`: only public addresses and HTTP ports.
    """
    return is_public(address) and port in (*PORTS.values(), *ALSO)


@dataclass(frozen=True)
class Found:
    """The result of checking a URL. `state` is the state of the link, and `said` is a short text with the reason."""

    state: State
    said: str


@dataclass
class LinkChecker:
    """
    Checks URLs one after the other. Between two requests to the same host it waits `pause` seconds. `connect` and
    `read` are the timeouts for connecting and reading, and `total` is the limit for a whole request, all in seconds.
    The function `allows` decides which IP addresses and ports may be contacted; tests replace it to allow a local
    server.
    """

    user_agent: str
    allows: Callable[[Address, int], bool] = may_ask
    pause: float = 2.0
    connect: float = 5.0
    read: float = 10.0
    total: float = 20.0
    _asked: dict[str, float] = field(default_factory=dict)

    def check(self, url: str) -> Found:
        """
        Request `url`, follow redirects, and return the result. Only the status codes 404 and 410 mean that the page is
        gone. Any other error means only that the page can't be reached, because some sites refuse requests by programs.
        After such an error the check is repeated once, except for a URL that must not be requested.
        """
        found = self._follow(url)
        return self._follow(url) if found.state is State.UNREACHABLE and found.said != _REFUSED else found

    def _follow(self, url: str) -> Found:
        is_moved = False
        try:
            for hop in range(MOST_REDIRECTS + 1):
                status, location = self._ask(url)
                if status not in REDIRECTS or not location:
                    break
                is_moved = is_moved or (hop == 0 and status in PERMANENT)
                url = urljoin(url, location)
            else:
                return Found(State.UNREACHABLE, "too many redirects")
        except RefusedError:
            return Found(State.UNREACHABLE, _REFUSED)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Found(State.UNREACHABLE, f"{type(error).__name__}: {error}"[:200])
        if status in GONE:
            return Found(State.GONE, str(status))
        if not 200 <= status < 300:
            return Found(State.UNREACHABLE, str(status))
        return Found(State.MOVED, f"now at {url}"[:300]) if is_moved else Found(State.ANSWERS, str(status))

    def _ask(self, url: str) -> tuple[int, str | None]:
        status, location = self._request("HEAD", url)
        # Some servers respond to HEAD requests with errors, so repeat a failed request with GET.
        return self._request("GET", url) if status >= 400 else (status, location)

    def _request(self, method: str, url: str) -> tuple[int, str | None]:
        """
        Request `url` without reading the body of the response. Return the status code and the `Location` header. Raise
        `RefusedError` if the URL must not be requested.
        """
        parts = urlsplit(iri_to_uri(url))
        if parts.scheme not in PORTS or not parts.hostname:
            raise RefusedError(url)
        port = parts.port or PORTS[parts.scheme]
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        self._wait_for(host)
        deadline = time.monotonic() + self.total
        sock = self._connected(host, port, deadline)
        # Close the socket after the total time: a server that sends one byte at a time never exceeds the read timeout.
        timer = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [sock])
        timer.daemon = True
        timer.start()
        try:
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
                timer.args = [sock]  # from now on, the timer must close the TLS socket
            connection = http.client.HTTPConnection(host, port)
            connection.sock = sock
            headers = {"Host": _host_of(parts), "User-Agent": self.user_agent, "Accept": "*/*", "Connection": "close"}
            connection.request(method, _path_of(parts), headers=headers)
            response = connection.getresponse()
            return response.status, response.headers.get("Location")
        finally:
            timer.cancel()
            sock.close()
            self._asked[host] = time.monotonic()

    def _connected(self, host: str, port: int, deadline: float) -> socket.socket:
        found = _looked_up(host, port, deadline - time.monotonic())
        for *_family, address in found:
            if not self.allows(ipaddress.ip_address(str(address[0]).partition("%")[0]), port):
                raise RefusedError(host)
        error = OSError("no address")
        for family, address in found:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("not in time")
            try:
                sock = socket.socket(family, socket.SOCK_STREAM)
            except OSError as problem:  # for example, if this machine has no IPv6
                error = problem
                continue
            sock.settimeout(min(self.connect, left))
            try:
                # Connect to the address that was checked, not to the name.
                sock.connect(address)
            except OSError as problem:
                error = problem
                sock.close()
            else:
                sock.settimeout(self.read)
                return sock
        raise error

    def _wait_for(self, host: str) -> None:
        ready = self._asked.get(host, float("-inf")) + self.pause
        time.sleep(max(ready - time.monotonic(), 0))


_REFUSED = "not an address of the open web"


def _looked_up(host: str, port: int, seconds: float) -> list[tuple]:
    """
    Resolve the name `host`. Return a list of (address family, socket address). Raise `TimeoutError` if it takes longer
    than `seconds`, and `OSError` if the name can't be resolved.
    """
    found: list[tuple] = []
    problems: list[OSError] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, address) for family, _type, _protocol, _name, address in answers)
        except (OSError, UnicodeError) as error:
            problems.append(OSError(str(error)))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if problems:
        raise problems[0]
    if not found:
        raise TimeoutError("the name was not found in time")
    return found


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _host_of(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _path_of(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
