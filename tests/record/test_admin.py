"""The admin: the pages of every model, and what they have in common."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse
from django.utils.html import strip_tags
from django_tasks_db.models import DBTaskResult
from factory import Sequence
from factory.django import DjangoModelFactory

from accounts.models import Invitation, User
from contests.admin.pickers import ContestFirstMixin
from contests.models import Contest, Party, PreviewLink, Recognition
from people.models import Person
from record.admin.base import RecordAdmin
from record.admin.form_fields import RecordOptions
from record.models import Distinct, FormerSlug, Merge, Source, TableImport
from tests import factories as make
from tests.admin_pages import filled, inline_in, page, statements

pytestmark = pytest.mark.django_db


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    name = Sequence(lambda n: f"Group {n}")


# The number of SQL statements of each model's list, whatever the number of rows.
LISTS = {
    make.TaskFactory: 5,
    make.DistinctFactory: 4,
    make.AffiliationFactory: 4,
    make.AppearanceFactory: 5,
    make.AwardFactory: 5,
    make.CategoryFactory: 5,
    make.ContestFactory: 8,
    make.CreditFactory: 5,
    make.CreditRoleFactory: 4,
    make.EventFactory: 7,
    make.FigureFactory: 5,
    make.FormerSlugFactory: 6,
    GroupFactory: 4,
    make.InvitationFactory: 4,
    make.LeadingRegionFactory: 6,
    make.MergeFactory: 6,
    make.NextProjectFactory: 4,
    make.OrganisationFactory: 5,
    make.OrganisationIdentifierFactory: 4,
    make.OrganisationNameFactory: 4,
    make.PastWorkFactory: 4,
    make.PersonFactory: 5,
    make.PersonIdentifierFactory: 4,
    make.PersonNameFactory: 4,
    make.PreviewLinkFactory: 5,
    make.QuoteFactory: 5,
    make.RecognitionFactory: 7,
    make.AwardLineFactory: 5,
    make.SeriesFactory: 4,
    make.SeriesOrganiserFactory: 5,
    make.SourceFactory: 6,
    make.SubmissionFactory: 5,
    make.TableImportFactory: 4,
    make.UserFactory: 7,
    make.WorkFactory: 4,
    make.WorkIdentifierFactory: 4,
}
ONLY_TO_BE_READ = {DBTaskResult, FormerSlug, Merge, PreviewLink}
#: Models that no form can change or delete.
KEPT = {*ONLY_TO_BE_READ, Distinct, Invitation, TableImport}
#: Models that can't be added (accounts are created by invitation), and models that can't be deleted (accounts are
#: deactivated instead).
NOT_ADDED, NOT_DELETED = {*ONLY_TO_BE_READ, Distinct, User}, {*KEPT, User} - {Distinct, TableImport}


def named(factory) -> str:
    return factory._meta.model.__name__


def test_every_model_has_its_screens_and_is_counted_here():
    registered = set(admin.site._registry)
    assert registered == {factory._meta.model for factory in LISTS}
    record = {factory._meta.model for factory in vars(make).values() if is_factory(factory)}
    # Parties are edited only on the page of their recognition.
    assert record | {Group} == registered | {Party}


def is_factory(value) -> bool:
    return isinstance(value, type) and issubclass(value, DjangoModelFactory) and not value._meta.abstract


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_list_takes_the_same_statements_for_two_rows_and_for_twelve(desk, factory):
    model = factory._meta.model
    factory.create_batch(2)
    assert statements(desk, page(model, "changelist")) == LISTS[factory]
    factory.create_batch(10)
    assert statements(desk, page(model, "changelist")) == LISTS[factory]


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_list_shows_no_python_object_and_sorts_by_each_column(desk, factory):
    model = factory._meta.model
    factory.create_batch(2)
    listed = desk.get(page(model, "changelist"))
    assert not re.findall(r">[^<]*(?:\.None|&lt;|object at)[^<]*<", listed.content.decode())
    columns = listed.context["cl"].list_display
    relations = {field.name for field in model._meta.get_fields() if field.many_to_many}
    assert not relations & set(columns)
    for number in range(1, len(columns)):
        assert desk.get(page(model, "changelist"), {"o": number}).status_code == 200


# The number of SQL statements of a row's page, whatever the number of related rows. Contest, submission, event and
# person have their own tests.
PAGES = {
    make.TaskFactory: 3,
    make.DistinctFactory: 5,
    make.AffiliationFactory: 3,
    make.AppearanceFactory: 3,
    make.AwardFactory: 3,
    make.CategoryFactory: 3,
    make.ContestFactory: 11,
    make.CreditFactory: 3,
    make.CreditRoleFactory: 3,
    make.EventFactory: 11,
    make.FigureFactory: 3,
    make.FormerSlugFactory: 4,
    GroupFactory: 5,
    make.InvitationFactory: 5,
    make.LeadingRegionFactory: 3,
    make.MergeFactory: 4,
    make.NextProjectFactory: 3,
    make.OrganisationFactory: 9,
    make.OrganisationIdentifierFactory: 3,
    make.OrganisationNameFactory: 3,
    make.PastWorkFactory: 3,
    make.PersonFactory: 12,
    make.PersonIdentifierFactory: 3,
    make.PersonNameFactory: 3,
    make.PreviewLinkFactory: 3,
    make.QuoteFactory: 4,
    make.RecognitionFactory: 11,
    make.AwardLineFactory: 4,
    make.SeriesFactory: 9,
    make.SeriesOrganiserFactory: 3,
    make.SourceFactory: 4,
    make.SubmissionFactory: 15,
    make.TableImportFactory: 5,
    make.WorkFactory: 11,
    make.WorkIdentifierFactory: 3,
    make.UserFactory: 7,
}


def hang_on(row, number: int) -> None:
    """Add `number` related rows to each inline list in the form of `row`."""
    others = {"sources": make.SourceFactory, "presenters": make.PersonFactory, "groups": GroupFactory}
    for field in row._meta.many_to_many:
        if field.name in others:
            getattr(row, field.name).add(*others[field.name].create_batch(number))


@pytest.mark.parametrize("factory", PAGES, ids=named)
def test_page_takes_the_same_statements_with_two_rows_around_it_and_with_twelve(desk, factory):
    row = factory()
    for number in (2, 10):
        factory.create_batch(number)
        hang_on(row, number)
        assert statements(desk, page(row)) == PAGES[factory]


WITH_TIMES = {
    make.ContestFactory,
    make.EventFactory,
    make.InvitationFactory,
    make.MergeFactory,
    make.PreviewLinkFactory,
    make.RecognitionFactory,
    make.SourceFactory,
    make.UserFactory,
}


def test_every_page_is_counted():
    assert set(PAGES) == set(LISTS)


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_list_can_be_searched_filtered_and_sorted_by_each_column(desk, factory):
    row = factory()
    model_admin = admin.site.get_model_admin(type(row))
    assert model_admin.search_fields
    assert model_admin.ordering
    address = page(type(row), "changelist")
    changelist = desk.get(address).context["cl"]
    options = [option for spec in changelist.filter_specs for option in spec.choices(changelist)]
    columns = range(1, len(model_admin.list_display) + 1)
    questions = {"?q=a+b", f"?o={'.'.join(f'-{number}' for number in columns)}"}
    for question in questions | {option["query_string"] for option in options}:
        assert (question, desk.get(address + question).status_code) == (question, 200)


TIME = re.compile(r"(?<![:\d])\d\d:\d\d\b(?!:| (?:UTC|Asia/Tokyo))")


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_no_time_is_told_without_its_zone(desk, factory):
    """All times of the row are set. Times of rows of a contest are shown in the time zone of the contest."""
    row = factory()
    Contest.objects.update(time_zone="Asia/Tokyo")
    names = [field.name for field in row._meta.fields if isinstance(field, models.DateTimeField)]
    if "erased_at" in names:  # An erased account has no other times.
        names.remove("erased_at")
    moments = {name: datetime(2026, 10, day, 14, 59, tzinfo=UTC) for day, name in enumerate(names, 1)}
    type(row)._base_manager.filter(pk=row.pk).update(**moments)
    if hasattr(row, "history"):
        row = type(row)._base_manager.get(pk=row.pk)
        row.save()
        for name, moment in moments.items():
            setattr(row, name, moment - timedelta(minutes=30))
        row.save()
    told = []
    for what, whose in {"changelist": type(row), "change": row, "history": row}.items():
        text = unescape(strip_tags(desk.get(page(whose, what)).content.decode()))
        assert (what, TIME.findall(text)) == (what, [])
        told += re.findall(r"2026, (?:14|23):[25]9", text)
    assert told or factory not in WITH_TIMES


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_pages_open_with_nothing_inline_that_the_policy_would_block(desk, factory):
    # Approved rows can't be deleted, and a page explains why (tests/contests/test_results_protected.py).
    row = factory(**({"approved_at": None} if factory is make.RecognitionFactory else {}))
    statuses = dict.fromkeys(["change", "history", "delete"], row) | dict.fromkeys(["add", "changelist"], type(row))
    for what, whose in statuses.items():
        response = desk.get(page(whose, what))
        refused = (type(row) in NOT_ADDED and what == "add") or (type(row) in NOT_DELETED and what == "delete")
        assert (what, response.status_code, inline_in(response)) == (what, 403 if refused else 200, [])


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_page_of_a_row_nobody_has_leads_back_to_the_index(desk, factory):
    model = factory._meta.model
    for key in ("987654", "nonsense", "1_2"):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
        assert desk.get(address)["Location"] == "/admin/"
        assert desk.post(address).status_code == (403 if model in KEPT else 302)


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
            # The form for a new row without a contest field asks for a contest, but does not store it.
            asked = {"contest"} if isinstance(model_admin, ContestFirstMixin) else set()
            others = {"change_reason", "opened_with", "rows_source", *asked}
            assert set(model_admin.get_form(request).base_fields) - others == editable


def test_person_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    person = make.PersonFactory(sources=make.SourceFactory.create_batch(2))

    def more(number):
        for factory in (
            *(make.AffiliationFactory, make.PastWorkFactory, make.NextProjectFactory),
            *(make.PersonNameFactory, make.PersonIdentifierFactory),
        ):
            factory.create_batch(number, person=person)

    more(2)
    assert statements(desk, page(person)) == 12
    more(10)
    person.sources.add(*make.SourceFactory.create_batch(10))
    assert statements(desk, page(person)) == 12


def test_organisation_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    organisation = make.OrganisationFactory(sources=make.SourceFactory.create_batch(2))
    for number in (2, 10):
        for factory in (make.OrganisationNameFactory, make.OrganisationIdentifierFactory):
            factory.create_batch(number, organisation=organisation)
        assert statements(desk, page(organisation)) == 9


def test_recognition_s_pages_take_the_same_statements_however_many_share_it(desk):
    recognition = make.RecognitionFactory(approved_at=None)
    counts = []
    for number in (2, 10):
        make.PartyFactory.create_batch(number, recognition=recognition)
        make.PartyFactory.create_batch(number, recognition=recognition, of_organisation=True)
        recognition.submissions.add(*make.SubmissionFactory.create_batch(number, contest=recognition.award.contest))
        addresses = [page(recognition), page(recognition, "history"), page(Recognition, "changelist")]
        counts.append([statements(desk, address) for address in addresses])
    assert counts[0] == counts[1]


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
    assert statements(desk, page(person, "history")) == 12
    happen(8)
    assert statements(desk, page(person, "history")) == 12


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
    # The field keeps the original row only while it is selected.
    affiliation, other = make.AffiliationFactory(), make.PersonFactory()
    values = filled(desk.get(page(affiliation)), person=other.pk, role="")
    content = desk.post(page(affiliation), values).content.decode()
    assert f'<option value="{other.pk}" selected>{other.name}</option>' in content
    assert affiliation.person.name not in re.findall(r"<option[^>]*>([^<]*)</option>", content)
