"""
Preview links. Anyone with such a link sees the portal as it will look after the reveal of one contest. The link is a
URL prefix: a page in the preview has the URL of the public page, with the link in front of the path.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from contests.models import PreviewLink
from contests.preview import FOLDER, link_of, prefix_of
from record.viewpoint import Request

_PATH = re.compile(rf"/{FOLDER}/(?P<token>[^/]+)(?P<rest>/.*)", re.DOTALL)
#: The names of the URLs that a preview link can show: pages for visitors, and the images on these pages. Feeds, the API
#: and downloads are not included.
SHOWN = {
    *("home", "contests", "contest", "contest_winners", "contest_corrections", "winners"),
    *("submissions", "submission", "works", "work", "event", "quotes", "quote", "people", "person"),
    *("sources", "source", "all_series", "series", "award_line"),
    *("organisations", "organisation", "organisation_card"),
    *("statistics", "search", "search_suggestions", "media", "language"),
    *("site_card", "contest_card", "work_card", "event_card", "person_card", "quote_card"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    # The URL of the page is secret, so browsers must not send it to other websites.
    "Referrer-Policy": "no-referrer",
}


class PreviewRequest(Request):
    """A request after `PreviewMiddleware`. `preview` is the preview link in the URL of the request, or None."""

    preview: PreviewLink | None


class PreviewMiddleware:
    """
    Serves the pages whose path begins with a valid preview link.

    Sets `request.preview` to the link. Adds the contest of the link to `request.viewpoint`, so that queries return the
    rows of this contest as after the reveal. Sets the script prefix to the path of the link, so that links in the page
    stay in the preview. A forged, expired or withdrawn link leads to the usual 404 page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: PreviewRequest) -> HttpResponse:
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

    def process_view(self, request: PreviewRequest, view: Callable, args: tuple, kwargs: dict[str, Any]) -> None:
        match = request.resolver_match
        if request.preview and match and match.view_name not in SHOWN:
            raise Http404
