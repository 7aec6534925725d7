"""Serve static files in front of Django."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware

from portal.page_cache.rules import is_secure


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
        # Django's SecurityMiddleware redirects to HTTPS.
        if settings.SECURE_SSL_REDIRECT and not is_secure(environ):
            return self.application(environ, start_response)
        return WhiteNoise.__call__(self, environ, start_response)
