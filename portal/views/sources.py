from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contests.models import Contest, Event, Figure, Quote, Recognition, Submission
from people.addresses import find
from people.models import Person, Source
from people.options import page_of

SOME = 24
MANY = 60


def sources(request: HttpRequest) -> HttpResponse:
    """Everything that backs the record. Context: `page` of Source."""
    return render(request, "people/sources.html", {"page": page_of(request, Source.objects.public(request.at))})


def source(request: HttpRequest, slug: str) -> HttpResponse:
    """
    One source and what rests on it. Context: `source`, `contests`, `submissions`, `people`, `events`, `figures`,
    `recognitions`, `quotes`.
    """
    found, moved = find(Source.objects.public(request.at), slug)
    if moved:
        return redirect(found, permanent=True)
    recognitions = Recognition.objects.public(request.at).filter(source=found)
    return render(
        request,
        "people/source.html",
        {
            "source": found,
            "unknown": _("not known"),
            "contests": Contest.objects.public(request.at).filter(sources=found)[:SOME],
            "submissions": Submission.objects.public(request.at).filter(sources=found).select_related("contest")[:SOME],
            "people": Person.objects.public(request.at).filter(sources=found)[:MANY],
            "events": Event.objects.public(request.at).filter(sources=found).select_related("contest")[:SOME],
            "figures": Figure.objects.public(request.at)
            .filter(source=found)
            .select_related("contest", "organisation")[:SOME],
            "recognitions": recognitions.select_related("award", "submission__contest", "person")[:SOME],
            "quotes": Quote.objects.public(request.at).filter(source=found).for_list()[:MANY],
        },
    )
