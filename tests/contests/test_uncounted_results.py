"""Results that don’t count, because they were withdrawn or are not official: only in lists of all, with their word."""

import pytest

from tests import factories as make
from tests.public_pages import body, shown

pytestmark = pytest.mark.django_db


def test_an_award_that_was_withdrawn_is_among_the_results_but_not_among_the_winners(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    make.RecognitionFactory(award__contest=contest, outcome="withdrawn")
    make.RecognitionFactory(award__contest=contest, outcome="declined")
    for url, outcomes in (
        ("/contests/c/winners/", ["withdrawn", "declined"]),
        ("/contests/c/winners/?standing=winner", ["declined"]),
        ("/winners/", ["declined"]),
        ("/winners/?standing=all", ["withdrawn", "declined"]),
    ):
        assert [row.outcome for row in shown(client, url).page] == outcomes, url


def test_what_does_not_count_is_only_in_the_list_of_all_results(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    award = make.AwardFactory(contest=contest, slug="a")
    make.RecognitionFactory.create_batch(2, award=award, standing="nominee")
    make.RecognitionFactory(award=award, standing="nominee", outcome="withdrawn")
    for outcome in ("unofficial", "withdrawn", "withdrawn"):
        make.RecognitionFactory(award=award, outcome=outcome)
    listed = shown(client, "/contests/c/winners/")
    assert (str(listed.title), listed.counted) == ("Results", "6 recognitions")
    assert [choice.label for choice in listed.standing_links] == ["All 6", "Nominees 2"]
    page = body(client, "/contests/c/winners/")
    assert page.count("Not official") == 1
    assert page.count("Nominee, Withdrawn") == 1
    for url in ("/contests/c/winners/?standing=nominee", "/winners/?standing=nominee"):
        listed = shown(client, url)
        assert (str(listed.title), listed.counted) == ("Nominees", "2 nominations"), url
        assert {row.outcome for row in listed.page} == {"given"}, url


def test_winners_beside_a_withdrawn_win_have_a_list_of_their_own(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    award = make.AwardFactory(contest=contest)
    make.RecognitionFactory.create_batch(2, award=award)
    make.RecognitionFactory(award=award, outcome="withdrawn")
    for url in ("/contests/c/winners/", "/contests/c/winners/?view=table", "/winners/?standing=all"):
        listed = shown(client, url)
        assert (str(listed.title), listed.counted) == ("Results", "3 recognitions"), url
        assert {choice.label for choice in listed.standing_links} == {"All 3", "Winners 2"}, url
    listed = shown(client, "/winners/")
    assert (str(listed.title), listed.counted) == ("Winners", "2 awards")
    assert [choice.label for choice in listed.standing_links] == ["All 3", "Winners 2"]
