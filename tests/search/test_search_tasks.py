"""Updates of the search index by the worker: an editor does not wait for those of many rows."""

from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from contests.models import Submission
from search import index, tasks
from search.models import Change, Kind, Part
from tests import factories as make
from tests.admin_pages import filled, page
from tests.search.test_search_index import titles
from tests.worker import worker

__all__ = ["worker"]
pytestmark = pytest.mark.django_db


def lanterns(contest, number):
    make.bulk_entries(
        Submission(contest=contest, title=f"Lantern {n}", slug=f"lantern-{n}", status="eligible") for n in range(number)
    )


def tell(desk, person, **values):
    assert desk.post(page(person), filled(desk.get(page(person)), **values)).status_code == 302


def rows():
    return [(row.task_path, row.status) for row in DBTaskResult.objects.order_by("enqueued_at")]


READY, DONE = ("search.tasks.update_index", "READY"), ("search.tasks.update_index", "SUCCESSFUL")


def test_after_a_reveal_of_2000_submissions_the_worker_leaves_no_note(desk, client, worker):
    contest = make.ContestFactory(approved_future=True)
    lanterns(contest, 2000)
    index.refresh()
    index.settle()
    assert titles(client, "lantern") == []
    saved = desk.post(f"/admin/contests/contest/steps/reveal/?row={contest.pk}")
    assert saved.status_code == 302
    assert Change.objects.filter(kind=Kind.WORK).count() == 2000  # The request has left them all to the worker.
    # A second request finds the task waiting.
    person = make.PersonFactory(name="Ada")
    tell(desk, person, name="Grace")
    assert rows() == [READY]
    worker()
    assert rows() == [DONE]
    assert Change.objects.count() == 0
    assert len(titles(client, "lantern")) > 1
    assert index.refresh() == 0


def test_what_an_editor_types_is_found_at_once(desk, client, worker):
    person = make.PersonFactory(name="Ada")
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True))
    index.refresh()
    tell(desk, person, name="Grace")
    assert "Grace" in titles(client, "grace")
    assert rows() == []


def test_a_change_during_the_task_starts_another_one(desk, worker, monkeypatch):
    """The running one may have read the last note before the change."""
    contest = make.ContestFactory(revealed=True)
    lanterns(contest, tasks.MANY)
    tasks.after_request()
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())
    tasks.after_request()
    tasks.after_request()
    assert [status for _path, status in rows()] == ["RUNNING", "READY"]


def test_each_batch_is_a_transaction_of_its_own(worker, monkeypatch):
    """An error in the third batch does not undo the first two, and the next attempt goes on from there."""
    monkeypatch.setattr(index, "BATCH", 100)
    lanterns(make.ContestFactory(revealed=True), 500)
    before = Change.objects.count()
    tasks.after_request()
    original, calls = index._refresh_some, []

    def third_fails(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise OperationalError("no connection")
        return original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(index, "_refresh_some", third_fails)
        worker()
    assert rows() == [READY]
    assert Change.objects.count() == before - 200
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=False):
        worker()
    assert rows() == [DONE]
    assert Change.objects.count() == 0


def test_while_another_process_updates_the_index_the_worker_does_it(worker, monkeypatch):
    def busy(*arguments):
        raise OperationalError("database is locked")

    make.PersonFactory()
    with monkeypatch.context() as patch:
        patch.setattr(index, "refresh", busy)
        tasks.after_request()
    assert rows() == [READY]


def test_a_reveal_by_time_is_left_to_the_worker(client, worker):
    contest = make.ContestFactory(approved_future=True)
    lanterns(contest, 3)
    index.refresh()
    with time_machine.travel(contest.reveal_at + timedelta(seconds=1), tick=False):
        tasks.after_request()
        assert rows() == [READY]
        worker()
        assert len(titles(client, "lantern")) == 3
        assert not Part.objects.filter(public_from__lte=timezone.now()).exists()


def test_without_a_worker_the_request_processes_a_bounded_number(desk, client, monkeypatch):
    monkeypatch.setattr(index.refresh_quietly, "__defaults__", (3,))
    monkeypatch.setattr(index, "BATCH", 2)
    lanterns(make.ContestFactory(revealed=True), 6)
    before = Change.objects.count()
    tell(desk, make.PersonFactory(name="Ada"), name="Ada")
    assert before - 10 < Change.objects.count() < before
    assert rows() == []
