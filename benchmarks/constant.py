"""
References for the benchmark of kept pages: the same bytes by other means. `BODIES` in the environment is a folder. A
response to "/3" has the bytes of the file "3" in it.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.servers import DEFAULT_MIDDLEWARE

BODIES = {f"/{file.name}": file.read_bytes() for file in Path(os.environ["BODIES"]).iterdir()}


def constant(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = BODIES.get(environ["PATH_INFO"], b"")
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def django() -> Any:
    """Return a Django application with the middleware of `startproject`, whose only view returns the bytes."""
    return _application(DEFAULT_MIDDLEWARE)


def django_cache() -> Any:
    """Return a Django application that answers from Django's own page cache in memory."""
    return _application(
        [
            "django.middleware.cache.UpdateCacheMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.cache.FetchFromCacheMiddleware",
        ]
    )


def _application(middleware: list[str]) -> Any:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import re_path

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(BODIES[request.path])

    settings.configure(
        SECRET_KEY="for the benchmark only",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=(re_path("", view),),
        MIDDLEWARE=middleware,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        CACHE_MIDDLEWARE_SECONDS=600,
    )
    return get_wsgi_application()


if os.environ.get("REFERENCE"):
    application = {"constant": lambda: constant, "django": django, "django_cache": django_cache}[
        os.environ["REFERENCE"]
    ]()
