"""Countries that are no more, and "international": in lists, statistics, JSON-LD, the API and the admin."""

import json
import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django_countries import countries

from contests.models import Contest, Submission, Work
from people.models import Organisation, Person
from record.former_countries import FORMER, INTERNATIONAL, NAMES
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal():
    contest = make.ContestFactory(slug="c", revealed=True, public_entries="all", country="YUCS")
    for number in range(9):
        work = make.SubmissionFactory(contest=contest, countries=["SUHH", "XINT"] if number else ["DE"])
        person = make.PersonFactory(slug=f"p{number}", country="SUHH" if number % 2 else "PL")
        make.CreditFactory(submission=work, person=person)
    make.LeadingRegionFactory(contest=contest, country="CSHH", rank=1)
    return contest


def test_every_code_has_four_letters_and_a_name_of_its_own_in_every_language():
    assert len(FORMER) == 31
    assert all(re.fullmatch("[A-Z]{4}", code) for code in NAMES)
    assert not set(NAMES) & {code for code, _name in countries if len(code) == 2}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names = {code: str(name) for code, name in countries}
            today = {name for code, name in names.items() if code not in NAMES}
            former = [names[code] for code in NAMES]
            assert len(set(former)) == len(former), language
            assert not today.intersection(former), language


@pytest.mark.parametrize(
    ("model", "field"),
    [(Person, "country"), (Organisation, "country"), (Contest, "country"), (Submission, "countries")],
)
def test_pickers_list_them_after_the_countries_of_today(model, field):
    codes = [code for code, _name in model._meta.get_field(field).get_choices(include_blank=False)]
    present = [code for code in codes if code not in NAMES]
    assert codes[: len(present)] == present
    assert codes[-1] == INTERNATIONAL
    assert set(codes[len(present) :]) == set(NAMES)


def test_an_editor_chooses_one_and_a_wrong_code_is_refused(desk):
    person = make.PersonFactory()
    saved(desk.post(page(person), filled(desk.get(page(person)), country="DDDE")))
    person.refresh_from_db()
    assert (str(person.country), str(person.country.name)) == ("DDDE", "East Germany")
    person.country = "DDDD"
    with pytest.raises(ValidationError):
        person.full_clean()


def test_lists_filter_by_them_and_name_them(client, portal):
    shown = client.get("/people/?country=SUHH").context["list"]
    assert (shown.total, shown.described) == (4, "from Soviet Union")
    assert ">Soviet Union</bdi>" in client.get("/people/").content.decode()
    with translation.override("pl"):
        assert str(countries.name("SUHH")) in client.get("/pl/people/").content.decode()


def test_the_statistics_list_them_and_say_that_no_map_shows_them(client, portal):
    response = client.get("/statistics/")
    assert [row.label for row in response.context["counted"].countries.rows] == ["Poland", "Soviet Union"]
    assert [mark.place.code for mark in response.context["marks"]] == ["PL"]
    told = response.content.decode()
    assert "Not on this map of today: Soviet Union." in told
    assert "Not on this map of today: Czechoslovakia." in told
    Person.objects.update(country="PL")
    assert "Not on this map of today: Soviet Union" not in client.get("/statistics/").content.decode()


def test_json_ld_and_the_api_have_them(client, portal):
    work = Submission.objects.get(countries="DE")
    for rows in (Submission.objects.filter(pk=work.pk), Work.objects.filter(pk=work.work_id)):
        rows.update(countries="SUHH,XINT")
    graph = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(work.get_absolute_url()).content.decode()
    )
    told = next(node for node in json.loads(graph[1])["@graph"] if "countryOfOrigin" in node)
    assert told["countryOfOrigin"] == [{"@type": "Country", "name": "Soviet Union"}]
    assert client.get(f"/api/v1/submissions/{work.key}").json()["countries"] == ["SUHH", "XINT"]
    found = client.get("/api/v1/people?country=SUHH").json()["items"]
    assert {each["country"] for each in found} == {"SUHH"}
