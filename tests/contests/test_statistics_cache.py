"""Kept counts of statistics: a preview has its own, and an approval takes effect although the record was read late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contests import statistics
from contests.models import Recognition, Submission
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(monkeypatch):
    """A public contest that shows only works with results, with two public works and a late result of a third one."""
    monkeypatch.setattr(statistics, "MANY", 1)
    contest = make.ContestFactory(revealed=True, public_entries="winners")
    award = make.AwardFactory(contest=contest)
    past = timezone.now() - timedelta(days=1)
    for title in ("First", "Second", "Late"):
        work = make.SubmissionFactory(contest=contest, title=title, status=Submission.Status.ELIGIBLE)
        make.RecognitionFactory(award=award, submission=work)
    Recognition.objects.update(approved_at=past)
    Recognition.objects.filter(submissions__title="Late").update(approved_at=None)
    return contest


def counted(contest, viewpoint):
    number = statistics.statistics(viewpoint, contest, [contest]).submissions
    assert number == Submission.objects.public(viewpoint).filter(contest=contest).count()
    return number


def test_public_page_never_shows_the_counts_of_a_preview(contest):
    now = timezone.now()
    assert counted(contest, Viewpoint(now, contest.pk)) == 3
    assert counted(contest, Viewpoint(now)) == 2
    assert counted(contest, Viewpoint(now, contest.pk)) == 3


def test_approval_counts_although_an_earlier_request_has_read_the_record_after_it(contest):
    approved = timezone.now()
    Recognition.objects.filter(submissions__title="Late").update(approved_at=approved)
    assert counted(contest, Viewpoint(approved - timedelta(seconds=1))) == 2
    assert counted(contest, Viewpoint(approved)) == 3
