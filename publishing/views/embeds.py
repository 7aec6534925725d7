"""
The pages that other sites may show in a frame. Each starts from what is public at `request.at`. They alone may be
framed, and with them the word on what is missing, so that a frame on another site never shows a browser's error.
"""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from contests.models import Contest, Quote, Recognition, Submission
from publishing.embeds import Noun, piece_of
from record.slug_lookup import find, moved_to
from record.web.conditional import conditional_page

FEW = 3
# No word on who may frame it, rather than "*": that would leave out every site that shows it in a sandbox of its own.
FRAMED = {"frame-ancestors": None, "script-src": [NONE], "connect-src": [NONE], "form-action": [NONE]}


def for_frames(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Makes the page of `view`, and the word on what is not there, one that any site may frame and none can use."""

    # Outside of what answers "not modified", which is an answer of its own.
    @csp_replace(FRAMED)
    @xframe_options_exempt
    @require_safe
    @conditional_page
    @wraps(view)
    def framed(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            response = view(request, **parts)
        except Http404:
            response = render(request, "publishing/embeds/missing.html", status=404)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return framed


@for_frames
def winners(request: HttpRequest, contest: str) -> HttpResponse:
    """The first winners of a contest, or the word that they are to come. Context: `contest`, `piece`, `winners`."""
    found, moved = find(Contest.objects.public(request.at).for_list(), contest)
    if moved:
        return moved_to(request, reverse("embed_winners", args=[found.slug]))
    rows = Recognition.objects.public(request.at).winning().filter(award__contest=found).for_award_lines()[:FEW]
    drawn = any(not row.submission.poster if row.submission else not row.person.portrait for row in rows)
    return _page(request, "winners", found, contest=found, winners=rows, drawn=drawn)


@for_frames
def film(request: HttpRequest, contest: str, slug: str) -> HttpResponse:
    """One film. Context: `submission`, `piece`."""
    found, moved = find(Submission.objects.public(request.at).for_gallery(request.at), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("embed_film", args=[found.contest.slug, found.slug]))
    return _page(request, "film", found, submission=found)


@for_frames
def quote(request: HttpRequest, slug: str) -> HttpResponse:
    """One quote. Context: `quote`, `piece`."""
    found, moved = find(Quote.objects.public(request.at).for_list(), slug)
    if moved:
        return moved_to(request, reverse("embed_quote", args=[found.slug]))
    return _page(request, "quote", found, quote=found)


def _page(request: HttpRequest, name: str, noun: Noun, **context: object) -> HttpResponse:
    piece = piece_of(noun)
    # By this name the mark on a single row knows that the whole page has one.
    context |= {"piece": piece, "kind": name, "page_is_synthetic": piece.is_synthetic}
    return render(request, f"publishing/embeds/{name}.html", context)
