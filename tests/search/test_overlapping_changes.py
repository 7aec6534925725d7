"""
The search index becomes correct after transactions that overlap. On PostgreSQL, neither of them sees what the other
changes, and the index may be updated before the second one ends. On SQLite, one waits until the other has ended.
"""

from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contests.models import Contest, Recognition, Submission
from people.models import Person
from search import index, tasks
from search.models import HIDDEN, OPEN, Change, Entry, Kind, Reason
from tests import factories as make
from tests.search.test_search import film, found

pytestmark = pytest.mark.django_db(transaction=True)
HAS_MANY_WRITERS = connection.vendor == "postgresql"


@contextmanager
def uncommitted(*changes):
    """
    Run `changes` in a transaction of another connection, which is committed at the end of the block. On SQLite, which
    has one writer at a time, it begins only then.
    """
    changed, may_end = Event(), Event()

    def run():
        try:
            with transaction.atomic():
                for change in changes:
                    change()
                changed.set()
                may_end.wait(60)
        finally:
            changed.set()
            connection.close()

    other = Thread(target=run)
    if HAS_MANY_WRITERS:
        other.start()
        assert changed.wait(60)
    try:
        yield
    finally:
        may_end.set()
        if not HAS_MANY_WRITERS:
            for change in changes:
                change()
        else:
            other.join()


def rename(person, name):
    return lambda: Person.objects.filter(pk=person.pk).update(name=name)


def entry(row, kind):
    return Entry.objects.get(kind=kind, object_id=row.pk)


@pytest.fixture
def person():
    person = make.CreditFactory(submission=film("Lantern"), person__name="Ada Quill").person
    film("Candle")
    index.refresh()
    return person


def test_a_credit_added_while_the_person_is_renamed_gets_the_new_name(person):
    candle = Submission.objects.get(title="Candle")
    with uncommitted(rename(person, "Ada Feather")):
        make.CreditFactory(submission=candle, person=person)
        index.refresh()
        assert "Quill" in entry(candle, Kind.WORK).byline
    assert found("quill") == {}
    assert sorted(found("feather")["work"]) == ["Candle", "Lantern"]
    assert not Change.objects.exists()


@pytest.fixture
def reveal():
    """Return a sealed contest with a submission, and a function that makes the contest public."""
    contest = make.ContestFactory(sealed=True)
    make.RecognitionFactory(award__contest=contest, submission=film("Torch", contest=contest))
    index.refresh()
    now = timezone.now()

    def run():
        Recognition.objects.filter(award__contest=contest).update(approved_at=now)
        Contest.objects.filter(pk=contest.pk).update(approved_at=now, reveal_at=now, public_entries="all")

    return contest, run


def test_a_person_credited_during_the_reveal_becomes_public(reveal):
    contest, run = reveal
    person = make.PersonFactory(name="Ada Quill")
    with uncommitted(run):
        make.CreditFactory(submission=Submission.objects.get(contest=contest), person=person)
        index.refresh()
        assert entry(person, Kind.PERSON).part == HIDDEN
        assert found("quill") == {}
    assert found("quill") == {"person": ["Ada Quill"], "work": ["Torch"]}
    assert entry(person, Kind.PERSON).part == OPEN
    assert not Change.objects.exists()


def test_a_note_waits_for_all_transactions_that_overlap(reveal):
    contest, run = reveal
    person, other = make.PersonFactory(name="Ada Quill"), make.PersonFactory(name="Grace")
    with uncommitted(run):
        with uncommitted(rename(other, "Joan")):
            make.CreditFactory(submission=Submission.objects.get(contest=contest), person=person)
            index.refresh()
        index.refresh()
        assert found("quill") == {}
    assert found("quill") == {"person": ["Ada Quill"], "work": ["Torch"]}
    assert not Change.objects.exists()


def test_a_waiting_note_is_no_work_and_hides_nothing(person):
    with uncommitted(rename(make.PersonFactory(), "Grace")):
        Submission.objects.filter(title="Candle").update(title="Wick")
        index.refresh()
        waiting = set(Change.objects.values_list("kind", "object_id", "reason"))
        assert {reason for _kind, _row, reason in waiting} == ({Reason.AGAIN} if HAS_MANY_WRITERS else set())
        assert found("wick") == {"work": ["Wick"]}
        assert index.refresh() == 0
        assert set(Change.objects.values_list("kind", "object_id", "reason")) == waiting
        assert not index.due().exists()
        for number in range(tasks.MANY):
            Change.objects.create(kind=Kind.PERSON, object_id=10**6 + number, reason=Reason.AGAIN)
        assert tasks._are_many() is not HAS_MANY_WRITERS
    index.refresh()
    assert not Change.objects.exists()


@pytest.mark.parametrize("other", ["reader", "writer of another table"])
def test_a_transaction_that_does_not_change_the_record_leaves_no_note(person, other):
    user = make.UserFactory()
    reads = [lambda: list(Person.objects.select_for_update()), lambda: list(Submission.objects.all())]
    writes = [lambda: type(user).objects.filter(pk=user.pk).update(name="Grace")]
    with uncommitted(*(reads if other == "reader" else writes)):
        Submission.objects.filter(title="Candle").update(title="Wick")
        index.refresh()
        assert not Change.objects.exists()


def test_an_update_ends_although_editors_save_faster_than_it_works(monkeypatch):
    monkeypatch.setattr(index, "BATCH", 1)
    rows = [film("Lantern"), film("Candle")]
    first = [Change.objects.create(kind=Kind.WORK, object_id=row.pk, reason=Reason.TEXTS).pk for row in rows]
    times = []

    def save(_done):
        times.append(1)
        assert len(times) < 10, "the update does not end"
        Change.objects.create(kind=Kind.WORK, object_id=rows[0].pk, reason=Reason.TEXTS)
        Change.objects.create(kind=Kind.PERSON, object_id=len(times), reason=Reason.TEXTS)

    index.refresh(say=save)
    assert not Change.objects.filter(pk__in=first).exists()
    assert Change.objects.exists()
    index.refresh()
    assert not Change.objects.exists()
