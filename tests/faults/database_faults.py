"""Scenarios: the database is restarted, away, frozen, or held by a long writer."""

import sqlite3
import time
from contextlib import suppress

from tests.faults.client import SERVED, Client
from tests.faults.load import KEPT, Load
from tests.faults.processes import until
from tests.faults.trial import Trial, slowest, wait


def is_alive(trial: Trial, portal_port: int, *, ready: bool) -> None:
    """Expect that the process says it is alive within 5 seconds, and that it is ready or not."""
    alive = Client(portal_port).get("/healthz", 5)
    trial.expect(not alive.error, f"/healthz: {alive.error}")
    answer = Client(portal_port).get("/readyz", 5)
    said = answer.error or answer.status
    trial.expect(said == (200 if ready else 503), f"/readyz: {said} ({'ready' if ready else 'not ready'})")


def postgres_restarted(trial: Trial) -> None:
    """PostgreSQL restarted"""
    portal = trial.portal(database="postgres")
    with trial.loaded(portal):
        wait(4)
        trial.lab.postgres.stop()
        trial.lab.postgres.start()
        back = time.monotonic()
        wait(6)
    served = [event for event in trial.tallies[0].between(back + 3, back + 60) if event.verdict == "served"]
    trial.expect(served, "nothing was served from 3 s after the restart on")
    trial.judge(portal)


def _away(trial: Trial, seconds: float, *, frozen: bool) -> None:
    postgres = trial.lab.postgres
    portal = trial.portal(database="postgres")
    with trial.loaded(portal) as load:
        wait(4)
        # A change of what the public sees drops all kept pages. So let readers fill the cache before the fault.
        load.editing.clear()
        wait(4)
        before = len(portal.log_lines())
        gone = time.monotonic()
        load.editing.set()
        postgres.freeze() if frozen else postgres.service.kill()
        try:
            wait(seconds / 2)
            is_alive(trial, portal.port, ready=False)
            wait(max(gone + seconds - time.monotonic(), 0))
        finally:
            postgres.thaw() if frozen else postgres.start()
        back = wait(0)
        wait(7)
    during = [event for event in load.tally.between(gone + 1, back) if event.kind == "reader"]
    kept = [event for event in during if event.path in KEPT[:5]]
    shown = sum(event.verdict == "served" for event in kept)
    trial.expect(kept and shown >= 0.9 * len(kept), f"{shown} of {len(kept)} requests of kept pages were served")
    after = [event for event in load.tally.between(back + 4, back + 60) if event.verdict == "served"]
    trial.expect(after, "nothing was served from 4 s after the end on")
    is_alive(trial, portal.port, ready=True)
    trial.quiet_log(portal, 24, before)
    trial.judge(portal)


def postgres_gone(trial: Trial) -> None:
    """PostgreSQL gone for 20 s"""
    _away(trial, 20, frozen=False)


def postgres_frozen(trial: Trial) -> None:
    """PostgreSQL frozen for 20 s"""
    _away(trial, 20, frozen=True)


def sqlite_held(trial: Trial) -> None:
    """SQLite held by a long writer for 30 s"""
    portal = trial.portal()
    with trial.loaded(portal, forms=True) as load:
        begun = wait(0)
        wait(4)
        writer = sqlite3.connect(portal.folder / "laurel.sqlite3", isolation_level=None, timeout=30)
        writer.execute("BEGIN IMMEDIATE")
        held = time.monotonic()
        wait(30)
        writer.execute("ROLLBACK")
        writer.close()
        freed = wait(0)
        wait(4)
        with suppress(TimeoutError):
            until(lambda: _saved(load, freed), 10, "nothing was saved")
    calm = [event for event in load.tally.between(begun, held) if event.kind == "reader"]
    during = [event for event in load.tally.between(held, freed) if event.kind == "reader"]
    usual, slow = slowest(calm), slowest(during)
    trial.note(f"readers' p95: {usual:.2f} s before, {slow:.2f} s while the lock was held")
    trial.expect(slow <= max(2 * usual, 1), f"readers' p95 rose from {usual:.2f} to {slow:.2f} s")
    trial.forms_come_back(load.tally.between(begun, freed))
    trial.expect(_saved(load, freed), "nothing was saved in 14 s after the lock was released")
    trial.judge(portal)


def _saved(load: Load, since: float) -> bool:
    """Return whether a form that was sent after the moment `since` has been saved."""
    return any(event.kind == "save" and event.verdict == SERVED for event in load.tally.between(since, since + 60))
