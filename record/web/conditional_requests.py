"""Conditional requests. A 304 response has the caching headers of its 200 response (RFC 9110, 15.4.5)."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag


def unchanged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return `response`, which has an ETag, or a 304 response if the client's copy is current."""
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if answer is not response:
        answer.stands_for = response
    return answer


def whole(response: HttpResponse) -> HttpResponse:
    """Return the 200 response behind a 304; any other response unchanged."""
    return getattr(response, "stands_for", response)


def conditional_page(view: Callable) -> Callable:
    """Add ETags and 304 responses to a view, like Django's `condition`, for a response that is not streamed."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        if not response.has_header("ETag"):
            # Weak, because compression makes the ETag weak too; so the 304 response has the same one.
            response.headers["ETag"] = f"W/{set_response_etag(response).headers['ETag']}"
        return unchanged(request, response)

    return answered
