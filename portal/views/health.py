"""
The URLs for monitoring tools and load balancers: `/healthz` says that this process answers, `/readyz` that it can do
all its work.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import readiness


class HealthMiddleware:
    """Answers both URLs before the host name, the session and the language are read. Only GET and HEAD: no bodies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        self.views = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info) if request.method in ("GET", "HEAD") else None
        if view is None:
            return self.get_response(request)
        response = view(request)
        response.headers["X-Frame-Options"] = "DENY"
        return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """
    Return JSON with status 200 while this process answers. It does not ask the database: without it, kept pages go on,
    and starting the process again would not bring it back.
    """
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """
    Return JSON with one entry per check. The status is 503 if the database or the storage can't be written, or
    migrations are missing. Without the cache or a worker, the portal goes on, so the status is 200 and "degraded".
    """
    found = readiness.results()
    wrong = {name for name, result in found.items() if result != readiness.OK}
    is_ready = wrong <= readiness.DEGRADED
    status = "unavailable" if not is_ready else "degraded" if wrong else "ok"
    response: Any = JsonResponse({"status": status, "checks": found}, status=200 if is_ready else 503)
    # Monitoring tools ask all the time, so Django must not log each answer.
    response._has_been_logged = True
    return response
