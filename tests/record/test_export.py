"""Exported lists contain the filtered rows in the order of the list, and nothing that a spreadsheet would execute."""

import csv
import io
import json

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from record.admin import export
from record.admin.base import RecordAdmin
from record.csv_safety import harmless
from tests import factories as make
from tests.admin_pages import account_that_may, inline_in
from tests.record.test_admin import LISTS, named

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/people/person/export/"
RECORD = [factory for factory in LISTS if isinstance(admin.site._registry[factory._meta.model], RecordAdmin)]


def content(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def csv_rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"))))


def sheet(response) -> list[dict]:
    head, *lines = load_workbook(io.BytesIO(content(response))).active.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def address(factory, form: str) -> str:
    opts = factory._meta.model._meta
    return f"/admin/{opts.app_label}/{opts.model_name}/export/{form}/"


@pytest.mark.parametrize("factory", RECORD, ids=named)
def test_every_list_of_the_record_comes_as_csv_xlsx_and_json_with_the_same_rows(desk, factory):
    row = factory()
    table = csv_rows(desk.get(address(factory, "csv")))
    data = json.loads(content(desk.get(address(factory, "json"))))
    book = sheet(desk.get(address(factory, "xlsx")))
    assert row.key in [line["key"] for line in table]
    assert [line["key"] for line in table] == [line["key"] for line in data] == [line["key"] for line in book]
    assert list(table[0]) == list(data[0]) == list(book[0])


@pytest.mark.parametrize("form", export.FORMATS)
@pytest.mark.parametrize("factory", RECORD, ids=named)
def test_file_takes_the_same_statements_for_two_rows_and_for_twelve(desk, factory, form):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            content(desk.get(address(factory, form)))
        return len(captured)

    factory.create_batch(2)
    few = statements()
    factory.create_batch(10)
    assert statements() == few <= 9


def test_file_holds_exactly_what_the_list_is_narrowed_down_to_in_its_order(desk):
    for name, kind in (("Bo", "team"), ("Ada", "team"), ("Cem", "individual"), ("Dee", "team")):
        make.PersonFactory(name=name, kind=kind, headline="Known for much" if name != "Dee" else "")
    question = {"kind__exact": "team", "q": "known", "o": "-2"}
    listed = desk.get("/admin/people/person/", question).context["cl"]
    assert [row.name for row in listed.result_list] == ["Bo", "Ada"]
    assert [row["name"] for row in csv_rows(desk.get(f"{PEOPLE}csv/", question))] == ["Bo", "Ada"]


def test_file_holds_all_pages_of_the_list(desk):
    make.PersonFactory.create_batch(60)
    assert len(csv_rows(desk.get(f"{PEOPLE}csv/", {"p": "2"}))) == 60


def test_other_rows_are_named_and_have_their_key(desk):
    source = make.SourceFactory(title="Report")
    award = make.AwardFactory(name="Grand Prize", contest__title="NextGen", source=source)
    extra = [f"read_only_{name}" for name in ("contest_key", "source", "source_key")]
    (row,) = csv_rows(desk.get("/admin/contests/award/export/csv/", {"_column": ["name", "contest", *extra]}))
    assert (row["name"], row["contest"]) == ("Grand Prize", award.contest.slug)
    assert [row[name] for name in extra] == [award.contest.key, "Report", source.key]


def test_several_rows_are_named_one_after_the_other(desk):
    sources = [make.SourceFactory(title=title) for title in ("Ceremony", "Report")]
    make.PersonFactory(sources=sources)
    (row,) = csv_rows(desk.get(f"{PEOPLE}csv/", {"_column": ["sources", "read_only_sources_keys"]}))
    assert row["read_only_sources_keys"] == "; ".join(source.key for source in sources)
    assert row["sources"] == "; ".join(sorted(source.key for source in sources))


def test_values_are_those_of_the_record(desk):
    make.SubmissionFactory(countries=["PL", "JP"], runtime=90, synopsis="Two\nlines", key="synthetic-one")
    page = "/admin/contests/submission/export/"
    every = [column.name for column, _is_chosen in desk.get(page).context["extra_columns"]]
    usual = [column.name for column, _is_chosen in desk.get(page).context["columns"]]
    (row,) = json.loads(content(desk.get(f"{page}json/", {"_column": usual + every})))
    assert (row["countries"], row["runtime"], row["synopsis"]) == ("JP,PL", 90, "Two\nlines")
    assert (row["read_only_synthetic"], row["categories"], row["status"]) == (True, "", "eligible")
    assert {"sort_key", "id", "poster_width"} & set(row) == set()


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "A;=1+1;B", "A\t=1", "A|=1", "A\n=1", "＝1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_holds_nothing_that_a_spreadsheet_takes_for_a_formula(desk, text):
    make.PersonFactory(name="Ada", headline=text)
    (row,) = csv_rows(desk.get(f"{PEOPLE}csv/"))
    assert row["headline"] != text
    assert row["headline"] == harmless(text)


@pytest.mark.parametrize("text", [*HOSTILE, "https://example.org/", "x" * 200])
def test_xlsx_holds_texts_as_texts(desk, text):
    make.PersonFactory(name="Ada", headline=text)
    book = load_workbook(io.BytesIO(content(desk.get(f"{PEOPLE}xlsx/"))))
    place = [cell.value for cell in book.active[1]].index("headline")
    cell = book.active[2][place]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_text_too_long_for_a_cell_is_refused_with_the_row_and_a_way_on(desk):
    make.PersonFactory(name="Ada", biography="x" * 32_768)
    response = desk.get(f"{PEOPLE}xlsx/", {"q": "ada", "_column": ["name", "biography"]}, follow=True)
    assert response.redirect_chain == [(f"{PEOPLE}?q=ada&_column=name&_column=biography", 302)]
    text = response.content.decode()
    assert "“Ada” has 32768 characters in the column “biography”." in text
    assert [row["name"] for row in sheet(desk.get(f"{PEOPLE}xlsx/", {"_column": "name"}))] == ["Ada"]
    assert csv_rows(desk.get(f"{PEOPLE}csv/"))[0]["biography"] == "x" * 32_768


def test_page_says_how_many_rows_it_will_be_and_offers_each_form(desk):
    make.PersonFactory.create_batch(3, headline="Known")
    make.PersonFactory()
    response = desk.get(PEOPLE, {"q": "known"})
    text = response.content.decode()
    assert inline_in(response) == []
    assert "People: 3. The file follows the search, filters and order of the list." in " ".join(text.split())
    assert [form for form, _label, _address in response.context["forms"]] == ["csv", "xlsx", "json"]
    assert 'formaction="/admin/people/person/export/csv/"' in text
    assert '<input type="hidden" name="q" value="known">' in text


def test_list_leads_to_its_export_with_its_filters(desk):
    make.PersonFactory(headline="Known")
    text = desk.get("/admin/people/person/", {"q": "known"}).content.decode()
    assert '<a href="/admin/people/person/export/?q=known">Export</a>' in text


def test_empty_list_is_an_empty_file(desk):
    assert csv_rows(desk.get(f"{PEOPLE}csv/")) == []
    assert json.loads(content(desk.get(f"{PEOPLE}json/"))) == []


def test_more_rows_than_a_file_takes_are_refused_with_a_way_on(desk, monkeypatch):
    monkeypatch.setattr(export, "MOST", 2)
    make.PersonFactory.create_batch(3)
    response = desk.get(f"{PEOPLE}csv/", follow=True)
    assert "People: more than 2, too many for one file." in response.content.decode()


@pytest.mark.parametrize("question", [{"sort_name__nothing": "1"}, {"p": "x"}, {"kind__exact": "\x00"}])
def test_list_that_there_is_not_leads_back_or_is_empty(desk, question):
    assert desk.get(f"{PEOPLE}csv/", question).status_code in (200, 302)


def test_form_that_there_is_not_is_not_found(desk):
    assert desk.get(f"{PEOPLE}exe/").status_code == 404


@pytest.mark.parametrize(("permission", "status"), [("view_person", 200), ("view_source", 403)])
def test_whoever_may_look_at_a_list_may_take_it_along_and_nobody_else(client, permission, status):
    client.force_login(account_that_may(permission))
    assert [client.get(f"{PEOPLE}{form}").status_code for form in ("", "csv/")] == [status, status]


def test_nobody_gets_a_file_without_signing_in(client):
    assert client.get(f"{PEOPLE}csv/").status_code == 302
