from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.beginnings import beginning
from people.synthetic import MARK
from portal.search import find
from portal.search.models import Entry

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
                    "title": beginning(entry.title, LONGEST_SUGGESTION),
                    "language": entry.language,
                    "kind": _kind(entry),
                    "url": entry.address,
                }
                for entry in found
            ]
        }
    )


def _kind(entry: Entry) -> str:
    """What kind of thing a suggestion is; of a quote also its context, without which it might be misread."""
    about = beginning(entry.label, LONGEST_SUGGESTION) if entry.is_quote else ""
    return ", ".join(filter(None, (str(entry.get_kind_display()), MARK if entry.is_synthetic else "", about)))
