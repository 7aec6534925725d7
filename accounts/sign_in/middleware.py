"""What goes for every page of one's account."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class PrivatePagesMiddleware:
    """Pages of an account are for one person: no cache keeps them, no search engine lists them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(reverse("account")):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            # The URL of some is a key. The origin has to be told: Django asks for it where a form comes in.
            response.headers["Referrer-Policy"] = "strict-origin"
        return response
