from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contests.models import Appearance, Credit, Quote, Recognition
from people.addresses import find, moved_to
from people.lists import FilteredList, Order
from people.models import Person
from portal.filters import PersonFilterSet

MANY = 60

NAMES = [
    Order("name", _("A to Z"), ("sort_key", "pk")),
    Order("-name", _("Z to A"), ("-sort_key", "-pk")),
]


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The index of people. Context: `list`, a FilteredList of Person."""
    rows = Person.objects.public(request.at).for_list()
    shown = FilteredList(request, rows, NAMES, PersonFilterSet, per_page=MANY)
    return render(request, "people/people.html", {"list": shown})


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """
     The portrait page of one person. Context: `person`, `affiliations`, `past` and `upcoming` works, `credits`,
    , `recognitions`, `appearances`, `quotes`.
    """
    found, moved = find(Person.objects.public(request.at).for_page(), slug, at=request.at)
    if moved:
        return moved_to(request, found.get_absolute_url())
    credits = list(
        Credit.objects.public(request.at)
        .filter(person=found)
        .select_related("submission__contest", "source")
        .order_by("-submission__contest__published_at", "submission__title")[:MANY]
    )
    appearances = Appearance.objects.public(request.at).filter(person=found)
    works = found.works()[:MANY]
    return render(
        request,
        "people/person.html",
        {
            "person": found,
            "affiliations": found.affiliations.select_related("organisation", "source")[:MANY],
            "past": [work for work in works if work.kind == "past"],
            "upcoming": [work for work in works if work.kind == "upcoming"],
            "credits": credits,
            "recognitions": Recognition.objects.public(request.at)
            .of_person(found, [credit.submission_id for credit in credits])
            .select_related("award__contest", "submission__contest", "person", "source")[:MANY],
            "appearances": appearances.select_related("event__contest", "source")[:MANY],
            "quotes": Quote.objects.public(request.at).filter(speaker=found).for_list()[:MANY],
        },
    )
