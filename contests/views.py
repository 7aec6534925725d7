"""The public pages about contests. Each view starts from the rows that are public at `request.viewpoint`."""

import json

from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contests import page_queries as queries
from contests.corrections import Corrections
from contests.filters import QuoteFilterSet, SubmissionFilterSet
from contests.made_up import is_made_up
from contests.models import Event, Quote
from contests.page_queries import MANY, SOME
from contests.querysets import (
    WORKS,
    credits_of_works,
    parts_of_gallery,
    parts_of_submission,
    works_and_parties,
)
from contests.recognition_filters import ContestResultFilterSet, WinnerFilterSet
from contests.recognition_words import numbers_in_words
from contests.result_lists import ROWS_OF_CONTEST, ResultList
from contests.series_queries import earlier_and_later, first_series
from contests.visibility import Results
from record.limited_lists import first, first_of, limited
from record.lists import FilteredList, Order
from record.parts import Parts, part_of
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request
from record.web.query_parameters import of_list, reads

# The number of posters on a page of the gallery. It fills the last line of a grid with 2, 3, 4, 6 or 8 columns.
WALL = 48

NEWEST = [Order("newest", _("Newest first"), ("-edition_key", "-pk"))]
# "-standing" puts winners first: the order of the alphabet. The page then sorts the rows of each award by standing.
OF_AWARDS = [Order("award", _("By award"), ("award__precedence", "-standing", "order", "pk"))]
#: The most recognitions above the title of a work.
ABOVE_TITLE = 3
OF_ALL_AWARDS = [
    Order(
        "award",
        _("By award"),
        ("-award__contest__edition_key", "-award__contest_id", "award__precedence", "order", "pk"),
    )
]
TITLES = [
    Order("title", _("A to Z"), ("sort_key", "pk")),
    Order("-title", _("Z to A"), ("-sort_key", "-pk")),
]
WALLS = [("wall", _("Posters")), ("list", _("List"))]
VOICES = [
    Order("speaker", _("By speaker"), ("speaker__sort_key", "speaker_id", "event_id", "order", "pk")),
    Order(
        "event",
        _("By event"),
        ("-event__contest__edition_key", "-event__contest_id", "event__order", "order", "pk"),
    ),
]


@require_safe
@reads(*of_list())
def contests(request: Request) -> HttpResponse:
    """
    List all public contests, the latest edition first. Context: `list`, a FilteredList of Contest; `all_series`, the
    first of the series.
    """
    shown = FilteredList(request, queries.contests_of_lists, NEWEST)
    return render(
        request, "contests/contests.html", {"list": shown, "all_series": limited(first_series(request.viewpoint))}
    )


@require_safe
def contest(request: Request, contest: str) -> HttpResponse:
    """
    Show the main page of a contest. Context: `contest`, `stage` ("upcoming", "open", "closed" or "": whether entries
    are accepted), `winners`, `figures` (about the contest), `organisation_figures` (about organisations), `cited` (both
    kinds of figures), `regions` (the countries and regions with the most entries), `events`, `earlier` and `later` (the
    editions before and after it in its series, or None).
    """
    found, moved = find_page(queries.contest_pages, request.viewpoint, contest)
    if moved:
        return moved_to(request, found.get_absolute_url())
    figures = queries.figures_of(request.viewpoint, contest=found.pk)
    earlier, later = earlier_and_later(found, request.viewpoint)
    own = first_of([figure for figure in figures if not figure.organisation_id], SOME)
    of_others = [figure for figure in figures if figure.organisation_id]
    return render(
        request,
        "contests/contest.html",
        {
            "contest": found,
            "stage": found.entry_stage(request.viewpoint),
            "winners": queries.winners_of(request.viewpoint, contest=found.pk),
            "figures": own,
            "organisation_figures": of_others,
            "cited": [*own, *of_others],
            "regions": limited(queries.regions_of(request.viewpoint, contest=found.pk)),
            "events": limited(queries.events_of(request.viewpoint, contest=found.pk)),
            "earlier": earlier,
            "later": later,
        },
    )


@require_safe
@reads(*of_list(WinnerFilterSet))
def winners(request: Request) -> HttpResponse:
    """
    List the winners of all contests, or the nominees and so on if the visitor asks for them. Context: `list`, a
    `ResultList`.
    """
    shown = ResultList(request, queries.results, OF_ALL_AWARDS, WinnerFilterSet)
    shown.load_parts()
    return render(request, "contests/winners.html", {"list": shown})


@require_safe
@reads(*of_list(ContestResultFilterSet))
def contest_winners(request: Request, contest: str) -> HttpResponse:
    """
    List the winners of a contest with its nominees, finalists, runners-up and mentions, the highest award first.
    Context: `contest`, `list` (a `ResultList`), `more_to_come` (whether other results of the contest are not public
    yet).
    """
    found, moved = find_page(queries.contests_of_lists, request.viewpoint, contest)
    if moved:
        return moved_to(request, reverse("contest_winners", args=[found.slug]))
    shown = ResultList(
        request, queries.results_in, OF_AWARDS, ContestResultFilterSet, rows_of_table=ROWS_OF_CONTEST, contest=found.pk
    )
    shown.load_parts()
    more = bool(shown.page) and found.results(request.viewpoint) is not Results.PUBLIC
    context = {"contest": found, "list": shown, "more_to_come": more}
    return render(request, "contests/contest_winners.html", context)


@require_safe
@reads("after")
def corrections(request: Request, contest: str) -> HttpResponse:
    """
    List the corrections of a contest: changes after its results became public. Context: `contest`, `corrections` (a
    page of the list), `days` (the corrections on the page, by day).
    """
    found, moved = find_page(queries.contests_of_lists, request.viewpoint, contest)
    if moved:
        return moved_to(request, reverse("contest_corrections", args=[found.slug]))
    page = Corrections(found, request.viewpoint, request.GET)
    context = {"contest": found, "corrections": page, "days": page.days}
    return render(request, "contests/corrections.html", context)


@require_safe
@reads(*of_list(SubmissionFilterSet))
def submissions(request: Request, contest: str) -> HttpResponse:
    """Show the gallery of a contest's submissions. Context: `contest`, `list` (a FilteredList of Submission)."""
    found, moved = find_page(queries.contests_of_lists, request.viewpoint, contest)
    if moved:
        return moved_to(request, reverse("submissions", args=[found.slug]))
    shown = FilteredList(
        request, queries.works_in, TITLES, SubmissionFilterSet, WALLS, per_page=WALL, count_to=WORKS, contest=found.pk
    )
    prefetch_related_objects(shown.page.rows, *parts_of_gallery(request.viewpoint))
    return render(request, "contests/submissions.html", {"contest": found, "list": shown})


@require_safe
def submission(request: Request, contest: str, slug: str) -> HttpResponse:
    """Redirect from the address of an entry to the page of its work."""
    found, _moved = find_page(queries.submission_addresses, request.viewpoint, slug, contest)
    return moved_to(request, found.get_absolute_url())


@require_safe
@reads("entries")
def work(request: Request, slug: str) -> HttpResponse:
    """
    Show a work with its public entries, in parts if there are many. Context: `work`, `entries`, `parts` (which part of
    all entries they are), `submission` (the entry whose texts and poster the page shows), `has_several` (whether there
    are other entries), `quotes` (all quotes about the work), `about` (quotes by other people), `words` (quotes by the
    work's creators), `has_won` (whether the work won an award), `others` (other wins in the contest, if the work was in
    one contest only), `heading` (the recognitions above the title: of many, only the first wins) and `numbers` (the
    recognitions of all entries in words, if `heading` leaves some out).
    """
    part = part_of(request.GET, "entries")
    entries = queries.entries_of(request.viewpoint, slug=slug, part=part)
    if not entries:
        found, moved = find_page(queries.work_addresses, request.viewpoint, slug, can_be_merged=True)
        if not moved:  # There is no such part.
            raise Http404
        return moved_to(request, found.get_absolute_url())
    found = entries[0].work
    for entry in entries:
        entry.work = found
    found.found_identifiers = entries[0].found_identifiers
    prefetch_related_objects(entries, *parts_of_submission(request.viewpoint))
    queries.load_sources(found, entries)
    makers = [credit.person_id for credit in found.credits.all()]
    quotes = limited(queries.quotes_about(request.viewpoint, work=found.pk))
    # If a synthetic contest has an entry of a real work, the page is about the other entries.
    real = [entry for entry in entries if not is_made_up(entry)] or entries
    shown = next((entry for entry in real if entry.poster or entry.synopsis or entry.logline), real[0])
    others, has_several = [], entries[0].of_all > 1
    if not has_several:
        others = queries.other_winners(request.viewpoint, contest=shown.contest_id, work=found.pk)
    own = [recognition for entry in entries for recognition in entry.recognitions.all()]
    prefetch_related_objects([*own, *others], *works_and_parties())
    prefetch_related_objects(others, credits_of_works())
    counts = dict(json.loads(entries[0].standings))
    has_many = max(len(own), sum(counts.values())) > ABOVE_TITLE
    above = [recognition for entry in real for recognition in entry.recognitions.all()]
    heading = [recognition for recognition in above if recognition.is_won] if has_many or has_several else above
    return render(
        request,
        "contests/work.html",
        {
            "work": found,
            "entries": entries,
            "parts": Parts("entries", part, entries[0].of_all, queries.ENTRIES),
            "has_several": has_several,
            "submission": shown,
            "quotes": quotes,
            "about": [quote for quote in quotes if quote.speaker_id not in makers],
            "words": [quote for quote in quotes if quote.speaker_id in makers],
            "has_won": any(recognition.is_won for recognition in own),
            "others": others,
            "heading": heading[:ABOVE_TITLE],
            "numbers": numbers_in_words(counts) if has_many else "",
        },
    )


@require_safe
def event(request: Request, contest: str, slug: str) -> HttpResponse:
    """
    Show an event, with the appearances and quotes of the event and of its parts. If the event is itself part of another
    event, also show what the people in these appearances said at that event. Context: `event`, `parts`, `appearances`,
    `quotes` (each with the attribute `role`, the speaker's role at the event), `awarded` (the wins, for a ceremony).
    """
    found, moved = find_page(queries.event_pages, request.viewpoint, slug, contest)
    if moved:
        return moved_to(request, found.get_absolute_url())
    appearances = limited(queries.appearances_at(request.viewpoint, event=found.pk))
    said = Q(event=found) | Q(event__part_of=found)
    if found.part_of_id:
        said |= Q(event=found.part_of_id, speaker__in=[appearance.person_id for appearance in appearances])
    quotes = first(Quote.objects.public(request.viewpoint).filter(said).for_list(), MANY)
    roles = {appearance.person_id: appearance.get_role_display() for appearance in reversed(appearances)}
    for quote in quotes:
        quote.role = roles.get(quote.speaker_id, "")
    is_ceremony = found.kind == Event.Kind.CEREMONY
    return render(
        request,
        "contests/event.html",
        {
            "event": found,
            "parts": queries.parts_of(request.viewpoint, event=found.pk),
            "appearances": appearances,
            "quotes": quotes,
            "awarded": limited(queries.counted_winners_of(request.viewpoint, contest=found.contest_id))
            if is_ceremony
            else [],
        },
    )


@require_safe
@reads("film", *of_list(QuoteFilterSet))
def quotes(request: Request) -> HttpResponse:
    """
    List all quotes, by speaker. Redirect old URLs, in which the parameter `work` was called `film`. Context: `list`, a
    FilteredList of Quote.
    """
    if "film" in request.GET:
        asked = request.GET.copy()
        asked.setdefault("work", asked.pop("film")[-1])
        return HttpResponsePermanentRedirect(f"{request.path}?{asked.urlencode()}")
    shown = FilteredList(request, queries.quote_pages, VOICES, QuoteFilterSet)
    return render(request, "contests/quotes.html", {"list": shown})


@require_safe
def quote(request: Request, slug: str) -> HttpResponse:
    """
    Show a quote. Context: `quote`, `more` (other quotes by the speaker), `before` and `after` (the quotes before and
    after it at the event, or None).
    """
    found, moved = find_page(queries.quote_pages, request.viewpoint, slug)
    if moved:
        return moved_to(request, found.get_absolute_url())
    position = {"event": found.event_id, "order": found.order}
    return render(
        request,
        "contests/quote.html",
        {
            "quote": found,
            "more": limited(queries.other_quotes_by(request.viewpoint, speaker=found.speaker_id, but=found.pk)),
            "before": next(iter(queries.quote_before(request.viewpoint, **position)), None),
            "after": next(iter(queries.quote_after(request.viewpoint, **position)), None),
        },
    )
