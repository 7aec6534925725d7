"""Credits of people and organisations, with roles that editors may extend."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from contests import results, standard_roles
from contests.approval import changes_since
from contests.models import Contest, Credit, CreditRole, Recognition
from people.models import Organisation
from publishing.structured_data import DEFINED_FOR, work
from record.merging import merge, undo
from record.viewpoint import Viewpoint
from search import index
from search.models import Entry
from tests import factories as make
from tests.admin_pages import filled, page, saved
from tests.record.test_merging import database

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def body(client, path) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.fixture
def film():
    return make.SubmissionFactory(contest=make.ContestFactory(revealed=True, slug="c"), title="Lantern", slug="lantern")


@pytest.fixture
def cast(film):
    """Return the credit of an actor, with everything that the credits of a work can say."""
    return make.CreditFactory(
        submission=film,
        person__name="Ada Nowak",
        person__country="PL",
        role="cast",
        character="The Lamplighter",
        credited_as="A. Nowak",
        wording="Introducing",
    )


@pytest.fixture
def studio(film):
    house = make.OrganisationFactory(name="Lamp House", country="KR")
    return make.CreditFactory(submission=film, person=None, organisation=house, role="production-company")


@pytest.mark.parametrize("key", standard_roles.ROLES)
def test_a_standard_role_has_a_name_in_every_language(key):
    role = make.role(key)
    for language in LANGUAGES:
        with override(language):
            assert str(role) == (role.translation or role.name)
            assert bool(role.translation) is (language != "en")


def test_standard_roles_come_back_only_if_there_are_none(db):
    CreditRole.objects.filter(key="hair").delete()
    CreditRole.objects.filter(key="director").update(name="Helmer")
    standard_roles.fill()
    assert CreditRole.objects.count() == len(standard_roles.ROLES) - 1
    assert make.role("director").name == "Helmer"
    CreditRole.objects.all().delete()
    standard_roles.fill()
    assert list(CreditRole.objects.values_list("key", "slug")) == [(key, key) for key in standard_roles.ROLES]
    assert [role.key for role in CreditRole.objects.filter(is_author=True)] == ["creator"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_emptied_has_the_standard_roles():
    call_command("flush", interactive=False, verbosity=0)
    assert CreditRole.objects.count() == len(standard_roles.ROLES)


def test_a_role_without_a_translation_has_its_english_name_with_its_language(client, film):
    role = make.CreditRoleFactory(name="Gaffer", name_pl="Mistrz oświetlenia")
    make.CreditFactory(submission=film, role=role)
    assert "<dt>Gaffer</dt>" in body(client, film.get_absolute_url())
    page_of_film = film.get_absolute_url()
    assert "<dt>Mistrz oświetlenia</dt>" in body(client, f"/pl{page_of_film}")
    assert '<dt><span lang="en">Gaffer</span></dt>' in body(client, f"/ja{page_of_film}")


def test_credits_are_listed_by_role_and_not_in_the_order_of_entry(client, film):
    for order, (name, role) in enumerate([("Ed", "editor"), ("Cy", "creator"), ("Di", "director")], 1):
        make.CreditFactory(submission=film, person__name=name, role=role, order=order)
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    for path in (film.get_absolute_url(), "/winners/", "/contests/c/feed.json", "/api/v1/submissions?expand=credits"):
        text = body(client, path)
        assert sorted(("Ed", "Cy", "Di"), key=lambda name: text.index(f"{name}<" if "<bdi>" in text else name)) == [
            "Cy",
            "Di",
            "Ed",
        ], path


def test_who_has_several_roles_is_named_once_even_with_others_between(client, film):
    ada = make.PersonFactory(name="Ada Nowak")
    make.CreditFactory(submission=film, person=ada, role="editor", order=1)
    make.CreditFactory(submission=film, person__name="Bo Lind", role="writer", order=2)
    make.CreditFactory(submission=film, person=ada, role="director", order=3)
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    byline = body(client, "/winners/").partition('<p class="byline">')[2].partition("</p>")[0]
    assert byline.index("Ada Nowak</bdi></a>, Director, Editor") < byline.index("Bo Lind</bdi></a>, Writer")
    assert byline.count("Ada Nowak") == 1


def test_the_page_of_a_work_shows_what_is_printed_in_its_credits(client, film, cast):
    text = body(client, film.get_absolute_url())
    assert (
        f'<dt>Cast</dt><dd><a href="{cast.person.get_absolute_url()}"><bdi>Ada Nowak</bdi></a> '
        '(as <bdi>A. Nowak</bdi>): The Lamplighter <span class="muted">Poland</span> '
        '<span class="muted">“Introducing”</span>'
    ) in text
    assert "Cast: The Lamplighter" in body(client, cast.person.get_absolute_url())


def test_a_name_is_printed_as_credited_once_in_a_byline(client, film, cast):
    make.CreditFactory(submission=film, person=cast.person, role="cast", character="His Twin", credited_as="A. Nowak")
    make.CreditFactory(submission=film, person=cast.person, role="writer", credited_as="Ada Nowak")
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    byline = body(client, "/winners/").partition('<p class="byline">')[2].partition("</p>")[0]
    assert byline.count("(as <bdi>A. Nowak</bdi>)") == byline.count("(as ") == 1
    assert ", Writer, Cast: The Lamplighter, Cast: His Twin" in byline


def test_the_text_of_a_credit_cannot_bring_markup_into_a_page(client, film):
    words = "<b>x</b>"
    make.CreditFactory(
        submission=film, role="cast", person__name=words, character=words, credited_as=f"{words}2", wording=words
    )
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    for path in (film.get_absolute_url(), "/winners/", "/contests/c/submissions/", "/ja/winners/"):
        assert words not in body(client, path)


def test_an_organisation_is_named_wherever_people_are(client, film, studio):
    studio.organisation.website = "https://example.org/lamp"
    studio.organisation.save()
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    paths = (film.get_absolute_url(), "/winners/", "/contests/c/submissions/", "/contests/c/submissions/?view=list")
    paths += ("/contests/c/feed.json", "/api/v1/submissions?expand=credits,credits.person", "/search/?q=lantern")
    paths += (f"/oembed?url=http://testserver{film.get_absolute_url()}",)
    index.refresh()
    for path in paths:
        assert "Lamp House" in body(client, path), path
    assert "Lantern" in body(client, "/search/?q=lamp+house")
    for name in ("card.png", "fact-sheet.pdf", "press-kit.zip", "citation.txt"):
        assert client.get(f"/contests/c/submissions/{film.slug}/{name}").status_code == 200


def test_an_organisation_is_public_as_soon_as_one_of_its_credits_is(film, studio):
    hidden = make.CreditFactory(
        submission__contest=make.ContestFactory(approved_future=True),
        person=None,
        organisation=make.OrganisationFactory(name="Dark House"),
    )
    shown = Organisation.objects.public(Viewpoint.now())
    assert studio.organisation in shown
    assert hidden.organisation not in shown
    assert hidden.organisation in Organisation.objects.public(Viewpoint(hidden.work.entries.get().contest.reveal_at))


def test_a_credit_is_of_somebody(film):
    with pytest.raises(ValidationError, match="one of the two, not both"):
        Credit(work=film.work, role=make.role("creator"), order=1).full_clean()


def test_the_same_person_may_play_several_characters(film, cast):
    again = make.CreditFactory.build(
        work=film.work, person=cast.person, role="cast", character="His Twin", source=cast.source
    )
    again.full_clean()
    again.character = cast.character
    with pytest.raises(ValidationError, match="This person has that credit already."):
        again.full_clean()


def test_the_api_has_the_slug_of_the_role_and_what_is_printed(client, film, cast, studio):
    found = client.get("/api/v1/submissions?expand=credits").json()["items"][0]["credits"]
    house, actor = found
    assert (house["person"], house["organisation"]["label"], house["role"]) == (
        None,
        "Lamp House",
        "production-company",
    )
    assert (actor["person"]["label"], actor["organisation"]) == ("Ada Nowak", None)
    assert {name: actor[name] for name in ("role", "role_name", "wording", "character", "credited_as")} == {
        "role": "cast",
        "role_name": "Cast",
        "wording": "Introducing",
        "character": "The Lamplighter",
        "credited_as": "A. Nowak",
    }
    with override("pl"):
        assert client.get("/api/v1/people?expand=credits").json()["items"][0]["credits"][0]["role_name"] == "Cast"


def test_structured_data_has_the_property_of_the_role_and_the_character(film, cast, studio):
    make.CreditFactory(submission=film, person__name="Bo Lind", role="hair")
    row = type(film).objects.for_page(Viewpoint.now()).get()
    found = work(row, lambda path: path, [row])
    (actor,) = found["actor"]
    assert (actor["@type"], actor["characterName"], actor["actor"]["name"]) == (
        "PerformanceRole",
        "The Lamplighter",
        "Ada Nowak",
    )
    assert [made["name"] for made in found["productionCompany"]] == ["Lamp House"]
    assert [made["name"] for made in found["contributor"]] == ["Bo Lind"]
    film.contest.work_kind = "music"
    film.contest.save()
    row = type(film).objects.for_page(Viewpoint.now()).get()
    other = work(row, lambda path: path, [row])
    assert not set(DEFINED_FOR) & set(other)


def test_characters_and_printed_names_are_found(client, film, cast):
    index.refresh()
    for asked in ("lamplighter", "a. nowak", "ada nowak"):
        assert "Lantern" in body(client, f"/search/?q={asked}"), asked


def test_the_order_of_the_roles_decides_the_order_of_names_in_the_search(client, film):
    make.CreditFactory(submission=film, person__name="Bo Lind", role="hair")
    make.CreditFactory(submission=film, person__name="Ada Nowak", role="director")
    index.refresh()
    assert Entry.objects.get(title="Lantern").byline == "Ada Nowak, Bo Lind"
    CreditRole.objects.filter(key="hair").update(order=1)
    index.refresh()
    assert Entry.objects.get(title="Lantern").byline == "Bo Lind, Ada Nowak"


@pytest.mark.parametrize(("language", "names"), [("en", ["Creator", "Hair"]), ("pl", ["Twórca", "Fryzury"])])
def test_statistics_count_the_credits_by_role_in_the_language_of_the_page(client, film, language, names):
    make.CreditFactory.create_batch(2, submission=film)
    make.CreditFactory(submission=film, role="hair")
    text = body(client, "/statistics/" if language == "en" else f"/{language}/statistics/")
    assert 0 < text.index(names[0]) < text.index(names[1])
    counts = client.get("/api/v1/statistics").json()["counted"]["by_role"]["rows"]
    assert counts == [{"value": "creator", "count": 2}, {"value": "hair", "count": 1}]


@pytest.fixture
def won():
    """Create an award that was approved together with its contest, and is to be revealed in an hour."""
    contest = make.ContestFactory(sealed=True)
    row = make.RecognitionFactory(award__contest=contest, approved_at=None)
    house = make.OrganisationFactory(name="Lamp House")
    make.CreditFactory(submission=row.submission, person=None, organisation=house, role="production-company")
    contest = results.approve(contest, actor=None)
    results.reveal(contest, actor=None, at=timezone.now() + timezone.timedelta(hours=1))
    return Recognition.objects.get()


CHANGES = {
    "printed name": (
        lambda: Credit.objects.update(credited_as="Lamp"),
        "credits: Lamp House, Production company → Lamp House (Lamp), Production company",
    ),
    "role": (
        lambda: Credit.objects.update(role=make.role("distributor")),
        "credits: Lamp House, Production company → Lamp House, Distributor",
    ),
    "organisation": (
        lambda: Organisation.objects.filter(name="Lamp House").update(name="Dark House"),
        "credits: Lamp House, Production company → Dark House, Production company",
    ),
    "slug of the role": (
        lambda: CreditRole.objects.filter(key="production-company").update(slug="studio"),
        "credits: Lamp House, production-company → Lamp House, Production company",
    ),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_an_approval_covers_the_organisation_the_role_and_the_printed_name(won, change, told):
    change()
    won.refresh_from_db()
    assert won.approval_is_withdrawn
    assert changes_since([won]) == {won.pk: told}


def test_an_approval_does_not_cover_the_words_for_a_role(won):
    CreditRole.objects.filter(key="production-company").update(name="Studio", name_pl="Studio", order=1)
    Credit.objects.update(wording="A Lamp House Production", character="x")
    won.refresh_from_db()
    assert not won.approval_is_withdrawn


def test_who_renames_an_organisation_has_a_hand_in_the_result_of_its_work(editor, settings):
    settings.SINGLE_EDITOR = False
    other = make.UserFactory(editor=True)
    row = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    credit = make.CreditFactory(submission=row.submission, person=None, organisation=make.OrganisationFactory())
    for changed in (Recognition, Credit, Organisation):
        changed.history.update(history_user=other)
    credit.organisation.name = "Another House"
    credit.organisation._history_user = editor
    credit.organisation.save()
    with pytest.raises(ValidationError):
        results.approve_recognition(row, actor=editor)


def test_two_roles_are_merged_and_the_merge_is_undone(editor, film):
    gaffer = make.CreditRoleFactory(name="Gaffer", name_pl="Mistrz oświetlenia")
    lighting = make.role("lighting")
    both = make.PersonFactory()
    kept = make.CreditFactory(submission=film, person=both, role=lighting)
    make.CreditFactory(submission=film, person=both, role=gaffer, wording="Gaffer")
    other = make.CreditFactory(submission=film, role=gaffer)
    before = database()
    merged = merge(lighting, gaffer, actor=editor)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.wording, other.role) == ("Gaffer", lighting)
    assert Credit.objects.count() == 2
    assert not CreditRole.objects.filter(pk=gaffer.pk).exists()
    undo(merged, actor=editor)
    assert database() == before


def test_a_merge_of_people_keeps_the_characters_of_both(editor, film, cast):
    double = make.PersonFactory(name="Nowak, Ada")
    make.CreditFactory(submission=film, person=double, role="cast", character="His Twin")
    make.CreditFactory(submission=film, person=double, role="cast", character="The Lamplighter")
    merge(cast.person, double, actor=editor)
    assert sorted(film.credits.values_list("character", flat=True)) == ["His Twin", "The Lamplighter"]


def test_corrections_tell_of_organisations_roles_and_characters(client, film):
    Contest.objects.update(reveal_at=timezone.now() - timezone.timedelta(minutes=10))
    credit = make.CreditFactory(submission=film, role="cast", person__name="Ada Nowak")
    Credit.history.update(history_date=timezone.now() - timezone.timedelta(minutes=20))
    credit.character = "The Lamplighter"
    credit.role = make.role("voice")
    credit.save()
    text = body(client, "/contests/c/corrections/")
    assert "The Lamplighter" in text
    assert "Voice" in text
    assert "Głos" in body(client, "/pl/contests/c/corrections/")


def test_an_editor_adds_a_role_and_chooses_it(desk, film):
    saved(desk.post("/admin/contests/creditrole/add/", {"name": "Drone pilot", "name_pl": "Pilot drona"}))
    role = CreditRole.objects.get(slug="drone-pilot")
    assert role.order > max(CreditRole.objects.exclude(pk=role.pk).values_list("order", flat=True))
    where = {"app_label": "contests", "model_name": "credit", "field_name": "role", "term": "drone"}
    found = desk.get("/admin/autocomplete/", where).json()["results"]
    assert [each["id"] for each in found] == [str(role.pk)]
    credit = make.CreditFactory(submission=film)
    saved(desk.post(page(film), filled(desk.get(page(film)), credits__0__role=role.pk)))
    credit.refresh_from_db()
    assert credit.role == role
    assert str(role.pk) in desk.get("/admin/contests/credit/").content.decode()


def test_a_new_credit_in_the_form_of_a_work_is_that_of_a_creator(desk, film):
    form = desk.get(page(film))
    creator = make.role("creator")
    template = form.content.decode().partition('id="credits-empty"')[2].partition("</tr>")[0]
    assert f'<option value="{creator.pk}" selected>Creator</option>' in template


def test_a_role_in_use_cannot_be_deleted(film, cast):
    with pytest.raises(Exception, match="protected"), transaction.atomic():
        cast.role.delete()
