"""From where the record is seen: the argument of every query for what is public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.http import HttpRequest
from django.utils import timezone


@dataclass(frozen=True)
class Viewpoint:
    """
    What the public sees at the time `at`. With a preview link, one contest is also seen as if it were revealed:
    `preview` is the primary key of that contest.

    Queries take a viewpoint and never a plain time, so that none can lose the preview, or gain one.
    """

    at: datetime
    preview: int | None = None

    @classmethod
    def now(cls) -> Self:
        """Return what the public sees now."""
        return cls(timezone.now())


class Request(HttpRequest):
    """A request as views get it, after `ViewpointMiddleware`. It exists for annotations; nothing creates one."""

    viewpoint: Viewpoint
