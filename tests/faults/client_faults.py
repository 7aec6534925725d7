"""Scenarios: clients that send too much, too slowly, or nothing."""

import resource
import select
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.faults.client import DEADLINE, secured
from tests.faults.services import Missing, Nginx
from tests.faults.trial import Trial, slowest, wait

MB = 2**20
PATHS = ["/", "/winners/", "/people/", "/search/?q=light", "/statistics/", "/api/v1/people"]


def large_body(trial: Trial) -> None:
    """A body of 2 GB by a stranger, with and without its length"""
    portal = trial.portal()
    largest = [0]
    stopping = threading.Event()

    def watch() -> None:
        while not stopping.wait(0.02):
            size = 0
            for file in Path(portal.temporary).rglob("*"):
                with suppress(OSError):
                    size += file.stat().st_size
            largest[0] = max(largest[0], size)

    threading.Thread(target=watch, daemon=True).start()
    nginx = None
    with suppress(Missing):
        nginx = trial.nginx(portal)
    with trial.loaded(portal):
        wait(2)
        for path in ("/language/", "/account/sign-in/", "/admin/people/person/add/", "/nothing/"):
            for chunked in (False, True):
                _refuses(trial, portal.port, path, chunked, None)
                if nginx:
                    _refuses(trial, portal.port, path, chunked, nginx)
        wait(2)
    trial.expect(largest[0] <= 1.5 * MB, f"{largest[0] / MB:.1f} MB in the temporary folder")
    if nginx:
        trial.expect(nginx.left_over() <= MB, f"{nginx.left_over() / MB:.1f} MB in the folder of nginx for bodies")
    else:
        trial.expect(False, "deploy/nginx/laurel.conf is not there, so nothing was sent through it")
    stopping.set()
    left = [file for file in Path(portal.temporary).rglob("*") if file.is_file()]
    trial.expect(not left, f"{len(left)} files are left in the temporary folder")
    trial.judge(portal)


def _refuses(trial: Trial, port: int, path: str, chunked: bool, nginx: Nginx | None) -> None:
    """Expect that 2 GB are refused within the first megabytes, by the portal itself or by nginx in front of it."""
    what = f"2 GB to {path} {'in chunks' if chunked else 'with its length'}{' through nginx' if nginx else ''}"
    try:
        sent, status = _sent(port, path, chunked, nginx)
    except OSError as error:
        trial.expect(False, f"{what}: {type(error).__name__}")
        return
    # Laurel does not read a body without a length at all: to it, such a form is empty, and is refused as that.
    right = status == 413 or (chunked and not nginx and 400 <= status < 500)
    trial.expect(right, f"{what}: status {status}, not 413")
    # What the kernel holds between two processes is not read yet.
    trial.expect(sent <= 8 * MB, f"{what}: {sent / MB:.0f} MB were taken")


def _sent(port: int, path: str, chunked: bool, nginx: Nginx | None, most: int = 256 * MB) -> tuple[int, int]:
    """
    Announce a form with a file of 2 GB and send it until the server answers. Return the bytes sent, at most `most`,
    and the status (0: the connection was closed without an answer).
    """
    sock = socket.create_connection(("127.0.0.1", nginx.port if nginx else port), DEADLINE)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    host = nginx.HOST if nginx else "127.0.0.1"
    with secured(sock, host) if nginx else sock as stream:
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {2 * 2**30}"
        kind = "Content-Type: multipart/form-data; boundary=b"
        stream.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}\r\n{length}\r\n\r\n".encode())
        first = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.jpg"\r\n\r\n'
        block = b"\0" * 65536
        sent, end = 0, time.monotonic() + 20
        head = b""
        with suppress(OSError):
            while not head and sent < most and time.monotonic() < end:
                readable, writable, _ = select.select([stream], [stream], [], DEADLINE)
                if readable:
                    head = _answer(stream)
                elif not writable:
                    break
                if not head:
                    part = first if not sent else block
                    stream.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                    sent += len(part)
        # If the server has closed the connection, its answer may still be there.
        with suppress(OSError):
            head = head or stream.recv(64)
        words = head.split()
        return sent, int(words[1]) if len(words) > 1 else 0


def _answer(stream: socket.socket) -> bytes:
    """Return the first bytes of an answer. There are none if only TLS itself had something to say."""
    stream.settimeout(0)
    try:
        return stream.recv(64)
    except (ssl.SSLWantReadError, BlockingIOError):
        return b""
    finally:
        stream.settimeout(DEADLINE)


def _files_needed(number: int) -> None:
    """Allow this process so many open files. Raise Missing if the system does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < number:
        raise Missing(f"this process may open {hard} files, and {number} are needed")
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


def _behind(trial: Trial, open_one, count: int, seconds: float) -> None:
    """Expect that readers behind the shipped nginx don't notice `count` connections, each made by `open_one`."""
    _files_needed(count + 1000)
    portal = trial.portal({"BEHIND_PROXY": "true", "SECURE_SSL_REDIRECT": "true"})
    nginx = trial.nginx(portal)
    held: list[socket.socket] = []

    def hold(number: int) -> None:
        with suppress(OSError):
            held.append(open_one(nginx.port, number))

    with trial.loaded(portal, port=nginx.port, tls=True, editors=2, paths=PATHS) as load:
        begun = wait(0)
        wait(4)
        started = time.monotonic()
        end = started + seconds
        try:
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(hold, range(count)))
            trial.note(f"{len(held)} connections were open after {time.monotonic() - started:.1f} s")
            trial.expect(len(held) == count, f"only {len(held)} of {count} connections could be opened")
            full = time.monotonic()
            _keep_sending(held, max(end, full + 6), drip=count < 1000)
        finally:
            freed = time.monotonic()
            for sock in held:
                sock.close()
        wait(3)
    calm = [event for event in load.tally.between(begun, started) if event.kind == "reader"]
    during = [event for event in load.tally.between(full, freed) if event.kind == "reader"]
    usual, slow = slowest(calm), slowest(during)
    trial.note(f"readers' p95: {usual:.2f} s before, {slow:.2f} s with {count} connections")
    trial.expect(during and slow <= max(3 * usual, 1), f"readers' p95 rose from {usual:.2f} to {slow:.2f} s")
    trial.judge(portal)


def _keep_sending(held: list[socket.socket], end: float, *, drip: bool) -> None:
    """Hold the connections until `end`. If they `drip`, each one sends a byte of its body every second."""
    while time.monotonic() < end:
        time.sleep(1)
        for sock in held if drip else []:
            with suppress(OSError):
                sock.settimeout(0)
                sock.send(b"x")


def slow_clients(trial: Trial) -> None:
    """500 slow clients at the shipped nginx"""

    def slow(port: int, number: int) -> socket.socket:
        secure = secured(_connected(port, number), Nginx.HOST)
        kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000"
        secure.sendall(f"POST /language/ HTTP/1.1\r\nHost: laurel.test\r\n{kind}\r\n\r\nlanguage=".encode())
        return secure

    _behind(trial, slow, 500, 12)


def idle_connections(trial: Trial) -> None:
    """10,000 idle connections at the shipped nginx"""
    _behind(trial, _connected, 10_000, 10)


def _connected(port: int, number: int) -> socket.socket:
    """Connect from one of fifty loopback addresses, since a client has only so many ports."""
    return socket.create_connection(("127.0.0.1", port), DEADLINE, source_address=(f"127.0.6.{number % 50 + 1}", 0))
