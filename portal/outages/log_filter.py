"""Keeps the log readable while a server is away."""

import logging
import time
from threading import Lock

from portal.outages.kinds import outage_of

#: One line for each kind of outage in so many seconds.
EVERY = 60


class OutageFilter(logging.Filter):
    """
    Passes one line a minute about each kind of outage, without the traceback, and with the number of lines that were
    left out since the last one. A log line is about an outage if its exception is one, or if it has the attribute
    `outage`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        #: For each kind, when the last line was written, and how many were left out since.
        self._written: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        outage = outage_of(error)
        kind = outage.value if outage else getattr(record, "outage", None)
        if record.name.startswith("psycopg.pool") and record.levelno == logging.WARNING:
            kind = "database"
        if kind is None:
            return True
        with self._lock:
            now = time.monotonic()
            written_at, left_out = self._written.get(kind, (float("-inf"), 0))
            if now - written_at < EVERY:
                self._written[kind] = written_at, left_out + 1
                return False
            self._written[kind] = now, 0
        reason = f" ({str(error).strip().splitlines()[0]})" if str(error or "").strip() else ""
        more = f"; {left_out} more like this since the last line" if left_out else ""
        record.msg, record.args = f"Outage, {kind}: {record.getMessage()}{reason}{more}", ()
        record.exc_info = record.exc_text = None
        return True
