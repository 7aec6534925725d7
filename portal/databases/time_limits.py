"""How long this process waits for an answer of PostgreSQL. The server's own limits don't help if it is frozen."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: The moment of the monotonic clock at which the current thread stops waiting.
_end: ContextVar[float | None] = ContextVar("end", default=None)


class WebLimits:
    """
    The limits of a process that serves requests (`is_serving`), in seconds; None in all others, whose statements may
    take hours. `statement` is for each statement. After `suspicious` seconds without an answer, the process asks on
    another connection whether the server still answers.
    """

    is_serving = False
    statement: float | None = None
    suspicious = 2.0


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait at most `seconds` for all answers in this context. A limit around this context that ends earlier applies."""
    end, outer = time.monotonic() + seconds, _end.get()
    token = _end.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _end.reset(token)


def left() -> float | None:
    """Return how many seconds the next answer may take, or None for no limit."""
    limits = [] if WebLimits.statement is None else [WebLimits.statement]
    if (end := _end.get()) is not None:
        limits.append(max(0.01, end - time.monotonic()))
    return min(limits, default=None)
