from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.databases import commits


class CommitsMiddleware:
    """Counts what each request commits, for the page that an editor gets if a server goes away meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with commits.counted():
            return self.get_response(request)
