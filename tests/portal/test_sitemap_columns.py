"""A sitemap reads only what it shows, because it lists thousands of pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_script_prefix

from contests.models import Contest, Event, Quote, Submission, Work
from people.models import Person
from record.models import Source
from tests import factories as make
from tests.query_plans import plan_of

pytestmark = pytest.mark.django_db
MODELS = {
    "contests": Contest,
    "works": Work,
    "events": Event,
    "people": Person,
    "quotes": Quote,
    "sources": Source,
}


@pytest.fixture
def portal():
    contest = make.ContestFactory(revealed=True, public_entries="all")
    source = make.SourceFactory()
    event = make.EventFactory(contest=contest, sources=[source])
    for _ in range(3):
        person = make.PersonFactory(sources=[source])
        make.CreditFactory(submission=make.SubmissionFactory(contest=contest), person=person)
        make.QuoteFactory(event=event, speaker=person)


@pytest.mark.parametrize("section", MODELS)
def test_a_sitemap_makes_no_objects_and_reads_no_texts(client, portal, monkeypatch, section):
    made = []
    monkeypatch.setattr(MODELS[section], "from_db", classmethod(lambda cls, *args: made.append(args)))
    with CaptureQueriesContext(connection) as captured:
        body = client.get(f"/sitemap-{section}.xml").content.decode()
    assert (body.count("<loc>") >= 1, made) == (True, [])
    (read,) = [query["sql"] for query in captured if "ORDER BY" in query["sql"] and "RECURSIVE" not in query["sql"]]
    columns = read[: read.index(" FROM ")]
    for text in ("synopsis", "biography", "description", "text", "note", "title", "name"):
        assert f'"{text}"' not in columns


def test_the_picture_of_a_page_is_listed_with_its_full_url(client, portal):
    Submission.objects.filter(pk=Submission.objects.order_by("pk").first().pk).update(poster="posters/one.png")
    body = client.get("/sitemap-works.xml").content.decode()
    assert body.count("<image:loc>") == 1
    assert "<image:image><image:loc>http://testserver/media/posters/one.png</image:loc></image:image>" in body
    with override_script_prefix("/laurel/"):
        below = client.get("/sitemap-works.xml").content.decode()
    assert "<image:loc>http://testserver/laurel/media/posters/one.png</image:loc>" in below


def test_parts_are_numbered_without_gaps_and_hold_every_public_row_once(client, portal, monkeypatch):
    monkeypatch.setattr("portal.sitemaps.PublicSitemap.limit", 2)
    first, second, third = Submission.objects.order_by("work")
    # The works have gaps between their keys.
    hidden = make.SubmissionFactory(work__pk=third.work_id + 10, contest=make.ContestFactory(sealed=True))
    last = make.SubmissionFactory(work__pk=hidden.work_id + 10, contest=first.contest)
    index = client.get("/sitemap.xml").content.decode()
    parts = index.count("/sitemap-works.xml")
    bodies = [client.get(f"/sitemap-works.xml?p={number + 1}").content.decode() for number in range(parts)]
    assert all("<loc>" in body for body in bodies)
    assert client.get(f"/sitemap-works.xml?p={parts + 1}").status_code == 404
    for work in (first, second, third, last):
        assert sum(f"{work.get_absolute_url()}</loc>" in body for body in bodies) == 1
    assert not any(hidden.work.slug in body for body in bodies)


def test_works_of_a_synthetic_contest_are_not_listed(client):
    contest = make.ContestFactory(key="synthetic-one", revealed=True, public_entries="all")
    make.SubmissionFactory(contest=contest)
    assert "sitemap-works" not in client.get("/sitemap.xml").content.decode()


def test_people_who_are_not_synthetic_are_found_by_an_index(client, portal):
    for number in range(50):
        make.PersonFactory(key=f"synthetic-{number}")
    with CaptureQueriesContext(connection) as captured:
        body = client.get("/sitemap-people.xml").content.decode()
    assert body.count("<loc>") == 3
    (used,) = [query["sql"] for query in captured if "RECURSIVE" in query["sql"]]
    # SQLite does not use an index with a condition for a value that is a parameter.
    assert connection.vendor == "sqlite" or "person_real" in plan_of(used)
