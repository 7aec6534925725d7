from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contests.models import Contest, Event, Figure
from contests.people_filters import OrganisationFilterSet
from people.models import Affiliation, Organisation, Person
from portal.views.alphabetical import MANY, NAMES
from portal.views.careers import career
from record.limited_lists import cut, limited
from record.lists import FilteredList
from record.prepared_queries import KEY, Given, prepared
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request, Viewpoint
from record.web.query_parameters import of_list, reads


def listed_organisations(viewpoint: Viewpoint) -> QuerySet:
    return Organisation.objects.public(viewpoint).for_list()


def organisation_pages(viewpoint: Viewpoint) -> QuerySet:
    return Organisation.objects.public(viewpoint).for_page()


@prepared(organisation=KEY)
def contests_of(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    rows = Contest.objects.public(viewpoint).filter(organiser=organisation).for_list()
    return cut(rows.order_by("-edition_key", "-pk"), MANY)


@prepared(organisation=KEY)
def events_of(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    rows = Event.objects.public(viewpoint).filter(host=organisation).select_related("contest")
    return cut(rows.order_by("-contest__edition_key", "order", "pk"), MANY)


@prepared(organisation=KEY)
def affiliations_of(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    people = Person.objects.public(viewpoint)
    rows = Affiliation.objects.filter(organisation=organisation, person__in=people)
    return cut(rows.select_related("person", "source").order_by("person__sort_key", "pk"), MANY)


@prepared(organisation=KEY)
def figures_about(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    rows = Figure.objects.public(viewpoint).filter(organisation=organisation).select_related("contest", "source")
    return cut(rows.order_by("-contest__edition_key", "order", "pk"), MANY)


@require_safe
@reads(*of_list(OrganisationFilterSet))
def organisations(request: Request) -> HttpResponse:
    """Show the list of organisations. Template context: `list`, a FilteredList of Organisation."""
    shown = FilteredList(request, listed_organisations, NAMES, OrganisationFilterSet, per_page=MANY)
    return render(request, "portal/organisations.html", {"list": shown})


@require_safe
@reads("awards", "works")
def organisation(request: Request, slug: str) -> HttpResponse:
    """
    Show the page of one organisation. Template context: `organisation`, the lists of `parts_of`, and what `career`
    returns. `?awards=2` and `?works=2` show the second part of a long career.
    """
    found, moved = find_page(organisation_pages, request.viewpoint, slug, can_be_merged=True)
    if moved:
        return moved_to(request, found.get_absolute_url())
    own = career(request.viewpoint, request.GET, organisation=found.pk)
    parts = parts_of(request.viewpoint, found)
    return render(request, "portal/organisation.html", {"organisation": found, **own, **parts})


def parts_of(viewpoint: Viewpoint, row: Any) -> dict[str, Any]:
    """
    Return the lists on the page of an organisation: its other `names`, its `contests` and `events`, the `affiliations`
    of public people and the `figures` about it. Each needs one SQL statement, the names none. A new list belongs here.
    """
    given = {"viewpoint": viewpoint, "organisation": row.pk}
    return {
        "names": row.other_names.all(),
        "contests": limited(contests_of(**given)),
        "events": limited(events_of(**given)),
        "affiliations": limited(affiliations_of(**given)) if row.has_affiliations else [],
        "figures": limited(figures_about(**given)),
    }
