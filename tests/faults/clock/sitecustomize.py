"""
Lets the clock of a portal jump. Python imports this module when it starts, if its folder is in PYTHONPATH.

The file in the environment variable FAULTS_CLOCK has the difference to the real time in seconds. Only `time.time`,
`datetime.now` and the like change: `time.monotonic` goes on, as on a machine whose clock is set.
"""

import os
import threading
import time

import time_machine


def _offset(path: str, otherwise: float) -> float:
    try:
        with open(path) as file:
            return float(file.read() or 0)
    except (OSError, ValueError):
        return otherwise


def _begin(path: str, shown: float) -> None:
    """Follow the file in a thread of this process, and of each process that it forks: a fork has no threads."""
    threading.Thread(target=_follow, args=[path, shown], daemon=True).start()


def _follow(path: str, shown: float) -> None:
    real, sleep = time_machine.escape_hatch.time.time, threading.Event().wait
    while not sleep(0.1):
        offset = _offset(path, shown)
        if offset != shown:
            # The travels are never stopped: each one begins inside the one before, so that no moment is real.
            time_machine.travel(real() + offset, tick=True).start()
            shown = offset


if path := os.environ.get("FAULTS_CLOCK"):
    first = _offset(path, 0)
    time_machine.travel(time.time() + first, tick=True).start()
    _begin(path, first)
    os.register_at_fork(after_in_child=lambda: _begin(path, first))
