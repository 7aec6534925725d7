"""Processes of a scenario: each one is started here, and ended by its own id."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGTERM

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def family(pid: int) -> list[int]:
    """Return the ids of a process and of all its descendants, the oldest first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def send(pids: list[int], number: int) -> None:
    """Send a signal to processes. Those that have ended are left out."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until `true()` is true. Raise TimeoutError with `what` if it is not within so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} after {seconds:g} s")
        time.sleep(0.05)


class Service:
    """A process that writes its output to a file. With `restart`, it is started again when it ends, as by systemd."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        restart: float | None = None,
    ):
        """`restart` is the pause in seconds before the process is started again; None: it is not."""
        self.command, self.log, self.folder, self.restart = command, log, folder, restart
        self.environment = {**os.environ, **(environment or {})}
        self.starts = 0
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start the process. Also starts it again after `kill` or `stop`."""
        self._stopping = threading.Event()
        self._open()
        self._keeper = threading.Thread(target=self._keep, args=[self._stopping], daemon=True)
        self._keeper.start()

    def _open(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1

    def _keep(self, stopping: threading.Event) -> None:
        """Wait for the end of the process, and start it again."""
        while self._process:
            self._process.wait()
            if self.restart is None or stopping.wait(self.restart):
                return
            self._open()

    def signal(self, number: int) -> None:
        """Send a signal to the process itself."""
        send([self.pid], number)

    def family(self) -> list[int]:
        """Return the ids of the process and of its descendants."""
        return family(self.pid)

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve requests, the oldest first."""
        return [pid for pid in self.family()[1:] if "spawn_main" in _command_of(pid) or "granian" in _command_of(pid)]

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process and its descendants at once, without a word (SIGKILL). It is not started again."""
        self._stopping.set()
        send(self.family(), SIGKILL)
        self._keeper.join(30)

    def stop(self, number: int = SIGTERM, patience: float = 20) -> float:
        """Ask the process to end, and return how many seconds that took. After `patience` seconds, kill it."""
        self._stopping.set()
        begun = time.monotonic()
        members = self.family()
        send(members, SIGCONT)
        self.signal(number)
        self._keeper.join(patience)
        if self._keeper.is_alive():
            self.kill()
        # A worker whose parent was killed is nobody's child any more.
        send([pid for pid in members[1:] if _command_of(pid)], SIGKILL)
        return time.monotonic() - begun


def _command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
