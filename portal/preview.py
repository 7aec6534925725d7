"""The portal as after a reveal, for who holds a preview link: the same pages, below the path of the link."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from contests.preview import FOLDER, link_of, prefix_of
from contests.visibility import PreviewMoment

_PATH = re.compile(rf"/{FOLDER}/(?P<token>[^/]+)(?P<rest>/.*)", re.DOTALL)
#: What is there below a link: what people read, with its pictures. No programs, no files to take along.
SHOWN = {
    *("home", "contests", "contest", "contest_winners", "contest_corrections", "winners"),
    *("submissions", "submission", "event", "quotes", "quote", "people", "person", "sources", "source"),
    *("statistics", "search", "search_suggestions", "media", "language"),
    *("site_card", "contest_card", "film_card", "event_card", "person_card", "quote_card"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    # The address is the key: no other site is told where a visitor comes from.
    "Referrer-Policy": "no-referrer",
}


class PreviewMiddleware:
    """
    Shows what is below the path of a valid link with `request.preview`, the link, and a moment at which its contest is
    seen as after the reveal. Addresses that are made meanwhile stay below that path. A link that is forged, expired or
    withdrawn leads to an address like any that isn't there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.preview = None
        asked = _PATH.fullmatch(request.path_info)
        link = link_of(asked["token"], request.at) if asked else None
        if asked is None or link is None:
            return self.get_response(request)
        request.preview, request.path_info = link, asked["rest"]
        request.at = PreviewMoment.of(request.at, link.contest_id)
        outside = get_script_prefix()
        set_script_prefix(prefix_of(asked["token"]))
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix(outside)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict[str, Any]) -> None:
        if request.preview and request.resolver_match.view_name not in SHOWN:
            raise Http404
