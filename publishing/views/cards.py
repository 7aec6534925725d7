"""Share cards. Each view checks that the page is public at `request.viewpoint` before it looks for a stored picture."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Event, Quote, Recognition, Submission
from people.models import Organisation, Person
from publishing import cards
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.query_parameters import reads

#: The Cache-Control header for URLs with the current version of a card. If the card changes, its URL changes too. The
#: picture is cached for only one day, so that it soon disappears if its content is withdrawn.
KEEP = "public, max-age=86400"


@require_safe
@reads("v")
def site(request: HttpRequest) -> HttpResponse:
    """Return the portal's own share card, for pages that have no card of their own."""
    return _answer(request, cards.of_site())


@require_safe
@reads("v")
def contest(request: Request, contest: str) -> HttpResponse:
    found, moved = find(Contest.objects.public(request.viewpoint).for_list(), contest)
    if moved:
        return moved_to(request, reverse("contest_card", args=[found.slug]))
    return _answer(request, cards.of_contest(found))


@require_safe
@reads("v")
def work(request: Request, contest: str, slug: str) -> HttpResponse:
    found, moved = find(
        Submission.objects.public(request.viewpoint).for_gallery(request.viewpoint), slug, contest=contest
    )
    if moved:
        return moved_to(request, reverse("work_card", args=[found.contest.slug, found.slug]))
    return _answer(request, cards.of_work(found))


@require_safe
@reads("v")
def event(request: Request, contest: str, slug: str) -> HttpResponse:
    found, moved = find(Event.objects.public(request.viewpoint).select_related("contest"), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("event_card", args=[found.contest.slug, found.slug]))
    return _answer(request, cards.of_event(found))


@require_safe
@reads("v")
def person(request: Request, slug: str) -> HttpResponse:
    found, moved = find(Person.objects.public(request.viewpoint), slug, viewpoint=request.viewpoint)
    if moved:
        return moved_to(request, reverse("person_card", args=[found.slug]))
    recognitions = Recognition.objects.public(request.viewpoint).belonging_to(person=found).for_names()
    appearances = Appearance.objects.public(request.viewpoint).filter(person=found).select_related("event__contest")
    card = cards.of_person(found, recognitions.own_first(), list(appearances[:1]))
    return _answer(request, card)


@require_safe
@reads("v")
def organisation(request: Request, slug: str) -> HttpResponse:
    found, moved = find(Organisation.objects.public(request.viewpoint), slug, viewpoint=request.viewpoint)
    if moved:
        return moved_to(request, reverse("organisation_card", args=[found.slug]))
    return _answer(request, cards.of_organisation(found))


@require_safe
@reads("v")
def quote(request: Request, slug: str) -> HttpResponse:
    found, moved = find(Quote.objects.public(request.viewpoint).for_list(), slug)
    if moved:
        return moved_to(request, reverse("quote_card", args=[found.slug]))
    return _answer(request, cards.of_quote(found))


def _answer(request: HttpRequest, card: cards.Card) -> HttpResponse:
    """Return the picture of `card`, status 304 if the browser already has it, or 503 if too many are being drawn."""
    response = get_conditional_response(request, etag=quote_etag(card.version))
    if response is None:
        try:
            response = HttpResponse(cards.png(card), content_type="image/png")
        except cards.TooManyCards:
            return HttpResponse(status=503, headers={"Retry-After": "2", "Cache-Control": "no-store"})
    response.headers["ETag"] = quote_etag(card.version)
    if request.GET.get("v") == card.version:
        response.headers["Cache-Control"] = KEEP
    return response
