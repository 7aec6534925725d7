"""Press kits and fact sheets. Each view uses only rows that are public at `request.viewpoint`."""

from dataclasses import asdict

from django.conf import settings
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contests.models import Contest, Submission
from contests.querysets import ContestQuerySet
from publishing import fact_sheet, tasks
from publishing.press_kit import kept
from record.background import start
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page
from record.web.error_pages import too_many_requests
from record.web.rate_limits import allowance

#: After how many seconds the page of a press kit that is not ready asks again. The rate limit allows it.
AGAIN = 10


@require_safe
def contest(request: Request, contest: str) -> HttpResponseBase:
    """Return the press kit of a contest as a ZIP file, 202 if it is not ready, or 429 if the rate limit is used up."""
    found, moved = find(_contests(request), contest)
    if moved:
        return moved_to(request, reverse("contest_press_kit", args=[found.slug]))
    return _kit(request, "contest", found)


@require_safe
def work(request: Request, contest: str, slug: str) -> HttpResponseBase:
    """Return the press kit of a work as a ZIP file, 202 if it is not ready, or 429 if the rate limit is used up."""
    found, moved = find(Submission.objects.public(request.viewpoint).for_page(request.viewpoint), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("work_press_kit", args=[found.contest.slug, found.slug]))
    return _kit(request, "work", found)


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


def _kit(request: Request, of: str, row: Contest | Submission) -> HttpResponseBase:
    left = allowance(request, "press-kit", settings.PRESS_KIT_RATE_LIMIT)
    if left and left.is_used_up:
        refused = too_many_requests(request)
        left.tell(refused)
        return refused
    response: HttpResponseBase
    # A response to HEAD has no content, so the press kit is not made, and its length is unknown.
    if request.method == "HEAD":
        response = StreamingHttpResponse(iter(()), content_type="application/zip")
    else:
        wanted = tasks.Wanted.now(of, row)
        file = kept.find(wanted.key)
        if file is None:
            start(tasks.make_press_kit, **asdict(wanted))
            file = kept.find(wanted.key)
        if file is None:
            return _not_ready(request)
        response = FileResponse(file, content_type="application/zip")
        response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{row.slug}-press-kit.zip") or ""
    return response


def _not_ready(request: Request) -> HttpResponse:
    """Return a page that asks again every few seconds, until the press kit is there."""
    response = render(request, "publishing/press_kit_not_ready.html", status=202)
    response.headers["Refresh"] = response.headers["Retry-After"] = str(AGAIN)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{name}-fact-sheet.pdf") or ""
    return response
