"""Invalid query parameters in admin URLs lead to a message and the whole list, never to a server error."""

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from record.admin.base import RecordAdmin
from record.admin.lookup_guard import LookupGuardMixin
from record.models import Source
from tests import factories as make
from tests.admin_pages import page
from tests.record.test_admin import LISTS, named

pytestmark = pytest.mark.django_db

VALUES = ["", "(", "\x00", "-1", "9" * 30, "9999-12-31", "٣", "9" * 5000]
OWN = ["o", "p", "q", "_to_field"]
FLAGS = ["all", "e", "_facets", "_popup", "_source_model"]


def filters(model_admin):
    """Yield the parameter names of the filters of an admin list."""
    for spec in model_admin.get_list_filter(None):
        path = spec[0] if isinstance(spec, tuple) else spec if isinstance(spec, str) else spec.parameter_name
        yield from (path, *(f"{path}__{lookup}" for lookup in ("exact", "isnull", "isempty", "id__exact", "contains")))


def addresses(model_admin):
    """Yield a URL of the list for every lookup of every field with every value that could cause an error."""
    own = set(filters(model_admin))
    few = [value for value in VALUES if value in ("(", "9" * 30)]
    yield from ({name: value} for name in sorted(own) for value in few)
    yield dict.fromkeys(FLAGS, "(")
    yield {f"{model_admin.opts.pk.name}__range": "("}
    yield {f"{model_admin.opts.pk.name}__regex": "("}
    yield from ({name: "(", "x": "y"} for name in OWN)
    # The other parameters are the same for all models, so they are tested with one.
    if model_admin.model is not Source:
        return
    yield from ({name: value} for name in sorted(own) for value in VALUES if value not in few)
    # Unknown parameters are refused whatever their value, so one value is enough.
    names = {f"{field.name}__{lookup}" for field in model_admin.opts.get_fields() for lookup in ("regex", "range")}
    yield from ({name: "("} for name in sorted(names - own)[:12])
    yield from ({name: "("} for name in ("x", "x__y", "\x00", "pk", "n" * 9000))
    yield from ({name: value} for name in OWN for value in VALUES)
    yield from (dict.fromkeys(FLAGS, value) for value in VALUES)
    yield {"o": ".".join(["1"] * 5000)}
    yield {"q": "word " * 2000}
    yield {"q": "a " * 100}
    if field := model_admin.date_hierarchy:
        for year in ("0", "1", "9999", "10000", "9" * 30, "a", "2026"):
            yield {f"{field}__year": year}
            yield {f"{field}__year": year, f"{field}__month": "12", f"{field}__day": "31"}
        yield {f"{field}__year": "2026", f"{field}__month": "13"}
        yield {f"{field}__month": "3"}
        yield {f"{field}__year": "2026", f"{field}__gte": "a"}
        yield {f"{field}__gte": "2026-01-01"}


def test_every_list_reads_its_url_in_the_same_way():
    assert all(isinstance(desk, LookupGuardMixin) for desk in admin.site._registry.values())


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_no_url_breaks_a_list_or_its_files(desk, factory):
    factory()
    model = factory._meta.model
    model_admin = admin.site._registry[model]
    whole, broken = page(model, "changelist"), []
    own = set(filters(model_admin))
    files = ["export/csv/"] if isinstance(model_admin, RecordAdmin) else []
    for question in addresses(model_admin):
        # The export uses the same parameters. Unknown ones are refused before it starts.
        for address in (whole, *(f"{whole}{file}" for file in files if own.intersection(question))):
            response = desk.get(address, question)
            leads_back = response.status_code == 302 and response.url.split("?")[0] == whole
            if response.status_code != 200 and not leads_back:
                broken.append((response.status_code, address, {name: value[:40] for name, value in question.items()}))
    assert broken == []


@pytest.mark.parametrize("question", [{"kind__range": "a"}, {"name__regex": "("}, {"user__password__startswith": "a"}])
@pytest.mark.parametrize("file", ["", "export/", "export/csv/", "export/xlsx/", "export/json/"])
def test_lookup_that_no_filter_uses_leads_to_the_whole_list_with_a_message(desk, question, file):
    make.PersonFactory(name="Ada")
    response = desk.get(f"/admin/people/person/{file}", question, follow=True)
    assert response.redirect_chain == [("/admin/people/person/", 302)]
    assert [str(told) for told in response.context["messages"]] == [
        "The URL contains a filter that this list doesn’t have. The whole list is shown."
    ]
    assert [row.name for row in response.context["cl"].result_list] == ["Ada"]


def test_popup_stays_a_popup(desk):
    assert desk.get("/admin/people/person/?_popup=1&name__regex=(").url == "/admin/people/person/?_popup=1"


def test_filters_of_a_list_still_work(desk):
    make.PersonFactory(name="Ada", kind="team", country="PL")
    make.PersonFactory(name="Bo", kind="individual", country="PL")
    question = {"kind__exact": "team", "country": "PL", "portrait__isempty": "1", "changed": "7", "o": "-2", "q": "ad"}
    listed = desk.get("/admin/people/person/", question)
    assert listed.status_code == 200
    assert [row.name for row in listed.context["cl"].result_list] == ["Ada"]


def test_dates_of_a_list_lead_on(desk):
    source = make.SourceFactory(published_on="2026-11-05")
    make.SourceFactory(published_on="2025-11-05")
    for question in ("", "&published_on__month=11", "&published_on__month=11&published_on__day=5"):
        listed = desk.get(f"/admin/record/source/?published_on__year=2026{question}")
        assert list(listed.context["cl"].result_list) == [source]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_actions_answer_any_url_and_any_choice(desk, value):
    person = make.PersonFactory()
    for sent in (
        {"action": "set_sources", "_selected_action": value},
        {"action": value, "_selected_action": person.pk, "index": value},
        {"action": "set_country", "_selected_action": person.pk, "country": value, "preview": "1", "reason": value},
        {"action": "set_sources", "_selected_action": person.pk, "sources": value, "preview": "1", "reason": "x"},
    ):
        for question in ("", "?name__regex=(", "?kind__range=a"):
            assert desk.post(f"/admin/people/person/{question}", sent).status_code < 500


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_no_url_breaks_a_form_or_a_history(desk, factory):
    row = factory()
    opts = row._meta
    names = {field.name for field in opts.get_fields()} | {
        "p",
        "page",
        "o",
        "_changelist_filters",
        "_to_field",
        "_popup",
    }
    names |= {"list", "e", "after", "_source_model"}
    pages = [page(row), page(row, "history"), page(row, "delete"), f"{page(opts.model, 'changelist')}add/"]
    for address in pages:
        usual = desk.get(address).status_code
        for value in ("(", "\x00"):
            response = desk.get(address, dict.fromkeys(names, value))
            assert response.status_code in (usual, 200, 302, 400, 404), (address, value[:40])
    for field in ("", "x", "slug"):
        assert desk.get(page(row), {"_to_field": field}).status_code in (200, 302, 400)
    for key in ("a", "9" * 30):
        for what in ("change", "history", "delete"):
            address = f"{page(opts.model, 'changelist')}{key}/{what}/"
            assert desk.get(address, follow=True).status_code in (200, 403, 404), address


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_no_url_breaks_the_choices_of_a_field(desk, value):
    make.PersonFactory()
    asked = {"app_label": "contests", "model_name": "credit", "field_name": "person", "term": "", "page": "1"}
    address = reverse("admin:autocomplete")
    for name in [*asked, "contest", "_to_field", "x"]:
        assert desk.get(address, {**asked, name: value}).status_code in (200, 400, 403, 404), name


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_no_url_breaks_the_history_of_the_record(desk, value):
    desk.get("/admin/history/")
    for name in ("account", "kind", "what", "since", "until", "after", "x"):
        for file in ("", "export/"):
            response = desk.get(f"/admin/history/{file}", {name: value})
            assert response.status_code in (200, 302), name
            if response.streaming:
                b"".join(response.streaming_content)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_no_url_breaks_what_else_the_desk_has(desk, value):
    contest = make.ContestFactory()
    for address in ("/admin/", "/admin/keyboard/", "/admin/jsi18n/", page(contest)):
        assert desk.get(address, {"x": value, "p": value, "next": value}).status_code == 200
    assert desk.post("/admin/time-zone/", {"time_zone": value}).status_code == 302
    assert connection.is_usable()
