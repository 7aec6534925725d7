"""
ETags and 304 responses (conditional requests). A 304 response must have the caching headers of the 200 response that it
replaces (RFC 9110, section 15.4.5).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag


def unchanged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """
    Return a 304 response if the client already has the content of `response`, otherwise `response` itself. `response`
    must have an ETag.
    """
    answer: Any = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if answer is not response:
        answer.stands_for = response
    return answer


def whole(response: HttpResponse) -> HttpResponse:
    """Return the 200 response that the 304 response `response` replaces. Return any other response unchanged."""
    return getattr(response, "stands_for", response)


def conditional_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Decorate `view` so that its responses have an ETag, and a client that already has the content gets a 304 response.
    The view must not return streaming responses.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        if not response.has_header("ETag"):
            # Use a weak ETag, so that the 200 and the 304 response have the same one: the middleware that compresses
            # responses makes a strong ETag weak, but only on the 200 response.
            response.headers["ETag"] = f"W/{set_response_etag(response).headers['ETag']}"
        return unchanged(request, response)

    return answered
