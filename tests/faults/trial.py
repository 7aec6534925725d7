"""The set-up that scenarios share, and the result of one scenario."""

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.client import REFUSED, SERVED
from tests.faults.load import Event, Load, Tally
from tests.faults.portal import Portal
from tests.faults.processes import ROOT
from tests.faults.services import Missing, Nginx, Postgres, Redis, Storage, program


@dataclass
class Result:
    """What a scenario has found. It has passed if nothing is wrong."""

    name: str
    title: str
    served: int = 0
    refused: int = 0
    failed: int = 0
    cut_off: int = 0
    confirmed: int = 0
    lost: int = 0
    half: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def state(self) -> str:
        return "skipped" if self.skipped else "FAILED" if self.wrong else "passed"

    def line(self) -> str:
        counts = f"served {self.served}, refused {self.refused}, failed {self.failed}, cut off {self.cut_off}"
        kept = f"confirmed writes {self.confirmed}, lost writes = {self.lost}, half-written = {self.half}"
        return f"{self.state} {self.name}: {counts}; {kept} ({self.seconds:.0f} s)"


class Lab:
    """What all scenarios share: a folder, two portals to copy, and servers that are started when they are needed."""

    def __init__(self, folder: Path, stack: ExitStack):
        self.folder, self.stack = folder, stack
        self._postgres: Postgres | None = None
        self._bases: dict[str, Portal] = {}

    @property
    def postgres(self) -> Postgres:
        if self._postgres is None:
            self._postgres = Postgres(self.folder / "postgres")
            self.stack.callback(self._postgres.service.stop, 3)
        return self._postgres

    def base(self, kind: str) -> Portal:
        """Return the portal with the rows that scenarios start with, on "sqlite" or "postgres"."""
        if kind not in self._bases:
            own: dict[str, str] = {"STATIC_ROOT": f"{self.folder}/static"}
            if kind == "postgres":
                self.postgres.create("base")
                own["DATABASE_URL"] = self.postgres.url("base")
            base = Portal(self.folder / f"base-{kind}", own)
            base.make()
            self._bases[kind] = base
        return self._bases[kind]


class Trial:
    """One run of a scenario: its portal, its servers, and what went wrong."""

    def __init__(self, lab: Lab, result: Result, stack: ExitStack):
        self.lab, self.result, self.stack = lab, result, stack
        self.folder = lab.folder / result.name
        self.folder.mkdir()
        self.tallies: list[Tally] = []

    # Set-up -------------------------------------------------------------------------------------------

    def portal(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        database: str = "sqlite",
        code: Path | None = None,
        serve: bool = True,
        worker: bool = False,
        files: Callable[[Portal], None] | None = None,
    ) -> Portal:
        """
        Return a running portal with a copy of the base rows; `database` is "sqlite" or "postgres". `worker` starts
        one for background tasks. `files` is called before the files of the base portal are copied.
        """
        base = self.lab.base(database)
        own = {"STATIC_ROOT": base.environment["STATIC_ROOT"], **(environment or {})}
        if database == "postgres":
            name = self.result.name.replace("-", "_")
            self.lab.postgres.create(name, template="base")
            self.stack.callback(self.lab.postgres.drop, name)
            own["DATABASE_URL"] = self.lab.postgres.url(name)
        if worker:
            own["TASKS"] = "database"
        portal = Portal(self.folder / "portal", own, code=code or ROOT)
        self.stack.callback(portal.stop)
        portal.copy_of(base) if files is None else files(portal)
        if serve:
            portal.serve()
        if worker:
            portal.start_worker()
        return portal

    def replica(self) -> Postgres:
        """Return a server that follows the one of the portals, with a copy of all their databases."""
        replica = Postgres(self.lab.folder / f"{self.result.name}-replica", self.lab.postgres)
        self.stack.callback(replica.service.stop, 3)
        return replica

    def redis(self) -> Redis:
        redis = Redis(self.folder)
        self.stack.callback(redis.service.stop)
        return redis

    def storage(self) -> Storage:
        storage = Storage(self.folder)
        self.stack.callback(storage.service.kill)
        return storage

    def nginx(self, portal: Portal) -> Nginx:
        nginx = Nginx(self.folder / "nginx", portal.port)
        self.stack.callback(nginx.service.stop)
        return nginx

    def small_disk(self, name: str, megabytes: int) -> "Disk":
        """Return a disk of so many MB. Raise Missing if this user can't mount one."""
        disk = Disk(self.folder / name, megabytes)
        self.stack.callback(disk.unmount)
        return disk

    @contextmanager
    def loaded(self, portal: Portal, **options) -> Iterator[Load]:
        """Put the portal under load during the block. Its record counts for the result."""
        load = Load(portal, **options)
        self.tallies.append(load.tally)
        load.start()
        try:
            yield load
        finally:
            load.stop()

    # Judgement ----------------------------------------------------------------------------------------

    def expect(self, true: object, text: str) -> None:
        """Note `text` as a failure of the scenario unless `true`."""
        if not true and text not in self.result.wrong:
            self.result.wrong.append(text)

    def note(self, text: str) -> None:
        self.result.notes.append(text)

    def count(self) -> None:
        """Add up the answers, and note what has failed."""
        result = self.result
        for tally in self.tallies:
            result.served += tally.count(SERVED)
            result.refused += tally.count(REFUSED)
            result.failed += len(tally.failures())
            result.cut_off += tally.excused()
            result.confirmed += tally.confirmed()
        failures = Counter(
            f"{event.kind} {event.path.partition('?')[0]}: {event.reason}"
            for tally in self.tallies
            for event in tally.failures()
        )
        for text, count in failures.most_common(6):
            result.wrong.append(f"{count} × {text}")
        if len(failures) > 6:
            result.wrong.append(f"and {len(failures) - 6} other kinds of failures")

    def judge(self, portal: Portal) -> None:
        """Compare the rows and files with the confirmed writes."""
        result = self.result
        attempts = [attempt for tally in self.tallies for attempt in tally.attempts]
        found = portal.checked(attempts)
        result.lost, result.half = len(found["lost"]), len(found["half"])
        result.wrong += [f"lost: {text}" for text in found["lost"][:5]]
        result.wrong += [f"half-written: {text}" for text in found["half"][:5]]
        is_tested = any(attempt["confirmed"] for attempt in attempts) or not attempts
        self.expect(is_tested, "no write was confirmed, so nothing was tested")

    def forms_come_back(self, events: list[Event]) -> None:
        """Expect that each refused save gave back what was typed."""
        refused = [event for event in events if event.kind == "save" and event.verdict == REFUSED]
        gone = sum(not event.is_back for event in refused)
        self.expect(not gone, f"{gone} of {len(refused)} refused forms did not come back with what was typed")

    def quiet_log(self, portal: Portal, most: int, before: int = 0) -> None:
        """Expect no traceback and at most so many lines since line `before`, without those about refused requests."""
        lines = [line for line in portal.log_lines()[before:] if " WARNING django.request: " not in line]
        tracebacks = sum("Traceback" in line for line in lines)
        self.expect(not tracebacks, f"{tracebacks} tracebacks in the log")
        self.expect(len(lines) <= most or tracebacks, f"{len(lines)} lines in the log, not at most {most}")


class Disk:
    """A small file system in memory. Only root may mount it."""

    def __init__(self, folder: Path, megabytes: int):
        self.folder = folder
        folder.mkdir(parents=True)
        self._filler = folder / "filler"
        self._mount("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder))

    def _mount(self, *command: str) -> None:
        done = subprocess.run([program(command[0]), *command[1:]], capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"this user can't mount a file system ({done.stderr.strip()})")

    def fill(self, leave: int) -> None:
        """Write a file so that only `leave` KB are free, or less: the portal writes too."""
        free = shutil.disk_usage(self.folder).free - leave * 1024
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while free > 0:
                free -= file.write(b"\0" * min(free, 2**20))

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    def remount(self, option: str) -> None:
        """Remount the file system with an option, such as "ro" or "rw"."""
        self._mount("mount", "-o", f"remount,{option}", str(self.folder))

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)


def wait(seconds: float) -> float:
    """Wait, and return the moment afterwards (monotonic seconds)."""
    time.sleep(seconds)
    return time.monotonic()


def slowest(events: list[Event], share: float = 0.95) -> float:
    """Return the seconds that so large a share of the requests took at most."""
    times = sorted(event.done - event.begun for event in events)
    return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0
