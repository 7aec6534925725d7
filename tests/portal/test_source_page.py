"""The page of a source lists the same works and people whether few or many rows cite it, and in about the same time."""

import pytest
from django.db.models import Q

from contests.models import Credit, Submission, Work
from people.models import Affiliation, Person
from portal.views import sources as views
from record import cited_rows, limited_lists, prepared_queries
from record.models import Source
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.database_work import measured
from tests.query_plans import gather_statistics, plans_of

pytestmark = pytest.mark.django_db
URL = "/sources/report/"
WAYS_OF_PEOPLE = (
    "sources",
    "affiliations__source",
    "past_works__source",
    "next_projects__source",
    "other_names__source",
)


@pytest.fixture
def small(monkeypatch):
    """More than 4 rows are many, 20 rows are read in order, 5 rows are shown, and the others are counted up to 3."""
    monkeypatch.setattr(cited_rows, "FEW", 4)
    monkeypatch.setattr(cited_rows, "READ", 20)
    monkeypatch.setattr(cited_rows, "MOST", 3)
    monkeypatch.setattr(limited_lists, "MOST", 3)
    monkeypatch.setattr(views.WORKS, "limit", 5)
    monkeypatch.setattr(views.PEOPLE, "limit", 5)
    prepared_queries.forget()
    yield
    prepared_queries.forget()


@pytest.fixture
def source():
    return make.SourceFactory(slug="report")


@pytest.fixture
def contest(source):
    return make.ContestFactory(revealed=True, public_entries="all", sources=[source])


def works(contest, count, title="Work", sources=(), **kwargs):
    """Create works with a creator each. `sources` are the sources of the texts of both."""
    for number in range(count):
        # Names in another order than primary keys.
        name = f"{title} {(number * 11) % count:03}"
        person = make.PersonFactory(name=name, sort_name=name, sources=sources)
        work = make.SubmissionFactory(contest=contest, title=name, sources=sources, **kwargs)
        make.CreditFactory(submission=work, person=person)


def assert_shows_all(client, source):
    """Compare the page with what plain queries find. Return the page as text."""
    viewpoint = Viewpoint.now()
    entries = Submission.objects.public(viewpoint).filter(pk__in=Submission.objects.filter(sources=source).values("pk"))
    cited = Work.objects.filter(Q(sources=source) | Q(credits__source=source) | Q(pk__in=entries.values("work")))
    shown = Work.objects.public(viewpoint).filter(pk__in=cited.values("pk")).order_by("sort_key", "pk")
    credited = Credit.objects.public(viewpoint).filter(source=source)
    by_fact = Q(pk__in=credited.values("person"))
    for way in WAYS_OF_PEOPLE:
        by_fact |= Q(pk__in=Person.objects.filter(**{way: source}).values("pk"))
    people = Person.objects.public(viewpoint).filter(by_fact).order_by("sort_key", "pk")
    response = client.get(URL)
    for name, expected in (("works", list(shown)), ("people", list(people))):
        found, others = response.context[name], len(expected) - 5
        assert list(found) == expected[:5]
        assert (found.more, found.plus) == (max(0, min(others, 3)), "+" if others > 3 else "")
    return response.content.decode()


@pytest.mark.parametrize("count", [1, 4, 5, 6, 8, 9, 30])
def test_any_number_of_rows_is_shown_in_order_and_counted(client, small, source, contest, count):
    works(contest, count, sources=[source])
    works(contest, 12, "Other")
    assert_shows_all(client, source)


@pytest.mark.parametrize("count", [2, 12])
def test_works_of_several_contests_are_listed_from_a_to_z(client, small, source, contest, count):
    works(contest, count, "Newer", sources=[source])
    works(make.ContestFactory(revealed=True, public_entries="all"), 1, "Older", sources=[source])
    works(make.ContestFactory(revealed=True, public_entries="all"), 1, "Elder", sources=[source])
    assert_shows_all(client, source)
    assert client.get(URL).context["works"][0].title == "Elder 000"


def test_rows_that_come_late_in_the_order_are_found(client, small, source, contest):
    works(contest, 40, "Another")
    works(contest, 12, "Zebra", sources=[source])
    assert "Zebra 000" in assert_shows_all(client, source)


@pytest.mark.parametrize("public", [0, 3, 12])
def test_many_hidden_rows_are_neither_shown_nor_counted(client, small, source, contest, public):
    works(make.ContestFactory(sealed=True), 20, "Hidden", sources=[source])
    works(contest, 9, "Refused", sources=[source], status="submitted")
    works(contest, public, "Shown", sources=[source])
    page = assert_shows_all(client, source)
    assert "Hidden" not in page
    assert "Refused" not in page


def test_many_hidden_credits_do_not_show_a_person(client, small, source, contest):
    works(contest, 9, "Known")
    works(make.ContestFactory(sealed=True), 9, "Hidden")
    # These people are public by other works, but what the source says about them is still hidden.
    for credit, person in zip(
        Credit.objects.filter(work__title__startswith="Hidden"),
        Person.objects.filter(name__startswith="Known"),
        strict=True,
    ):
        credit.person, credit.source = person, source
        credit.save()
    assert_shows_all(client, source)
    assert client.get(URL).context["people"] == []


def test_rows_that_cite_the_source_in_several_ways_count_once(client, small, source, contest):
    works(contest, 14, sources=[source])
    Credit.objects.update(source=source)
    first = Submission.objects.order_by("pk")[0]
    for order in range(5):
        make.CreditFactory(submission=first, person=make.PersonFactory(), source=source, order=order + 10)
    assert_shows_all(client, source)
    Submission.sources.through.objects.all().delete()
    Person.sources.through.objects.all().delete()
    assert_shows_all(client, source)


def test_few_facts_are_shown_among_many_in_the_order_of_all(client, small, source, contest):
    works(contest, 12, "Middle", sources=[source])
    works(contest, 25, "Other")
    for order, name in ((20, "Aaa"), (21, "Zzz")):
        person = make.PersonFactory(name=name, sort_name=name)
        make.CreditFactory(submission=Submission.objects.order_by("pk")[0], person=person, order=order)
        make.AffiliationFactory(person=person, source=source)
    page = assert_shows_all(client, source)
    assert client.get(URL).context["people"][0].name == "Aaa"
    assert "Zzz" not in page
    # Now the few come late: all rows that were read in order are by others.
    Affiliation.objects.all().delete()
    works(contest, 40, "Aab")
    make.AffiliationFactory(person=Person.objects.get(name="Zzz"), source=source)
    assert_shows_all(client, source)


def cite(contest, source, count):
    """Create works and people that cite `source` until there are `count` of each."""
    numbers = range(Submission.objects.count(), count)
    texts = [f"work-{number:05}" for number in numbers]
    made = make.bulk_entries(
        Submission(contest=contest, title=text, sort_key=text, slug=text, key=text, status="eligible") for text in texts
    )
    people = Person.objects.bulk_create(
        Person(name=text, sort_name=text, sort_key=text, slug=text, key=text) for text in texts
    )
    Credit.objects.bulk_create(
        Credit(work=work.work, person=person, role=make.role("director"), source=source, key=person.key)
        for work, person in zip(made, people, strict=True)
    )
    own = Submission.sources.through
    own.objects.bulk_create(own(submission=work, source=source) for work in made)
    own = Person.sources.through
    own.objects.bulk_create(own(person=person, source=source) for person in people)
    gather_statistics()


def test_a_source_of_many_more_rows_takes_no_more_work(client, small, source, contest):
    work = []
    for count in (60, 900):
        cite(contest, source, count)
        client.get(URL)
        with measured() as done:
            assert_shown = client.get(URL).context
        assert [len(assert_shown[name]) for name in ("works", "people")] == [5, 5]
        work.append(done.done)
    assert work[1] < 1.3 * work[0]


def test_rows_of_a_source_of_many_are_read_in_the_order_of_the_page(client, small, source, contest):
    cite(contest, source, 60)
    plans = {
        index: [plan for statement, plan in plans_of(client, URL) if f'FROM "{table}"' in statement]
        for table, index in (
            ("contests_work", "work_by_sort_key"),
            ("people_person", "person_by_sort_key"),
        )
    }
    assert all(any(index in plan for plan in of_table) for index, of_table in plans.items())


def test_a_source_that_only_a_contest_cites_needs_no_statements_for_works_and_people(
    client, source, contest, django_assert_num_queries
):
    with django_assert_num_queries(7):
        assert client.get(URL).context["people"] == []
    assert Source.objects.get().slug == "report"
