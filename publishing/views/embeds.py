"""
The pages that other websites can show in a frame. Each view uses only rows that are public at `request.viewpoint`. No
other pages of the portal allow frames. The 404 responses of these views can be framed too, so that a frame shows the
portal's message instead of a browser error.
"""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from contests.models import Contest, Quote, Recognition, Submission
from publishing.embeds import Subject, piece_of
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page

FEW = 3
# Changes to the Content-Security-Policy of these pages. The directive frame-ancestors is removed: with the value "*",
# browsers would refuse to show the page inside a sandboxed frame of another website.
FRAMED = {"frame-ancestors": None, "script-src": [NONE], "connect-src": [NONE], "form-action": [NONE]}


def for_frames(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Allow every website to frame the page of `view` and its 404 page. The page may not use scripts or forms."""

    # The first two decorators are outside `conditional_page`, so that its 304 responses also get their headers.
    @csp_replace(FRAMED)
    @xframe_options_exempt
    @require_safe
    @conditional_page
    @wraps(view)
    def framed(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            response = view(request, **parts)
        except Http404:
            response = render(request, "publishing/embeds/not_found.html", status=404)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return framed


@for_frames
def winners(request: Request, contest: str) -> HttpResponse:
    """
    Show the first winners of a contest, or say that they are not announced yet. Template context: `contest`, `winners`,
    `drawn` (whether the portal has drawn the picture of any winner), and the embed as `piece` (see
    `publishing.embeds.Piece`).
    """
    found, moved = find(Contest.objects.public(request.viewpoint).for_list(), contest)
    if moved:
        return moved_to(request, reverse("embed_winners", args=[found.slug]))
    rows = Recognition.objects.public(request.viewpoint).winning().filter(award__contest=found).for_award_lines()[:FEW]
    drawn = any(_is_drawn(row) for row in rows)
    return _page(request, "winners", found, contest=found, winners=rows, drawn=drawn)


@for_frames
def work(request: Request, contest: str, slug: str) -> HttpResponse:
    """Show one work. Template context: `submission`, and the embed as `piece` (see `publishing.embeds.Piece`)."""
    found, moved = find(
        Submission.objects.public(request.viewpoint).for_gallery(request.viewpoint), slug, contest=contest
    )
    if moved:
        return moved_to(request, reverse("embed_work", args=[found.contest.slug, found.slug]))
    return _page(request, "work", found, submission=found)


@for_frames
def quote(request: Request, slug: str) -> HttpResponse:
    """Show one quote. Template context: `quote`, and the embed as `piece` (see `publishing.embeds.Piece`)."""
    found, moved = find(Quote.objects.public(request.viewpoint).for_list(), slug)
    if moved:
        return moved_to(request, reverse("embed_quote", args=[found.slug]))
    return _page(request, "quote", found, quote=found)


def _page(request: HttpRequest, name: str, subject: Subject, **context: object) -> HttpResponse:
    piece = piece_of(subject)
    # If the whole page is marked as synthetic (`page_is_synthetic`), its rows are not marked one by one.
    context |= {"piece": piece, "kind": name, "page_is_synthetic": piece.is_synthetic}
    return render(request, f"publishing/embeds/{name}.html", context)


def _is_drawn(row: Recognition) -> bool:
    """Return whether the portal has drawn the picture of a recognition."""
    if work := row.leading_work:
        return not work.poster
    return row.pictured is not None and not row.pictured.portrait
