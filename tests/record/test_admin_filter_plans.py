"""Filters of the admin lists that find few rows find them by an index."""

import pytest
from django.db import connection

from contests.models import Submission
from people.models import Person
from record.admin import lists
from tests import factories as make
from tests.query_plans import plans_of

pytestmark = pytest.mark.django_db


def found(desk, url):
    return list(desk.get(url).context["cl"].result_list)


def assert_by_index(desk, url, table, index):
    """Check the statement that finds the keys of the rows of `table`."""
    forbidden = ("enable_seqscan", "enable_bitmapscan")
    statements = plans_of(desk, url, forbidden=forbidden)
    plans = [plan for sql, plan in statements if f'FROM "{table}" WHERE' in sql and "ORDER BY" not in sql]
    assert plans
    assert index in plans[0]


KEYS = ["synthetic-1", "synthetic-", "synthetic", "synthetic.1", "synthetia", "synthetiz", "a", "z", "Synthetic-1"]


def test_keys_that_begin_otherwise(desk):
    for key in KEYS:
        make.PersonFactory(key=key)
    rows = Person.objects.filter(key__begins_otherwise="synthetic-").values_list("key", flat=True)
    assert set(rows) == {key for key in KEYS if not key.startswith("synthetic-")}


@pytest.mark.parametrize("name", ["contests/submission", "contests/credit", "people/person"])
def test_rows_that_are_not_synthetic_are_found_by_an_index_if_they_are_few(desk, name, monkeypatch):
    for number in (1, 2, 3):
        work = make.SubmissionFactory(key=f"synthetic-work-{number}")
        person = make.PersonFactory(key=f"synthetic-person-{number}")
        make.CreditFactory(key=f"synthetic-credit-{number}", submission=work, person=person)
    credit = make.CreditFactory(submission__title="Real", person__name="Real")
    expected = {"submission": credit.work.entries.get(), "credit": credit, "person": credit.person}[name.split("/")[1]]
    assert found(desk, f"/admin/{name}/?synthetic=no") == [expected]
    assert len(found(desk, f"/admin/{name}/?synthetic=yes")) == 3
    statements = [sql for sql, _plan in plans_of(desk, f"/admin/{name}/?synthetic=no")]
    # No index supports NOT LIKE.
    assert [sql for sql in statements if "LIKE" in sql] == []
    monkeypatch.setattr(lists, "FEW", 0)
    assert found(desk, f"/admin/{name}/?synthetic=no") == [expected]


def test_people_with_a_portrait_are_found_by_an_index(desk):
    make.PersonFactory.create_batch(3)
    pictured = make.PersonFactory()
    Person.objects.filter(pk=pictured.pk).update(portrait="portraits/a.jpg")
    assert found(desk, "/admin/people/person/?portrait__isempty=0") == [pictured]
    assert len(found(desk, "/admin/people/person/?portrait__isempty=1")) == 3
    condition = "person_by_portrait (portrait>?)" if connection.vendor == "sqlite" else "Index Cond"
    assert_by_index(desk, "/admin/people/person/?portrait__isempty=0", "people_person", condition)


def test_selected_works_are_found_by_an_index(desk):
    works = make.SubmissionFactory.create_batch(3, is_selected=False)
    Submission.objects.filter(pk=works[1].pk).update(is_selected=True)
    assert found(desk, "/admin/contests/submission/?is_selected__exact=1") == [works[1]]
    url = "/admin/contests/submission/?is_selected__exact=1"
    assert_by_index(desk, url, "contests_submission", "submission_by_selection")
