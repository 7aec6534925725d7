"""The public pages of people and sources."""

import pytest

from people.models import Person
from record.models import Source
from record.slug_lookup import keep_former_slug
from tests import factories as make

pytestmark = pytest.mark.django_db


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_a_person_is_shown_with_what_they_did_said_and_will_do(client, nextgen):
    page = body(client, "/people/dawid-meller/")
    for text in (
        "Filmmaker and motion designer",
        "Poland",
        "Lost &amp; Found",
        "Official Selection",
        "can can",
        "series",
    ):
        assert text in page
    yip = body(client, "/people/tim-yip/")
    assert "<cite>Crouching Tiger, Hidden Dragon</cite>" in yip
    assert "Panellist" in yip
    assert "What comes next" not in yip
    assert "<cite>Miracle in Cell No. 7</cite> (2013)" in body(client, "/people/lee-hwan-kyung/")
    hanqing = body(client, "/people/hanqing/")
    assert "Founder" in hanqing
    assert "AI Talk" in hanqing


def test_what_is_not_known_of_a_person_is_not_shown(client, nextgen):
    page = body(client, "/people/tim-yip/")
    assert ">From<" not in page
    assert ">Website<" not in page


def test_a_name_in_another_script_stands_with_its_language(client):
    person = make.PersonFactory(name="Jun", native_name="純", native_language="ja", website="https://jun.example/")
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True))
    page = body(client, person.get_absolute_url())
    assert '<span class="native-name" lang="ja">純</span>' in page
    assert "https://jun.example/" in page


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("?role=moderator", ["Hanqing"]),
        ("?role=panellist", ["Lee Hwan-kyung", "Tim Yip"]),
        ("?country=KR", ["Leammonn", "Lee Hwan-kyung"]),
        ("?role=winner&country=KR", ["Leammonn"]),
    ],
)
def test_people_are_filtered_by_role_and_country(client, nextgen, question, names):
    shown = client.get(f"/people/{question}").context["list"]
    assert [person.name for person in shown.page] == names


def test_people_are_listed_under_their_initials(client, nextgen):
    page = body(client, "/people/")
    letters = [part.partition("<")[0] for part in page.split("<section><h2>")[1:]]
    assert letters == ["C", "H", "L", "M", "Y", "Z"]


def test_a_changed_slug_of_a_person_or_source_leads_to_the_new_address(client, nextgen):
    for row, path in [(Person.objects.get(slug="c-one"), "people"), (Source.objects.get(), "sources")]:
        old = row.slug
        keep_former_slug(row, old)
        row.slug = "renamed"
        row.save()
        response = client.get(f"/{path}/{old}/")
        assert (response.status_code, response["Location"]) == (301, f"/{path}/renamed/")


def test_a_former_slug_of_someone_hidden_leads_nowhere(client):
    hidden = make.PersonFactory()
    keep_former_slug(hidden, "once")
    assert client.get("/people/once/").status_code == 404


def test_a_portrait_takes_the_place_of_the_monogram(client, nextgen):
    from tests.reveal_rows import picture

    person = Person.objects.get(slug="c-one")
    assert "Monogram by Laurel, not a portrait" in body(client, "/people/c-one/")
    person.portrait.save("p.png", picture("p"))
    person.portrait_credit = "Photo: a friend"
    person.save()
    page = body(client, "/people/c-one/")
    assert f'<img src="/media/{person.portrait.name}" width="20" height="25" alt="Portrait of C·one"' in page
    assert "Photo: a friend" in page
    assert client.get(f"/media/{person.portrait.name}").status_code == 200


def test_a_source_says_what_is_not_known_and_what_rests_on_it(client, nextgen):
    page = body(client, "/sources/nextgen-ceremony-report/")
    assert page.count("<dd>not known</dd>") == 3
    for text in ("More than", "C·one", "Lost &amp; Found", "Grand Prize"):
        assert text in page


def test_a_source_shows_what_is_known(client, nextgen):
    from datetime import date

    Source.objects.update(
        publisher="The Paper",
        author="A. Writer",
        url="https://paper.example/a",
        published_on=date(2026, 5, 1),
        accessed_on=date(2026, 5, 2),
    )
    page = body(client, "/sources/nextgen-ceremony-report/")
    for text in ("The Paper", "A. Writer", "https://paper.example/a", "1 May 2026", "2 May 2026"):
        assert text in page
    assert "not known" not in page


@pytest.mark.parametrize(
    "fact", [make.CreditFactory, make.AppearanceFactory, make.AwardFactory, make.LeadingRegionFactory]
)
def test_the_page_of_a_source_names_what_rests_on_it_alone(client, fact):
    contest = make.ContestFactory(revealed=True, title="The contest")
    where = {make.CreditFactory: "submission__contest", make.AppearanceFactory: "event__contest"}.get(fact, "contest")
    row = fact(**{where: contest})
    named = row.person.name if hasattr(row, "person") else "The contest"
    assert f"{named}</" in body(client, row.source.get_absolute_url())


@pytest.mark.parametrize("fact", [make.AffiliationFactory, make.PastWorkFactory, make.NextProjectFactory])
def test_the_page_of_a_source_names_the_people_whose_life_it_tells(client, fact):
    row = fact()
    make.CreditFactory(person=row.person, submission__contest=make.ContestFactory(revealed=True))
    assert row.person.name in body(client, row.source.get_absolute_url())


def test_a_biography_leads_to_its_source(client):
    person = make.PersonFactory(biography="A life.", sources=[make.SourceFactory(title="The Life")])
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True), source=None)
    assert "The Life</a>" in body(client, person.get_absolute_url())


def test_a_role_that_the_portal_does_not_know_breaks_no_list(client):
    for number in range(8):
        make.AppearanceFactory(event__contest=make.ContestFactory(revealed=True), role=f"role-{number % 2}")
    response = client.get("/people/?role=role-1")
    assert response.status_code == 200
    assert "role-1" in response.content.decode()
