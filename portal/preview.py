"""Previews: whoever has a preview link sees the portal as after the reveal, under the path of the link."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from contests.preview import FOLDER, link_of, prefix_of
from record.viewpoint import Request

_PATH = re.compile(rf"/{FOLDER}/(?P<token>[^/]+)(?P<rest>/.*)", re.DOTALL)
#: The pages under a preview link: those for people, with their images. No feeds, API or downloads.
SHOWN = {
    *("home", "contests", "contest", "contest_winners", "contest_corrections", "winners"),
    *("submissions", "submission", "event", "quotes", "quote", "people", "person", "sources", "source"),
    *("statistics", "search", "search_suggestions", "media", "language"),
    *("site_card", "contest_card", "work_card", "event_card", "person_card", "quote_card"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    # The URL is the secret, so it must not be sent to other sites as the referrer.
    "Referrer-Policy": "no-referrer",
}


class PreviewMiddleware:
    """
    Serves the pages under a valid preview link. `request.preview` is the link, and `request.viewpoint` names its
    contest, which the rule then shows as after the reveal. URLs in these pages stay under the link. A forged, expired
    or withdrawn link gives the usual 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.preview = None
        asked = _PATH.fullmatch(request.path_info)
        link = link_of(asked["token"], request.viewpoint.at) if asked else None
        if asked is None or link is None:
            return self.get_response(request)
        request.preview, request.path_info = link, asked["rest"]
        request.viewpoint = replace(request.viewpoint, preview=link.contest_id)
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
