"""Citation downloads. Each view uses only rows that are public at `request.viewpoint`."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contests.models import Figure, Quote, Submission
from publishing import citations
from publishing.citations import FORMS, Citation
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page


@require_safe
@conditional_page
def quote(request: Request, slug: str, extension: str) -> HttpResponse:
    """Return the citation of a quote as a file. `extension` is its format: "txt", "bib" or "json"."""
    found, moved = find(Quote.objects.public(request.viewpoint).for_list(), slug)
    if moved:
        return moved_to(request, reverse(f"quote_citation_{extension}", args=[found.slug]))
    return _file(citations.of_quote(found, request.build_absolute_uri), found.slug, extension)


@require_safe
@conditional_page
def figure(request: Request, contest: str, slug: str, extension: str) -> HttpResponse:
    """Return the citation of a figure as a file. `extension` is its format: "txt", "bib" or "json"."""
    rows = Figure.objects.public(request.viewpoint).select_related("contest", "organisation", "source")
    found, moved = find(rows, slug, contest=contest)
    if moved:
        return moved_to(request, reverse(f"figure_citation_{extension}", args=[found.contest.slug, found.slug]))
    return _file(citations.of_figure(found, request.build_absolute_uri), found.slug, extension)


@require_safe
@conditional_page
def work(request: Request, contest: str, slug: str, extension: str) -> HttpResponse:
    """Return the citation of a work as a file. `extension` is its format: "txt", "bib" or "json"."""
    rows = Submission.objects.public(request.viewpoint).for_citation()
    found, moved = find(rows, slug, contest=contest)
    if moved:
        return moved_to(request, reverse(f"work_citation_{extension}", args=[found.contest.slug, found.slug]))
    return _file(citations.of_work(found, request.build_absolute_uri), found.slug, extension)


def _file(citation: Citation, name: str, extension: str) -> HttpResponse:
    write, content_type = FORMS[extension]
    response = HttpResponse("".join(write([citation])), content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{extension}")
    return response
