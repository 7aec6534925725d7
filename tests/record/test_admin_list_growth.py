"""The lists of the admin stay fast with many rows: the database does no more than read each row a few times."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.models import Contest, Credit, Submission
from people.models import Person
from record.admin import counting, pagination
from record.admin.lists import ALIKE, CountryFilter
from tests import factories as make
from tests.database_work import measured
from tests.query_plans import gather_statistics, plan_of, plans_of

pytestmark = pytest.mark.django_db


def people(count):
    Person.objects.bulk_create(
        Person(name=f"Person {number}", sort_name=f"Person {number}", slug=f"person-{number}", key=f"key{number}")
        for number in range(Person.objects.count(), count)
    )
    gather_statistics()


def test_looking_for_duplicates_takes_ten_times_the_work_for_ten_times_the_people():
    works = []
    for count in (100, 1_000):
        people(count)
        with measured() as work:
            assert ALIKE.of(Person.objects.all()).count() == 0
        works.append(work.done)
    assert 0 < works[1] < 15 * works[0], works


def entries(count):
    """Create works in one contest, each with two credits, until there are `count`."""
    contest = Contest.objects.first() or make.ContestFactory()
    numbers = range(Submission.objects.count(), count)
    people(2 * count)
    made = make.bulk_entries(
        Submission(contest=contest, title=f"Wörk {number}", slug=f"work-{number}", key=f"work{number}")
        for number in numbers
    )
    anyone = list(Person.objects.order_by("pk"))
    Credit.objects.bulk_create(
        Credit(
            work=work.work,
            person=anyone[2 * number + order],
            role=make.role("director"),
            order=order,
            key=f"credit{number}-{order}",
        )
        for number, work in zip(numbers, made, strict=True)
        for order in (0, 1)
    )
    gather_statistics()


LISTS = ["contests/submission", "contests/credit", "people/person"]


@pytest.mark.parametrize("name", LISTS)
def test_search_that_finds_few_rows_looks_through_the_table_once(desk, name):
    entries(2_000)
    response = desk.get(f"/admin/{name}/?q=777")
    found = response.context["cl"]
    assert 0 < found.result_count < 10
    with measured() as once:
        found.queryset.count()
    with measured() as page:
        found.get_results(response.wsgi_request)
        assert len(found.result_list) == found.result_count
    assert page.done < 1.6 * once.done, (page.done, once.done)


@pytest.mark.parametrize("name", LISTS)
def test_search_neither_folds_texts_nor_removes_duplicates(desk, name):
    entries(3)
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(f"/admin/{name}/?q=1").context["cl"].result_count
    searches = [query["sql"] for query in captured if " LIKE " in query["sql"]]
    assert searches
    for sql in searches:
        assert "DISTINCT" not in sql
        assert "laurel_folded" not in sql
        assert "regexp_replace" not in sql


def test_rows_of_a_list_are_the_same_whether_or_not_they_are_loaded_by_their_keys(desk, monkeypatch):
    entries(130)

    def rows():
        addresses = [f"?q=w%C3%B6rk&p={page}" for page in (1, 2, 3)] + ["?q=w%C3%B6rk&all=", "?q=7", "?q=zz"]
        lists = [desk.get(f"/admin/contests/submission/{address}").context["cl"] for address in addresses]
        return [([row.pk for row in found.result_list], found.result_count) for found in lists]

    by_keys = rows()
    monkeypatch.setattr(pagination, "FEW", 0)
    assert by_keys == rows()
    assert [len(listed) for listed, _number in by_keys[:4]] == [50, 50, 30, 130]


def test_last_page_finds_its_keys_before_it_reads_other_tables(desk):
    entries(120)
    with CaptureQueriesContext(connection) as captured:
        listed = desk.get("/admin/contests/credit/?p=5").context["cl"]
    assert [row.work.title for row in listed.result_list[:1]] == [
        Credit.objects.order_by("work_id", "order")[200].work.title
    ]
    assert len(listed.result_list) == 40
    (skipping,) = [query["sql"] for query in captured if "OFFSET 200" in query["sql"]]
    assert "JOIN" not in skipping
    assert "COUNT" not in skipping


def test_pages_are_the_whole_list_in_its_order(desk):
    entries(120)
    pages = [desk.get(f"/admin/contests/credit/?p={number}").context["cl"].result_list for number in (1, 2, 3, 4, 5)]
    listed = [row.pk for page in pages for row in page]
    assert listed == list(Credit.objects.order_by("work_id", "order", "-pk").values_list("pk", flat=True))


def test_other_rows_are_counted_up_to_a_limit(desk, monkeypatch):
    monkeypatch.setattr(counting, "COUNTED", 2)
    counting.counted.cache_clear()
    few, many = make.SourceFactory(title="Few"), make.SourceFactory(title="Many")
    make.CreditFactory.create_batch(2, source=few)
    make.CreditFactory.create_batch(4, source=many)
    response = desk.get("/admin/record/source/")
    counting.counted.cache_clear()
    assert [(row.title, row.all_counted) for row in response.context["cl"].result_list] == [("Few", 2), ("Many", 3)]
    assert '<td class="field-uses">2</td>' in response.content.decode()
    assert '<td class="field-uses">more than 2</td>' in response.content.decode()


def test_countries_of_the_filter_are_read_from_the_index(desk):
    for country in ("JP", "", "PL", "JP", "AF"):
        make.PersonFactory(country=country)
    with CaptureQueriesContext(connection) as captured:
        (spec,) = [
            spec
            for spec in desk.get("/admin/people/person/").context["cl"].filter_specs
            if isinstance(spec, CountryFilter)
        ]
        choices = [choice["display"] for choice in spec.choices(desk.get("/admin/people/person/").context["cl"])]
    assert choices == ["All", "Afghanistan", "Japan", "Poland"]
    (reads, *_others) = [query["sql"] for query in captured if "RECURSIVE" in query["sql"]]
    assert "person_by_country" in plan_of(reads)


def test_countries_without_an_index_are_read_from_the_rows(desk):
    make.ContestFactory(country="JP")
    listed = desk.get("/admin/contests/contest/").context["cl"]
    (spec,) = [spec for spec in listed.filter_specs if isinstance(spec, CountryFilter)]
    assert [choice["display"] for choice in spec.choices(listed)] == ["All", "Japan"]


@pytest.mark.parametrize("name", ["contests/submission", "people/person"])
def test_rows_without_a_source_are_found_without_reading_the_sources_of_all_rows(desk, name):
    entries(3)
    work, person = Submission.objects.first(), Person.objects.first()
    for row, text in ((work, "synopsis"), (person, "biography")):
        setattr(row, text, "Told")
        row.save()
    listed = desk.get(f"/admin/{name}/?needs=source").context["cl"]
    assert list(listed.result_list) == [work if name == "contests/submission" else person]
    filtered = [plan for sql, plan in plans_of(desk, f"/admin/{name}/?needs=source") if "_sources" in sql]
    assert filtered
    for plan in filtered:
        assert "Join" not in plan
