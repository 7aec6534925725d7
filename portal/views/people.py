from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contests.models import Appearance, Quote
from contests.people_filters import PersonFilterSet
from contests.work_kinds import WorkKind
from people.models import Person
from portal.views.alphabetical import MANY, NAMES
from portal.views.careers import career
from record.limited_lists import cut, limited
from record.lists import FilteredList
from record.prepared_queries import KEY, Given, prepared
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request, Viewpoint
from record.web.query_parameters import of_list, reads


def listed_people(viewpoint: Viewpoint) -> QuerySet:
    return Person.objects.public(viewpoint).for_list()


@require_safe
@reads(*of_list(PersonFilterSet))
def people(request: Request) -> HttpResponse:
    """Show the list of people. Template context: `list`, a FilteredList of Person."""
    shown = FilteredList(request, listed_people, NAMES, PersonFilterSet, per_page=MANY)
    return render(request, "portal/people.html", {"list": shown})


def person_pages(viewpoint: Viewpoint) -> QuerySet:
    return Person.objects.public(viewpoint).for_page()


@prepared(person=KEY)
def appearances(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return Appearance.objects.public(viewpoint).filter(person=person).select_related("event__contest", "source")


@prepared(person=KEY)
def quotes(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return cut(Quote.objects.public(viewpoint).filter(speaker=person).for_list(), MANY)


@require_safe
@reads("awards", "works")
def person(request: Request, slug: str) -> HttpResponse:
    """
    Show the page of one person. Template context: `person`, `names` (other names), `affiliations`, `past` (past works),
    `upcoming` (next projects), `works_heading`, `appearances`, `quotes`, and what `career` returns.

    `?awards=2` and `?works=2` show the second part of a long career.
    """
    found, moved = find_page(person_pages, request.viewpoint, slug, can_be_merged=True)
    if moved:
        return moved_to(request, found.get_absolute_url())
    given = {"viewpoint": request.viewpoint, "person": found.pk}
    own = career(request.viewpoint, request.GET, person=found.pk)
    kinds = {entry.contest.work_kind for entry in own["entries"]}
    kind = WorkKind(kinds.pop()) if len(kinds) == 1 else WorkKind.WORK
    works = found.works() if found.has_works else []
    return render(
        request,
        "portal/person.html",
        {
            "person": found,
            "names": found.other_names.all(),
            "affiliations": found.affiliations.all(),
            "past": [work for work in works if work.kind == "past"],
            "upcoming": [work for work in works if work.kind == "upcoming"],
            "works_heading": kind.phrases.plural,
            **own,
            "appearances": appearances(**given),
            "quotes": limited(quotes(**given)),
        },
    )
