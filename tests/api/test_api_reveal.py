"""The reveal sweep works for the API: without the visibility rule, each resource reveals hidden rows."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from api.endpoints import RESOURCES
from contests.models import AwardLine, Contest, Series, Submission
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.reveal_rows import add_hidden, portal
from tests.reveal_urls import every_address, questions
from tests.test_reveal_sweep import crawl, leaks

pytestmark = pytest.mark.django_db
WORDS = ("sealedword", "futureword", "draftword")
__all__ = ["portal"]


def without_rule(monkeypatch, model):
    monkeypatch.setattr(type(model.objects.all()), "public", lambda rows, viewpoint: rows)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_without_the_rule_a_list_and_its_records_tell_what_is_hidden(client, portal, monkeypatch, resource):
    add_hidden(portal)
    # Use a contest that is published tomorrow instead of one without a publication date.
    Contest.objects.filter(published_at=None).update(published_at=timezone.now() + timedelta(days=1))
    model = resource.rows(Viewpoint.now(), {}).model
    records = [f"/api/v1/{resource.name}/{key}" for key in model.objects.values_list("key", flat=True)]
    urls = [f"/api/v1/{resource.name}?limit=100", *records]
    assert leaks(crawl(client, urls), *WORDS) == []
    without_rule(monkeypatch, model)
    told = {url for url, _word in leaks(crawl(client, urls), *WORDS)}
    assert urls[0] in told
    assert told & set(records) != set()


def test_without_the_rule_the_statistics_count_what_is_hidden(client, portal, monkeypatch):
    add_hidden(portal)
    assert client.get("/api/v1/statistics").json()["counted"]["submissions"] == 2
    without_rule(monkeypatch, Submission)
    # The draft has another, but its contest is not among the public contests, which are counted one by one.
    assert client.get("/api/v1/statistics").json()["counted"]["submissions"] == 4


@pytest.mark.parametrize("expand", ["awards", "events", "figures", "categories", "leading_regions"])
def test_what_is_written_out_within_a_public_record_is_asked_of_the_same_rule(client, portal, expand):
    """A contest and its awards and events are public before its results. The test checks the results in them."""
    add_hidden(portal)
    assert leaks(crawl(client, [f"/api/v1/contests?expand={expand}"]), *WORDS) == []


def test_a_series_leaves_out_the_hidden_award_that_another_continues(client, portal):
    key = Series.objects.get(name="Shown series").key
    urls = [f"/api/v1/series/{key}?expand=lines", "/api/v1/series?expand=lines"]
    asked = questions(every_address(), portal.values())
    assert [url for url in asked if re.match(r"/api/v1/series\?.*expand=.*lines", url)] != []
    answers = crawl(client, urls)
    assert leaks(answers, *WORDS) == []
    (line,) = client.get(urls[0]).json()["lines"]
    assert (line["label"], line["continues"]) == ("Shown line", None)
    former = AwardLine.objects.get(name="Former draftword line")
    make.AwardFactory(contest=make.ContestFactory(revealed=True, series=former.series), line=former)
    lines = client.get(urls[0]).json()["lines"]
    assert {line["label"]: line["continues"] and line["continues"]["label"] for line in lines} == {
        "Shown line": "Former draftword line",
        "Former draftword line": None,
    }
