"""Rows that are inserted in bulk are the same as rows that are saved one by one."""

from itertools import islice

import pytest
from django.db import IntegrityError, connection, transaction

from people.models import Person
from record import bulk, database_triggers, public_version
from record.database_triggers import paused
from record.models import Source
from search.models import Change, Kind
from tests import factories as make

pytestmark = pytest.mark.django_db
ODD = "Żółć\t\\N \\. “1”\n\n{} % %s 🌕"


def test_a_row_in_bulk_is_like_a_saved_row():
    given = {"key": "a", "slug": "ä-1", "name": ODD, "sort_name": f"{ODD}, B", "native_name": "", "headline": ODD}
    bulk.insert(Person, [given], biography="B", country="PL")
    inserted = Person.objects.values().get()
    Person.objects.all().delete()
    Person.objects.create(**given, biography="B", country="PL")
    assert inserted | {"id": None} == Person.objects.values().get() | {"id": None}
    assert inserted["sort_key"]
    assert inserted["folded_headline"]


def test_many_rows_and_none():
    bulk.insert(Source, [])
    bulk.insert(Source, [{"key": f"{n}", "slug": f"s-{n}", "title": f"Title {n}"} for n in range(2_000)])
    assert Source.objects.count() == 2_000
    assert Source.objects.get(key="1999").sort_key == "title 1999"


def test_new_primary_keys_are_free_and_stay_free():
    make.PersonFactory()
    keys = list(islice(bulk.new_primary_keys(Person), 1_500))
    assert len({*keys, *Person.objects.values_list("pk", flat=True)}) == 1_501
    bulk.insert(
        Person, [{"id": key, "key": f"{key}", "slug": f"p-{key}", "name": "P", "sort_name": "P"} for key in keys]
    )
    assert make.PersonFactory().pk > max(keys)
    assert next(bulk.new_primary_keys(Person)) > max(keys)


def test_a_rule_of_the_database_is_checked():
    make.PersonFactory(slug="ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Person, [{"key": "other", "slug": "ada", "name": "Ada", "sort_name": "Ada"}])


def test_what_is_made_in_a_pause_is_noted_at_its_end_and_later_changes_at_once():
    before = public_version.current()
    with paused():
        person = make.PersonFactory()
        assert not Change.objects.exists()
    assert list(Change.objects.values_list("kind", "object_id")) == [(Kind.PERSON, person.pk)]
    assert public_version.current() > before
    other = make.PersonFactory()
    assert Change.objects.filter(kind=Kind.PERSON, object_id=other.pk).exists()


def test_a_pause_that_fails_leaves_the_triggers_as_they_were():
    make.PersonFactory(slug="ada")
    Change.objects.all().delete()
    before = {group.prefix: group.present() for group in database_triggers._groups}
    # The error is caught inside the transaction.
    with pytest.raises(IntegrityError), paused():
        make.PersonFactory(slug="ada")
    assert {group.prefix: group.present() for group in database_triggers._groups} == before
    assert not Change.objects.exists()
    make.PersonFactory()
    assert Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_a_transaction_can_have_a_pause():
    assert not connection.in_atomic_block
    with pytest.raises(RuntimeError), paused():
        pass


@pytest.mark.parametrize("numbers", [[], [1], range(100, 3_000)])
def test_among_finds_the_same_rows_as_in(numbers):
    people = make.PersonFactory.create_batch(3)
    chosen = [*numbers, people[0].pk, people[2].pk] if numbers else []
    found = Person.objects.filter(pk__among=chosen).order_by("pk")
    assert list(found) == list(Person.objects.filter(pk__in=chosen).order_by("pk"))
    make.CreditFactory(person=people[0])
    assert Person.objects.filter(credits__person__among=chosen).exists() is bool(numbers)
