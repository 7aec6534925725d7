from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contests.models import Appearance, Credit, Quote, Recognition
from contests.people_filters import PersonFilterSet
from contests.work_kinds import WorkKind
from people.models import Person
from record.facets import LARGE
from record.limited_lists import first
from record.lists import FilteredList, Order
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.query_parameters import of_list, reads

MANY = 60

NAMES = [
    Order("name", _("A to Z"), ("sort_key", "pk")),
    Order("-name", _("Z to A"), ("-sort_key", "-pk")),
]


@require_safe
@reads(*of_list(PersonFilterSet))
def people(request: Request) -> HttpResponse:
    """Show the list of people. Template context: `list`, a FilteredList of Person."""
    rows = Person.objects.public(request.viewpoint).for_list()
    shown = FilteredList(request, rows, NAMES, PersonFilterSet, per_page=MANY)
    return render(request, "portal/people.html", {"list": shown})


@require_safe
@reads("works", "films")
def person(request: Request, slug: str) -> HttpResponse:
    """
    Show the page of one person. Template context: `person`, `affiliations`, `past` (past works), `upcoming` (next
    projects), `credits`, `recognitions` of the person, `of_works` (the recognitions of their works), `works_heading`,
    `appearances`, `quotes`.

    `?works=all` shows all works, not only the first ones. `?films=all` does the same, for old links.
    """
    found, moved = find(Person.objects.public(request.viewpoint).for_page(), slug, viewpoint=request.viewpoint)
    if moved:
        return moved_to(request, found.get_absolute_url())
    credits = first(
        Credit.objects.public(request.viewpoint)
        .filter(person=found)
        .select_related("submission__contest", "source")
        .order_by("-submission__contest__published_at", "submission__sort_key", "pk"),
        LARGE if "all" in (request.GET.get("works"), request.GET.get("films")) else MANY,
    )
    appearances = Appearance.objects.public(request.viewpoint).filter(person=found)
    kinds = {credit.submission.contest.work_kind for credit in credits}
    kind = WorkKind(kinds.pop()) if len(kinds) == 1 else WorkKind.WORK
    works = found.works()
    recognised = Q(person=found) | Q(submission__in=[credit.submission_id for credit in credits])
    recognitions = (
        Recognition.objects.public(request.viewpoint)
        .filter(recognised)
        .select_related("award__contest", "submission__contest", "person", "source")
        .own_first()
    )
    return render(
        request,
        "portal/person.html",
        {
            "person": found,
            "affiliations": found.affiliations.select_related("organisation", "source"),
            "past": [work for work in works if work.kind == "past"],
            "upcoming": [work for work in works if work.kind == "upcoming"],
            "credits": credits,
            "works_heading": kind.phrases.plural,
            "recognitions": [row for row in recognitions if row.person_id],
            "of_works": [row for row in recognitions if not row.person_id],
            "appearances": appearances.select_related("event__contest", "source"),
            "quotes": first(Quote.objects.public(request.viewpoint).filter(speaker=found).for_list(), MANY),
        },
    )
