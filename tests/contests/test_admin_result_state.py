"""The state of results is shown at the top of admin forms, and on the page that approves them."""

from datetime import UTC, datetime

import pytest
import time_machine

from contests.admin.steps import MOST_COVERED
from contests.models import Contest
from tests import factories as make
from tests.admin_pages import page, statements

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
REVEAL = datetime(2026, 11, 28, 4, 13, tzinfo=UTC)
WHEN = "28 November 2026, 06:13 Europe/Tallinn (28 November 2026, 04:13 UTC)"


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(NOW, tick=False):
        yield


def head(desk, row) -> str:
    response = desk.get(page(row))
    said = response.context["standing"]
    form = response.content.decode().partition("<form")[2]
    assert form.find(said) < form.find("<fieldset")
    return said


def test_the_head_of_a_form_says_from_when_on_results_are_public(desk):
    contest = make.ContestFactory(
        approved_future=True, reveal_at=REVEAL, time_zone="Europe/Tallinn", public_entries="winners"
    )
    won = make.RecognitionFactory(award__contest=contest)
    loser = make.SubmissionFactory(contest=contest)
    draft = make.SubmissionFactory(contest=contest, draft=True)
    for row in (contest, won, won.submission):
        assert head(desk, row) == f"Public on {WHEN}."
    assert head(desk, loser) == ("Only editors see this entry. The contest shows only entries with an award.")
    assert head(desk, draft) == "Only editors see this entry. Its status: Draft."
    late = make.RecognitionFactory(award=won.award, approved_at=None)
    assert head(desk, contest) == f"Public on {WHEN}. 1 other result is not approved: only editors see it."
    assert head(desk, late) == "Result: not approved. Only editors see it."
    with time_machine.travel(REVEAL, tick=False):
        assert head(desk, won) == f"Public since {WHEN}."
        assert head(desk, won.submission) == "The public sees this entry."
    Contest.objects.update(reveal_at=None)
    assert head(desk, contest).startswith("No reveal is set: only editors see this until you reveal it.")
    Contest.objects.update(approved_at=None)
    assert head(desk, contest).startswith("Results: not approved. Only editors see them.")
    assert head(desk, loser) == "Only editors see this entry. The results are not approved."


def approval(contest) -> str:
    return f"/admin/contests/contest/steps/approve/?row={contest.pk}"


def test_the_page_of_an_approval_names_each_result_with_award_makers_and_source(desk):
    contest = make.ContestFactory(sealed=True)
    award = make.AwardFactory(contest=contest, name="Grand Prize")
    won = make.RecognitionFactory(
        award=award, submission__title="Lantern", standing="nominee", approved_at=None, source__title="The report"
    )
    make.CreditFactory(submission=won.submission, person__name="Ada", role="director")
    bare = make.RecognitionFactory(award=award, of_person=True, approved_at=None, source=None)
    make.RecognitionFactory(award=award, submission__title="Approved before")
    told = desk.get(approval(contest)).content.decode()
    for words in (
        "Grand Prize",
        "Lantern",
        "(Nominee)",
        "Ada",
        "Director",
        "The report",
        bare.person.name,
        "No source",
    ):
        assert words in told, words
    assert "Approved before" not in told
    alone = desk.get(f"/admin/contests/recognition/steps/approve/?row={won.pk}").content.decode()
    assert ("Lantern" in alone, "Ada" in alone, bare.person.name in alone) == (True, True, False)


def test_many_results_are_named_in_part_with_a_link_to_the_rest(desk):
    contest = make.ContestFactory(sealed=True)
    award = make.AwardFactory(contest=contest)
    make.RecognitionFactory.create_batch(MOST_COVERED, award=award, approved_at=None)
    make.RecognitionFactory.create_batch(3, award=award, approved_at=None)
    response = desk.get(approval(contest))
    assert (len(response.context["covered"].results), response.context["covered"].more) == (MOST_COVERED, 3)
    assert "and 3 more" in response.content.decode()
    rest = desk.get(response.context["covered"].url)
    assert rest.context["cl"].result_count == MOST_COVERED + 3
    few = statements(desk, approval(contest))
    make.RecognitionFactory.create_batch(30, award=award, approved_at=None)
    assert statements(desk, approval(contest)) == few
