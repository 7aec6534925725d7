"""The values that a form fills in: a blank sort name, a free slug if the first one is taken, the language of a name."""

from html import unescape

import pytest

from contests.models import Award, Contest
from people.models import Person
from record.content_languages import named, offered, suggested, tag_of
from record.sort_keys import sort_key
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


def add_person(desk, **values):
    return desk.post(page(Person, "add"), filled(desk.get(page(Person, "add")), name="Jo Doe", **values))


def test_sort_name_left_blank_is_worked_out_and_the_admin_shows_it(desk):
    for typed, kept, sorted_as in [("", "", "Doe, Jo"), (" \u200b", "", "Doe, Jo"), ("Jo D", "Jo D", "Jo D")]:
        saved(add_person(desk, sort_name=typed))
        person = Person.objects.latest("pk")
        assert (person.sort_name, person.sorted_as) == (kept, sorted_as)
        assert Person.objects.filter(sort_key=sort_key(sorted_as)).exists()
        assert sorted_as in desk.get(page(person)).content.decode()
    response = desk.post(page(Person, "add"), {"kind": "individual"})
    assert "sort_name" not in response.context["adminform"].form.errors


def errors_of(response):
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def test_slug_that_is_taken_is_answered_with_a_free_one(desk):
    for slug in ("jo-doe", "jo-doe-2", "studio-54"):
        make.PersonFactory(slug=slug)
    for typed, free in [("jo-doe", "jo-doe-3"), ("jo-doe-2", "jo-doe-3"), ("studio-54", "studio-54-2")]:
        refused = add_person(desk, slug=typed, sort_name="x")
        assert errors_of(refused) == {"slug": [f"“{typed}” is taken. Free: {free}."]}
    saved(add_person(desk, slug="jo-doe-3"))


@pytest.mark.parametrize(
    "factory",
    [
        *(make.OrganisationFactory, make.SourceFactory, make.SeriesFactory, make.ContestFactory, make.QuoteFactory),
        *(make.AwardFactory, make.CategoryFactory, make.EventFactory, make.SubmissionFactory, make.FigureFactory),
    ],
)
def test_every_slug_that_is_taken_is_answered_so(desk, factory):
    row = factory(slug="taken")
    other = factory(**{name: getattr(row, name) for name in ("contest", "event") if hasattr(row, name)})
    refused = desk.post(page(other), filled(desk.get(page(other)), slug="taken"))
    assert errors_of(refused) == {"slug": ["“taken” is taken. Free: taken-2."]}


def test_slug_taken_among_rows_below_is_answered_so(desk):
    award = make.AwardFactory(slug="taken")
    contest = Contest.objects.get()
    rows = {"awards__TOTAL_FORMS": 3}
    for number, slug in ((1, "new"), (2, "new")):
        rows |= {
            f"awards__{number}__{name}": value
            for name, value in {
                "precedence": "",
                "name": "A",
                "slug": slug,
                "kind": "prize",
                "contest": contest.pk,
                "id": "",
            }.items()
        }
    refused = desk.post(page(contest), filled(desk.get(page(contest)), **rows))
    errors = refused.context["inline_admin_formsets"][0].formset.errors
    assert errors == [{}, {}, {"slug": ["“new” is taken. Free: new-2."]}]
    rows |= {"awards__1__slug": "taken", "awards__2__slug": "other"}
    refused = desk.post(page(contest), filled(desk.get(page(contest)), **rows))
    errors = refused.context["inline_admin_formsets"][0].formset.errors
    assert errors == [{}, {"slug": ["“taken” is taken. Free: taken-2."]}, {}]
    assert list(Award.objects.all()) == [award]


def test_language_is_shown_by_its_name(desk):
    film = make.SubmissionFactory(language="ar", title_language="zh-Hans", original_title_language="pt-BR")
    text = unescape(desk.get(page(film)).content.decode())
    for name in ("Arabic", "Simplified Chinese", "Brazilian Portuguese"):
        assert f'value="{name}"' in text
    saved(desk.post(page(film), filled(desk.get(page(film)), title="Another")))
    film.refresh_from_db()
    assert (film.language, film.title_language, film.original_title_language) == ("ar", "zh-Hans", "pt-BR")
    saved(desk.post(page(film), filled(desk.get(page(film)), language="Japanese")))
    history = unescape(desk.get(page(film, "history")).content.decode())
    assert "Arabic" in history
    assert "Japanese" in history
    quote = make.QuoteFactory(language="ar")
    assert '<td class="field-language_name">Arabic</td>' in desk.get(page(type(quote), "changelist")).content.decode()
    assert 'value="Arabic"' in desk.get(page(quote.event)).content.decode()


def test_every_name_of_a_language_is_read_as_that_language():
    assert [tag for tag, _name in offered() if tag_of(named(tag)) != tag] == []
    assert len({typed for typed, _name in suggested()}) == len(offered())
    assert named("ja") == "Japanese"
    assert named("de-1996") == "de-1996"


def test_no_help_speaks_of_tags(desk):
    for model in (make.PersonFactory(), make.SubmissionFactory(), make.QuoteFactory(), make.EventFactory()):
        assert "language tag" not in desk.get(page(model)).content.decode().lower()
