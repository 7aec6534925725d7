"""The WSGI application, for granian or another WSGI server."""

import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application

from portal.request_encoding import Utf8Only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def _application() -> Callable[..., Any]:
    application: Callable[..., Any] = Utf8Only(get_wsgi_application())
    # These modules need the settings that `get_wsgi_application` has loaded.
    from django.conf import settings

    from portal.page_cache import PageCache
    from portal.static_files import StaticFiles

    if settings.PRODUCTION:
        application = StaticFiles(application)
    if settings.PAGE_CACHE:
        application = PageCache(application, most=settings.PAGE_CACHE * 2**20)
    return application


application = _application()
