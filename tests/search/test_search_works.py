"""A work with entries in several contests is one result, shown by its best entry."""

import pytest

from record.viewpoint import Viewpoint
from search import engine, index
from search.models import Kind
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def touring():
    """A work with twelve entries, one of them with a win, and another work with the same title."""
    work = make.WorkFactory(title="Nightjar", slug="nightjar")
    entries = [
        make.SubmissionFactory(contest=make.ContestFactory(revealed=True), work=work, title="Nightjar")
        for _each in range(12)
    ]
    make.RecognitionFactory(award__contest=entries[7].contest, submission=entries[7])
    other = make.SubmissionFactory(contest=entries[0].contest, title="Nightjar at Dawn", slug="dawn")
    index.refresh()
    return entries, other


def test_a_work_is_found_once_with_its_best_entry(touring):
    entries, other = touring
    for kind in (None, Kind.WORK):
        [group] = engine.search("nightjar", Viewpoint.now(), kind=kind).groups
        assert [result.entry.object_id for result in group.results] == [entries[7].pk, other.pk]
        assert (group.count, group.is_more) == (2, False)
    assert [entry.object_id for entry in engine.suggest("night", Viewpoint.now())] == [entries[7].pk, other.pk]


def test_works_with_many_entries_are_counted_up_to_what_was_read(touring, monkeypatch):
    monkeypatch.setattr("search.engine.MOST", 5)
    [group] = engine.search("nightjar", Viewpoint.now()).groups
    assert (group.shown_count, group.is_more) == (len(group.results), True)
