"""The progress of a command: a bar on a terminal, elsewhere a line now and then."""

from typing import Any

_WIDTH = 30


class Progress:
    """Shows how many of `total` things, such as "submissions", are done, at most once for each per cent."""

    def __init__(self, out: Any, total: int, things: str):
        self.out, self.total, self.things = out, total, things
        self.shown = -1

    def __call__(self, done: int) -> None:
        percent = 100 * min(done, self.total) // self.total if self.total else 100
        if percent == self.shown:
            return
        self.shown = percent
        text = f"{done:,} of {self.total:,} {self.things}"
        if not self.out.isatty():
            self.out.write(text)
            return
        filled = _WIDTH * percent // 100
        self.out.write(f"\r[{'#' * filled}{' ' * (_WIDTH - filled)}] {text}", ending="\n" if percent == 100 else "")
        self.out.flush()
