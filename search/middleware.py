"""
Update the search index after editors' requests, so that visitors' searches don't have to process changes of hidden
rows.
"""

from django.http import HttpRequest, HttpResponse

from search.index import refresh_quietly

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class RefreshMiddleware:
    """Update the index after each request of a staff member that may have changed something in the admin."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if request.method not in SAFE and match and "admin" in match.app_names and request.user.is_staff:
            refresh_quietly()
        return response
