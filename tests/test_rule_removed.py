"""
Checks the reveal sweep itself: with the visibility rule, no output reveals hidden rows; without the rule, each output
reveals them, on each of its routes. This is done for hidden results and for a hidden contest. So the test fails if an
output stops using the rule, or if a check of the sweep can't fail.
"""

import re
from datetime import timedelta
from itertools import product
from urllib.parse import quote as percent

import pytest
from django.utils import timezone

from api.endpoints import RESOURCES
from contests.models import AwardLine, Contest, Event, Quote, Recognition, Submission
from contests.querysets import ContestQuerySet
from people.models import Organisation, Person
from portal.sitemaps import SITEMAPS
from record.models import Source
from tests import factories as make
from tests.reveal_rows import hidden_entry, hidden_result
from tests.test_reveal_sweep import client, crawl, leaks
from tests.url_patterns import patterns

pytestmark = pytest.mark.django_db
__all__ = ["client"]

WORDS = ("futureword", "draftword")
FEED, CITED = r"feed\.(atom|json)", r"citation\.(txt|bib|json)"
#: The routes of each output, as patterns for the project's list of routes.
SURFACES = {
    "cards": r".+/card\.png",
    "feeds": rf".+/{FEED}",
    "calendars": r".+\.ics",
    "embeds": r"embed/.+",
    "oembed": r"oembed",
    "press kits": r".+/press-kit\.zip",
    "fact sheets": r".+/fact-sheet\.pdf",
    "citations": rf".+/{CITED}",
    "laurels": r"laurels/.+",
    "verification": r"verify/.+",
    "api": r"api/v1/(?!openapi)\w.*",
    "sitemap": r"sitemap-.+",
    "images": r"media/.+",
    "corrections": r"contests/{contest}/corrections/",
    "addresses of entries": r"contests/{contest}/submissions/{slug}/",
    "structured data": r"|contests/|(contests/{contest}|people|organisations|quotes|sources|winners)/"
    r"(submissions/|((events|winners)/)?({slug}/)?)|series/({series}/(awards/{slug}/)?)?|works/({slug}/)?",
}
#: Routes that are public together with the contest, before its results. Only a hidden contest could leak there. The
#: home page, which shows one contest, and the corrections, which don't exist before the reveal, are also in this list.
WITH_THE_CONTEST = re.compile(
    r"contests/{contest}/(card\.png|corrections/|dates\.ics|events/{slug}/(card\.png|event\.ics)|figures/.+)"
    r"|api/v1/(awards|contests|events|series|statistics).*|contests/|series/({series}/)?|"
)
#: Routes that do not depend on the record, and pages whose content programs can't read.
SILENT = {
    *("admin/", "api/", "api/v1/", "api/v1/openapi.json", "card.png", "favicon.ico", "healthz", "readyz", "language/"),
    *("manifest.webmanifest", "robots.txt", "search/", "search/suggestions/", "sitemap.xml", "statistics/"),
    *("style-guide/", "verify/"),
    *(route for route, _parts in patterns() if route.startswith("account/")),
}
SCRIPT = re.compile(rb'<script type="application/ld\+json"[^>]*>(.*?)</script>', re.DOTALL)


def routes_of(surface):
    return sorted({route for route, _parts in patterns() if re.fullmatch(SURFACES[surface], route)})


def test_every_route_belongs_to_a_surface_or_tells_nothing_of_the_record():
    routes = {route for route, _parts in patterns() if not re.match(r"admin/.", route)}
    assert routes - SILENT == {route for surface in SURFACES for route in routes_of(surface)}


@pytest.fixture
def hidden(settings, monkeypatch):
    """
    Create two contests with a result each: one whose results are hidden, and one that is hidden itself. Counts are not
    cached. Laurels and images are made in a single format, because all formats show the same.
    """
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    monkeypatch.setattr("publishing.press_kit.laurels.laurels.drawn", lambda texts, file: texts.honouree.encode())
    lines = [
        make.AwardLineFactory(name=f"{word} line", series__name=f"{word} series") for word in ("Next", "Draftword")
    ]
    future = make.ContestFactory(title="Future contest", approved_future=True, series=lines[0].series)
    draft = make.ContestFactory(title="Draftword contest", approved_future=True, series=lines[1].series)
    later = timezone.now() + timedelta(days=1)
    Contest.objects.filter(pk=draft.pk).update(published_at=later, opens_at=later)
    hidden_result(future, "futureword")
    hidden_result(draft, "draftword")
    make.FigureFactory(contest=draft, label="Figure draftword")
    Event.objects.filter(contest=draft).update(starts_at=later)
    return HiddenRows(draft)


class HiddenRows:
    """Describes hidden rows and the URLs that lead to one."""

    def __init__(self, draft):
        self.contests = [Contest.objects.get(title="Future contest"), draft]
        parts = [*Submission.objects.select_related("contest"), *Event.objects.all(), *draft.figures.all()]
        self.pairs = [(row.contest.slug, percent(row.slug)) for row in parts]
        said = [*Quote.objects.all(), *Person.objects.filter(name__startswith="Creator")]
        said += Organisation.objects.filter(name__startswith="House")
        sources = [source for source in Source.objects.all() if source.title.endswith(WORDS)]
        self.slugs = [percent(row.slug) for row in [*said, *sources]]
        won = Recognition.objects.select_related("award__contest")
        self.codes = {row.code: WORDS[row.award.contest == draft] for row in won}
        self.keys = {row.key: WORDS[row.award.contest == draft] for row in won}
        self.keys |= {row.key: WORDS[WORDS[1] in str(row.slug)] for row in [*said, *sources]}
        self.keys |= {row.key: "draftword" for row in (draft, draft.series, *draft.events.all(), *draft.awards.all())}
        entries = Submission.objects.select_related("contest", "work")
        self.keys |= {row.key: WORDS[film.contest == draft] for film in entries for row in (film, film.work)}
        self.works = [percent(film.work.slug) for film in entries]
        self.files = [film.poster.name for film in Submission.objects.all()]

    def addresses(self, route):
        """Return the URLs of a route for a hidden row, or for a list that would contain it."""
        if route == "oembed":
            return [f"/oembed?url={percent(f'http://testserver{page}')}" for page in self.pages()]
        if route == "api/v1/statistics":
            return [f"/{route}?contest={self.contests[1].slug}"]
        values = {
            "contest": [contest.slug for contest in self.contests],
            "code": self.codes,
            "file": ["on-light.svg", "on-dark-transparent.png"],
            "id": self.keys,
            "path": self.files,
            "section": SITEMAPS,
            "slug": self.slugs,
        }
        values["series"] = [contest.series.slug for contest in self.contests]
        parts = re.findall(r"{(\w+)}", route)
        if parts == ["series", "slug"]:
            values["slug"] = list(AwardLine.objects.values_list("slug", flat=True))
        if route.startswith("works/"):
            values["slug"] = self.works
        choices = self.pairs if parts == ["contest", "slug"] else product(*(values[part] for part in parts))
        found = {"/" + route.format(**dict(zip(parts, choice, strict=True))) for choice in choices}
        return sorted(f"{url}?limit=100" if route in API_LISTS else url for url in found)

    def pages(self):
        rows = [self.contests[1], *Submission.objects.all(), *Quote.objects.all()]
        return [row.get_absolute_url() for row in rows]

    def told_by(self, answers):
        """
        Return which of the two contests the responses reveal, because they contain one of its words or because the URL
        of a hidden row exists.
        """
        told = {word for _url, word in leaks(answers, *WORDS)}
        names = {f"/{key}": word for key, word in self.keys.items()} | self.codes | {word: word for word in WORDS}
        there = [url for url, (status, _headers, _body) in answers.items() if status != 404]
        return told | {word for url in there for name, word in names.items() if name in url}


API_LISTS = {f"api/v1/{resource.name}" for resource in RESOURCES}


def without_rule(monkeypatch):
    """Make everything public in all querysets until the test ends."""
    querysets = {type(model.objects.all()) for app in (Contest, Person, Source) for model in every_model(app)}
    for queryset in querysets:
        if hasattr(queryset, "public"):
            monkeypatch.setattr(queryset, "public", lambda rows, viewpoint: rows)
    monkeypatch.setattr(ContestQuerySet, "with_public_results", lambda rows, viewpoint: rows)


def every_model(model):
    return [each for each in model._meta.app_config.get_models() if hasattr(each, "objects")]


def told(client, hidden, surface):
    """Return which of the two contests each route of an output reveals."""
    found = {}
    for route in routes_of(surface):
        answers = crawl(client, hidden.addresses(route))
        if surface == "structured data":
            answers = {url: said_to_programs(*answer) for url, answer in answers.items()}
        found[route] = sorted(hidden.told_by(answers))
    return found


def said_to_programs(status, headers, body):
    said = b"".join(SCRIPT.findall(body))
    return status if said else 404, headers, said


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_tells_nothing_hidden_and_without_the_rule_each_of_its_routes_does(
    client, hidden, monkeypatch, surface
):
    routes = routes_of(surface)
    assert told(client, hidden, surface) == {route: [] for route in routes}
    without_rule(monkeypatch)
    assert told(client, hidden, surface) == {
        route: ["draftword"] if WITH_THE_CONTEST.fullmatch(route) else ["draftword", "futureword"] for route in routes
    }


def test_an_entry_that_its_contest_does_not_show_has_no_page_and_without_the_rule_each(client, monkeypatch):
    contest = make.ContestFactory(slug="c", revealed=True, public_entries="winners")
    make.RecognitionFactory(award__contest=contest)
    make.EventFactory(contest=contest)
    film = hidden_entry(contest, "losingword")
    work, key = "/contests/c/submissions/film-losingword/", film.key
    page = film.get_absolute_url()
    pages = [page, f"{work}card.png", f"{work}press-kit.zip", f"{work}fact-sheet.pdf", f"{work}citation.txt"]
    pages += [f"/embed{work}", f"/oembed?url=http%3A//testserver{page}", f"/api/v1/submissions/{key}"]
    pages += ["/people/creator-losingword/", "/sources/source-losingword/", "/quotes/words-losingword/"]
    pages += [f"/media/{film.poster.name}"]
    lists = ["/contests/c/submissions/", "/works/", "/people/", "/quotes/", "/sources/", "/api/v1/submissions"]
    lists += ["/sitemap-works.xml", "/contests/c/press-kit.zip"]
    answers = crawl(client, [*pages, *lists])
    assert {url: status for url, (status, *_rest) in answers.items() if status != 404} == dict.fromkeys(lists, 200)
    assert leaks(answers, "losingword") == []
    without_rule(monkeypatch)
    answers = crawl(client, [*pages, *lists])
    assert {status for status, *_rest in answers.values()} == {200}
    assert {url for url, _word in leaks(answers, "losingword")} >= set(lists)


def test_a_card_says_nothing_of_what_somebody_won_who_is_public_already(client, hidden, monkeypatch):
    """The test can't read the text in an image, so it checks that the image stays the same."""
    future = hidden.contests[0]
    card = f"/people/{make.AppearanceFactory(event=future.events.first(), role='moderator').person.slug}/card.png"
    before = client.get(card)
    known = Person.objects.get(slug=card.split("/")[2])
    make.AppearanceFactory(event=future.events.first(), person=known, role="winner")
    make.CreditFactory(submission=future.submissions.get(), person=known)
    make.RecognitionFactory(award=future.awards.first(), submission=None, person=known)
    after = client.get(card)
    assert (before.status_code, after.status_code) == (200, 200)
    assert (after["ETag"], after.content) == (before["ETag"], before.content)
    without_rule(monkeypatch)
    assert client.get(card).content != before.content
