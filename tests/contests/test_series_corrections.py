"""The page of corrections shows what was changed in the series of a contest, its organisers and continuing awards."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contests.models import Contest
from tests import factories as make
from tests.contests.test_corrections import change, told

pytestmark = pytest.mark.django_db


def test_a_continuing_award_and_an_organiser_of_the_series_are_corrected_on_the_pages_of_its_contests(client):
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=5)):
        series = make.SeriesFactory()
        contest = make.ContestFactory(slug="c", series=series, revealed=True)
        contest.published_at, contest.approved_at, contest.reveal_at = (now - timedelta(days=d) for d in (4, 3, 1))
        Contest.objects.bulk_update([contest], ["published_at", "approved_at", "reveal_at"])
        old, house = make.OrganisationFactory(name="Old House"), make.OrganisationFactory(name="New House")
        make.ContestFactory(revealed=True, organiser=old)
        line = make.AwardLineFactory(series=series, name="Best Motion Picture")
        unused = make.AwardLineFactory(series=series, name="Best Unseen")
        award = make.AwardFactory(contest=contest, name="Grand Prize", line=line)
        organiser = make.SeriesOrganiserFactory(series=series, organisation=old, since="1950")
        elsewhere = make.SeriesOrganiserFactory(organisation=old)
    change(line, "The source says so", name="Best Picture")
    change(unused, name="Best Seen")
    change(organiser, organisation=house)
    change(elsewhere, organisation=house)
    change(award, line=None)
    award.line = line
    award.save()
    lines = told(client, contest)
    assert "Organiser of the series, Changed New House Organisation before: Old House now: New House" in lines
    assert (
        "Continuing award, Changed Best Picture Name before: Best Motion Picture now: Best Picture "
        "Why The source says so" in lines
    )
    assert any(line.startswith("Award, Changed Grand Prize Continuing award before: Best Picture") for line in lines)
    assert len(lines) == 4
    page = client.get("/contests/c/corrections/").content.decode()
    assert f'href="/series/{series.slug}/awards/{line.slug}/"' in page
