"""
The whole portal can be moved as a file, with history and accounts: after dump, flush and load, all rows are the same.
"""

import json

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from accounts.models import Invitation
from contests.models import Credit, Recognition, Submission
from people.models import Person
from record.history import is_tracked
from tests import factories as make
from tests.record.test_admin import hang_on, is_factory

pytestmark = pytest.mark.django_db(transaction=True)

# As described in docs/operating.md, the search index is rebuilt and sessions end.
LEFT_OUT = ["search", "sessions", "usersessions"]


@pytest.fixture
def full():
    """Create a row of every model, each with a history. Some rows and relations are deleted again."""
    for factory in {value for value in vars(make).values() if is_factory(value)}:
        row = factory()
        if is_tracked(type(row)):
            hang_on(row, 1)
            row._change_reason = "Once more"
            row.save()
    source = make.SourceFactory()
    person = make.PersonFactory(sources=[source], name="名前 \u2028 “é”")
    person.sources.add(make.SourceFactory())
    person.sources.remove(source)
    gone = make.PersonFactory()
    credit = make.CreditFactory(person=gone)
    Credit.objects.get(pk=credit.pk).delete()
    gone.delete()
    recognition = Recognition.objects.first()
    recognition.presenters.add(person)
    film = Submission.objects.first()
    film.categories.add(make.CategoryFactory(contest=film.contest))
    group = Group.objects.create(name="Guests")
    group.permissions.set(Permission.objects.order_by("-pk")[:3])
    group.save()
    make.UserFactory().groups.add(group)
    Invitation.objects.first().roles.add(group)


def dump(path):
    call_command("dumpdata", exclude=LEFT_OUT, use_base_manager=True, output=str(path), verbosity=0)
    # A time in the first millisecond of a second is written as ".000Z" before loading, and as "Z" after it.
    rows = json.loads(path.read_text().replace(".000Z", "Z"))
    return {(row["model"], row["pk"]): row["fields"] for row in rows}


def emptied():
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    ContentType.objects.clear_cache()


def test_whole_portal_is_the_same_after_it_was_written_emptied_and_read(full, tmp_path):
    file = tmp_path / "laurel.json"
    before = dump(file)
    kept = {model for model, _key in before}
    assert {model._meta.label_lower for model in apps.get_models() if is_tracked(model)} <= kept
    assert {model._meta.label_lower for model in apps.get_models() if "historical" in model.__name__.lower()} <= kept
    emptied()
    assert not Person.objects.exists()
    call_command("loaddata", str(file), verbosity=0)
    after = dump(tmp_path / "again.json")
    assert {key: row for key, row in before.items() if after.get(key) != row} == {}
    assert set(after) == set(before)
    # No new row gets the primary key of a deleted one, because it would also get its history.
    call_command("fresh_keys", verbosity=0)
    assert make.PersonFactory().history.count() == 1


def test_record_alone_is_the_same_after_it_was_written_emptied_and_read(full, tmp_path):
    file = tmp_path / "record.json"
    own = ["people.person", "record.source", "people.organisation", "contests.series"]
    own += ["people.historicalperson", "people.historicalperson_sources", "record.historicalsource"]
    call_command("dumpdata", *own, output=str(file), verbosity=0)
    before = Person.history.count()
    with connection.constraint_checks_disabled():
        call_command("loaddata", str(file), verbosity=0)
    assert Person.history.count() == before
