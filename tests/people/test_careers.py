"""The careers on the pages of people and organisations: whole, by year, light, and in parts if they are long."""

import re

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db
HEAVIEST = 150_000


def nominated(count, *, works=True, **party):
    """Create `count` nominations of one person or organisation, three in each contest; every tenth is a win."""
    party = {"person": None, **party}
    found = []
    for number in range(count):
        if number % 3 == 0:
            contest = make.ContestFactory(revealed=True, year_label=str(1900 + number // 3))
            award = make.AwardFactory(contest=contest, name="Best Original Score")
        film = make.SubmissionFactory(contest=contest, title=f"A Film of Middling Length {number}")
        standing = "nominee" if number % 10 else "winner"
        row = make.RecognitionFactory(award=award, submission=film, standing=standing)
        make.PartyFactory(recognition=row, part="Music", order=20, **party)
        make.PartyFactory(recognition=row, person=make.PersonFactory(name=f"Partner {number}"), order=21)
        if works:
            make.CreditFactory(submission=film, role=make.role("composer"), **party)
        found.append(film.title)
    return found


def titles(text, section):
    """Return the titles of the works in a section of a page, in order."""
    found = re.search(rf'<section[^>]* id="{section}".*?(?=<section class="section|<footer)', text, re.S)
    return re.findall(r">(A Film of Middling Length \d+)</a>", found[0]) if found else []


def test_a_career_of_ninety_is_whole_on_one_light_page(client, django_assert_max_num_queries):
    ada = make.PersonFactory(name="Ada Unique", slug="ada")
    films = nominated(90, person=ada)
    with django_assert_max_num_queries(10):
        text = client.get("/people/ada/").content.decode()
    assert sorted(titles(text, "awards")) == sorted(titles(text, "works")) == sorted(films)
    assert len(text) < HEAVIEST
    assert "9 awards and 81 nominations" in text
    assert re.findall(r"<h3>(\d{4})</h3>", text) == [str(year) for year in range(1929, 1899, -1)]


def test_a_row_has_the_part_the_standing_and_the_others_but_not_the_own_name(client):
    ada = make.PersonFactory(name="Ada Unique", slug="ada")
    nominated(1, works=False, person=ada)
    career = re.search(r'id="awards".*?</section>', client.get("/people/ada/").content.decode(), re.S)[0]
    assert "<span>Music</span><span>with <a" in career
    assert "Partner 0" in career
    assert "Best Original Score</span>, Winner" in career
    assert "Ada Unique" not in career


@pytest.mark.parametrize(
    ("kind", "factory"), [("people", make.PersonFactory), ("organisations", make.OrganisationFactory)]
)
def test_a_career_of_hundreds_has_parts_that_together_have_every_row(
    client, django_assert_max_num_queries, kind, factory, monkeypatch
):
    monkeypatch.setattr("portal.views.careers.PART", 20)
    row = factory(slug="long")
    films = nominated(50, **{"person" if kind == "people" else "organisation": row})
    shown = {"awards": [], "works": []}
    for section, found in shown.items():
        for number in (1, 2, 3):
            with django_assert_max_num_queries(10):
                text = client.get(f"/{kind}/long/?{section}={number}").content.decode()
            found += titles(text, section)
            assert f'<a href="?{section}={number}#{section}" aria-current="page">' in text
            assert "5 awards and 45 nominations" in text
    assert sorted(shown["awards"]) == sorted(shown["works"]) == sorted(films)
    for gone in ("awards=4", "works=4", "awards=101", "works=99999"):
        assert client.get(f"/{kind}/long/?{gone}").status_code == 404
    assert client.get(f"/{kind}/long/?works=all").status_code == 200


def test_a_part_of_four_hundred_recognitions_and_works_is_light(client):
    ada = make.PersonFactory(name="Ada Unique", slug="ada")
    nominated(120, person=ada)
    text = client.get("/people/ada/").content.decode()
    assert (len(titles(text, "awards")), len(titles(text, "works"))) == (100, 100)
    assert len(text) < HEAVIEST


def test_a_hidden_recognition_is_in_no_number_of_a_career(client):
    ada = make.PersonFactory(name="Ada Unique", slug="ada")
    nominated(3, person=ada)
    sealed = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), submission=None)
    make.PartyFactory(recognition=sealed, person=ada, order=9)
    response = client.get("/people/ada/")
    assert response.context["summary"] == "1 award and 2 nominations"
    assert (len(response.context["recognitions"]), response.context["awards_parts"].total) == (3, 3)


def test_the_source_of_a_contest_is_marked_once_and_different_ones_at_each_row(client):
    ada = make.PersonFactory(slug="ada")
    nominated(3, works=False, person=ada)
    first, *_others = ada.parties.all()
    one = make.SourceFactory()
    for party in ada.parties.all():
        party.recognition.source = one
        party.recognition.save()
    marks = r'<sup class="source-mark">'
    career = re.search(r'id="awards".*?</section>', client.get("/people/ada/").content.decode(), re.S)[0]
    assert len(re.findall(marks, career)) == 1
    first.recognition.source = make.SourceFactory()
    first.recognition.save()
    career = re.search(r'id="awards".*?</section>', client.get("/people/ada/").content.decode(), re.S)[0]
    assert len(re.findall(marks, career)) == 3


def test_of_many_laurels_the_page_draws_some_wins_first_and_links_to_the_others(client):
    ada = make.PersonFactory(slug="ada")
    nominated(8, works=False, person=ada)
    text = client.get("/people/ada/").content.decode()
    assert text.count('alt="Laurel: Best Original Score"') == 3
    links = re.findall(r'<li><a href="(/verify/[^"]+)"', text)
    assert len(links) == 5
    shown = client.get(links[0]).content.decode()
    code = links[0].removeprefix("/verify/")
    for file in ("on-light.svg", "on-dark.png", "on-dark-transparent.png"):
        assert f'href="/laurels/{code}{file}"' in shown


def test_the_parts_of_a_career_are_named_by_their_years(client, monkeypatch):
    monkeypatch.setattr("portal.views.careers.PART", 4)
    ada = make.PersonFactory(slug="ada")
    for year in (1950, 1951, 1952):
        contest = make.ContestFactory(revealed=True, year_label=str(year), held_from=str(year + 1))
        for number in range(3):
            row = make.RecognitionFactory(award__contest=contest, submission=None, order=number + 1)
            make.PartyFactory(recognition=row, person=ada)
    parts = client.get("/people/ada/").context["awards_parts"]
    assert parts.links == [("1952–1951", 1), ("1951–1950", 2), ("1950", 3)]
    contest.__class__.objects.filter(year_label="1951").update(year_label="", held_from="", edition_key=" ")
    parts = client.get("/people/ada/").context["awards_parts"]
    assert [label for label, _number in parts.links] == ["1952–1950", "5–8", "9"]
