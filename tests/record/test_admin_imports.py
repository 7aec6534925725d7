"""Importing tables in the admin: from the upload to the preview, the result and the undo."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts import roles
from contests.models import Submission
from people.models import Person
from record.admin.imports import steps
from record.models import TableImport
from tests import factories as make
from tests.admin_pages import account_that_may, inline_in, page
from tests.worker import worker

__all__ = ["worker"]
State = TableImport.State
pytestmark = pytest.mark.django_db
ADD = "/admin/record/tableimport/add/"
PEOPLE = "Name,Headline\nAnn Specimen,Paints\nBo Sample,Sings\n"


def step(stored, name):
    return f"/admin/record/tableimport/{stored.pk}/{name}/"


def upload(desk, text=PEOPLE, kind="people", name="people.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return desk.post(ADD, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def uploaded(desk, *args, **more):
    response = upload(desk, *args, **more)
    assert response.status_code == 302, response.context["form"].errors
    return TableImport.objects.first()


def sent_by(form):
    """Return the data that a browser would send for a form of columns."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def check(desk, stored, **changes):
    shown = desk.get(step(stored, "columns"))
    response = desk.post(step(stored, "columns"), sent_by(shown.context["form"]) | changes)
    assert response.status_code == 302, response.context["form"].errors
    stored.refresh_from_db()
    return desk.get(page(stored))


def run(desk, stored, **more):
    response = desk.post(step(stored, "run"), {"digest": stored.report["digest"], **more}, follow=True)
    stored.refresh_from_db()
    return response


@pytest.fixture
def viewer():
    roles.put_right()
    account = make.UserFactory(is_staff=True)
    account.groups.add(Group.objects.get(name=roles.Role.VIEWER))
    client = Client()
    client.force_login(account)
    return client


def test_whole_path_from_the_file_to_the_undo(desk, editor):
    stored = uploaded(desk)
    assert (stored.name, stored.created_by, Person.objects.count()) == ("people.csv", editor, 0)
    columns = desk.get(step(stored, "columns"))
    assert "CSV, UTF-8, separated by commas; 2 rows." in " ".join(columns.content.decode().split())
    assert [(line["header"], line["values"]) for line in columns.context["form"].lines()] == [
        ("Name", ["Ann Specimen", "Bo Sample"]),
        ("Headline", ["Paints", "Sings"]),
    ]
    preview = check(desk, stored)
    assert stored.state == "checked"
    assert Person.objects.count() == 0
    assert "Import all 2 rows" in preview.content.decode()
    result = run(desk, stored)
    assert (stored.state, bytes(stored.content), Person.objects.count()) == ("done", b"", 2)
    assert Person.objects.get(name="Bo Sample").history.get().history_change_reason == "Import: people.csv"
    confirm = desk.get(step(stored, "undo"))
    pages = (desk.get(ADD), columns, preview, result, confirm)
    assert [inline_in(each) for each in pages] == [[]] * 5
    assert Person.objects.count() == 2
    undone = desk.post(step(stored, "undo"), follow=True)
    assert Person.objects.count() == 0
    assert f"by {editor}" in undone.content.decode()


def test_lists_lead_to_the_import_of_their_rows(desk, viewer):
    assert "/admin/record/tableimport/add/?kind=people" in desk.get("/admin/people/person/").content.decode()
    added = desk.get(f"{ADD}?kind=people")
    assert added.context["form"]["kind"].value() == "people"
    assert 'href="/admin/people/person/template/"' in added.content.decode()
    assert "tableimport/add" not in viewer.get("/admin/people/person/").content.decode()
    stored = uploaded(desk)
    check(desk, stored)
    listed = desk.get("/admin/record/tableimport/").content.decode()
    assert 'class="field-new_rows">2</td>' in listed
    assert "people.csv" in listed
    in_polish = desk.get("/admin/record/tableimport/", headers={"accept-language": "pl"}).content.decode()
    assert "Rodzaj" in in_polish
    assert ">Kind<" not in in_polish
    assert "/admin/record/tableimport/" in desk.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty."), (b"%PDF-1.7 x", "The file is a PDF."), (b"PK\x03\x04broken", "")],
)
def test_file_that_is_no_table_is_refused_at_the_field(desk, content, said):
    response = upload(desk, content)
    assert said in str(response.context["form"].errors["file"])
    assert not TableImport.objects.exists()


def test_large_file_is_refused(desk, monkeypatch):
    monkeypatch.setattr("record.importing.limits.MOST_BYTES", 10)
    assert "Split it" in str(upload(desk).context["form"].errors["file"])


def test_wrong_choices_are_told_at_their_fields_and_nothing_entered_is_lost(desk):
    stored = uploaded(desk, "Name,Other,Born\nAnn,x,3/4/1990\n", kind="people")
    shown = desk.get(step(stored, "columns")).context["form"]
    values = sent_by(shown) | {"column_1": "name", "column_2": "birth_date", "same_names": "new", "source": "nowhere"}
    if "birth_date" not in shown.columns:
        values.pop("column_2")
    response = desk.post(step(stored, "columns"), values)
    form = response.context["form"]
    assert {"column_1", "source"} <= form.errors.keys()
    assert form["same_names"].value() == "new"
    stored.refresh_from_db()
    assert stored.state == "new"
    response = desk.post(step(stored, "columns"), sent_by(shown) | {"column_0": ""})
    assert "The table has no column for" in str(response.context["form"].non_field_errors())


def test_rows_of_a_contest_need_the_contest_and_unclear_dates_an_order(desk):
    stored = uploaded(desk, "Title,Status,Starts\nOne,submitted,3/4/2026 10:00\n", kind="events")
    response = desk.post(step(stored, "columns"), sent_by(desk.get(step(stored, "columns")).context["form"]))
    assert {"target", "date_order"} == set(response.context["form"].errors)


def test_import_goes_to_the_chosen_contest_and_the_next_one_remembers_the_columns(desk):
    contest = make.ContestFactory()
    text = "Project Title,Whatever\nSpecimen Street,A short one\n"
    stored = uploaded(desk, text, kind="submissions")
    preview = check(desk, stored, target=contest.pk, column_1="logline")
    result = run(desk, stored)
    assert [str(shown.context["target"]) for shown in (preview, result)] == [str(contest)] * 2
    entry = Submission.objects.get()
    assert (entry.contest, entry.logline) == (contest, "A short one")
    assert f"/admin/contests/submission/?contest__id__exact={contest.pk}" in result.content.decode()
    assert desk.get(f"/admin/contests/submission/?contest__id__exact={contest.pk}").status_code == 200
    again = uploaded(desk, text, kind="submissions")
    assert desk.get(step(again, "columns")).context["form"]["column_1"].value() == "logline"


def test_encoding_can_be_corrected_and_is_kept(desk):
    stored = uploaded(desk, "Name;Headline\nJosé Núñez;é\n".encode("cp1252"))
    address = f"{step(stored, 'columns')}?encoding=Windows-1251"
    shown = desk.get(address)
    assert "Windows-1251" in shown.context["table"].told
    stored.refresh_from_db()
    assert "encoding" not in stored.options
    values = sent_by(shown.context["form"]) | {"encoding": "Windows-1252"}
    desk.post(step(stored, "columns"), values)
    stored.refresh_from_db()
    assert stored.report["rows"][0][2] == "José Núñez"
    wrong = desk.get(f"{step(stored, 'columns')}?encoding=rot13")
    assert wrong.status_code == 200
    assert wrong.context["error"]


BAD = "Name,Headline,Website\n=Ann;-x,Paints,nonsense\nBo Sample,Sings,https://example.org/\n"


def test_rows_with_problems_are_named_by_cell_and_come_back_mended(desk):
    stored = uploaded(desk, BAD)
    preview = check(desk, stored, column_2="website")
    html = preview.content.decode()
    assert "C2" in html
    assert "Import only the 1 good row, leave out 1" in html
    assert "Import all" not in html
    file = b"".join(desk.get(step(stored, "bad-rows"))).decode("utf-8-sig")
    assert file.startswith("Name,Headline,Website,Problem\r\n'=Ann;'-x,Paints,nonsense,")
    # Without the choice of the good rows, nothing is written.
    run(desk, stored)
    assert (stored.state, Person.objects.count()) == ("checked", 0)
    run(desk, stored, only_good="1")
    assert [person.name for person in Person.objects.all()] == ["Bo Sample"]
    mended = uploaded(desk, file.replace("nonsense", "https://example.org/a"))
    check(desk, mended, column_2="website")
    assert mended.report["counts"]["bad"] == 0
    assert mended.report["rows"][0][2] == "=Ann;-x"


def test_questions_are_answered_one_by_one_or_all_at_once(desk):
    ann = make.PersonFactory(name="Ann Specimen")
    make.PersonFactory(name="Bo Sample")
    stored = uploaded(desk, "Name,Headline\nAnn Specimen,Paints\nBo Sample,Sings\n")
    preview = check(desk, stored)
    assert preview.context["number_of_questions"] == 2
    digest = stored.report["digest"]
    names = [question[1] for question in stored.report["questions"]]
    desk.post(step(stored, "answers"), {"digest": digest, f"answer_{names.index('Ann Specimen')}": ann.key})
    stored.refresh_from_db()
    assert [question[1] for question in stored.report["questions"]] == ["Bo Sample"]
    # A click on an old page changes nothing.
    desk.post(step(stored, "answers"), {"digest": digest, "all": "same"})
    desk.post(step(stored, "answers"), {"digest": stored.report["digest"], "answer_0": "not a candidate"})
    stored.refresh_from_db()
    assert len(stored.report["questions"]) == 1
    desk.post(step(stored, "answers"), {"digest": stored.report["digest"], "all": "new"})
    stored.refresh_from_db()
    run(desk, stored)
    ann.refresh_from_db()
    assert (ann.headline, Person.objects.filter(name="Bo Sample").count()) == ("Paints", 2)


def test_changed_record_gives_a_new_preview_instead_of_an_import(desk):
    person = make.PersonFactory(name="Ann", headline="Before")
    stored = uploaded(desk, f"Key,Name,Headline\n{person.key},Ann,After\n")
    assert "Before" in check(desk, stored).content.decode()
    Person.objects.filter(pk=person.pk).update(headline="Meanwhile")
    response = run(desk, stored)
    assert "the record has changed since the preview" in response.content.decode()
    assert "Meanwhile" in response.content.decode()
    person.refresh_from_db()
    assert person.headline == "Meanwhile"
    run(desk, stored)
    person.refresh_from_db()
    assert person.headline == "After"


def test_second_click_and_second_editor_do_nothing(desk):
    stored = uploaded(desk)
    check(desk, stored)
    one, two = (TableImport.objects.get(pk=stored.pk) for _ in range(2))
    digest = stored.report["digest"]
    assert steps.begin_run(one, actor=None, digest=digest, only_good=False)
    assert not steps.begin_run(two, actor=None, digest=digest, only_good=False)
    assert not steps.begin_check(two, {})
    run(desk, stored)
    assert Person.objects.count() == 2


def test_busy_import_refreshes_itself_and_can_only_be_stopped_when_overdue(desk):
    stored = uploaded(desk)
    TableImport.objects.update(state="running", total=10, done=4)
    shown = desk.get(page(stored))
    assert '<meta http-equiv="refresh"' in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert desk.post(page(stored, "delete"), {"post": "yes"}).status_code == 403
    desk.post(step(stored, "stop"))
    assert TableImport.objects.get().state == "running"
    TableImport.objects.update(options={"begun": "2020-01-01T00:00:00+00:00"})
    desk.post(step(stored, "stop"))
    stored.refresh_from_db()
    assert stored.state == "failed"
    assert "Choose the columns" in desk.get(page(stored)).content.decode()


def test_failure_is_told_and_leads_back_to_the_columns(desk, monkeypatch):
    stored = uploaded(desk)

    def fail(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr("record.importing.running.make_plan", fail)
    shown = check(desk, stored)
    assert "error in the portal" in shown.content.decode()
    assert desk.get(step(stored, "columns")).status_code == 200


def test_undo_is_refused_with_reasons_if_somebody_has_built_on_it(desk):
    stored = uploaded(desk)
    check(desk, stored)
    run(desk, stored)
    make.AppearanceFactory(person=Person.objects.get(name="Ann Specimen"))
    response = desk.post(step(stored, "undo"))
    assert "refers to a row of this import" in response.content.decode()
    assert Person.objects.count() == 2


def test_names_and_cells_are_never_markup(desk):
    evil = "<script>alert(1)</script>"
    stored = uploaded(desk, f"Name,{evil},Website\n{evil},{evil},{evil}\n", name=f"{evil}.csv")
    pages = [
        desk.get(step(stored, "columns")),
        check(desk, stored, column_2="website"),
        desk.get(page(stored, "delete")),
    ]
    pages += [desk.get("/admin/record/tableimport/")]
    assert [each for each in pages if evil in each.content.decode() or inline_in(each)] == []


def test_upload_removes_imports_that_nobody_has_finished(desk):
    long_ago = timezone.now() - timedelta(days=31)
    forgotten, recent = make.TableImportFactory(created_at=long_ago), make.TableImportFactory()
    done = make.TableImportFactory(created_at=long_ago, state="done", content=b"")
    uploaded(desk)
    kept = set(TableImport.objects.values_list("pk", flat=True))
    assert (forgotten.pk in kept, {recent.pk, done.pk} <= kept, len(kept)) == (False, True, 3)


def test_get_requests_write_nothing(desk):
    stored = uploaded(desk)
    check(desk, stored)
    before = list(TableImport.objects.values_list())
    for name in ("run", "answers", "stop"):
        assert desk.get(step(stored, name)).status_code == 404
    for name in ("columns", "undo", "bad-rows", "change", "delete", "history"):
        assert desk.get(step(stored, name)).status_code in (200, 302)
    assert list(TableImport.objects.values_list()) == before


def test_viewer_is_refused_everywhere(desk, viewer):
    stored = uploaded(desk)
    check(desk, stored)
    assert upload(viewer).status_code == 403
    for name in ("columns", "run", "answers", "stop", "undo", "bad-rows", "change", "delete"):
        assert viewer.get(step(stored, name)).status_code == 403, name
        assert viewer.post(step(stored, name), {"digest": stored.report["digest"]}).status_code == 403, name
    assert viewer.get("/admin/record/tableimport/").status_code == 403
    assert not Person.objects.exists()


def test_import_needs_the_permissions_for_all_that_it_may_write(desk):
    stored = uploaded(desk, "Title\nOne\n", kind="submissions")
    client = Client()
    people = ("add_person", "change_person", "view_person")
    client.force_login(account_that_may("add_tableimport", "view_tableimport", *people))
    # Such a report could show entries that this editor may not see.
    for name in ("columns", "change", "bad-rows", "run"):
        assert client.get(step(stored, name)).status_code == 403
    assert upload(client, "Title\nOne\n", kind="submissions").status_code in (200, 403)
    assert TableImport.objects.count() == 1


@pytest.mark.parametrize("size", [3, 300])
def test_pages_run_as_many_statements_for_many_rows(desk, size, django_assert_max_num_queries):
    stored = uploaded(desk, "Name,Headline\n" + "".join(f"Person {n},x\n" for n in range(size)))
    check(desk, stored)
    with django_assert_max_num_queries(12):
        shown = desk.get(page(stored))
    assert len(shown.context["lines"]) == min(size, 100)
    with django_assert_max_num_queries(14):
        desk.get(step(stored, "columns"))


def test_what_a_busy_database_does_not_let_begin_can_be_begun_again(desk, worker, monkeypatch):
    def refuse(*_given, **_named):
        raise OperationalError("database is locked")

    stored = uploaded(desk)
    columns = sent_by(desk.get(step(stored, "columns")).context["form"])
    for name, state, later in (("columns", State.NEW, State.CHECKED), ("run", State.CHECKED, State.DONE)):
        sent = columns if name == "columns" else {"digest": stored.report["digest"]}
        with monkeypatch.context() as busy:
            busy.setattr(steps, "start", refuse)
            with pytest.raises(OperationalError):
                desk.post(step(stored, name), sent)
        stored.refresh_from_db()
        assert stored.state == state
        desk.post(step(stored, name), sent)
        worker()
        stored.refresh_from_db()
        assert stored.state == later
    assert Person.objects.count() == 2
