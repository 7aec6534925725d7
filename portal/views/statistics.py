from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe
from django_countries import countries

from contests.models import Contest, Figure, LeadingRegion
from contests.statistics import CONTESTS, REPORTED
from contests.statistics import statistics as counted_at
from contests.tallies import step_of, steps
from portal.world_map import marks, world
from record import former_countries
from record.list_format import enumerated
from record.slug_lookup import find
from record.viewpoint import Request
from record.web.query_parameters import reads

TOLD = 5


@require_safe
@reads("contest")
def statistics(request: Request) -> HttpResponse:
    """
    Show reported figures and the portal's own counts, for all contests or for the contest in `?contest=`.

    Template context:

    - `contest` (or None), `contests`, `several` (whether the page is about more than one contest), and `is_unknown`
      (whether there is no contest with the slug in the URL).
    - Reported: `figures`, `regions` (with the most submissions), and `pools` (the contests with a prize pool).
    - Counted: `counted`.
    - For the map of counts: `marks` of the countries, coloured by range of counts; `steps` (these ranges, for the
      legend); `origin_facts` (the text alternative).
    - For the map of regions: `ranks` (the marks of the regions) and `leading_facts` (the text alternative).
    - For both maps: `world`, and `off_map` and `ranked_off_map` (the names of listed countries that are no more, and of
      "international", which no map shows).
    """
    several = len(set(request.GET.getlist("contest"))) > 1
    # If the URL names several contests, treat the contest as unknown: no contest has the slug "/".
    asked = "/" if several else request.GET.get("contest", "").replace("\x00", "")
    contests = list(Contest.objects.public(request.viewpoint).for_statistics(asked)[:CONTESTS])
    contest = contests[0] if asked and contests and contests[0].slug == asked else None
    if asked and contest is None and (slug := _slug_of_today(request, asked)):
        return HttpResponsePermanentRedirect(f"{request.path}?{urlencode({'contest': slug})}")
    counted = counted_at(request.viewpoint, contest, contests)
    figures = Figure.objects.public(request.viewpoint).of_contest_itself().for_statistics(contest)
    regions = list(LeadingRegion.objects.public(request.viewpoint).for_statistics(contest)[:REPORTED])
    classes = steps(row.count for row in counted.countries.rows)
    return render(
        request,
        "portal/statistics.html",
        {
            "contest": contest,
            "contests": contests,
            "several": contest is None and len(contests) > 1,
            "is_unknown": bool(asked) and contest is None,
            "figures": figures[:REPORTED],
            "regions": regions,
            "ranks": marks((str(region.country), str(region.rank), 0) for region in regions),
            "pools": [each for each in ([contest] if contest else contests) if each.prize_pool is not None],
            "counted": counted,
            "world": world(),
            "off_map": off_map(row.key for row in counted.countries.rows),
            "ranked_off_map": off_map(region.country for region in regions),
            "origin_facts": facts(f"{row.label}: {row.count}" for row in counted.countries.rows),
            "leading_facts": facts(f"{region.rank}. {countries.name(region.country)}" for region in regions),
            "steps": classes,
            "marks": marks(
                (row.key, f"{row.label}  {row.count}", step_of(row.count, classes)) for row in counted.countries.rows
            ),
        },
    )


def off_map(codes: Iterable[Any]) -> str:
    """Return the names of those of `codes` that are no country of today, as text in the language of the page."""
    return enumerated(str(countries.name(code)) for code in map(str, codes) if code in former_countries.NAMES)


def facts(lines: Iterable[str]) -> str:
    """
    Return the text alternative of a map: the first five of `lines`, and the number of further lines, which only the
    list on the page shows.
    """
    lines = list(lines)
    more = len(lines) - TOLD
    if more <= 0:
        return enumerated(lines)
    return ngettext(
        "%(told)s. One more country or region is in the list.",
        "%(told)s. %(more)s more countries or regions are in the list.",
        more,
    ) % {
        "told": pgettext("between facts", ", ").join(lines[:TOLD]),
        "more": more,
    }


def _slug_of_today(request: Request, slug: str) -> str:
    """Return the current slug of the public contest with the former slug `slug`, or an empty string."""
    try:
        return find(Contest.objects.public(request.viewpoint), slug)[0].slug
    except Http404:
        return ""
