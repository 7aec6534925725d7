from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from record.excerpts import beginning
from record.synthetic import MARK
from record.viewpoint import Request
from record.web.error_pages import too_many_requests
from record.web.query_parameters import reads
from record.web.rate_limits import allowance
from search import engine
from search.models import Entry

LONGEST_SUGGESTION = 90


@require_safe
@reads("q", "kind", "page")
def search(request: Request) -> HttpResponse:
    """
    Show the search results for the parameter `q`: the best of every kind, or, with the parameter `kind`, one page of
    that kind. Context: `answer`, `kind`.
    """
    if refused := _too_many(request):
        return refused
    wanted = request.GET.get("kind", "")
    wanted = engine.FORMER_NAMES.get(wanted, wanted)
    kind = next((kind for kind, (name, _label) in engine.NAMES.items() if name == wanted), None)
    answer = engine.search(_asked(request), request.viewpoint, kind=kind, page=request.GET.get("page"))
    return render(request, "search/search.html", {"answer": answer, "kind": kind and engine.NAMES[kind][0]})


@require_safe
@reads("q")
def suggestions(request: Request) -> HttpResponse:
    """Return suggestions for the search field: `{"suggestions": [{"title", "language", "kind", "url"}]}`."""
    if refused := _too_many(request):
        return refused
    found = engine.suggest(_asked(request), request.viewpoint)
    return JsonResponse(
        {
            "suggestions": [
                {
                    "title": beginning(entry.title, LONGEST_SUGGESTION),
                    "language": entry.language,
                    "kind": _kind(entry),
                    "url": entry.address,
                }
                for entry in found
            ]
        }
    )


def _asked(request: HttpRequest) -> str:
    """
    Return the text to search for: the parameter `q`. If the parameter occurs several times, join its different values.
    """
    return " ".join(dict.fromkeys(request.GET.getlist("q")))


def _kind(entry: Entry) -> str:
    """
    Return the kind of the suggested entry in words. Mark a synthetic entry. For a quote, add its context, because a
    quote alone might be misunderstood. Otherwise, add what tells the row from others with the same title.
    """
    about = beginning(entry.label if entry.is_quote else entry.told_apart, LONGEST_SUGGESTION)
    return ", ".join(filter(None, (str(entry.get_kind_display()), str(MARK) if entry.is_synthetic else "", about)))


def _too_many(request: HttpRequest) -> HttpResponse | None:
    """
    Return a 429 response if this client searches too often, else None. Guessing a hidden name letter by letter would
    take thousands of searches.
    """
    left = allowance(request, "search", settings.SEARCH_RATE_LIMIT) if _asked(request) else None
    if not left or not left.is_used_up:
        return None
    response = too_many_requests(request)
    left.tell(response)
    return response
