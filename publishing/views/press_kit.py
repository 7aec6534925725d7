"""Press kits and fact sheets. Each view uses only rows that are public at `request.viewpoint`."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contests.models import Contest, Submission
from contests.querysets import ContestQuerySet
from publishing import fact_sheet, press_kit
from publishing.press_kit import Member
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page
from record.web.error_pages import too_many_requests
from record.web.rate_limits import allowance


@require_safe
def contest(request: Request, contest: str) -> HttpResponseBase:
    """Return the press kit of a contest as a ZIP file. Return 429 if the rate limit is used up."""
    found, moved = find(_contests(request), contest)
    if moved:
        return moved_to(request, reverse("contest_press_kit", args=[found.slug]))
    return _kit(request, press_kit.of_contest(found, request), found.slug)


@require_safe
def work(request: Request, contest: str, slug: str) -> HttpResponseBase:
    """Return the press kit of a work as a ZIP file. Return 429 if the rate limit is used up."""
    found, moved = find(Submission.objects.public(request.viewpoint).for_page(request.viewpoint), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("work_press_kit", args=[found.contest.slug, found.slug]))
    return _kit(request, press_kit.of_work(found, request), found.slug)


@require_safe
@conditional_page
def contest_sheet(request: Request, contest: str) -> HttpResponse:
    """Return the fact sheet of a contest as a PDF."""
    found, moved = find(_contests(request), contest)
    if moved:
        return moved_to(request, reverse("contest_fact_sheet", args=[found.slug]))
    return _sheet(fact_sheet.of_contest(found, request), found.slug)


@require_safe
@conditional_page
def work_sheet(request: Request, contest: str, slug: str) -> HttpResponse:
    """Return the fact sheet of a work as a PDF."""
    found, moved = find(Submission.objects.public(request.viewpoint).for_page(request.viewpoint), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("work_fact_sheet", args=[found.contest.slug, found.slug]))
    return _sheet(fact_sheet.of_work(found, request), found.slug)


def _contests(request: Request) -> ContestQuerySet:
    return Contest.objects.public(request.viewpoint).for_page().with_counts(request.viewpoint)


def _kit(request: Request, members: Iterable[Member], name: str) -> HttpResponseBase:
    left = allowance(request, "press-kit", settings.PRESS_KIT_RATE_LIMIT)
    if left and left.is_used_up:
        refused = too_many_requests(request)
        left.tell(refused)
        return refused
    # A response to HEAD has no content, so the press kit is not built.
    parts = press_kit.stream(members, request.viewpoint.at) if request.method == "GET" else iter(())
    # Make the first part before the response starts. If that fails, the visitor gets an error page instead of an
    # incomplete file.
    response = StreamingHttpResponse(chain([next(parts, b"")], _in_language(parts)), content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}-press-kit.zip") or ""
    return response


def _in_language(parts: Iterator[bytes]) -> Iterator[bytes]:
    """
    Yield `parts`. Each part is made in the language of this request, because the active language of the thread may
    change while the file is sent.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    while True:
        with translation.override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _sheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{name}-fact-sheet.pdf") or ""
    return response
