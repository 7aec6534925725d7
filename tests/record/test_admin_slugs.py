"""Slugs in the admin are filled in if they are blank. If a slug changes, the old one is kept."""

import pytest
from django.contrib import admin

from contests.models import Event, Quote
from people.models import Organisation, Person
from record.models import FormerSlug
from tests import factories as make
from tests.admin_pages import filled, page, saved, version_page

pytestmark = pytest.mark.django_db


def add_organisation(desk, **values) -> Organisation:
    form = filled(desk.get(page(Organisation, "add")), name="Kling AI", slug="")
    saved(desk.post(page(Organisation, "add"), form | values))
    return Organisation.objects.latest("pk")


def test_slug_left_blank_is_made_from_the_name(desk):
    assert add_organisation(desk, name="Łódź & Söhne").slug == "lodz-and-sohne"


def test_slug_made_from_a_name_that_is_taken_gets_a_number(desk):
    assert [add_organisation(desk).slug for _ in range(3)] == ["kling-ai", "kling-ai-2", "kling-ai-3"]


def test_slug_typed_in_twice_is_refused_rather_than_numbered(desk):
    add_organisation(desk)
    add = page(Organisation, "add")
    response = desk.post(add, filled(desk.get(add), name="Other", slug="kling-ai"))
    assert response.context["adminform"].form.errors == {
        "slug": ["“kling-ai” is taken. Free: kling-ai-2."],
    }


def test_slug_is_kept_as_an_address_will_read_it(desk):
    assert add_organisation(desk, slug="ｋｌｉｎｇ").slug == "kling"


def test_slug_is_unique_only_within_its_contest(desk):
    event = make.EventFactory(slug="ceremony")
    for contest, slug in [(event.contest, "ceremony-2"), (make.ContestFactory(), "ceremony")]:
        values = {"contest": contest.pk, "title": "Ceremony", "slug": "", "kind": "ceremony"}
        management = {f"{p}-{f}": 0 for p in ("appearances", "quotes") for f in ("TOTAL_FORMS", "INITIAL_FORMS")}
        saved(desk.post(page(Event, "add"), values | management))
        assert Event.objects.latest("pk").slug == slug


def test_script_that_makes_slugs_comes_after_django_s_own(desk):
    content = desk.get(page(Person, "add")).content.decode()
    assert 0 < content.index("admin/js/urlify.js") < content.index("js/slug.js")
    assert "data-prepopulated-fields=" in content


def test_former_slug_is_kept_when_an_editor_changes_it(desk):
    person = make.PersonFactory(slug="cone")
    saved(desk.post(page(person), filled(desk.get(page(person)), slug="c-one")))
    assert [(kept.object, kept.slug) for kept in FormerSlug.objects.all()] == [(person, "cone")]
    desk.get("/admin/")  # This page shows the pending messages.
    assert desk.get("/admin/record/formerslug/").content.decode().count(page(person)) == 1


def test_nothing_is_kept_when_the_slug_stays(desk):
    person = make.PersonFactory()
    saved(desk.post(page(person), filled(desk.get(page(person)), headline="Artist")))
    assert not FormerSlug.objects.exists()


def test_former_slug_is_kept_when_it_changes_on_the_page_of_the_parent(desk):
    quote = make.QuoteFactory(slug="before")
    saved(desk.post(page(quote.event), filled(desk.get(page(quote.event)), quotes__0__slug="after")))
    quote.refresh_from_db()
    assert quote.slug == "after"
    assert [(kept.object, kept.slug) for kept in FormerSlug.objects.all()] == [(quote, "before")]


def test_former_slugs_are_looked_at_but_not_edited(desk):
    kept = make.FormerSlugFactory()
    assert desk.post(page(kept), {"slug": "other"}).status_code == 403
    assert desk.post(page(kept, "delete"), {"post": "yes"}).status_code == 403


def test_quote_left_without_a_slug_gets_it_from_speaker_and_first_words(desk):
    event, speaker, source = make.EventFactory(), make.PersonFactory(name="Tim Yip"), make.SourceFactory()
    values = {
        "text": "Technology is so strong, you have to get something more than, higher than the technology",
        "speaker": speaker.pk,
        "event": event.pk,
        "language": "en",
        "source": source.pk,
    }
    saved(desk.post(page(Quote, "add"), values))
    quote = Quote.objects.get()
    assert (quote.slug, quote.order) == ("tim-yip-technology-is-so-strong-you-have", 1)


def test_former_slug_says_that_what_had_it_was_deleted(desk):
    kept = make.FormerSlugFactory()
    kept.object.delete()
    assert "nothing: the record was deleted" in desk.get("/admin/record/formerslug/").content.decode()


SLUGGED = [
    *(make.PersonFactory, make.OrganisationFactory, make.SourceFactory, make.SeriesFactory, make.ContestFactory),
    *(make.CategoryFactory, make.SubmissionFactory, make.AwardFactory, make.FigureFactory, make.EventFactory),
    *(make.QuoteFactory, make.AwardLineFactory, make.CreditRoleFactory, make.WorkFactory),
]


def test_every_model_with_a_slug_is_asked_below():
    slugged = {model for model in admin.site._registry if any(field.name == "slug" for field in model._meta.fields)}
    assert slugged - {FormerSlug} == {factory._meta.model for factory in SLUGGED}


@pytest.mark.parametrize("factory", SLUGGED, ids=lambda factory: factory._meta.model.__name__)
def test_whatever_has_a_slug_keeps_the_former_one_on_its_own_page_and_when_an_old_version_is_put_back(desk, factory):
    row = factory(slug="first")
    saved(desk.post(page(row), filled(desk.get(page(row)), slug="second")))
    assert list(FormerSlug.objects.values_list("slug", "object_id")) == [("first", row.pk)]
    version = version_page(row, 0)
    saved(desk.post(version, filled(desk.get(version), change_reason="As before")))
    row.refresh_from_db()
    assert row.slug == "first"
    assert list(FormerSlug.objects.values_list("slug", "object_id")) == [("first", row.pk), ("second", row.pk)]


def test_a_second_person_of_one_name_is_answered_with_the_first_one(desk):
    first = make.PersonFactory(name="Mari <Kask>", slug="mari-kask")
    for name, told in (
        (
            "mari <kask>",
            f'There is already a person with this name: <a href="{page(first)}" target="_blank">Mari &lt;Kask&gt;</a>. '
            "If you mean another person, use the slug mari-kask-2.",
        ),
        ("Other", "“mari-kask” is taken. Free: mari-kask-2."),
    ):
        response = desk.post(page(Person, "add"), filled(desk.get(page(Person, "add")), name=name, slug="mari-kask"))
        assert response.context["adminform"].form.errors["slug"] == [told]
        assert told in response.content.decode()
