"""The viewpoint of a request: the time at which rows must be public to be shown, and the contest in preview, if any."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.http import HttpRequest
from django.utils import timezone

#: The key of a request's environment that sets its viewpoint, for requests in this process. Headers of visitors have
#: other keys.
VIEWPOINT = "laurel.viewpoint"


@dataclass(frozen=True)
class Viewpoint:
    """
    A time, and optionally a contest in preview. A query for a viewpoint returns the rows that are public at the time
    `at`. If `preview` is the primary key of a contest, it also returns rows of that contest as if its results were
    revealed.

    Querysets take a viewpoint instead of a datetime, so that no code can pass on the time without the preview.
    """

    at: datetime
    preview: int | None = None

    @classmethod
    def now(cls) -> Self:
        """Return a viewpoint at the current time without a preview."""
        return cls(timezone.now())


class Request(HttpRequest):
    """
    A request with the attribute `viewpoint`, which `ViewpointMiddleware` sets. Used only in type annotations; at run
    time, requests are of Django's own class.
    """

    viewpoint: Viewpoint
