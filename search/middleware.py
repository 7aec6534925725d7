"""Editors' requests keep the index right, so that no visitor's search has to for what visitors can't see."""

from django.http import HttpRequest, HttpResponse

from search.index import refresh_quietly

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class RefreshMiddleware:
    """After what somebody of the staff has sent to the admin, the index is renewed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if request.method not in SAFE and match and "admin" in match.app_names and request.user.is_staff:
            refresh_quietly()
        return response
