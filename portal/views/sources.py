from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Credit, Event, Figure, Quote, Recognition, Submission
from people.models import Affiliation, NextProject, PastWork, Person
from record.limited_lists import first
from record.linked_rows import LinkedRows, Links
from record.lists import FilteredList, Order
from record.models import Source
from record.slug_lookup import find, moved_to
from record.viewpoint import Request, Viewpoint

SOME = 24
MANY = 60

TITLES = [Order("title", gettext_lazy("A to Z"), ("sort_key", "pk"))]


@require_safe
def sources(request: Request) -> HttpResponse:
    """Show the list of sources. Template context: `list`, a FilteredList of Source."""
    shown = FilteredList(request, Source.objects.public(request.viewpoint), TITLES, per_page=MANY)
    return render(request, "portal/sources.html", {"list": shown})


@require_safe
def source(request: Request, slug: str) -> HttpResponse:
    """
    Show one source and the facts that are based on it. Template context: `source`, and `contests`, `submissions`,
    `people`, `events`, `figures`, `recognitions` and `quotes`, each a LimitedList of the first rows.
    """
    submissions, people = _submissions(request.viewpoint, slug), _people(request.viewpoint, slug)
    counted: QuerySet[Any] = Source.objects.public(request.viewpoint).annotate(
        submission_count=submissions.number(), person_count=people.number()
    )
    found, moved = find(counted, slug, viewpoint=request.viewpoint)
    if moved:
        return moved_to(request, found.get_absolute_url())
    events = Event.objects.filter(sources=found)
    appearances = Appearance.objects.public(request.viewpoint).filter(source=found)
    recognitions = Recognition.objects.public(request.viewpoint).filter(source=found)
    return render(
        request,
        "portal/source.html",
        {
            "source": found,
            "unknown": _("not known"),
            "contests": first(Contest.objects.public(request.viewpoint).resting_on(found), SOME),
            "submissions": submissions.first(found.submission_count),
            "people": people.first(found.person_count),
            "events": first(
                Event.objects.public(request.viewpoint)
                .filter(Q(pk__in=events.values("pk")) | Q(pk__in=appearances.values("event")))
                .select_related("contest"),
                SOME,
            ),
            "figures": first(
                Figure.objects.public(request.viewpoint).filter(source=found).select_related("contest", "organisation"),
                SOME,
            ),
            "recognitions": first(recognitions.select_related("award", "submission__contest", "person"), SOME),
            "quotes": first(Quote.objects.public(request.viewpoint).filter(source=found).for_list(), MANY),
        },
    )


def _submissions(viewpoint: Viewpoint, slug: str) -> LinkedRows:
    """Return the public submissions with texts or credits from the source with the slug `slug`."""
    texts = Submission.sources.through._default_manager.filter(source__slug=slug)
    credits = Credit.objects.public(viewpoint).filter(source__slug=slug)
    rows = Submission.objects.public(viewpoint).select_related("contest")
    return LinkedRows(rows, [Links(texts, "submission"), Links(credits, "submission", are_public=True)], SOME)


def _people(viewpoint: Viewpoint, slug: str) -> LinkedRows:
    """Return the public people about whom the source with the slug `slug` has a fact."""
    texts = Person.sources.through._default_manager.filter(source__slug=slug)
    told = [model._default_manager.filter(source__slug=slug) for model in (Affiliation, PastWork, NextProject)]
    credits = Credit.objects.public(viewpoint).filter(source__slug=slug)
    appearances = Appearance.objects.public(viewpoint).filter(source__slug=slug)
    links = [Links(rows, "person") for rows in (texts, *told)]
    links += [Links(rows, "person", are_public=True) for rows in (credits, appearances)]
    return LinkedRows(Person.objects.public(viewpoint), links, MANY)
