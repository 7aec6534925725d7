"""The editor chooses the columns of an export, and gets a template for each kind of import."""

import io

import pytest
from django.contrib.auth.models import Permission
from django.utils.translation import override
from openpyxl import load_workbook

from contests.models import CreditRole
from record.importing.columns import matched
from record.importing.kinds import kinds
from record.importing.planning import Options
from record.importing.reading import read_table
from record.importing.running import make_plan
from record.importing.templates import headers_of, template_of
from tests import factories as make
from tests.admin_pages import account_that_may
from tests.record.test_export import content, csv_rows

pytestmark = pytest.mark.django_db

WORKS, ENTRIES = "/admin/contests/work/export/", "/admin/contests/submission/export/"


def credited():
    person = make.PersonFactory(name="Ada (A.) Specimen")
    entry = make.SubmissionFactory(title="Specimen Street")
    make.CreditFactory(submission=entry, person=person, role=CreditRole.objects.get(slug="director"))
    return entry, person


def test_only_the_chosen_columns_are_in_the_file_and_always_the_key(desk):
    credited()
    (row,) = csv_rows(desk.get(f"{WORKS}csv/", {"_column": ["title", "year", "nothing"]}))
    assert list(row) == ["key", "title", "year"]


def test_names_have_their_keys_or_are_plain(desk):
    _entry, person = credited()
    (row,) = csv_rows(desk.get(f"{WORKS}csv/"))
    assert row["credit_director"] == f"Ada \\(A.\\) Specimen [{person.key}]"
    (row,) = csv_rows(desk.get(f"{WORKS}csv/", {"_plain": "1"}))
    assert row["credit_director"] == "Ada (A.) Specimen"


@pytest.mark.parametrize("page", [WORKS, ENTRIES])
def test_roles_without_credits_in_the_list_are_not_chosen(desk, page):
    credited()
    columns = {column.name: is_chosen for column, is_chosen in desk.get(page).context["columns"]}
    chosen = {name for name, is_chosen in columns.items() if is_chosen and name.startswith("credit_")}
    assert chosen == {"credit_director"}
    assert columns["title"]
    assert not any(is_chosen for _column, is_chosen in desk.get(page).context["extra_columns"])


def test_awards_of_entries_are_a_column_to_read(desk):
    entry, _person = credited()
    make.RecognitionFactory(award__contest=entry.contest, award__name="Grand Prize", submission=entry)
    (row,) = csv_rows(desk.get(f"{ENTRIES}csv/", {"_column": "read_only_awards"}))
    assert row["read_only_awards"] == "Grand Prize (Winner)"


def test_sealed_results_are_exported_only_to_those_who_may_see_recognitions(client):
    entry, _person = credited()
    make.RecognitionFactory(award__contest=entry.contest, award__name="Grand Prize", submission=entry)
    user = account_that_may("view_submission")
    client.force_login(user)
    (row,) = csv_rows(client.get(f"{ENTRIES}csv/", {"_column": "read_only_awards"}))
    assert row["read_only_awards"] == ""
    user.user_permissions.add(Permission.objects.get(codename="view_recognition"))
    (row,) = csv_rows(client.get(f"{ENTRIES}csv/", {"_column": "read_only_awards"}))
    assert "Grand Prize" in row["read_only_awards"]


def test_filters_stay_when_columns_are_chosen(desk):
    make.WorkFactory(title="Other")
    credited()
    rows = csv_rows(desk.get(f"{WORKS}csv/", {"q": "street", "_column": "title", "_plain": "1"}))
    assert [row["title"] for row in rows] == ["Specimen Street"]


@pytest.mark.parametrize("language", ["en", "ja", "ko", "pl", "zh-hans"])
def test_each_column_of_a_template_is_understood(language):
    with override(language):
        for kind in kinds():
            columns = list(kind.columns())
            assert matched(headers_of(columns), columns, {}) == [column.name for column in columns]


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", ["en", "ja", "ko", "pl", "zh-hans"])
def test_filled_template_is_read_with_all_its_columns(kind, language):
    with override(language):
        book = load_workbook(template_of(kind))
        first, second = book.worksheets
        columns = list(kind.columns())
        assert [row[1].value for row in second.iter_rows(min_row=2)] == [column.name for column in columns]
        assert first.max_row == 1
        first.append([column.example or None for column in columns])
        file = io.BytesIO()
        book.save(file)
        table = read_table(file.getvalue(), "template.xlsx")
        names = matched(table.header, columns, {})
        assert names == [column.name for column in columns]
        plan = make_plan(kind, table, names, Options())
        told = {problem.column for problem in plan.problems} - {"contest", "series", "event", "award", "sources"}
        assert told <= {column.name for column in columns if column.required and not column.example}


def test_template_is_offered_to_those_who_may_see_the_list(client, desk):
    assert content(desk.get("/admin/contests/work/template/"))[:2] == b"PK"
    assert desk.get("/admin/contests/category/template/").status_code == 404
    client.force_login(account_that_may("view_source"))
    assert client.get("/admin/contests/work/template/").status_code == 403


def test_columns_have_the_names_that_editors_know(desk):
    html = desk.get("/admin/contests/submission/export/").content.decode()
    assert all(f"<span>{label}</span>" in html for label in ("Permanent key", "Tracking number", "Runtime"))
    assert "read_only_" not in "".join(html.split('value="read_only_')[0::2])
