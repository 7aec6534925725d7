"""Lists that show bylines read only the credits that they show, however many a work has."""

import pytest
from django.db.models.signals import post_init

from contests.models import Credit
from tests import factories as make
from tests.public_pages import text_of

pytestmark = pytest.mark.django_db
PAGES = ("/series/reels/awards/picture/", "/winners/?view=large", "/contests/c/winners/?view=large")


@pytest.fixture
def loaded():
    """The credits that are loaded as objects."""
    found = []

    def note(instance, **_signal):
        found.append(instance)

    post_init.connect(note, sender=Credit)
    yield found
    post_init.disconnect(note, sender=Credit)


@pytest.fixture
def won():
    line = make.AwardLineFactory(series__slug="reels", slug="picture")
    contest = make.ContestFactory(revealed=True, slug="c", series=line.series)
    won = make.RecognitionFactory(award__contest=contest, award__line=line)
    role = make.CreditRoleFactory(name="Crew", order=900)
    for number in range(12):
        person = make.PersonFactory(name=f"Maker {number:02}")
        make.CreditFactory(submission=won.submission, person=person, role=role, order=number + 1)
    second = make.CreditRoleFactory(name="Caterer", order=950)
    make.CreditFactory(submission=won.submission, person=Credit.objects.get(order=2).person, role=second, order=99)
    return won


@pytest.mark.parametrize("url", PAGES)
def test_a_byline_names_the_first_with_all_their_roles_and_counts_the_others(client, won, loaded, url):
    loaded.clear()
    text = text_of(client.get(url).content)
    assert [f"Maker {number:02}" in text for number in range(5)] == [True, True, True, False, False]
    assert "Caterer" in text
    assert "and 9 more" in text
    assert len(loaded) == 5  # Those of four people, because a byline may name four.


@pytest.mark.parametrize("url", PAGES)
def test_no_credits_are_read_for_an_award_that_names_its_recipients(client, won, loaded, url):
    make.PartyFactory(recognition=won, person__name="Ann Actress")
    loaded.clear()
    text = text_of(client.get(url).content)
    assert ("Ann Actress" in text, "Maker 00" in text, loaded) == (True, False, [])
