"""The documentation page of the API."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api import documentation


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """
    Show the documentation of the API. Template context: `resources`, `problems`, `limit` (requests per minute; 0 means
    unlimited).
    """
    return render(
        request,
        "api/api.html",
        {
            "resources": documentation.resources(),
            "problems": documentation.problems(),
            "limit": settings.API_RATE_LIMIT,
        },
    )
