"""Serve static files in front of Django."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join
from whitenoise import WhiteNoise
from whitenoise.base import decode_path_info
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
        url = decode_path_info(environ.get("PATH_INFO", ""))
        if url.startswith(self.static_prefix) and url not in self.files:
            self._look_again(url)
        return WhiteNoise.__call__(self, environ, start_response)

    def _look_again(self, url: str) -> None:
        """
        Add a file that was not there at the start. During an upgrade, pages of the new version name new files, and a
        worker of the old version may be asked for them (docs/upgrading.md).
        """
        try:
            path = safe_join(self.static_root, url.removeprefix(self.static_prefix))
        except (SuspiciousFileOperation, ValueError):
            return
        if os.path.isfile(path):
            self.add_file_to_dictionary(url, path)
