from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Credit, Event, Figure, Quote, Recognition, Submission
from people.models import Affiliation, NextProject, PastWork, Person
from record.limited_lists import cut, limited
from record.lists import FilteredList, Order
from record.models import Source
from record.prepared_queries import KEY, Given, prepared
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request, Viewpoint
from record.web.query_parameters import of_list, reads

SOME = 24
MANY = 60

TITLES = [Order("title", gettext_lazy("A to Z"), ("sort_key", "pk"))]


def source_pages(viewpoint: Viewpoint) -> QuerySet:
    return Source.objects.public(viewpoint)


@require_safe
@reads(*of_list())
def sources(request: Request) -> HttpResponse:
    """Show the list of sources. Template context: `list`, a FilteredList of Source."""
    shown = FilteredList(request, source_pages, TITLES, per_page=MANY)
    return render(request, "portal/sources.html", {"list": shown})


def _any_of(*keys: QuerySet) -> Q:
    """
    Return the condition that a primary key is in one of the querysets `keys`. With UNION, the database looks up each of
    the keys. With OR, it would check every row.
    """
    first, *others = (rows.order_by() for rows in keys)
    return Q(pk__in=first.union(*others))


@prepared(source=KEY)
def contests(viewpoint: Viewpoint, source: Given) -> QuerySet:
    return cut(Contest.objects.public(viewpoint).resting_on(source), SOME)


@prepared(source=KEY)
def submissions(viewpoint: Viewpoint, source: Given) -> QuerySet:
    # A credit is public if its submission is, so the credits themselves need no check.
    own, credits = Submission.objects.filter(sources=source), Credit.objects.filter(source=source)
    cited = _any_of(own.values("pk"), credits.values("submission"))
    return cut(Submission.objects.public(viewpoint).filter(cited).select_related("contest"), SOME)


@prepared(source=KEY)
def people(viewpoint: Viewpoint, source: Given) -> QuerySet:
    own = Person.objects.filter(sources=source)
    # Not `Credit.objects.public`: SQLite would begin with all eligible works instead of the credits from this source.
    credited = Credit.objects.filter(Exists(Submission.objects.public(viewpoint).filter(pk=OuterRef("submission"))))
    own_facts = (model.objects.all() for model in (Affiliation, PastWork, NextProject))
    facts = (*own_facts, credited, Appearance.objects.public(viewpoint))
    cited = _any_of(own.values("pk"), *(rows.filter(source=source).values("person") for rows in facts))
    return cut(Person.objects.public(viewpoint).filter(cited), MANY)


@prepared(source=KEY)
def events(viewpoint: Viewpoint, source: Given) -> QuerySet:
    own = Event.objects.filter(sources=source)
    appearances = Appearance.objects.public(viewpoint).filter(source=source)
    cited = _any_of(own.values("pk"), appearances.values("event"))
    return cut(Event.objects.public(viewpoint).filter(cited).select_related("contest"), SOME)


@prepared(source=KEY)
def figures(viewpoint: Viewpoint, source: Given) -> QuerySet:
    rows = Figure.objects.public(viewpoint).filter(source=source)
    return cut(rows.select_related("contest", "organisation"), SOME)


@prepared(source=KEY)
def recognitions(viewpoint: Viewpoint, source: Given) -> QuerySet:
    rows = Recognition.objects.public(viewpoint).filter(source=source)
    return cut(rows.select_related("award", "submission__contest", "person"), SOME)


@prepared(source=KEY)
def quotes(viewpoint: Viewpoint, source: Given) -> QuerySet:
    return cut(Quote.objects.public(viewpoint).filter(source=source).for_list(), MANY)


@require_safe
def source(request: Request, slug: str) -> HttpResponse:
    """
    Show one source and the facts that are based on it. Template context: `source`, and `contests`, `submissions`,
    `people`, `events`, `figures`, `recognitions` and `quotes`, each a LimitedList of the first rows.
    """
    found, moved = find_page(source_pages, request.viewpoint, slug, can_be_merged=True)
    if moved:
        return moved_to(request, found.get_absolute_url())
    sections = (contests, submissions, people, events, figures, recognitions, quotes)
    context = {rows.__name__: limited(rows(request.viewpoint, source=found.pk)) for rows in sections}
    return render(request, "portal/source.html", {"source": found, "unknown": _("not known"), **context})
