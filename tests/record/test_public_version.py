"""The public version: every change of a row that the public could see raises it, however the change is made."""

import io
import json
import threading
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations import Migration
from factory.django import DjangoModelFactory

from contests.models import Contest
from people.models import Affiliation, Person
from record import public_version
from search import index
from search.models import Part
from tests import factories as make
from tests.kept_client import let_the_next_change_count

pytestmark = pytest.mark.django_db


def raised(change):
    let_the_next_change_count()
    before = public_version.current()
    change()
    return public_version.current() > before


@pytest.fixture
def full(nextgen):
    """Rows in every table."""
    for factory in vars(make).values():
        if isinstance(factory, type) and issubclass(factory, DjangoModelFactory) and factory._meta.model:
            factory()
    contest, person = Contest.objects.get(slug="nextgen"), Person.objects.first()
    contest.public_entries = "all"
    contest.save()
    source = make.SourceFactory()
    for row in (
        contest,
        person,
        make.SubmissionFactory(),
        make.SeriesFactory(),
        make.EventFactory(),
        make.WorkFactory(),
    ):
        row.sources.add(source)
        row.save()
    film = make.SubmissionFactory()
    film.categories.add(make.CategoryFactory(contest=film.contest))
    organisation = make.OrganisationFactory()
    organisation.sources.add(source)
    organisation.save()
    recognition = make.RecognitionFactory()
    recognition.presenters.add(person)
    recognition.save()
    index.refresh()
    Part.objects.create(public_from=datetime(2199, 1, 1, tzinfo=UTC))


def test_each_table_and_each_kind_of_statement_counts(full):
    silent, empty = [], []
    for table in public_version.tables():
        with connection.cursor() as cursor, transaction.atomic():
            described = connection.introspection.get_table_description(cursor, table)
            # PostgreSQL works out the column "vector" itself.
            columns = [column.name for column in described if column.name != "vector"]
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f"SELECT {names} FROM {table} LIMIT 1")
            row = cursor.fetchone()
            if row is None:
                empty.append(table)
                continue
            marks, key = ", ".join(["%s"] * len(row)), columns[0]
            statements = {
                "UPDATE": (f'UPDATE {table} SET "{key}" = "{key}" WHERE "{key}" = %s', row[:1]),
                "DELETE": (f'DELETE FROM {table} WHERE "{key}" = %s', row[:1]),
                "INSERT": (f"INSERT INTO {table} ({names}) VALUES ({marks})", [_written(value) for value in row]),
            }
            for event, (sql, parameters) in statements.items():
                if not raised(lambda sql=sql, parameters=parameters, cursor=cursor: cursor.execute(sql, parameters)):
                    silent.append((table, event))
            transaction.set_rollback(True)
    assert (silent, empty) == ([], [])


def _written(value):
    return json.dumps(value) if isinstance(value, dict | list) else value


def test_every_table_of_the_record_counts_or_is_named_as_private():
    of_apps = {
        model._meta.db_table
        for app in ("record", "people", "contests", "search")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
    assert set(public_version.tables()) | public_version.PRIVATE == of_apps


def test_each_way_to_write_counts(nextgen, tmp_path):
    person, contest = Person.objects.first(), Contest.objects.first()
    dumped = io.StringIO()
    call_command("dumpdata", "people.person", stdout=dumped)
    fixture = tmp_path / "people.json"
    fixture.write_text(dumped.getvalue())
    source, affiliation = make.SourceFactory(), make.AffiliationFactory()
    ways = {
        "save": person.save,
        "update": lambda: Person.objects.filter(pk=person.pk).update(name="Another"),
        "bulk_update": lambda: Person.objects.bulk_update([person], ["name"]),
        "bulk_create": lambda: Person.objects.bulk_create([Person(name="New", slug="new")]),
        "add": lambda: contest.sources.add(source),
        "remove": lambda: contest.sources.remove(source),
        "loaddata": lambda: call_command("loaddata", str(fixture), verbosity=0),
        "delete": lambda: Person.objects.filter(slug="new").delete(),
        "queryset's raw delete": lambda: Affiliation.objects.filter(pk=affiliation.pk)._raw_delete("default"),
    }
    assert [way for way, change in ways.items() if not raised(change)] == []


def test_what_no_visitor_sees_does_not_count(nextgen):
    contest = Contest.objects.get()
    assert not raised(lambda: make.PreviewLinkFactory(contest=contest))
    assert not raised(lambda: make.UserFactory(editor=True))
    assert not raised(lambda: list(Person.objects.all()))


def test_a_change_that_is_undone_does_not_count(nextgen):
    let_the_next_change_count()
    before = public_version.current()
    with transaction.atomic():
        Person.objects.update(native_name="x")
        assert public_version.current() > before
        transaction.set_rollback(True)
    assert public_version.current() == before
    # The next change after the undone one counts again.
    with transaction.atomic():
        Person.objects.update(native_name="y")
    assert public_version.current() > before


def test_the_number_survives_a_second_run_of_the_migrations(nextgen):
    let_the_next_change_count()
    before = public_version.current()
    present = public_version.TRIGGERS.present()
    public_version.TRIGGERS.install()
    assert public_version.current() == before
    public_version.TRIGGERS.remove(plan=[(Migration("0002", "accounts"), False)])
    assert public_version.TRIGGERS.present() == present
    public_version.TRIGGERS.remove(plan=[(Migration("0002", "people"), False)])
    assert public_version.TRIGGERS.present() == {}
    Person.objects.update(native_name="Changed during the migration")
    public_version.TRIGGERS.install()
    assert public_version.TRIGGERS.present() == present
    assert public_version.current() > before


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_both_count_and_on_postgresql_neither_waits():
    first, second = make.PersonFactory(), make.PersonFactory()
    before = public_version.current()
    ended = threading.Event()

    def edit():
        Person.objects.filter(pk=second.pk).update(native_name="second")
        connection.close()
        ended.set()

    thread = threading.Thread(target=edit)
    with transaction.atomic():
        Person.objects.filter(pk=first.pk).update(native_name="first")
        if connection.vendor == "postgresql":
            thread.start()
            assert ended.wait(5)
    if connection.vendor == "sqlite":  # The tests' database in memory refuses the second writer at once.
        thread.start()
    thread.join()
    assert public_version.current() == before + 2


@pytest.mark.django_db(transaction=True)
def test_a_flush_never_sets_the_number_back():
    make.PersonFactory()
    before = public_version.current()
    call_command("flush", interactive=False, verbosity=0)
    assert public_version.current() > before
