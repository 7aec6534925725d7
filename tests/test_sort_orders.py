"""Every list is in natural order for its readers, and the order is the same on every database."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import CharField, TextField
from django.urls import reverse

from accounts.models import User
from api.endpoints import RESOURCES
from contests.models import Series, Submission
from contests.models.edition_key import EditionKeyField
from contests.views import OF_ALL_AWARDS, TITLES, VOICES
from people.models import Organisation, Person
from portal.views import people as people_pages
from portal.views import sources as source_pages
from record.models import Source
from record.partial_dates import PartialDateField
from record.sort_keys import SortKeyField
from tests import factories as make

pytestmark = pytest.mark.django_db
WORDS = ["Zebra", "éclair", "“Moon”", "apple", "Łódź", "Banana", "'Night'", "Éden"]
IN_ORDER = ["apple", "Banana", "éclair", "Éden", "Łódź", "“Moon”", "'Night'", "Zebra"]

#: Fields whose text is stored in a form that sorts the same on every database.
SORTABLE = (SortKeyField, EditionKeyField, PartialDateField)


@pytest.fixture
def rows():
    contest = make.ContestFactory(revealed=True, title="Gala")
    for number, word in enumerate(WORDS):
        source = make.SourceFactory(title=word, slug=f"own-{number}")
        film = make.SubmissionFactory(contest=contest, title=word, slug=f"film-{number}", sources=[source])
        make.CreditFactory(submission=film, person__name=word, person__sort_name=word, person__slug=f"p-{number}")
        make.OrganisationFactory(name=word, slug=f"house-{number}")
        make.SeriesFactory(name=word, slug=f"series-{number}")


def ours(names):
    """Return only the names that this test created, without the sources that other rows needed."""
    return [name for name in names if name in WORDS]


def test_sources_films_and_people_are_listed_alike(client, rows):
    assert ours(row.title for row in client.get("/sources/").context["list"].page) == IN_ORDER
    assert [row.name for row in client.get("/people/").context["list"].page] == IN_ORDER
    assert [row.title for row in client.get("/contests/gala/submissions/").context["list"].page] == IN_ORDER


@pytest.mark.parametrize(("resource", "field"), [("submissions", "title"), ("sources", "title"), ("people", "name")])
def test_the_api_lists_in_the_same_order(client, rows, resource, field):
    answer = client.get(f"/api/v1/{resource}").json()
    assert ours(row[field] for row in answer["items"]) == IN_ORDER


@pytest.mark.parametrize("model", [Source, Person, Organisation, Series, Submission])
def test_the_admin_lists_and_offers_in_the_same_order(client, rows, model):
    client.force_login(make.UserFactory(editor=True))
    listed = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    assert ours(map(str, listed.context["cl"].result_list)) == IN_ORDER
    assert ours(map(str, model.objects.all())) == IN_ORDER


def test_no_list_is_in_the_order_of_a_text_as_it_is_stored():
    """Sorting by stored text puts capitals first and accents last, and the order differs between databases."""
    orders = {}
    for app in ("record", "accounts", "people", "contests"):
        for model in apps.get_app_config(app).get_models():
            if hasattr(model, "history_object") or model is User:
                continue
            orders[model.__name__] = model, model._meta.ordering
            if model in admin.site._registry:
                orders[f"{model.__name__} in the admin"] = model, admin.site._registry[model].ordering or []
    for resource in RESOURCES:
        orders[f"{resource.name} in the API"] = None, resource.order
    pages = [(Submission, TITLES), (Person, people_pages.NAMES), (Source, source_pages.TITLES)]
    for model, offered in pages:
        orders[f"pages of {model.__name__}"] = model, [column for order in offered for column in order.columns]
    raw = [
        (name, column)
        for name, (model, columns) in orders.items()
        for column in columns
        if isinstance(column, str) and is_raw(model, column.removeprefix("-"))
    ]
    assert raw == []
    assert [column for order in (*VOICES, *OF_ALL_AWARDS) for column in order.columns if "title" in column] == []


def is_raw(model, path):
    """Return whether a column is text without a sort key. Without a model, decide by the name of the column."""
    if model is None:
        return path.rpartition("__")[2] in ("title", "name", "sort_name")
    for part in path.split("__"):
        if part == "pk":
            return False
        field = model._meta.get_field(part)
        model = field.related_model
    return isinstance(field, CharField | TextField) and not isinstance(field, SORTABLE)
