"""The list of people: jumps by letter in the order of each script, with counts, and a filter by decade of birth."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Person
from portal.views import people
from record import letters
from tests import factories as make
from tests.query_plans import plans_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.setattr(people, "MANY", 4)
    contest = make.ContestFactory(revealed=True)
    names = ["Ann", "Ångström", "abel", "Bea", "Яна", "Борис", "受賞者", "한국", "2046", "Zoe", "أليس", "Šimon"]
    for number, name in enumerate(names):
        born = f"19{number + 20}-05" if number < 8 else ""
        person = make.PersonFactory(name=name, born=born, country="PL" if number % 2 else "KR")
        make.CreditFactory(submission__contest=contest, person=person)
    make.PersonFactory(name="Quiet", born="1930")


def test_the_jumps_are_in_the_order_of_the_list_and_count_the_public_people(client, portal):
    shown = client.get("/people/").context["list"]
    jumps = [(jump.letter, jump.number) for jump in shown.jumps]
    assert jumps == [
        *(("#", "1"), ("A", "3"), ("B", "1"), ("S", "1"), ("Z", "1"), ("Б", "1"), ("Я", "1")),
        *((letters_of("أليس"), "1"), ("漢", "1"), ("ㅎ", "1")),
    ]
    everybody, url = [], "/people/"
    while url:
        page = client.get(url).context["list"]
        everybody += [person.letter for person in page.page]
        url = page.next
    assert list(dict.fromkeys(everybody)) == [letter for letter, _number in jumps]


def letters_of(name):
    return Person.objects.get(name=name).letter


def test_a_jump_leads_to_the_people_of_the_letter_and_back(client, portal):
    jumps = {jump.letter: jump for jump in client.get("/people/").context["list"].jumps}
    response = client.get(jumps["A"].href)
    assert [person.name for person in response.context["list"].page] == ["abel", "Ångström", "Ann"]
    chosen = next(jump for jump in response.context["list"].jumps if jump.is_chosen)
    assert (chosen.letter, chosen.href) == ("A", "/people/")
    assert "Quiet" not in client.get("/people/?letter=Q").content.decode()
    assert client.get("/people/?letter=Q").context["list"].unknown == ["letter"]


def test_with_another_filter_the_jumps_count_what_both_find(client, portal):
    shown = client.get("/people/?country=KR").context["list"]
    assert [(jump.letter, jump.number) for jump in shown.jumps][:2] == [("#", "1"), ("A", "2")]
    assert "country=KR" in shown.jumps[1].href


def test_many_people_of_a_letter_are_counted_up_to_a_limit(client, portal, monkeypatch):
    for module in (letters, __import__("record.lists", fromlist=["MOST"])):
        monkeypatch.setattr(module, "MOST", 2)
    jumps = {jump.letter: (jump.number, jump.plus) for jump in client.get("/people/").context["list"].jumps}
    assert (jumps["A"], jumps["B"]) == (("2", "+"), ("1", ""))


def test_the_number_of_statements_does_not_grow(client, portal):
    def needed(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    before = [needed(url) for url in ("/people/", "/people/?letter=A", "/people/?born=1920")]
    contest = make.ContestFactory(revealed=True)
    for number in range(20):
        person = make.PersonFactory(name=f"{chr(ord('C') + number)}x", born=f"{1900 + number * 5}")
        make.CreditFactory(submission__contest=contest, person=person)
    assert [needed(url) for url in ("/people/", "/people/?letter=A", "/people/?born=1920")] == before
    assert max(before) <= 10


def test_a_decade_finds_the_people_born_in_it(client, portal):
    shown = client.get("/people/?born=1920").context["list"]
    assert (shown.total, shown.described) == (8, "born in the 1920s")
    make.CreditFactory(submission__contest=make.ContestFactory(revealed=True), person__born="1929-12-31")
    make.CreditFactory(submission__contest=make.ContestFactory(revealed=True), person__born="1930")
    assert client.get("/people/?born=1920").context["list"].total == 9
    assert client.get("/people/?born=1930").context["list"].total == 1
    assert client.get("/people/?born=nonsense").context["list"].unknown == ["born"]


@pytest.mark.parametrize(
    ("url", "index"), [("/people/?letter=A", "person_by_letter"), ("/people/?born=1920", "person_by_birth")]
)
def test_the_filters_have_an_index(client, portal, url, index):
    assert any(index in plan for _statement, plan in plans_of(client, url))
