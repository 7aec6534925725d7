"""The pages of a work, an event and a quote use some values of their contest, such as its accent colour."""

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    return make.ContestFactory(revealed=True, accent="teal", slug="c")


def test_every_page_of_a_contest_wears_its_accent(client, contest):
    film = make.SubmissionFactory(contest=contest)
    event = make.EventFactory(contest=contest)
    quote = make.QuoteFactory(event=event)
    pages = [noun.get_absolute_url() for noun in (contest, film, event, quote)]
    pages += ["/contests/c/winners/", "/contests/c/submissions/", "/statistics/?contest=c"]
    worn = {page: b'data-accent="teal"' in client.get(page).content for page in pages}
    assert worn == dict.fromkeys(pages, True)
    assert b'data-accent="vermilion"' in client.get("/quotes/").content


@pytest.mark.parametrize(("standing", "is_paid"), [("winner", True), ("runner_up", False), ("finalist", False)])
def test_prize_money_stands_behind_the_winner_alone(client, contest, standing, is_paid):
    award = make.AwardFactory(contest=contest, prize_amount=1000, prize_currency="EUR")
    film = make.RecognitionFactory(award=award, standing=standing).submission
    assert ("€1,000" in client.get(film.get_absolute_url()).content.decode()) == is_paid


def test_work_of_many_makers_names_three_and_counts_the_rest(client, contest):
    film = make.RecognitionFactory(award__contest=contest).submission
    makers = [make.CreditFactory(submission=film, order=order).person.name for order in range(1, 7)]
    html = client.get("/contests/c/winners/").content.decode()
    assert [name for name in makers if name in html] == makers[:3]
    assert "and 3 more" in html
    page = client.get(film.get_absolute_url()).content.decode()
    assert [name for name in makers if name in page] == makers
