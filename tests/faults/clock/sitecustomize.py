"""
Lets the clock of a portal jump. Python imports this module when it starts, if its folder is in PYTHONPATH.

The file in the environment variable FAULTS_CLOCK has the difference to the real time in seconds. Only `time.time`,
`datetime.now` and the like change: `time.monotonic` goes on, as on a machine whose clock is set.
"""

import os
import threading

import time_machine


def _follow(path: str) -> None:
    shown = 0.0
    hatch = time_machine.escape_hatch
    real, sleep = hatch.time.time, threading.Event().wait
    while True:
        try:
            with open(path) as file:
                offset = float(file.read() or 0)
        except (OSError, ValueError):
            offset = shown
        if offset != shown:
            # The travels are never stopped: each one begins inside the one before, so that no moment is real.
            time_machine.travel(real() + offset, tick=True).start()
            shown = offset
        sleep(0.1)


if path := os.environ.get("FAULTS_CLOCK"):
    threading.Thread(target=_follow, args=[path], daemon=True).start()
