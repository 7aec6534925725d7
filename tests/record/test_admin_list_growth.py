"""The lists of the admin stay fast with many rows: the database does no more than read each row a few times."""

import pytest
from django.db import connection

from people.models import Person
from record.admin.lists import ALIKE
from tests.database_work import measured

pytestmark = pytest.mark.django_db


def people(count):
    Person.objects.bulk_create(
        Person(name=f"Person {number}", sort_name=f"Person {number}", slug=f"person-{number}", key=f"key{number}")
        for number in range(Person.objects.count(), count)
    )
    analyse()


def analyse():
    """Update the statistics of PostgreSQL, as the server does after many changes, so that it uses the indexes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_looking_for_duplicates_takes_ten_times_the_work_for_ten_times_the_people():
    works = []
    for count in (100, 1_000):
        people(count)
        with measured() as work:
            assert ALIKE.of(Person.objects.all()).count() == 0
        works.append(work.done)
    assert 0 < works[1] < 15 * works[0], works
