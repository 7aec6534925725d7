"""HTTP headers for the account pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from record.web.interface_languages import is_outside_languages


class PrivatePagesMiddleware:
    """Adds HTTP headers that keep account pages out of caches and search engines."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # For visitors, the first condition saves the call of `reverse`.
        if is_outside_languages(request.path_info) and request.path_info.startswith(reverse("account")):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            # Some URLs of account pages contain a secret token, so browsers must not send the whole URL as the
            # referrer. They may send the origin, because Django's CSRF check needs it.
            response.headers["Referrer-Policy"] = "strict-origin"
        return response
