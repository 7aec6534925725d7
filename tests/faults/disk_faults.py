"""Scenarios: the disk for media or for the database is full, or media can only be read."""

import time
from contextlib import suppress
from pathlib import Path

from tests.faults.client import Client
from tests.faults.load import Event
from tests.faults.portal import Portal
from tests.faults.processes import until
from tests.faults.trial import Disk, Trial, wait


def _on(disk: Disk, trial: Trial, variable: str) -> Portal:
    """Return a portal with its media or its database on the small disk."""
    place = disk.folder / ("media" if variable == "MEDIA_ROOT" else "laurel.sqlite3")
    value = str(place) if variable == "MEDIA_ROOT" else f"sqlite:///{place}"
    return trial.portal({variable: value})


def _ready(trial: Trial, portal: Portal, expected: int, when: str) -> None:
    answer = Client(portal.port).get("/readyz", 5)
    trial.expect(answer.status == expected, f"/readyz {when}: {answer.error or answer.status}")


def _outage(trial: Trial, portal: Portal, disk: Disk, kinds: tuple[str, ...], leave: int | None) -> None:
    """Fill the disk (or let it be read only) for some seconds under load, and expect that saves work again."""
    with trial.loaded(portal, kinds=kinds, forms=True) as load:
        wait(4)
        before = len(portal.log_lines())
        begun = time.monotonic()
        disk.remount("ro") if leave is None else disk.fill(leave)
        wait(3)
        if leave:
            # Small files may still have found room until here.
            disk.fill(16)
        wait(5)
        with suppress(TimeoutError):
            until(lambda: _refused(load.tally.between(begun, time.monotonic())), 30, "No save was refused")
        _ready(trial, portal, 503, "during the fault")
        disk.remount("rw") if leave is None else disk.empty()
        back = wait(1)
        wait(5)
        _ready(trial, portal, 200, "after the fault")
    during, after = load.tally.between(begun, back), load.tally.between(back, back + 60)
    read = [event for event in during if event.kind == "reader" and event.verdict == "served"]
    trial.expect(read, "readers were not served during the fault")
    trial.forms_come_back(during)
    trial.expect(_refused(during), "no save was refused, so the fault changed nothing")
    trial.expect(any(e.kind == "save" and e.verdict == "served" for e in after), "nothing was saved after the fault")
    trial.quiet_log(portal, 40, before)


def _refused(events: list[Event]) -> bool:
    """Return whether a save was refused or has failed."""
    return any(event.kind == "save" and event.verdict != "served" for event in events)


def media_disk_full(trial: Trial) -> None:
    """Disk full for media"""
    disk = trial.small_disk("disk", 48)
    portal = _on(disk, trial, "MEDIA_ROOT")
    _outage(trial, portal, disk, ("portrait", "portrait", "title"), 350)
    # Renditions that could not be made are made now.
    portal.manage("make_renditions")
    trial.judge(portal)
    leftovers = [file for file in _files(portal) if file.suffix in (".part", ".tmp") or ".part" in file.name]
    trial.expect(not leftovers, f"{len(leftovers)} temporary files are left, such as {leftovers[:1]}")


def database_disk_full(trial: Trial) -> None:
    """Disk full for SQLite"""
    disk = trial.small_disk("disk", 40)
    portal = _on(disk, trial, "DATABASE_URL")
    _outage(trial, portal, disk, ("title", "pair", "created"), 64)
    trial.judge(portal)


def media_read_only(trial: Trial) -> None:
    """Media folder read only"""
    disk = trial.small_disk("disk", 48)
    portal = _on(disk, trial, "MEDIA_ROOT")
    _outage(trial, portal, disk, ("portrait", "title", "pair"), None)
    portal.manage("make_renditions")
    trial.judge(portal)


def _files(portal: Portal) -> list[Path]:
    return [file for file in Path(portal.environment["MEDIA_ROOT"]).rglob("*") if file.is_file()]
