"""The search index of a large new contest is the same as after a rebuild of the whole index."""

from contextlib import nullcontext
from datetime import UTC, datetime
from io import StringIO
from multiprocessing.pool import Pool

import pytest
import time_machine
from django.core.management import call_command

from contests import demo
from contests.demo import builder
from people.models import Person
from record import public_version
from search import index, triggers
from search.documents import MODELS
from search.models import OPEN, Change, Entry, Spelling
from tests import factories as make
from tests.kept_client import let_the_next_change_count

pytestmark = pytest.mark.django_db


def create(**options):
    call_command("create_demo_contest", stdout=StringIO(), **options)


def indexed():
    """Return the whole index, without the primary keys of its tables."""
    names = [field.name for field in Entry._meta.concrete_fields if field.name != "id"]
    entries = list(Entry.objects.order_by("kind", "object_id").values(*names))
    return entries, sorted(Spelling.objects.values_list("part", "variant", "word"))


def rebuild():
    Entry.objects.all().delete()
    Spelling.objects.all().delete()
    call_command("refresh_search", "--all", stdout=StringIO())


@pytest.mark.parametrize("stage", demo.Stage)
def test_a_synthetic_contest_is_indexed_as_a_rebuild_would(nextgen, stage):
    let_the_next_change_count()
    version = public_version.current()
    create(stage=stage, submissions=120, quotes=40, seed=7)
    assert public_version.current() > version
    assert not Change.objects.exists()
    fast = indexed()
    rebuild()
    assert indexed() == fast
    for kind, model in MODELS.items():
        assert Entry.objects.filter(kind=kind).count() == model.objects.count()


@pytest.mark.parametrize("stage", ["sealed", "revealed"])
@time_machine.travel(datetime(2026, 3, 4, tzinfo=UTC), tick=False)
def test_without_the_pause_the_triggers_lead_to_the_same_index(stage, monkeypatch):
    def texts():
        return {entry["key"]: entry | {"object_id": None} for entry in indexed()[0]}, indexed()[1]

    create(stage=stage, submissions=60)
    fast = texts()
    call_command("create_demo_contest", "--remove", stage=stage, stdout=StringIO())
    assert indexed()[0] == []
    monkeypatch.setattr(builder, "paused", nullcontext)
    create(stage=stage, submissions=60)
    assert texts()[0] == fast[0]
    assert set(texts()[1]) == set(fast[1])


def test_the_url_of_an_entry_is_that_of_its_row(nextgen):
    create(submissions=60)
    make.PersonFactory(slug="a_b·c~d@e:f%g+h")
    make.PersonFactory(slug="ｆｕｌｌ")
    Person.objects.filter(slug="full").update(slug="no/slug")
    index.refresh()
    for kind, model in MODELS.items():
        urls = dict(Entry.objects.filter(kind=kind).values_list("object_id", "url"))
        rows = model.objects.exclude(slug="no/slug")
        assert urls == {row.pk: row.get_absolute_url() for row in rows}


@pytest.fixture
def stopped(monkeypatch):
    """Return a list of the processes that still run when a pool of processes is stopped by a signal."""
    found, terminate = [], Pool.terminate

    def note(pool):
        found.extend(process for process in pool._pool if process.is_alive())
        terminate(pool)

    monkeypatch.setattr(Pool, "terminate", note)
    return found


@pytest.mark.django_db(transaction=True)
def test_several_processes_make_the_same_index(monkeypatch, stopped):
    create(submissions=200, stage="revealed")
    create(submissions=50, stage="sealed")
    one_by_one = indexed()
    assert {OPEN} < {entry["part"] for entry in one_by_one[0]}
    Entry.objects.all().delete()
    Spelling.objects.all().delete()
    monkeypatch.setattr(index, "MANY", 10)
    monkeypatch.setattr(index, "BATCH", 30)
    done = []
    triggers.note_everything()
    index.refresh(say=done.append, may_fork=True)
    assert len(done) > 10
    # They end by themselves: with a handler of the signal that they have inherited, one could stay for ever.
    assert stopped == []
    assert not Change.objects.exists()
    assert indexed() == one_by_one
    # Once more, with entries to replace and words to forget.
    Person.objects.update(headline="Xylophone")
    index.refresh(may_fork=True)
    assert Spelling.objects.filter(word="xylophone").exists()
    Person.objects.update(headline="Zither")
    index.refresh(may_fork=True)
    assert not Change.objects.exists()
    assert set(Spelling.objects.filter(word__in=["xylophone", "zither"]).values_list("word", flat=True)) == {"zither"}
