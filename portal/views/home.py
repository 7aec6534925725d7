from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Event, Figure, Quote, Recognition
from record.limited_lists import cut, limited
from record.prepared_queries import KEY, Given, prepared
from record.viewpoint import Request, Viewpoint

FIGURES = 4
WINNERS = 4
VOICES = 3
EVENTS = 12
MANY = 60
APPEARANCES = 24


@prepared()
def newest_contest(viewpoint: Viewpoint) -> QuerySet:
    contests = Contest.objects.public(viewpoint).for_page().with_counts(viewpoint)
    return contests.results_first(viewpoint)[:1]


@prepared(contest=KEY)
def winners(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    won = Recognition.objects.public(viewpoint).winning().filter(award__contest=contest)
    return won.for_award_lines().with_work_sources()[: WINNERS * 3]


@prepared(contest=KEY)
def figures(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    own = Figure.objects.public(viewpoint).of_contest_itself().filter(contest=contest)
    return own.select_related("organisation", "source")[:FIGURES]


@prepared(contest=KEY)
def quotes(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return Quote.objects.public(viewpoint).filter(event__contest=contest).for_list()[:MANY]


@prepared(contest=KEY)
def appearances(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    rows = Appearance.objects.public(viewpoint).filter(event__contest=contest)
    shown = rows.select_related("person", "event__contest", "source").order_by("event__order", "order")
    return cut(shown, APPEARANCES)


@prepared(contest=KEY)
def events(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return cut(Event.objects.public(viewpoint).filter(contest=contest).select_related("contest"), EVENTS)


@require_safe
def home(request: Request) -> HttpResponse:
    """
    Show the newest contest that has content, with its grand prize first. Template context: `contest`, `stage` (whether
    the contest accepts entries: "upcoming", "open", "closed" or ""), `grand_prize`, `others` (the other winners),
    `figures`, `quotes` (one from each of up to three speakers), `appearances`, `events`.
    """
    contest = next(iter(newest_contest(request.viewpoint)), None)
    if contest is None:
        return render(request, "portal/home_empty.html")
    shown = winners(request.viewpoint, contest=contest.pk)
    grand_prize = shown[0] if shown else None
    return render(
        request,
        "portal/home.html",
        {
            "contest": contest,
            "stage": contest.entry_stage(request.viewpoint),
            "grand_prize": grand_prize,
            "others": others(shown, grand_prize)[: WINNERS - 1 if grand_prize else WINNERS],
            "figures": figures(request.viewpoint, contest=contest.pk),
            "quotes": one_per_speaker(quotes(request.viewpoint, contest=contest.pk))[:VOICES],
            "appearances": limited(appearances(request.viewpoint, contest=contest.pk)),
            "events": limited(events(request.viewpoint, contest=contest.pk)),
        },
    )


def others(shown: Iterable[Recognition], grand_prize: Recognition | None) -> list[Recognition]:
    """
    Return the first recognition of each work or person in `shown`, leaving out the work or person with the grand prize.
    The order stays the same.
    """
    firsts: dict[Any, Recognition] = {}
    for recognition in [grand_prize, *shown] if grand_prize else shown:
        firsts.setdefault(recognition.honouree or recognition, recognition)
    return [recognition for recognition in firsts.values() if recognition is not grand_prize]


def one_per_speaker(said: Iterable[Quote]) -> list[Quote]:
    """Return the first quote of each speaker in `said`. The order stays the same."""
    firsts: dict[int, Quote] = {}
    for quote in said:
        firsts.setdefault(quote.speaker_id, quote)
    return list(firsts.values())
