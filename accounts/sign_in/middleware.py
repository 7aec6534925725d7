"""Headers for all account pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class PrivatePagesMiddleware:
    """Keeps account pages out of caches and search engines, because they are private."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(reverse("account")):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            # Some URLs contain a secret key, so send only the origin, which Django's CSRF check needs.
            response.headers["Referrer-Policy"] = "strict-origin"
        return response
