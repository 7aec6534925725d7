from collections.abc import Callable

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Credit, Event, Figure, Quote, Recognition, Submission, Work
from people.models import Affiliation, NextProject, Organisation, OrganisationName, PastWork, Person, PersonName
from record.cited_rows import CitedRows
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


@require_safe
@reads(*of_list())
def sources(request: Request) -> HttpResponse:
    """Show the list of sources. Template context: `list`, a FilteredList of Source."""
    shown = FilteredList(request, Source.objects.public, TITLES, per_page=MANY)
    return render(request, "portal/sources.html", {"list": shown})


def all_of(model: type[Model]) -> Callable[[Viewpoint], QuerySet]:
    return lambda viewpoint: model._default_manager.all()


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


def entry_sources(viewpoint: Viewpoint) -> QuerySet:
    public = Submission.objects.public(viewpoint).filter(pk=OuterRef("submission"))
    return Submission.sources.through._default_manager.filter(Exists(public))


def credits(viewpoint: Viewpoint) -> QuerySet:
    # Not `Credit.objects.public`: SQLite would begin with all eligible works instead of the credits from this source.
    return Credit.objects.filter(Exists(Submission.objects.public(viewpoint).filter(work=OuterRef("work"))))


# A credit is public if its work is, so the credits themselves need no check. The texts of an entry are public only if
# the entry is, even if other entries of its work are public.
WORKS = CitedRows(
    Work,
    [
        (all_of(Work.sources.through), "work"),
        (entry_sources, "submission__work"),
        (all_of(Credit), "work"),
    ],
    SOME,
)
PEOPLE = CitedRows(
    Person,
    [
        (all_of(Person.sources.through), "person"),
        *((all_of(model), "person") for model in (Affiliation, PastWork, NextProject, PersonName)),
        (credits, "person"),
        (Appearance.objects.public, "person"),
    ],
    MANY,
)


def source_pages(viewpoint: Viewpoint) -> QuerySet:
    counts = WORKS.counts("works", viewpoint) | PEOPLE.counts("people", viewpoint)
    return Source.objects.public(viewpoint).annotate(**counts)


@prepared(source=KEY)
def events(viewpoint: Viewpoint, source: Given) -> QuerySet:
    own = Event.objects.filter(sources=source)
    appearances = Appearance.objects.public(viewpoint).filter(source=source)
    cited = _any_of(own.values("pk"), appearances.values("event"))
    return cut(Event.objects.public(viewpoint).filter(cited).select_related("contest"), SOME)


@prepared(source=KEY)
def organisations(viewpoint: Viewpoint, source: Given) -> QuerySet:
    own = Organisation.objects.filter(sources=source)
    names = OrganisationName.objects.filter(source=source)
    rows = Organisation.objects.public(viewpoint).filter(_any_of(own.values("pk"), names.values("organisation")))
    return cut(rows.for_list().order_by("sort_key", "pk"), SOME)


@prepared(source=KEY)
def figures(viewpoint: Viewpoint, source: Given) -> QuerySet:
    rows = Figure.objects.public(viewpoint).filter(source=source)
    return cut(rows.select_related("contest", "organisation"), SOME)


@prepared(source=KEY)
def recognitions(viewpoint: Viewpoint, source: Given) -> QuerySet:
    rows = Recognition.objects.public(viewpoint).filter(source=source)
    return cut(rows.for_mentions(), SOME)


@prepared(source=KEY)
def quotes(viewpoint: Viewpoint, source: Given) -> QuerySet:
    return cut(Quote.objects.public(viewpoint).filter(source=source).for_list(), MANY)


@require_safe
def source(request: Request, slug: str) -> HttpResponse:
    """
    Show one source and the facts that are based on it. Template context: `source`, and `contests`, `works`, `people`,
    `organisations`, `events`, `figures`, `recognitions` and `quotes`, each a LimitedList of the first rows.
    """
    found, moved = find_page(source_pages, request.viewpoint, slug, can_be_merged=True)
    if moved:
        return moved_to(request, found.get_absolute_url())
    sections = (contests, organisations, events, figures, recognitions, quotes)
    context = {rows.__name__: limited(rows(request.viewpoint, source=found.pk)) for rows in sections}
    context["works"] = WORKS.of("works", request.viewpoint, found)
    context["people"] = PEOPLE.of("people", request.viewpoint, found)
    return render(request, "portal/source.html", {"source": found, "unknown": _("not known"), **context})
