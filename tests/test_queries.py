"""The number of SQL statements of each page is small, and the same for eight rows of everything as for forty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_countries import countries

from contests.models import Submission
from record.facets import ALL
from record.lists import FilteredList
from search import index
from tests import factories as make
from tests.query_plans import gather_statistics

COUNTRIES = sorted(countries.countries)
pytestmark = pytest.mark.django_db
# For each kind of page: its URL and the exact number of SQL statements. No public page needs more than ten.
PAGES = {
    "/": 10,
    "/contests/": 3,
    "/contests/big/": 9,
    "/series/": 2,
    "/series/reels/": 10,
    "/series/reels/awards/picture/": 10,
    "/contests/big/winners/": 7,
    "/contests/big/winners/?award=award-big&country=PL": 8,
    "/contests/big/winners/?view=large": 8,
    "/contests/big/winners/?view=large&standing=winner&country=PL": 9,
    "/contests/big/corrections/": 3,
    "/contests/big/submissions/": 6,
    "/contests/big/submissions/?view=list&sort=-title": 6,
    "/contests/big/submissions/?page=last": 6,
    "/contests/big/submissions/?award=award-big&country=PL": 7,
    "/works/": 4,
    "/works/?decade=1990": 4,
    "/works/film/": 9,
    "/works/often/": 7,
    "/contests/big/events/evening/": 8,
    "/winners/?view=table": 6,
    "/winners/?view=large": 7,
    "/winners/?contest=big&award=big/award-big&country=PL": 7,
    "/winners/?view=large&contest=big&award=big/award-big&country=PL&standing=all": 8,
    "/people/": 3,
    "/people/?role=winner&country=PL": 4,
    "/people/ann/": 9,
    "/organisations/": 4,
    "/organisations/?country=PL": 4,
    "/organisations/house/": 10,
    "/quotes/": 3,
    "/quotes/?sort=event": 3,
    "/quotes/?speaker=ann&event=big/evening&work=big/film": 4,
    "/quotes/first/": 4,
    "/sources/": 2,
    "/sources/report/": 10,
    "/statistics/": 7,
    "/statistics/?contest=big": 7,
    "/statistics/?contest=unheard-of": 9,
    "/search/": 0,
    "/search/?q=zzz": 3,
    "/search/?q=submission": 4,
    "/search/?q=submission&kind=works&page=2": 4,
    "/search/?q=submision": 6,
    "/search/suggestions/?q=sub": 4,
    "/verify/": 0,
    "/verify/YKQ8N-CFK23/": 4,
    "/laurels/YKQ8N-CFK23/on-light.svg": 4,
    "/laurels/YKQ8N-CFK23/on-dark-transparent.png": 4,
    "/winners/feed.atom": 4,
    "/quotes/feed.atom": 1,
    "/contests/big/feed.atom": 6,
    "/winners/feed.json": 4,
    "/quotes/feed.json": 1,
    "/contests/big/feed.json": 6,
    "/contests/big/dates.ics": 1,
    "/contests/big/events/evening/event.ics": 2,
    "/embed/contests/big/winners/": 5,
    "/embed/contests/big/submissions/film/": 3,
    "/embed/quotes/first/": 1,
    "/oembed?url=http://testserver/contests/big/": 1,
    "/oembed?url=http://testserver/contests/big/winners/": 1,
    "/oembed?url=http://testserver/contests/big/submissions/film/&format=xml": 3,
    "/oembed?url=http://testserver/works/film/&format=xml": 4,
    "/oembed?url=http://testserver/quotes/first/": 1,
    "/quotes/first/citation.bib": 1,
    "/contests/big/figures/entries/citation.json": 1,
    "/contests/big/submissions/film/citation.txt": 3,
    "/contests/big/fact-sheet.pdf": 7,
    "/contests/big/submissions/film/fact-sheet.pdf": 7,
    "/card.png": 0,
    "/contests/big/card.png": 1,
    "/contests/big/submissions/film/card.png": 3,
    "/contests/big/events/evening/card.png": 1,
    "/people/ann/card.png": 5,
    "/organisations/house/card.png": 1,
    "/quotes/first/card.png": 1,
    "/api/": 0,
    "/api/v1/": 0,
    "/api/v1/openapi.json": 0,
    "/api/v1/contests?limit=100": 1,
    "/api/v1/contests?limit=100&expand=awards,categories,events,figures,leading_regions,sources": 6,
    "/api/v1/series?limit=100": 1,
    "/api/v1/series?limit=100&expand=editions,lines,organisers,sources": 4,
    "/api/v1/works?limit=100": 2,
    "/api/v1/works?limit=100&expand=credits.person,entries.contest,sources": 6,
    "/api/v1/submissions?limit=100": 1,
    "/api/v1/submissions?limit=100&expand=contest,credits.person,recognitions.award,sources": 9,
    "/api/v1/awards?limit=100": 1,
    "/api/v1/awards?limit=100&expand=contest,source": 2,
    "/api/v1/recognitions?limit=100": 5,
    "/api/v1/recognitions?limit=100&expand=award,parties,presenters,source,submissions.credits.person": 7,
    "/api/v1/people?limit=100": 1,
    "/api/v1/people?limit=100&expand=affiliations,appearances,credits.work,next_projects,past_works,sources": 8,
    "/api/v1/people?limit=100&expand=identifiers,other_names": 3,
    "/api/v1/organisations?limit=100": 1,
    "/api/v1/organisations?limit=100&expand=affiliations.person,identifiers,other_names": 5,
    "/api/v1/events?limit=100": 1,
    "/api/v1/events?limit=100&expand=appearances.person,contest,sources": 4,
    "/api/v1/quotes?limit=100": 1,
    "/api/v1/quotes?limit=100&expand=event,source,speaker,submission": 4,
    "/api/v1/sources?limit=100": 1,
    "/api/v1/recognitions?person=ann&status=all": 5,
    "/api/v1/recognitions?contest=big&award=award-big&country=PL": 5,
    "/api/v1/statistics": 7,
    "/api/v1/statistics?contest=big": 7,
    "/sitemap.xml": 5,
    "/sitemap-works.xml": 2,
    "/sitemap-contests.xml": 2,
    "/sitemap-quotes.xml": 2,
    "/manifest.webmanifest": 0,
    "/robots.txt": 0,
    "/healthz": 0,
    "/style-guide/": 0,
}


def fill(count):
    """
    Create a public contest with `count` rows of each kind, all related to one work, person, event, award and source.
    """
    source = make.SourceFactory(slug="report")
    # So many organisations that their list has jumps by letter.
    other = make.ContestFactory(revealed=True)
    for _number in range(40):
        make.EventFactory(contest=other, host=make.OrganisationFactory())
    # The list of works has jumps too.
    titles = [f"{chr(ord('A') + number % 20)} film" for number in range(60)]
    make.bulk_entries(
        Submission(contest=other, title=title, slug=f"other-{number}", status="eligible")
        for number, title in enumerate(titles)
    )
    house = make.OrganisationFactory(slug="house", country="PL", sources=[source])
    make.ContestFactory.create_batch(count, revealed=True, organiser=house)
    now = timezone.now()
    series = make.SeriesFactory(slug="reels", sources=[source])
    line = make.AwardLineFactory(series=series, slug="picture", continues=make.AwardLineFactory(series=series))
    make.AwardLineFactory(series=series, continues=line)
    make.ContestFactory(revealed=True, series=series)
    make.ContestFactory.create_batch(count, revealed=True, series=series)
    values = {"opens_at": now, "sources": [source], "series": series, "organiser": house}
    contest = make.ContestFactory(slug="big", revealed=True, **values)
    ann = make.PersonFactory(slug="ann", country="PL", sources=[source])
    film = make.SubmissionFactory(
        contest=contest, slug="film", sources=[source], year=1994, work__slug="film", work__sources=[source]
    )
    event = make.EventFactory(contest=contest, slug="evening", starts_at=now, sources=[source])
    award = make.AwardFactory(contest=contest, slug="award-big", kind="grand_prize", precedence=1, line=line)
    make.CreditFactory(submission=film, person=ann)
    often = make.WorkFactory(slug="often", sources=[source])
    won = {"award": award, "source": source, "presenters": [ann]}
    # The verification code of its laurel is YKQ8N-CFK23.
    make.RecognitionFactory(submission=film, key="nextgen-alzheimer-grand-prize", **won)
    make.QuoteFactory(event=event, speaker=ann, submission=film, slug="first", source=source)
    make.AppearanceFactory(event=event, person=ann, role="winner", source=source)
    make.CategoryFactory(contest=contest)
    make.FigureFactory(contest=contest, slug="entries", source=source)
    make.FormerSlugFactory(object=contest)
    for number in range(count):
        other = make.PersonFactory(country="KR", sources=[source])
        also = make.SubmissionFactory(contest=contest, sources=[source])
        make.CreditFactory(submission=also, person=other)
        make.WorkIdentifierFactory.create_batch(2, work=film.work)
        entry = make.SubmissionFactory(contest__revealed=True, work=often, sources=[source])
        make.RecognitionFactory(award__contest=entry.contest, submission=entry, presenters=[other], source=source)
        make.CreditFactory(work=often, person=other)
        make.CreditFactory(submission=film, person=other)
        make.CreditFactory(submission=also, person=ann)
        make.RecognitionFactory(award=award, submission=also, presenters=[other, ann], source=source)
        make.RecognitionFactory(award=award, submission=None, person=other, source=source)
        make.QuoteFactory(event=event, speaker=ann, submission=also, source=source)
        make.QuoteFactory(event=event, speaker=other, submission=film, source=source)
        make.AppearanceFactory(event=event, person=other, source=source)
        make.EventFactory(contest=contest, part_of=event, sources=[source])
        make.FigureFactory(contest=contest, source=source)
        make.LeadingRegionFactory(contest=contest, country=COUNTRIES[number], source=source)
        make.SeriesOrganiserFactory(series=series, source=source)
        other_line = make.AwardLineFactory(series=series, continues=line)
        make.AwardFactory(contest=contest, line=other_line)
        edition = make.ContestFactory(revealed=True, series=series)
        make.FigureFactory(contest=edition, slug="entries", source=source)
        make.RecognitionFactory(award__contest=edition, award__line=line, source=source)
        for honoured in ({"person": ann}, {"person": None, "organisation": house}):
            named = make.RecognitionFactory(award=award, submission=also, source=source)
            make.PartyFactory(recognition=named, order=20, **honoured)
        make.CreditFactory(submission=also, person=None, organisation=house)
        make.AffiliationFactory(person=ann)
        make.AffiliationFactory(person=ann, organisation=house)
        make.EventFactory(contest=contest, host=house)
        make.FigureFactory(contest=contest, organisation=house, source=source)
        for owner, name, identifier in (
            ({"person": ann}, make.PersonNameFactory, make.PersonIdentifierFactory),
            ({"organisation": house}, make.OrganisationNameFactory, make.OrganisationIdentifierFactory),
        ):
            name(**owner)
            identifier(**owner)
        make.PastWorkFactory(person=ann)
        make.NextProjectFactory(person=ann)


def counts(client):
    found = {}
    assert connection.features.supports_json_field  # Reading this feature queries the database once per process.
    for address in PAGES:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200, address
        found[address] = needed(captured, response)
    return found


def needed(captured, response):
    """
    Return the number of statements of a page. A list that fits on one page saves a statement, because its primary keys
    need not be read; add it, so that the number is the same for all lists.
    """
    shown = (response.context or {}).get("list")
    if not isinstance(shown, FilteredList):
        return len(captured)
    is_narrowed = shown.chosen or any(scope != ALL for scope in shown.scope.values())
    return len(captured) + (shown.page.is_first and shown.page.is_last and not is_narrowed)


# Lists of up to six rows have no facets, so they need fewer statements.
@pytest.mark.parametrize("rows", [8, 40])
def test_each_page_needs_the_same_few_statements_whatever_the_number_of_rows(client, rows):
    fill(rows)
    gather_statistics()
    index.refresh()
    gather_statistics()
    assert counts(client) == PAGES


def test_no_page_and_no_list_of_the_api_needs_more_than_ten():
    assert {address: number for address, number in PAGES.items() if number > 10} == {}


def test_an_error_page_asks_for_nothing_but_the_missing_row(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/nothing-here/").status_code == 404
