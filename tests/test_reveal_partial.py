"""
No URL of the project reveals hidden results of a contest that has one early result, or of a public contest with a
result that is not approved.
"""

import re
from urllib.parse import quote

import pytest
import time_machine
from django.utils import timezone

from api.endpoints import RESOURCES
from contests import results
from contests.models import Contest, Recognition
from people.models import Person
from portal.sitemaps import SITEMAPS
from search import index
from tests import factories as make
from tests.reveal_rows import hidden_result, remove
from tests.test_reveal_sweep import crawl, leaks
from tests.url_patterns import addresses

pytestmark = pytest.mark.django_db


def shown_result(contest, title, maker="Creator"):
    """Create a public result with a creator. It contains no hidden word."""
    won = make.RecognitionFactory(award__contest=contest, submission__title=title, citation=f"Citation of {title}")
    make.CreditFactory(submission=won.submission, person__name=f"{maker} of {title}")
    return won


@pytest.fixture
def portal():
    """Create a contest with one work that is revealed before the others, and a public contest."""
    contests = {
        "partly": make.ContestFactory(title="Partly revealed", approved_future=True),
        "late": make.ContestFactory(title="Wholly revealed", revealed=True),
    }
    known = make.CreditFactory(submission=shown_result(contests["late"], "Shown film", "Maker").submission).person
    ahead = shown_result(contests["partly"], "Early film")
    results.reveal_recognition(ahead, actor=None)
    return contests, ahead, known


def hide(portal):
    """
    Create hidden results: the other results of the first contest, and in both contests a second award for the public
    work. In the first contest it is not revealed yet, in the second it is not approved.
    """
    contests, ahead, known = portal
    hidden = hidden_result(contests["partly"], "sealedword", known)
    second = make.RecognitionFactory(
        award__contest=contests["partly"], award__name="Further prize", submission=ahead.submission,
        citation="Citation sealedword", presenters=[make.PersonFactory(name="Presenter of sealedword")],
    )  # fmt: skip
    shown = contests["late"].submissions.get()
    late = make.RecognitionFactory(
        award__contest=contests["late"], award__name="Further prize", submission=shown, approved_at=None,
        citation="Citation sealedword", presenters=[make.PersonFactory(name="Handed over by sealedword")],
    )  # fmt: skip
    own = make.RecognitionFactory(
        award=late.award, submission=None, person=make.PersonFactory(name="Honoured late sealedword"), approved_at=None
    )
    return hidden, [second, late, own]


def take_away(hidden, rows):
    remove(hidden)
    for row in rows:
        presenters = list(row.presenters.all())
        person = row.person
        Recognition.objects.filter(pk=row.pk).delete()
        for each in [*presenters, *([person] if person else [])]:
            each.delete()


def addresses_to_look_at(contests, ahead, rows):
    """Return every route, filled in with public rows and hidden ones, and with the hidden awards."""
    films = [ahead.submission, contests["late"].submissions.get()]
    people = Person.objects.filter(credits__work__entries__in=films)
    values = {
        "contest": [contest.slug for contest in contests.values()],
        "code": [row.code for row in (ahead, *rows)],
        "file": ["on-light.svg"],
        "id": [row.key for row in (ahead, *rows, *films)],
        "slug": [*(person.slug for person in people), *(film.work.slug for film in films)],
        "path": [],
        "section": sorted(SITEMAPS),
    }
    pairs = [(film.contest.slug, film.slug) for film in films]
    # Drawings and archives are slow, and the same for both portals.
    drawn = re.compile(rf"^/admin/|{contests['late'].slug}/.*\.(png|pdf|zip)$")
    urls = [url for url in addresses(values, pairs, otherwise=["1"]) if not drawn.search(url)]
    urls += [f"/search/?q={quote(words)}" for words in ("sealedword", "further prize", "early sealedword", "film")]
    lists = [f"/contests/{contests['partly'].slug}/winners/", "/winners/", "/people/", "/quotes/"]
    urls += [f"{url}?{question}" for url in lists for question in ("award=further-prize", "country=IS", "page=last")]
    return urls + [f"/api/v1/{resource.name}?limit=100" for resource in RESOURCES]


def test_what_is_shown_of_a_contest_tells_nothing_of_what_is_not(client, portal):
    contests, ahead, _known = portal
    # Events and awards are public before the results, so both portals have them.
    make.EventFactory(contest=contests["partly"])
    with time_machine.travel(timezone.now(), tick=False):
        hidden, rows = hide(portal)
        urls = addresses_to_look_at(contests, ahead, rows)
        with_hidden = crawl(client, urls)
        assert leaks(with_hidden, "sealedword") == []
        assert [url for url, (status, _headers, _body) in with_hidden.items() if status >= 500] == []
        codes = [row.code for row in rows]
        assert {with_hidden[f"/verify/{code}/"][0] for code in codes} == {404}
        assert {with_hidden[f"/laurels/{code}/on-light.svg"][0] for code in codes} == {404}
        take_away(hidden, rows)
        without = crawl(client, urls)
    assert len(urls) > 100
    assert [url for url in urls if with_hidden[url] != without[url]] == []
    film = ahead.submission.get_absolute_url()
    assert {with_hidden[url][0] for url in (film, f"/verify/{ahead.code}/", "/people/creator-of-early-film/")} == {200}
    told = {url for url, _word in leaks(with_hidden, "Early film")}
    slug = contests["partly"].slug
    assert {"/winners/", f"/contests/{slug}/", f"/contests/{slug}/winners/", f"/contests/{slug}/submissions/"} <= told
    assert {"/winners/feed.atom", f"/contests/{slug}/feed.json", f"/contests/{slug}/press-kit.zip"} <= told
    assert b"More winners will be announced." in with_hidden[f"/contests/{slug}/winners/"][2]
    assert b"More winners will be announced." not in with_hidden[f"/contests/{contests['late'].slug}/winners/"][2]


def test_the_whole_follows_at_its_moment_and_an_unapproved_result_does_not(client, portal):
    contests, ahead, _known = portal
    _hidden, (second, late, _own) = hide(portal)
    winners = f"/contests/{contests['partly'].slug}/winners/"
    with time_machine.travel(contests["partly"].reveal_at, tick=False):
        shown = client.get(winners).content.decode()
        assert "Film sealedword" in shown
        assert "More winners" not in shown
        film = client.get(ahead.submission.get_absolute_url()).content.decode()
        assert second.award.name in film
        assert client.get(f"/verify/{late.code}/").status_code == 404
        assert client.get("/sitemap-works.xml").status_code == 200
    results.approve_recognition(late, actor=None)
    assert client.get(f"/verify/{late.code}/").status_code == 200


def test_a_change_is_seen_by_the_next_request_on_each_kind_of_page(client):
    contest = make.ContestFactory(approved_future=True)
    won = shown_result(contest, "Early film")
    pages = [
        won.submission.get_absolute_url(), f"/verify/{won.code}/", f"/api/v1/recognitions/{won.key}",
        f"/laurels/{won.code}/on-light.svg", f"/contests/{contest.slug}/submissions/early-film/card.png",
    ]  # fmt: skip
    lists = ["/winners/", "/winners/feed.atom", f"/contests/{contest.slug}/winners/", "/search/?q=early"]
    lists += ["/sitemap-works.xml"]
    lists += [f"/statistics/?contest={contest.slug}"]

    def seen():
        index.refresh()
        found = [client.get(url).status_code for url in pages]
        return found, [b"early-film" in client.get(url).getvalue().lower() for url in lists[:-1]]

    before = client.get(lists[-1]).context["counted"].submissions
    assert seen() == ([404] * len(pages), [False] * (len(lists) - 1))
    results.reveal_recognition(won, actor=None)
    assert seen() == ([200] * len(pages), [True] * (len(lists) - 1))
    assert client.get(lists[-1]).context["counted"].submissions == before + 1
    results.revoke(won, actor=None, reason="It was not theirs.")
    assert "It was not theirs." in client.get(pages[0]).content.decode()
    assert client.get(pages[3]).status_code == 410
    assert b"early-film" not in client.get("/winners/").content


def test_no_index_of_the_sitemap_tells_of_a_reveal_to_come(client):
    contest = make.ContestFactory(approved_future=True)
    results.reveal_recognition(shown_result(contest, "Early film"), actor=None)
    day = f"{contest.reveal_at:%Y-%m-%d}".encode()
    for url in ("/sitemap.xml", "/sitemap-works.xml", "/sitemap-contests.xml", "/winners/feed.atom"):
        answer = client.get(url)
        assert (answer.status_code, day in answer.getvalue()) == (200, False)
    assert Contest.objects.get().reveal_at == contest.reveal_at
