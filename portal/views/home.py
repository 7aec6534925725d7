from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contests.models import Appearance, Contest, Event, Figure, Quote, Recognition
from record.limited_lists import first
from record.viewpoint import Request

FIGURES = 4
WINNERS = 4
VOICES = 3
EVENTS = 12
MANY = 60


@require_safe
def home(request: Request) -> HttpResponse:
    """
    Show the newest contest that has content, with its grand prize first. Template context: `contest`, `stage` (whether
    the contest accepts entries: "upcoming", "open", "closed" or ""), `grand_prize`, `others` (the other winners),
    `figures`, `quotes` (one from each of up to three speakers), `appearances`, `events`.
    """
    contests = Contest.objects.public(request.viewpoint).for_page().with_counts(request.viewpoint)
    contest = contests.results_first(request.viewpoint).first()
    if contest is None:
        return render(request, "portal/home_empty.html")
    winners = (
        Recognition.objects.public(request.viewpoint)
        .winning()
        .filter(award__contest=contest)
        .for_award_lines()
        .with_work_sources()
    )
    shown = list(winners[: WINNERS * 3])
    grand_prize = shown[0] if shown else None
    appearances = Appearance.objects.public(request.viewpoint).filter(event__contest=contest)
    return render(
        request,
        "portal/home.html",
        {
            "contest": contest,
            "stage": contest.entry_stage(request.viewpoint),
            "grand_prize": grand_prize,
            "others": others(shown, grand_prize)[: WINNERS - 1 if grand_prize else WINNERS],
            "figures": Figure.objects.public(request.viewpoint)
            .of_contest_itself()
            .filter(contest=contest)
            .select_related("organisation", "source")[:FIGURES],
            "quotes": one_per_speaker(
                Quote.objects.public(request.viewpoint).filter(event__contest=contest).for_list()[:MANY]
            )[:VOICES],
            "appearances": first(
                appearances.select_related("person", "event__contest", "source").order_by("event__order", "order"), 24
            ),
            "events": first(
                Event.objects.public(request.viewpoint).filter(contest=contest).select_related("contest"), EVENTS
            ),
        },
    )


def others(shown: Iterable[Recognition], grand_prize: Recognition | None) -> list[Recognition]:
    """
    Return the first recognition of each work or person in `shown`, leaving out the work or person with the grand prize.
    The order stays the same.
    """
    firsts: dict[tuple[int | None, int | None], Recognition] = {}
    for recognition in [grand_prize, *shown] if grand_prize else shown:
        firsts.setdefault((recognition.submission_id, recognition.person_id), recognition)
    return [recognition for recognition in firsts.values() if recognition is not grand_prize]


def one_per_speaker(quotes: Iterable[Quote]) -> list[Quote]:
    """Return the first quote of each speaker. The order stays the same."""
    firsts: dict[int, Quote] = {}
    for quote in quotes:
        firsts.setdefault(quote.speaker_id, quote)
    return list(firsts.values())
