"""Update the search index at the end of editors' requests, so that the next search finds what they saved."""

from django.http import HttpRequest, HttpResponse

from search import tasks

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class RefreshMiddleware:
    """
    Update the index after each request of a staff member that may have changed something in the admin. By then, the
    view has committed its transaction. A search can't update the index itself, because a GET request must not write.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if request.method not in SAFE and match and "admin" in match.app_names and request.user.is_staff:
            tasks.after_request()
        return response
