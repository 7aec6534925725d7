"""A source's page shows the first works and people, and counts the others, however many the source is about."""

import re

import pytest
from django.db import connection

from people.models import Person
from record import linked_rows
from record.linked_rows import LinkedRows, Links
from record.models import Source
from tests import factories as make
from tests.query_plans import plans_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cited():
    """A source for public people and works, each linked in several ways, and for hidden ones."""
    source = make.SourceFactory(slug="s")
    contests = [make.ContestFactory(revealed=True, public_entries="all"), make.ContestFactory(sealed=True)]
    for number in range(40):
        person = make.PersonFactory(name=f"Person {number:02}", sources=[source] if number % 2 else [])
        work = make.SubmissionFactory(
            title=f"Work {number:02}", contest=contests[number % 5 == 4], sources=[source] if number % 3 else []
        )
        make.CreditFactory(submission=work, person=person, source=source if number % 4 else None)
        if number % 7 == 0:
            make.PastWorkFactory(person=person, source=source)
            make.AffiliationFactory(person=person, source=source)
    return source


def shown(client):
    context = client.get("/sources/s/").context
    return [([row.pk for row in context[name]], context[name].more) for name in ("submissions", "people")]


def test_few_and_many_linked_rows_are_the_same_rows_in_the_same_order(client, cited, monkeypatch):
    few = shown(client)
    monkeypatch.setattr(linked_rows, "MANY", 0)
    assert shown(client) == few
    assert [len(rows) + more for rows, more in few] == [29, 26]
    public = Person.objects.filter(pk__in=few[1][0])
    assert [row.pk for row in public.order_by("sort_key", "pk")] == few[1][0]


@pytest.mark.parametrize("large", [0, 1, 4, 5, 30])
def test_the_other_rows_are_counted_up_to_a_limit(client, cited, monkeypatch, large):
    monkeypatch.setattr(linked_rows, "LARGE", large)
    response = client.get("/sources/s/")
    works = response.context["submissions"]
    assert (len(works), works.more, works.is_more) == (24, min(large, 5), large < 5)
    if large >= 4:
        said = re.findall(r'class="count">([^<]+)<', response.content.decode())
        assert said == ["more than 4 more" if large == 4 else "5 more"]


def test_hidden_rows_are_neither_linked_nor_counted(cited):
    nobody = LinkedRows(Person.objects.none(), [Links(Person.sources.through.objects.all(), "person")], 3)
    assert Source.objects.annotate(number=nobody.number()).get().number == 0


def test_many_linked_people_are_read_in_the_order_of_the_page(client, cited, monkeypatch):
    monkeypatch.setattr(linked_rows, "MANY", 0)
    plans = [
        plan
        for statement, plan in plans_of(client, "/sources/s/")
        if re.match('SELECT "people_person"."id"', statement)
    ]
    assert len(plans) == 1
    assert "person_by_sort_key" in plans[0]
    assert "TEMP B-TREE" not in plans[0]
    assert "Sort" not in plans[0]


def test_the_credits_of_a_source_are_found_by_an_index(client, cited):
    (plan,) = [plan for statement, plan in plans_of(client, "/sources/s/") if "person_count" in statement]
    if connection.vendor == "sqlite":
        assert {"credit_by_source_and_work", "credit_by_source_and_person"} <= set(re.findall(r"credit_by\w+", plan))
    else:
        # With so few rows, PostgreSQL may choose another index.
        assert "Seq Scan" not in plan
