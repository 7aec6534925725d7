"""Scenarios: clients that send too much, too slowly, or nothing."""

import resource
import select
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.faults.client import DEADLINE
from tests.faults.services import Missing
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
    with trial.loaded(portal):
        wait(2)
        for path in ("/language/", "/account/sign-in/", "/admin/people/person/add/", "/nothing/"):
            for chunked in (False, True):
                what = f"{path} {'in chunks' if chunked else 'with its length'}"
                sent, status = _sent(portal.port, path, chunked=chunked)
                trial.expect(status == 413, f"2 GB to {what}: status {status}, not 413")
                # What the kernel holds between two processes is not read yet.
                trial.expect(sent <= 8 * MB, f"2 GB to {what}: the portal took {sent / MB:.0f} MB")
                trial.expect(
                    largest[0] <= 1.5 * MB, f"2 GB to {what}: {largest[0] / MB:.1f} MB in the temporary folder"
                )
        wait(2)
    stopping.set()
    left = [file for file in Path(portal.temporary).rglob("*") if file.is_file()]
    trial.expect(not left, f"{len(left)} files are left in the temporary folder")
    trial.judge(portal)


def _sent(port: int, path: str, *, chunked: bool, most: int = 256 * MB) -> tuple[int, int]:
    """
    Announce a form with a file of 2 GB and send it until the server answers. Return the bytes sent, at most `most`,
    and the status (0: the connection was closed without an answer).
    """
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {2 * 2**30}"
        kind = "Content-Type: multipart/form-data; boundary=b"
        sock.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}\r\n{length}\r\n\r\n".encode())
        first = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.jpg"\r\n\r\n'
        block = b"\0" * 65536
        sent, end = 0, time.monotonic() + 20
        try:
            while sent < most and time.monotonic() < end:
                readable, writable, _ = select.select([sock], [sock], [], DEADLINE)
                if readable or not writable:
                    break
                part = first if not sent else block
                sock.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                sent += len(part)
            sock.settimeout(DEADLINE)
            head = sock.recv(64).split()
        except TimeoutError:
            return sent, 0
        except OSError:
            # The server has closed the connection; its answer may still be there.
            with suppress(OSError):
                head = sock.recv(64).split()
                return sent, int(head[1])
            return sent, 0
        return sent, int(head[1]) if len(head) > 1 else 0


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
    with trial.loaded(portal, port=nginx.port, tls=True, editors=2, paths=PATHS) as load:
        begun = wait(0)
        wait(5)
        started = time.monotonic()
        end = started + seconds
        try:
            for number in range(count):
                with suppress(OSError):
                    held.append(open_one(nginx.port, number))
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
                sock.send(b"x", socket.MSG_DONTWAIT)


def slow_clients(trial: Trial) -> None:
    """500 slow clients at the shipped nginx"""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def slow(port: int, number: int) -> socket.socket:
        sock = _connected(port, number)
        secure = context.wrap_socket(sock, server_hostname="laurel.test")
        kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000"
        secure.sendall(f"POST /language/ HTTP/1.1\r\nHost: laurel.test\r\n{kind}\r\n\r\nlanguage=".encode())
        return secure

    _behind(trial, slow, 500, 20)


def idle_connections(trial: Trial) -> None:
    """10,000 idle connections at the shipped nginx"""
    _behind(trial, _connected, 10_000, 15)


def _connected(port: int, number: int) -> socket.socket:
    """Connect from one of fifty loopback addresses, since a client has only so many ports."""
    return socket.create_connection(("127.0.0.1", port), DEADLINE, source_address=(f"127.0.6.{number % 50 + 1}", 0))
