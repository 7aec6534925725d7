"""Answers to those who have a copy already. A 304 has the headers of its 200 that caches go by (RFC 9110, 15.4.5)."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag


def unchanged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """`response`, which has an ETag, or a 304 in its place that remembers it."""
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if answer is not response:
        answer.stands_for = response
    return answer


def whole(response: HttpResponse) -> HttpResponse:
    """The 200 response behind a 304; any other response unchanged."""
    return getattr(response, "stands_for", response)


def conditional_page(view: Callable) -> Callable:
    """As Django's decorator, for a view whose answer is in memory."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        if not response.has_header("ETag"):
            # Weak, as it is once the answer is compressed: the 304 has the same.
            response.headers["ETag"] = f"W/{set_response_etag(response).headers['ETag']}"
        return unchanged(request, response)

    return answered
