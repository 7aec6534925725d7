"""The history of all models: filters, pages and export."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import get_resolver, reverse
from django_tasks_db.models import DBTaskResult

from contests import results
from people.models import Person
from record.csv_safety import harmless
from record.history import FIRST_VERSION
from record.models import FormerSlug, Merge, TableImport
from tests import factories as make
from tests.admin_pages import filled, inline_in, page, saved, statements, version_page

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/history/"
EXPORT = "/admin/history/export/"
# A former slug appears in the history of the row that had it. A merge has no history, because it is itself a record of
# what was done; an import is one too. Nobody edits the rows of tasks.
WITHOUT = {FormerSlug, Merge, TableImport, DBTaskResult}


def told(response) -> list[tuple[str, str, str]]:
    return [(entry.history_type, str(entry.kind_name), entry.row_name) for entry in response.context["records"]]


def exported(response) -> list[dict[str, str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def viewer_of(*models: str):
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=[f"view_{model}" for model in models]))
    return viewer


def at(row, moment: datetime, number: int = 0):
    """Set the time of the last change of `row`."""
    latest = row.history.order_by("-history_id")[number]
    type(latest).objects.filter(pk=latest.pk).update(history_date=moment)


def test_every_model_of_the_admin_has_a_history():
    assert {model for model in admin.site._registry if not hasattr(model, "history")} == WITHOUT


def test_history_of_all_models_stands_on_one_page_the_newest_first(desk, editor):
    person = make.PersonFactory(name="Ann")
    quote = make.QuoteFactory(text="So it is", speaker=person)
    saved(
        desk.post(page(person), filled(desk.get(page(person)), headline="Artist", change_reason="As the report says"))
    )
    quote.delete()
    response = desk.get(ADDRESS)
    assert told(response)[:2] == [("-", "Quote", "Ann: So it is"), ("~", "Person", "Ann")]
    deleted, changed = response.context["records"][:2]
    assert (changed.history_user, changed.history_change_reason) == (editor, "As the report says")
    assert [(change.field, change.old, change.new) for change in changed.changes] == [("Headline", "—", "Artist")]
    assert (bool(deleted.row_page), changed.row_page) == (False, page(person))
    content = response.content.decode()
    assert f'href="{page(person, "history")}"' in content
    assert "<del>—</del> <ins>Artist</ins>" in content
    assert (inline_in(response), "UTC" in content) == ([], True)


def test_a_reason_that_reads_like_the_first_version_is_a_change_all_the_same(desk, editor):
    person = make.PersonFactory()
    person._change_reason, person._history_user = FIRST_VERSION, editor
    person.save()
    assert [str(record.what) for record in desk.get(ADDRESS).context["records"]][:2] == ["Changed", "Added"]
    assert next(line["what"] for line in exported(desk.get(EXPORT)) if line["reason"] == FIRST_VERSION) == "changed"


def test_desk_leads_to_the_history(desk):
    assert f'<a href="{reverse("admin:record_history")}">History</a>' in desk.get("/admin/").content.decode()


def test_steps_and_members_of_groups_are_in_the_history(desk, editor):
    contest = make.ContestFactory(published=True, title="NextGen")
    results.approve(contest, actor=editor)
    assert told(desk.get(ADDRESS))[0] == ("~", "Contest", "NextGen")
    group = Group.objects.create(name="Readers")
    permission = Permission.objects.get(codename="view_person")
    values = filled(desk.get(page(group)), permissions=[permission.pk])
    saved(desk.post(page(group), values))
    entry = desk.get(ADDRESS).context["records"][0]
    assert (entry.kind_name, entry.history_user) == ("Group", editor)
    assert [(change.field, change.new) for change in entry.changes] == [("Permissions", str(permission))]


def test_sign_in_is_no_change_of_an_account_and_a_new_password_is(client):
    ann = make.UserFactory(name="Ann")
    assert client.login(username=ann.email, password=make.PASSWORD)
    assert ann.history.count() == 1
    ann.set_password("another word to enter by")
    ann.save(update_fields=["password"])
    assert ann.history.count() == 2


def test_history_shows_whoever_looks_only_what_they_may_view(client):
    person, source = make.PersonFactory(), make.SourceFactory()
    client.force_login(viewer_of("source"))
    response = client.get(ADDRESS)
    assert told(response) == [("+", "Source", source.title)]
    assert str(person) not in response.content.decode()
    # A kind of row that the user may not view is not a valid value of the filter.
    assert list(client.get(ADDRESS, {"kind": "people.person"}).context["filters"].errors) == ["kind"]
    assert [line["name"] for line in exported(client.get(EXPORT))] == [source.title]
    client.force_login(viewer_of())
    assert [client.get(address).status_code for address in (ADDRESS, EXPORT)] == [403, 403]
    client.logout()
    assert [client.get(address).status_code for address in (ADDRESS, EXPORT)] == [302, 302]


def test_history_is_filtered_by_account_kind_what_and_day(desk, editor):
    grace = make.UserFactory(is_staff=True, name="Grace")
    ann, bo = make.PersonFactory(name="Ann"), make.PersonFactory(name="Bo")
    source = make.SourceFactory(title="Report")
    for row, account in ((ann, grace), (source, editor)):
        row._history_user = account
        row.save()
    at(ann, datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC))
    at(source, datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    bo.delete()

    def names(**question):
        return [name for _type, _kind, name in told(desk.get(ADDRESS, question))]

    assert names(account=grace.pk) == ["Ann"]
    assert names(account="nobody", what="-") == ["Bo"]
    assert names(kind="record.source") == ["Report", "Report"]
    assert names(since="2026-03-01", until="2026-03-01") == ["Ann"]
    assert names(since="2026-03-02", until="2026-03-02") == ["Report"]
    assert names(account=grace.pk, kind="record.source") == []
    assert "No matching changes" in desk.get(ADDRESS, {"account": grace.pk, "what": "-"}).content.decode()


def test_entry_found_by_a_filter_is_compared_with_the_one_before_it_whoever_made_that(desk, editor):
    person = make.PersonFactory(headline="0")
    for number, account in enumerate([editor, None, editor], 1):
        person.headline, person._history_user = str(number), account
        person.save()
    found = desk.get(ADDRESS, {"account": editor.pk, "what": "~"}).context["records"]
    assert [[(change.old, change.new) for change in entry.changes] for entry in found] == [[("2", "3")], [("0", "1")]]


@pytest.mark.parametrize(
    "question",
    [
        {"account": "\x00"},
        {"account": "9" * 40},
        {"kind": "auth.permission"},
        {"what": "x"},
        {"since": "2026-02-30"},
        {"until": "a" * 10_000},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
    ],
)
def test_question_that_makes_no_sense_is_told_and_answered_with_nothing(desk, question):
    make.PersonFactory()
    response = desk.get(ADDRESS, question)
    assert (response.status_code, told(response)) == (200, [])
    assert desk.get(EXPORT, question).status_code in (200, 302)


@pytest.mark.parametrize(
    "place", ["", "x", "\x00", "2026-01-01 people.person x", "9" * 5000, "0001-01-01T00:00:00 x 1"]
)
def test_place_that_no_page_leads_to_is_no_mistake_of_the_page(desk, place):
    assert desk.get(ADDRESS, {"after": place}).status_code == 200


def test_pages_show_every_entry_once_in_order_even_of_one_moment(desk):
    people = make.PersonFactory.create_batch(70)
    sources = make.SourceFactory.create_batch(40)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for number, row in enumerate([*people, *sources]):
        at(row, moment - timedelta(seconds=number % 3))
    seen, address = [], f"{ADDRESS}?until=2026-03-02"
    while address:
        response = desk.get(address)
        seen += [(entry.history_date, entry.kind, entry.history_id) for entry in response.context["records"]]
        older = response.context["older"]
        address = older and f"{ADDRESS}?{older}"
    assert len(seen) == len(set(seen)) == 110
    assert seen == sorted(seen, reverse=True)


def test_page_takes_the_same_statements_however_much_has_happened(desk):
    def happen(times):
        for number in range(times):
            person = make.PersonFactory(sources=[make.SourceFactory()])
            person.headline = str(number)
            person.save()
            shared = make.RecognitionFactory(presenters=[person])
            make.PartyFactory(recognition=shared, person=person)
            make.QuoteFactory(event__contest=make.ContestFactory())
            make.UserFactory()

    Group.history.all().delete()  # Delete the history of the roles, which a migration has created.
    happen(1)
    assert statements(desk, ADDRESS) == COUNT
    happen(2)
    assert statements(desk, ADDRESS) == COUNT


COUNT = 26


def test_recognition_is_named_with_the_works_that_it_had_then(desk):
    row = make.RecognitionFactory(approved_at=None, award__name="Grand Prize", submission__title="First")
    row.submissions.set([make.SubmissionFactory(title="Second", contest=row.award.contest)])
    row.delete()
    names = [name for _type, kind, name in told(desk.get(ADDRESS)) if kind == "Recognition"]
    assert (names[0], names[-1]) == ("Grand Prize: Second", "Grand Prize: First")


def test_file_holds_exactly_what_is_filtered_each_change_whole(desk, editor, monkeypatch):
    monkeypatch.setattr("record.admin.audit_log.EXPORTED_AT_ONCE", 3)
    people = make.PersonFactory.create_batch(7)
    make.SourceFactory()
    long = "Words " * 200
    people[0].biography, people[0].headline, people[0]._history_user = long.strip(), "Artist", editor
    people[0]._change_reason = "=HYPERLINK(1)"
    people[0].save()
    at(people[0], datetime(2026, 3, 1, 12, tzinfo=UTC))
    response = desk.get(EXPORT, {"kind": "people.person"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = exported(response)
    assert [line["name"] for line in lines if line["what"] == "added"] == [str(person) for person in people[::-1]]
    told_of = {line["field"]: (line["before"], line["after"]) for line in lines if line["what"] == "changed"}
    assert told_of == {"Headline": ("—", "Artist"), "Biography": ("—", long.strip())}
    changed = next(line for line in lines if line["what"] == "changed")
    assert (changed["when"], changed["account"], changed["kind"], changed["id"], changed["reason"]) == (
        "2026-03-01T12:00:00+00:00",
        "Ada",
        "person",
        str(people[0].pk),
        "'=HYPERLINK(1)",
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", " =1"])
def test_cell_that_a_spreadsheet_would_run_is_plain_text(desk, name):
    make.PersonFactory(name=name, slug="x")
    (line,) = exported(desk.get(EXPORT, {"kind": "people.person"}))
    assert line["name"] == harmless(name) != name


def test_nobody_edits_or_deletes_the_history(desk):
    assert [model for model in admin.site._registry if model.__name__.startswith("Historical")] == []
    person = make.PersonFactory()
    addresses = [ADDRESS, EXPORT, page(person, "history"), version_page(person, 0)]
    before = list(Person.history.values())
    for address in addresses:
        for method in (desk.put, desk.patch, desk.delete):
            method(address)
        desk.post(address, {"_change_history": "1", "delete": "1", "action": "delete_selected", "headline": "x"})
    assert list(Person.history.values()) == before
    assert get_resolver().reverse_dict  # This loads all URLs, which checks that they are valid.
    names = [name for name in admin.site.urls[0] if "history" in str(name.pattern) and "delete" in str(name.pattern)]
    assert names == []
