"""The WSGI application, for granian or another WSGI server."""

import os
import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from portal.request_encoding import Utf8Only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def _application() -> Callable[..., Any]:
    application: Callable[..., Any] = Utf8Only(get_wsgi_application())
    # These modules need the settings that `get_wsgi_application` has loaded.
    from django.conf import settings

    from portal import metrics
    from portal.databases.configuration import REPLICA, limit_requests
    from portal.freshness import Freshness
    from portal.page_cache import PageCache
    from portal.replica import ReplicaReads
    from portal.static_files import StaticFiles
    from record import after_response

    limit_requests(settings.DATABASES, **settings.REQUEST_LIMITS)
    after_response.serve()
    freshness = Freshness()
    if REPLICA in settings.DATABASES:
        application = ReplicaReads(application, freshness)
    if settings.PRODUCTION:
        application = StaticFiles(application)
    if settings.PAGE_CACHE:
        application = PageCache(application, most=settings.PAGE_CACHE * 2**20, freshness=freshness)
    metrics.start()
    return application


try:
    application = _application()
except ImproperlyConfigured as error:
    # The message is a sentence that says which setting is wrong. A traceback above it would hide it in the log.
    sys.exit(str(error))
