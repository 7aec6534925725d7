"""
Whether something still answers at an address that somebody typed, asked with care: HTTP and HTTPS only, of public
addresses only, in little time, and without reading what stands there.

The standard library is enough, and what matters is in sight: a name is looked up once, every address that it has is
judged, and the connection is made to one of those, so that a name can't lead elsewhere a moment later (DNS rebinding).
Each redirect is judged anew. Proxies of the environment are not asked.
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
    """An address that is not asked, and why."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the open network, and so is the older one that may be wrapped up in it."""
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
    """Whether a source's link may lead to `address` at `port`."""
    return is_public(address) and port in (*PORTS.values(), *ALSO)


@dataclass(frozen=True)
class Found:
    """What was found at an address: its state, and in a few words what that rests on."""

    state: State
    said: str


@dataclass
class LinkChecker:
    """
    Asks one address at a time, and no host twice within `pause` seconds. `connect` and `read` are seconds without an
    answer, `total` those of one request. `allows` says which addresses may be asked; tests have a server of their own.
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
        Follows `url`. Only 404 and 410 mean that it is gone; whatever else is no answer, after a second try, that it
        can't be reached: a site may well answer people what it refuses to programs.
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
        # Some servers know nothing but GET, and say so in all sorts of ways.
        return self._request("GET", url) if status >= 400 else (status, location)

    def _request(self, method: str, url: str) -> tuple[int, str | None]:
        """Status and `Location` of the answer. What stands at the address is not read: the connection is closed."""
        parts = urlsplit(iri_to_uri(url))
        if parts.scheme not in PORTS or not parts.hostname:
            raise RefusedError(url)
        port = parts.port or PORTS[parts.scheme]
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        self._wait_for(host)
        deadline = time.monotonic() + self.total
        sock = self._connected(host, port, deadline)
        # A server that sends a byte now and then would keep a timeout for ever from passing.
        timer = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [sock])
        timer.daemon = True
        timer.start()
        try:
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
                timer.args = [sock]  # the timer cuts what the connection is by then
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
        for *_family, place in found:
            if not self.allows(ipaddress.ip_address(str(place[0]).partition("%")[0]), port):
                raise RefusedError(host)
        error = OSError("no address")
        for family, place in found:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("not in time")
            try:
                sock = socket.socket(family, socket.SOCK_STREAM)
            except OSError as problem:  # a machine without IPv6
                error = problem
                continue
            sock.settimeout(min(self.connect, left))
            try:
                # The very address that was judged, not its name.
                sock.connect(place)
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
    """Family and socket address of all that `host` stands for. `TimeoutError` after `seconds`."""
    found: list[tuple] = []
    problems: list[OSError] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, place) for family, _type, _protocol, _name, place in answers)
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
