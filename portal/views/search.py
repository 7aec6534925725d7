from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from people.synthetic import MARK
from portal.search import find

LONGEST_SUGGESTION = 90


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What answers to `q`, of every kind or a page of one `kind`. Context: `answer`, `kind`."""
    kind = next((kind for kind, (name, _label) in find.NAMES.items() if name == request.GET.get("kind")), None)
    answer = find.search(request.GET.get("q", ""), request.at, kind=kind, page=request.GET.get("page"))
    return render(request, "portal/search.html", {"answer": answer, "kind": kind and find.NAMES[kind][0]})


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """What begins like `q`, for the list under the field: `{"suggestions": [{"title", "language", "kind", "url"}]}`."""
    found = find.suggest(request.GET.get("q", ""), request.at)
    return JsonResponse(
        {
            "suggestions": [
                {
                    "title": Truncator(entry.title).chars(LONGEST_SUGGESTION),
                    "language": entry.language,
                    "kind": f"{entry.get_kind_display()}, {MARK}" if entry.is_synthetic else entry.get_kind_display(),
                    "url": entry.address,
                }
                for entry in found
            ]
        }
    )
