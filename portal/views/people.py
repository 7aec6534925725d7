from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contests.models import Appearance, Credit, Quote, Recognition, Submission
from contests.people_filters import PersonFilterSet
from contests.work_kinds import WorkKind
from people.models import Affiliation, Person
from record.limited_lists import cut, limited
from record.lists import FilteredList, Order
from record.prepared_queries import KEY, Given, prepared
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request, Viewpoint
from record.web.query_parameters import of_list, reads

MANY = 60
# The most works on the page of a person.
ALL = 10_000

NAMES = [
    Order("name", _("A to Z"), ("sort_key", "pk")),
    Order("-name", _("Z to A"), ("-sort_key", "-pk")),
]


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
def affiliations(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return Affiliation.objects.filter(person=person).select_related("organisation", "source")


@prepared(person=KEY)
def first_entries(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return cut(_entries(viewpoint, person), MANY)


@prepared(person=KEY)
def all_entries(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return cut(_entries(viewpoint, person), ALL)


def _entries(viewpoint: Viewpoint, person: Given) -> QuerySet:
    """Return the entries of the works that credit the person."""
    made = Credit.objects.filter(person=person).order_by().values("work")
    rows = Submission.objects.public(viewpoint).filter(work__in=made).select_related("contest", "work")
    return rows.order_by("-contest__published_at", "sort_key", "pk")


@prepared(person=KEY)
def first_recognitions(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return _recognitions(viewpoint, person, MANY)


@prepared(person=KEY)
def all_recognitions(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return _recognitions(viewpoint, person, ALL)


def _recognitions(viewpoint: Viewpoint, person: Given, works_at_most: int) -> QuerySet:
    """Return the recognitions of a person and of the works on the page."""
    works = _entries(viewpoint, person)[:works_at_most].values("pk")
    rows = Recognition.objects.public(viewpoint).filter(Q(person=person) | Q(submission__in=works))
    return rows.select_related("award__contest", "submission__work", "person", "source").own_first()


@prepared(person=KEY)
def appearances(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return Appearance.objects.public(viewpoint).filter(person=person).select_related("event__contest", "source")


@prepared(person=KEY)
def quotes(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return cut(Quote.objects.public(viewpoint).filter(speaker=person).for_list(), MANY)


@require_safe
@reads("works", "films")
def person(request: Request, slug: str) -> HttpResponse:
    """
    Show the page of one person. Template context: `person`, `affiliations`, `past` (past works), `upcoming` (next
    projects), `entries` (of the works that credit the person), `made` (these entries, grouped by work; each work has
    the person's credits as `own_credits`), `recognitions` of the person, `of_works` (the recognitions of their works),
    `works_heading`, `appearances`, `quotes`.

    `?works=all` shows all works, not only the first ones. `?films=all` does the same, for old links.
    """
    found, moved = find_page(person_pages, request.viewpoint, slug, can_be_merged=True)
    if moved:
        return moved_to(request, found.get_absolute_url())
    given = {"viewpoint": request.viewpoint, "person": found.pk}
    is_whole = "all" in (request.GET.get("works"), request.GET.get("films"))
    entries = limited((all_entries if is_whole else first_entries)(**given))
    own = Credit.objects.filter(person=found).select_related("source").order_by("order")
    prefetch_related_objects(entries, Prefetch("work__credits", own, to_attr="own_credits"))
    by_work: dict[int, list[Submission]] = {}
    for entry in entries:
        by_work.setdefault(entry.work_id, []).append(entry)
    kinds = {entry.contest.work_kind for entry in entries}
    kind = WorkKind(kinds.pop()) if len(kinds) == 1 else WorkKind.WORK
    works = found.works()
    listed = {entry.pk for entry in entries}
    recognised = (all_recognitions if is_whole else first_recognitions)(**given)
    return render(
        request,
        "portal/person.html",
        {
            "person": found,
            "affiliations": affiliations(**given),
            "past": [work for work in works if work.kind == "past"],
            "upcoming": [work for work in works if work.kind == "upcoming"],
            "entries": entries,
            "made": list(by_work.values()),
            "works_heading": kind.phrases.plural,
            "recognitions": [row for row in recognised if row.person_id],
            "of_works": [row for row in recognised if not row.person_id and row.submission_id in listed],
            "appearances": appearances(**given),
            "quotes": limited(quotes(**given)),
        },
    )
