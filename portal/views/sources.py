from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Credit, Event, Figure, Quote, Recognition, Submission
from people.models import Person
from record.limited_lists import first
from record.lists import FilteredList, Order
from record.models import Source
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.query_parameters import of_list, reads

SOME = 24
MANY = 60

TITLES = [Order("title", gettext_lazy("A to Z"), ("sort_key", "pk"))]


@require_safe
@reads(*of_list())
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
    found, moved = find(Source.objects.public(request.viewpoint), slug, viewpoint=request.viewpoint)
    if moved:
        return moved_to(request, found.get_absolute_url())
    submissions, people = Submission.objects.filter(sources=found), Person.objects.filter(sources=found)
    events = Event.objects.filter(sources=found)
    credits = Credit.objects.public(request.viewpoint).filter(source=found)
    appearances = Appearance.objects.public(request.viewpoint).filter(source=found)
    recognitions = Recognition.objects.public(request.viewpoint).filter(source=found)
    return render(
        request,
        "portal/source.html",
        {
            "source": found,
            "unknown": _("not known"),
            "contests": first(Contest.objects.public(request.viewpoint).resting_on(found), SOME),
            "submissions": first(
                Submission.objects.public(request.viewpoint)
                .filter(Q(pk__in=submissions.values("pk")) | Q(pk__in=credits.values("submission")))
                .select_related("contest"),
                SOME,
            ),
            "people": first(
                Person.objects.public(request.viewpoint).filter(
                    Q(pk__in=people.values("pk"))
                    | Q(pk__in=found.affiliations.values("person"))
                    | Q(pk__in=found.past_works.values("person"))
                    | Q(pk__in=found.next_projects.values("person"))
                    | Q(pk__in=credits.values("person"))
                    | Q(pk__in=appearances.values("person"))
                ),
                MANY,
            ),
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
