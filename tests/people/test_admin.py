"""The editors' desk: every model's screens, and what all of them have in common."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contests.models import Event, Quote
from people.admin.base import PROTECTED_SHOWN, RecordAdmin, RecordOptions
from people.models import Affiliation, FormerSlug, NextProject, Organisation, Person, Source, User
from tests import factories as make

pytestmark = pytest.mark.django_db


class GroupFactory(make.DjangoModelFactory):
    class Meta:
        model = Group

    name = make.Sequence(lambda n: f"Group {n}")


# How many SQL statements the list of each model takes, whatever the number of its rows.
LISTS = {
    make.AffiliationFactory: 4,
    make.AppearanceFactory: 5,
    make.AwardFactory: 5,
    make.CategoryFactory: 5,
    make.ContestFactory: 8,
    make.CreditFactory: 5,
    make.EventFactory: 7,
    make.FigureFactory: 5,
    make.FormerSlugFactory: 6,
    GroupFactory: 4,
    make.LeadingRegionFactory: 6,
    make.NextProjectFactory: 4,
    make.OrganisationFactory: 5,
    make.PastWorkFactory: 5,
    make.PersonFactory: 5,
    make.QuoteFactory: 6,
    make.RecognitionFactory: 5,
    make.SeriesFactory: 4,
    make.SourceFactory: 7,
    make.SubmissionFactory: 6,
    make.UserFactory: 7,
}
NO_PAGE_TO_ADD = {FormerSlug}


def named(factory) -> str:
    return factory._meta.model.__name__


def page(row, what: str = "change") -> str:
    """The address of a page of the admin: of a row, or of a model ("changelist", "add")."""
    args = [] if isinstance(row, type) else [row.pk]
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=args)


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def statements(client, address: str) -> int:
    client.get(address)  # what is read once per process is read now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def filled(response, **changes) -> dict[str, str]:
    """What a browser would send back for the form in `response`, with `changes` typed in; `a__b` stands for `a-b`."""
    values = {}
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                parts = widget.decompress(value)
                values |= {f"{bound.html_name}_{i}": part for i, part in enumerate(parts) if part is not None}
            elif value is not None and value is not False and not hasattr(value, "url"):
                values[bound.html_name] = value
    return values | {name.replace("__", "-"): value for name, value in changes.items()}


def saved(response):
    """`response`, if the form was saved; its mistakes if not."""
    if response.status_code == 302:
        return response
    errors = [response.context["errors"]]
    raise AssertionError(errors)


# Screens ----------------------------------------------------------------------------------------------


def test_every_model_has_its_screens_and_is_counted_here():
    registered = {model for model in admin.site._registry}
    assert registered == {factory._meta.model for factory in LISTS}
    record = {factory._meta.model for factory in vars(make).values() if is_factory(factory)}
    assert record | {Group} == registered


def is_factory(value) -> bool:
    return isinstance(value, type) and issubclass(value, make.DjangoModelFactory) and not value._meta.abstract


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_list_takes_the_same_statements_for_two_rows_and_for_twelve(desk, factory):
    model = factory._meta.model
    factory.create_batch(2)
    assert statements(desk, page(model, "changelist")) == LISTS[factory]
    factory.create_batch(10)
    assert statements(desk, page(model, "changelist")) == LISTS[factory]


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_list_can_be_searched_filtered_and_sorted_by_each_column(desk, factory):
    row = factory()
    model_admin = admin.site.get_model_admin(type(row))
    address = page(type(row), "changelist")
    assert model_admin.search_fields
    assert model_admin.ordering
    assert desk.get(address, {"q": "a b"}).status_code == 200
    for number in range(1, len(model_admin.list_display) + 1):
        assert desk.get(address, {"o": f"-{number}"}).status_code == 200
    choices = desk.get(address).context["cl"].filter_specs
    assert len(choices) <= len(model_admin.list_filter)
    for choice in choices:
        for option in choice.choices(desk.get(address).context["cl"]):
            assert desk.get(address + option["query_string"]).status_code == 200


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_pages_of_a_row_open(desk, factory):
    row = factory()
    for what in ("change", "history", "delete"):
        refused = what == "delete" and type(row) in NO_PAGE_TO_ADD
        assert desk.get(page(row, what)).status_code == (403 if refused else 200)
    assert desk.get(page(type(row), "add")).status_code == (403 if type(row) in NO_PAGE_TO_ADD else 200)


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_page_of_a_row_nobody_has_leads_back_to_the_index(desk, factory):
    model = factory._meta.model
    for key in ("987654", "nonsense", "1_2"):
        response = desk.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key]))
        assert (response.status_code, response["Location"]) == (302, "/admin/")


def record_options() -> list[RecordOptions]:
    pages = [model_admin for model_admin in admin.site._registry.values() if isinstance(model_admin, RecordAdmin)]
    inlines = [inline(model_admin.model, admin.site) for model_admin in pages for inline in model_admin.inlines]
    return [*pages, *inlines]


@pytest.mark.parametrize("options", record_options(), ids=lambda options: type(options).__name__)
def test_every_relation_is_searched_for_rather_than_listed(rf, editor, options):
    request = rf.get("/")
    request.user = editor
    relations = [field for field in [*options.opts.fields, *options.opts.many_to_many] if field.remote_field]
    relations = [field for field in relations if field.editable]
    assert options.get_autocomplete_fields(request) == [field.name for field in relations]
    for field in relations:
        assert admin.site.get_model_admin(field.related_model).search_fields


@pytest.mark.parametrize(
    "model_admin", [options for options in record_options() if isinstance(options, RecordAdmin)], ids=repr
)
def test_every_fieldset_is_described_and_the_key_is_shown(rf, editor, model_admin):
    request = rf.get("/")
    request.user = editor
    assert all(options["description"] for _name, options in model_admin.fieldsets)
    assert model_admin.get_fieldsets(request, model_admin.model(pk=1))[-1][1]["fields"] == ["change_reason", "key"]
    assert "key" in model_admin.readonly_fields


def test_every_admin_form_holds_every_field_an_editor_may_change(rf, editor):
    request = rf.get("/")
    request.user = editor
    for model_admin in record_options():
        if isinstance(model_admin, RecordAdmin):
            fields = [*model_admin.model._meta.fields, *model_admin.model._meta.many_to_many]
            editable = {field.name for field in fields if field.editable and not field.primary_key}
            assert set(model_admin.get_form(request).base_fields) - {"change_reason"} == editable


def test_person_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    person = make.PersonFactory(sources=make.SourceFactory.create_batch(2))

    def more(number):
        for factory in (make.AffiliationFactory, make.PastWorkFactory, make.NextProjectFactory):
            factory.create_batch(number, person=person)

    more(2)
    assert statements(desk, page(person)) == 8
    more(10)
    person.sources.add(*make.SourceFactory.create_batch(10))
    assert statements(desk, page(person)) == 8


def test_history_takes_the_same_statements_however_much_has_happened(desk):
    person = make.PersonFactory(sources=[make.SourceFactory()])
    make.AffiliationFactory(person=person)

    def happen(times):
        for number in range(times):
            person.headline = f"{times}, {number}"
            person.save()
            person.sources.add(make.SourceFactory())
            make.AffiliationFactory(person=person)

    happen(2)
    assert statements(desk, page(person, "history")) == 13
    happen(8)
    assert statements(desk, page(person, "history")) == 13


def test_mentions_are_counted_over_everything_that_names_a_person(desk):
    person = make.PersonFactory()
    make.CreditFactory(person=person)
    make.QuoteFactory.create_batch(2, speaker=person)
    make.RecognitionFactory(presenters=[person])
    make.AffiliationFactory(person=person)
    (row,) = [row for row in desk.get(page(Person, "changelist")).context["cl"].result_list if row == person]
    assert row.all_counted == 5


def test_source_says_behind_how_much_it_stands(desk):
    source = make.SourceFactory()
    make.PersonFactory(sources=[source])
    make.QuoteFactory(source=source)
    make.FigureFactory.create_batch(2, source=source)
    (row,) = [row for row in desk.get(page(Source, "changelist")).context["cl"].result_list if row == source]
    assert row.all_counted == 4


def test_choice_is_named_with_what_tells_it_from_others(desk):
    award = make.AwardFactory(name="Grand Prize", contest__title="NextGen")
    answer = desk.get(
        "/admin/autocomplete/",
        {"app_label": "contests", "model_name": "recognition", "field_name": "award", "term": "grand"},
    )
    assert answer.json()["results"] == [{"id": str(award.pk), "text": "Grand Prize · NextGen"}]
    recognition = make.RecognitionFactory(award=award)
    assert "Grand Prize · NextGen</option>" in desk.get(page(recognition)).content.decode()


def test_choice_shown_without_a_statement_is_the_right_one_after_a_mistake(desk):
    # The field shows the row it came with only as long as that is what is chosen.
    affiliation, other = make.AffiliationFactory(), make.PersonFactory()
    values = filled(desk.get(page(affiliation)), person=other.pk, role="")
    content = desk.post(page(affiliation), values).content.decode()
    assert f'<option value="{other.pk}" selected>{other.name}</option>' in content
    assert affiliation.person.name not in re.findall(r"<option[^>]*>([^<]*)</option>", content)


# Slugs ------------------------------------------------------------------------------------------------


def add_organisation(desk, **values) -> Organisation:
    saved(desk.post(page(Organisation, "add"), {"name": "Kling AI", "slug": ""} | values))
    return Organisation.objects.latest("pk")


def test_slug_left_blank_is_made_from_the_name(desk):
    assert add_organisation(desk, name="Łódź & Söhne").slug == "lodz-and-sohne"


def test_slug_made_from_a_name_that_is_taken_gets_a_number(desk):
    assert [add_organisation(desk).slug for _ in range(3)] == ["kling-ai", "kling-ai-2", "kling-ai-3"]


def test_slug_typed_in_twice_is_refused_rather_than_numbered(desk):
    add_organisation(desk)
    response = desk.post(page(Organisation, "add"), {"name": "Other", "slug": "kling-ai"})
    assert response.context["adminform"].form.errors == {
        "slug": ["Organisation with this Slug already exists."],
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
    assert desk.get("/admin/people/formerslug/").content.decode().count(page(person)) == 1


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


# History ----------------------------------------------------------------------------------------------


def test_history_says_who_when_why_and_what(desk, editor):
    person = make.PersonFactory(headline="Student")
    values = filled(desk.get(page(person)), headline="Artist", country="CN", change_reason="As the report puts it")
    saved(desk.post(page(person), values))
    latest = desk.get(page(person, "history")).context["page_obj"][0]
    assert (latest.history_user, latest.history_change_reason) == (editor, "As the report puts it")
    assert [(change.field, change.old, change.new) for change in latest.changes] == [
        ("Headline", "Student", "Artist"),
        ("Country or region", "—", "China"),
    ]
    content = desk.get(page(person, "history")).content.decode()
    assert all(text in content for text in ("Ada", "As the report puts it", "<del>Student</del> <ins>Artist</ins>"))


def test_history_of_choices_links_and_relations_is_told_in_words(desk):
    source, account = make.SourceFactory(title="The report"), make.UserFactory(name="Eddie")
    person = make.PersonFactory()
    values = filled(desk.get(page(person)), kind="team", sources=[source.pk], user=account.pk)
    saved(desk.post(page(person), values))
    told = [change for entry in desk.get(page(person, "history")).context["page_obj"] for change in entry.changes]
    assert {(change.field, change.old, change.new) for change in told} == {
        ("Kind", "Individual", "Team"),
        ("Account", "—", "Eddie"),
        ("Sources", "—", "The report"),
    }


def test_history_of_the_last_entry_on_a_page_is_compared_with_the_next_page(desk):
    person = make.PersonFactory(headline="0")
    for number in range(1, 30):
        person.headline = str(number)
        person.save()
    first = desk.get(page(person, "history")).context["page_obj"]
    assert len(first) == 25
    assert [[(c.old, c.new) for c in entry.changes] for entry in first][-1] == [("4", "5")]


def test_rows_edited_on_the_page_of_their_parent_are_recorded_and_shown_there(desk, editor):
    person, organisation = make.PersonFactory(), make.OrganisationFactory(name="AI Talk")
    values = filled(desk.get(page(person)))
    row = {"organisation": organisation.pk, "role": "Founder", "source": ""}
    values |= {f"affiliations-0-{name}": value for name, value in row.items()} | {"affiliations-TOTAL_FORMS": 1}
    saved(desk.post(page(person), values))
    saved(desk.post(page(person), filled(desk.get(page(person)), affiliations__0__role="Host")))
    saved(desk.post(page(person), filled(desk.get(page(person)), affiliations__0__DELETE="on")))
    assert not Affiliation.objects.exists()
    ((kind, entries),) = desk.get(page(person, "history")).context["parts"]
    assert kind == "Affiliations"
    assert [(e.history_type, e.history_user, [(c.old, c.new) for c in e.changes]) for e in entries] == [
        ("-", editor, []),
        ("~", editor, [("Founder", "Host")]),
        ("+", editor, []),
    ]


def version_page(row, number: int) -> str:
    versions = list(row.history.order_by("history_id"))
    model = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{model}_simple_history", args=[row.pk, versions[number].pk])


def test_old_version_can_be_put_back_and_the_history_says_so(desk):
    person = make.PersonFactory(headline="Student")
    person.headline = "Artist"
    person.save()
    old = desk.get(version_page(person, 0))
    values = {bound.html_name: bound.value() or "" for bound in old.context["adminform"].form}
    values.pop("portrait")
    assert desk.post(version_page(person, 0), values).status_code == 302
    person.refresh_from_db()
    assert person.headline == "Student"
    assert person.history.first().history_change_reason.startswith("Back to the version of ")


def test_old_version_brings_back_neither_key_nor_row(desk):
    person = make.PersonFactory()
    key = person.key
    person.history.update(key="another")
    old = desk.get(version_page(person, 0))
    values = {bound.html_name: bound.value() or "" for bound in old.context["adminform"].form}
    values.pop("portrait")
    desk.post(version_page(person, 0), values)
    person.refresh_from_db()
    assert person.key == key
    address = version_page(person, 0)
    person.delete()
    assert desk.post(address, values).status_code == 403
    assert not Person.objects.exists()


def test_who_may_only_look_puts_nothing_back(client):
    person = make.PersonFactory(headline="Student")
    person.headline = "Artist"
    person.save()
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_person"))
    client.force_login(viewer)
    assert client.get(version_page(person, 0)).status_code == 200
    assert client.post(version_page(person, 0), {}).status_code == 403
    person.refresh_from_db()
    assert person.headline == "Artist"


# Deleting ---------------------------------------------------------------------------------------------


def quote_of(person):
    return make.QuoteFactory(speaker=person, text="I think you can do anything.")


DELETIONS = [
    pytest.param(make.PersonFactory, quote_of, "Quote: ", "I think you can do anything.", id="person with a quote"),
    pytest.param(
        make.ContestFactory,
        lambda contest: make.AwardFactory(contest=contest, name="Grand Prize"),
        "Award: ",
        "Grand Prize",
        id="contest with an award",
    ),
    pytest.param(
        make.ContestFactory,
        lambda contest: make.EventFactory(contest=contest, title="Ceremony"),
        "Event: ",
        "Ceremony",
        id="contest with an event",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.FigureFactory(source=source, label="submissions", value=3),
        "Figure: ",
        "exactly 3 submissions",
        id="source of a fact",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.PersonFactory(sources=[source], name="Tim Yip"),
        "Person: ",
        "Tim Yip",
        id="source of a biography",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.SubmissionFactory(sources=[source], title="Alzheimer"),
        "Submission: ",
        "Alzheimer",
        id="source of a synopsis",
    ),
    pytest.param(
        make.OrganisationFactory,
        lambda organisation: make.AffiliationFactory(organisation=organisation, role="Founder"),
        "Affiliation: ",
        "Founder",
        id="organisation with people",
    ),
]


@pytest.mark.parametrize(("factory", "user_of", "kind", "name"), DELETIONS)
def test_what_is_in_use_is_not_deleted_and_the_page_says_by_what(desk, factory, user_of, kind, name):
    row = factory()
    user = user_of(row)
    select = {"action": "delete_selected", "_selected_action": [row.pk]}
    for response in (
        desk.get(page(row, "delete")),
        desk.post(page(row, "delete"), {"post": "yes"}),
        desk.post(page(type(row), "changelist"), select),
        desk.post(page(type(row), "changelist"), {**select, "post": "yes"}),
    ):
        assert response.context["title"].startswith("Cannot delete")
        (link,) = response.context["protected"]
        assert link.startswith(kind)
        assert name in link
        assert f'href="{page(user)}"' in link
        assert "relationship" not in response.content.decode()
    with pytest.raises(ProtectedError):
        row.delete()
    with pytest.raises(ProtectedError):
        type(row).objects.filter(pk=row.pk).delete()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_who_uses_a_thing_in_several_ways_is_named_once(desk):
    source = make.SourceFactory()
    person = make.PersonFactory(sources=[source])
    make.AffiliationFactory(person=person, source=source)
    links = desk.get(page(source, "delete")).context["protected"]
    assert [link.split(":")[0] for link in links] == ["Affiliation", "Person"]


def test_long_list_of_uses_is_cut_and_says_how_long_it_is(desk):
    source = make.SourceFactory()
    make.PersonFactory.create_batch(PROTECTED_SHOWN + 3, sources=[source])
    links = desk.get(page(source, "delete")).context["protected"]
    assert (len(links), links[-1]) == (PROTECTED_SHOWN + 1, "and 3 more")


def test_what_nothing_uses_is_deleted_with_what_is_only_its_own(desk, editor):
    project = make.NextProjectFactory()
    response = desk.get(page(project.person, "delete"))
    assert project.description in response.content.decode()
    desk.post(page(project.person, "delete"), {"post": "yes"})
    assert not Person.objects.exists()
    assert not NextProject.objects.exists()
    assert Source.objects.exists()
    assert Person.history.first().history_user == editor


def test_several_are_deleted_at_once_and_recorded(desk):
    people = make.PersonFactory.create_batch(3)
    selected = {"action": "delete_selected", "_selected_action": [row.pk for row in people], "post": "yes"}
    assert desk.post(page(Person, "changelist"), selected).status_code == 302
    assert Person.history.filter(history_type="-").count() == 3


# Accounts ---------------------------------------------------------------------------------------------

NEW = {"email": "New@Example.org", "name": "Neva", "usable_password": "true"}
PASSWORDS = {"password1": "quiet-lamp-7-orbit", "password2": "quiet-lamp-7-orbit"}


def test_account_is_added_with_an_address_and_a_password_and_signs_in_by_them(desk, client):
    saved(desk.post(page(User, "add"), NEW | PASSWORDS))
    account = User.objects.get(email="New@example.org")
    assert (account.is_staff, account.name) == (False, "Neva")
    account.is_staff = True
    account.save()
    client.logout()
    signed_in = client.post("/admin/login/", {"username": "new@example.ORG", "password": PASSWORDS["password1"]})
    assert signed_in.status_code == 302
    assert int(client.session["_auth_user_id"]) == account.pk


def test_address_that_is_taken_is_refused_at_its_field_in_any_case(desk):
    other = make.UserFactory(email="new@example.org")
    message = {"email": ["There is an account with this e-mail address already."]}
    assert desk.post(page(User, "add"), NEW | PASSWORDS).context["adminform"].form.errors == message
    account = make.UserFactory()
    values = filled(desk.get(page(account)), email="NEW@example.org")
    assert desk.post(page(account), values).context["adminform"].form.errors == message
    saved(desk.post(page(other), filled(desk.get(page(other)), email="NEW@example.org")))


def test_weak_password_is_refused(desk):
    response = desk.post(page(User, "add"), NEW | {"password1": "12345", "password2": "12345"})
    assert list(response.context["adminform"].form.errors) == ["password2"]


def test_password_of_another_account_can_be_set_but_never_be_read(desk):
    account = make.UserFactory()
    assert desk.post(f"/admin/people/user/{account.pk}/password/", PASSWORDS | {"usable_password": "true"})
    account.refresh_from_db()
    assert account.check_password(PASSWORDS["password1"])
    assert account.password not in desk.get(page(account)).content.decode()
    assert not hasattr(User.history.first(), "password")


def test_who_may_edit_accounts_cannot_make_themselves_more(client):
    clerk, chief = make.UserFactory(is_staff=True), make.UserFactory(editor=True)
    codes = [f"{verb}_user" for verb in ("view", "change", "delete")]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(clerk)
    values = filled(client.get(page(clerk)), is_superuser="on", name="Chief", user_permissions=[1, 2, 3])
    saved(client.post(page(clerk), values))
    clerk.refresh_from_db()
    assert (clerk.is_superuser, clerk.name, clerk.user_permissions.count()) == (False, "Chief", 3)
    assert client.post(page(chief), {"email": "mine@example.org"}).status_code == 403
    assert client.post(page(chief, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/people/user/{chief.pk}/password/", PASSWORDS).status_code == 403


def test_permissions_on_the_history_are_not_offered(desk):
    offered = desk.get("/admin/auth/group/add/").context["adminform"].form.fields["permissions"].queryset
    assert offered.filter(content_type__model="person").count() == 4
    assert not offered.filter(content_type__model__startswith="historical").exists()


def test_visitor_without_the_right_sees_nothing_of_the_admin(client):
    client.force_login(make.UserFactory())
    assert client.get(page(Person, "changelist")).status_code == 302
    client.force_login(make.UserFactory(is_staff=True))
    assert client.get(page(Person, "changelist")).status_code == 403


# The look, and the strict Content-Security-Policy -------------------------------------------------------


class Inline(HTMLParser):
    """Collects what a browser under the policy would refuse: inline scripts, styles and handlers."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in attrs and attrs.get("type") != "application/json"):
            self.found.append(tag)
        if str(attrs.get("href", "")).startswith("javascript:"):
            self.found.append(f"{tag} href")


def inline_in(response) -> list[str]:
    parser = Inline()
    parser.feed(response.content.decode())
    return parser.found


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_nothing_inline_on_any_page_of_a_model(desk, factory):
    row = factory()
    pages = [
        page(row),
        page(row, "history"),
        page(row, "delete"),
        page(type(row), "add"),
        page(type(row), "changelist"),
    ]
    for address in pages:
        response = desk.get(address)
        if response.status_code != 403:
            assert (address, inline_in(response)) == (address, [])


def test_nothing_inline_on_the_pages_around(desk, client, editor):
    person = make.PersonFactory(headline="a")
    person.headline = "b"
    person.save()
    select = {"action": "delete_selected", "_selected_action": [person.pk]}
    responses = [
        *(desk.get(address) for address in ("/admin/", "/admin/people/", "/admin/password_change/")),
        desk.get(version_page(person, 0)),
        desk.get(f"/admin/people/user/{editor.pk}/password/"),
        desk.post(page(Person, "changelist"), select),
        desk.post(page(Person, "add"), {"affiliations-TOTAL_FORMS": 0}),
        client.post("/admin/logout/"),
        client.get("/admin/login/"),
    ]
    for response in responses:
        assert response.status_code == 200
        assert inline_in(response) == []
        assert "script-src 'self'" in response["Content-Security-Policy"]


def test_admin_bears_laurel_s_name_colours_and_mark(client):
    content = client.get("/admin/login/").content.decode()
    assert "<title>Log in | Laurel</title>" in content
    assert '<link rel="icon" href="/static/img/favicon.svg" type="image/svg+xml">' in content
    # After all of Django's own, so that it wins.
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', content)
    assert sheets[-1] == "/static/css/admin.css"
    assert "Django" not in content


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON_GROUND = [
    *(("body-fg", ground) for ground in ("paper", "shade", "selected-bg", "selected-row", "message-success-bg")),
    *(("body-fg", ground) for ground in ("message-warning-bg", "message-error-bg")),
    *(("muted", ground) for ground in ("paper", "shade", "selected-bg")),
    *(("vermilion", "paper"), ("alarm", "paper")),
    *(("button-fg", ground) for ground in ("default-button-bg", "default-button-hover-bg", "button-bg")),
    *(("button-fg", ground) for ground in ("button-hover-bg", "delete-button-bg", "delete-button-hover-bg")),
    *((text, "paper") for text in ("link-fg", "breadcrumbs-fg", "breadcrumbs-link-fg", "object-tools-fg")),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(settings, text, ground, scheme):
    sheet = (Path(settings.BASE_DIR) / "static/css/admin.css").read_text()
    values = dict(re.findall(r"^  --([\w-]+): ([^;]+);", sheet, re.MULTILINE))

    def colour(name):
        value = values[name]
        if reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
            return colour(reference[1])
        return re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", value)[scheme + 1]

    assert contrast(colour(text), colour(ground)) >= 4.5


def test_index_lists_what_editors_use_most_first(desk):
    apps = desk.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps] == ["contests", "people", "auth"]
    assert [model["object_name"] for model in apps[0]["models"]][:2] == ["Contest", "Submission"]


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
