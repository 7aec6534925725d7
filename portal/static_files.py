"""Serve static files in front of Django."""

from collections.abc import Callable, Iterable
from typing import Any

from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """
    WhiteNoise as a WSGI layer in front of `application`, with the settings and the rules for immutable names of its
    Django middleware. In front of Django, a file needs no request object and no middleware.
    """

    serve = staticmethod(WhiteNoise.serve)

    def __init__(self, application: Callable[..., Any]):
        super().__init__(get_response=lambda request: None)
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return WhiteNoise.__call__(self, environ, start_response)
