"""The search index is correct after any change of the record, and a search writes nothing to it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Contest, Credit, Recognition, Submission, Work
from people.models import Organisation, Person
from record.models import Source
from record.viewpoint import Viewpoint
from search import engine, index, triggers
from search.models import Change, Entry, Kind, Reason, Spelling
from tests import factories as make
from tests.admin_pages import filled, page
from tests.search.test_search import film, found

pytestmark = pytest.mark.django_db


def test_what_a_fixture_brings_is_found_at_once(nextgen):
    assert found("dawid meller")["person"] == ["Dawid Meller"]


def test_a_fixture_loaded_again_changes_nothing(nextgen):
    before = found("alzheimer")
    call_command("loaddata", "nextgen", verbosity=0)
    assert found("alzheimer") == before
    assert Entry.objects.filter(kind=Kind.WORK).count() == 3


def test_what_an_editor_saves_is_found_and_the_former_title_is_not(client, admin_client_at):
    row = film("Lantern")
    assert titles(client, "lantern") == ["Lantern"]
    admin_client_at(row, title="Candle")
    assert titles(client, "candle") == ["Candle"]
    assert titles(client, "lantern") == []


@pytest.fixture
def admin_client_at(client):
    """Return a function that saves a submission in the admin with the current data of its form and the given values."""
    client.force_login(make.UserFactory(editor=True))

    def save(row, **values):
        assert client.post(page(row), filled(client.get(page(row)), **values)).status_code == 302

    return save


def test_bulk_changes_raw_sql_and_deletes_are_seen():
    contest = make.ContestFactory(revealed=True)
    make.bulk_entries(
        Submission(contest=contest, title=f"Lantern {n}", slug=f"lantern-{n}", status="eligible") for n in range(3)
    )
    assert found("lantern") == {"work": ["Lantern 0", "Lantern 1", "Lantern 2"]}
    Submission.objects.filter(slug="lantern-0").update(title="Candle")
    assert found("candle lantern") == {"work": ["Candle", "Lantern 1", "Lantern 2"]}  # No work has both words.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contests_submission SET title = 'Torch' WHERE slug = 'lantern-1'")
    assert found("torch") == {"work": ["Torch"]}
    Submission.objects.filter(slug="lantern-2").delete()
    assert found("lantern") == {}
    assert Entry.objects.filter(kind=Kind.WORK).count() == 2


def test_until_the_index_is_updated_a_search_finds_no_former_text_and_hides_what_became_hidden(client):
    film("Lantern")
    hidden = film("Lantern of old", contest=make.ContestFactory(revealed=True))
    renamed = film("Lantern of yesterday")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contests_submission SET title = 'Torch' WHERE id = %s", [renamed.pk])
        cursor.execute("UPDATE contests_contest SET approved_at = NULL WHERE id = %s", [hidden.contest_id])
    assert titles(client, "lantern") == ["Lantern"]
    assert titles(client, "torch") == titles(client, "yesterday") == []
    call_command("refresh_search")
    assert titles(client, "torch") == ["Torch"]


def titles(client, question):
    answer = client.get("/search/", {"q": question}).context["answer"]
    return [result.entry.title for group in answer.groups for result in group.results]


def test_a_search_writes_nothing_whatever_has_changed(client):
    film("Lantern")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contests_submission SET title = 'Torch'")
    for address in ("/search/", "/search/suggestions/", "/search/?kind=works"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": "torch"})
        assert captured, address
        assert [query["sql"] for query in captured if not query["sql"].lstrip("( \n").startswith("SELECT")] == []
    assert Change.objects.exists()


def test_a_failure_to_index_fails_no_save(admin_client_at, monkeypatch, caplog):
    row = film("Lantern")

    def fail(*arguments):
        raise ValueError("no such part")

    with monkeypatch.context() as patched:
        patched.setattr(index, "_refresh_some", fail)
        admin_client_at(row, title="Candle")
    assert Submission.objects.get().title == "Candle"
    assert "run refresh_search" in caplog.text
    assert found("candle") == {"work": ["Candle"]}


def test_a_link_check_of_a_source_changes_no_entry():
    source = make.SourceFactory()
    index.refresh()
    Source.objects.filter(pk=source.pk).update(checked_at=timezone.now(), link_state=Source.LinkState.GONE)
    assert not Change.objects.exists()


def test_a_word_that_stands_nowhere_any_more_is_forgotten():
    film("Lantern of Cardamom")
    film("Lantern of Saffron").delete()
    index.refresh()
    row = film("Lantern of Turmeric")
    index.refresh()
    assert {"lantern", "cardamom", "turmeric"} <= set(Spelling.objects.values_list("word", flat=True))
    Submission.objects.filter(pk=row.pk).delete()
    index.refresh()
    known = set(Spelling.objects.values_list("word", flat=True))
    assert known & {"lantern", "cardamom", "saffron", "turmeric"} == {"lantern", "cardamom"}


def test_a_name_is_found_with_the_films_and_quotes_that_give_it():
    row = film("Lantern")
    person = make.CreditFactory(submission=row, person__name="Ada Quill").person
    make.QuoteFactory(event__contest=row.contest, speaker=person, text="Light is patient.")
    assert found("quill") == {"person": ["Ada Quill"], "work": ["Lantern"], "quote": ["Light is patient."]}
    Person.objects.filter(pk=person.pk).update(name="Ada Feather")
    assert found("quill") == {}
    assert found("feather") == {"person": ["Ada Feather"], "work": ["Lantern"], "quote": ["Light is patient."]}


def test_two_records_of_a_person_made_one_leave_one():
    row = film("Lantern")
    one = make.CreditFactory(submission=row, person__name="Ada Quill").person
    other = make.PersonFactory(name="Ada Quillfeather")
    Credit.objects.filter(person=one).update(person=other)
    one.delete()
    assert found("quill") == {"person": ["Ada Quillfeather"], "work": ["Lantern"]}


@pytest.mark.parametrize("change", ["award", "recognition", "series", "organiser", "event", "project", "slug"])
def test_what_an_entry_takes_from_elsewhere_is_renewed_with_it(change):
    series = make.SeriesFactory(name="Old series")
    contest = make.ContestFactory(revealed=True, series=series, organiser__name="Old house", title="Gala")
    row = film("Lantern", contest=contest)
    recognition = make.RecognitionFactory(award__contest=contest, award__name="Old award", submission=row)
    project = make.NextProjectFactory(
        person=make.CreditFactory(submission=row, person__name="Ada").person, description="Old plan"
    )
    event = make.EventFactory(contest=contest, title="Old evening")
    assert found("old")["contest"] == ["Gala"]
    if change == "award":
        recognition.award.__class__.objects.update(name="Newly award")
        assert found("newly") == {"work": ["Lantern"], "contest": ["Gala"]}
    elif change == "recognition":
        Recognition.objects.update(revoked_on="2026-01-01", revocation_reason="Not theirs")
        assert found("old award") == {"contest": ["Gala"]}
    elif change == "series":
        series.__class__.objects.update(name="Newly series")
        assert found("newly") == {"contest": ["Gala"], "series": ["Newly series"]}
    elif change == "organiser":
        Organisation.objects.update(name="Newly house")
        assert found("newly") == {"contest": ["Gala"], "organisation": ["Newly house"]}
    elif change == "event":
        event.__class__.objects.update(title="Newly evening")
        assert found("newly") == {"contest": ["Gala"]}
    elif change == "project":
        project.__class__.objects.update(description="Newly plan")
        assert found("newly") == {"person": ["Ada"]}
    else:
        Contest.objects.update(slug="newly")
        index.refresh()
        [group] = engine.search("lantern", Viewpoint.now()).groups
        assert group.results[0].entry.url == row.get_absolute_url().replace(contest.slug, "newly")


def test_where_the_triggers_were_lost_all_is_looked_at_again():
    row = film("Lantern")
    assert found("lantern") == {"work": ["Lantern"]}
    triggers.TRIGGERS.install()
    assert Change.objects.count() == 0, "with all triggers there, nothing is done"
    with connection.cursor() as cursor:
        name = next(name for name, table in triggers.TRIGGERS.present().items() if table == "contests_submission")
        cursor.execute(f"DROP TRIGGER {name}{' ON contests_submission' * (connection.vendor == 'postgresql')}")
    Submission.objects.filter(pk=row.pk).update(title="Candle")
    triggers.TRIGGERS.install()
    assert found("candle") == {"work": ["Candle"]}


def test_the_command_brings_everything_up_to_date(capsys):
    film("Lantern")
    call_command("refresh_search")
    assert Change.objects.count() == 0
    Entry.objects.all().delete()
    call_command("refresh_search", "--all")
    assert found("lantern") == {"work": ["Lantern"]}
    assert "up to date" in capsys.readouterr().out


def test_an_editor_does_not_wait_for_the_whole_of_a_large_import(client, monkeypatch, caplog):
    monkeypatch.setattr(index, "BATCH", 2)
    contest = make.ContestFactory(revealed=True)
    index.refresh()
    make.bulk_entries(
        Submission(contest=contest, title=f"Lantern {n}", slug=f"lantern-{n}", status="eligible") for n in range(6)
    )
    index.refresh_quietly(3)
    assert titles(client, "lantern") == ["Lantern 0", "Lantern 1", "Lantern 2"]
    assert "run refresh_search" in caplog.text
    index.refresh()
    assert len(titles(client, "lantern")) == 5


def test_an_index_that_cannot_be_written_is_still_searched(client, monkeypatch, caplog):
    film("Lantern")

    def busy(*arguments):
        raise OperationalError("database is locked")

    monkeypatch.setattr(index, "refresh", busy)
    make.SubmissionFactory(contest=make.ContestFactory(revealed=True), title="Lantern two")
    index.refresh_quietly()
    assert titles(client, "lantern") == ["Lantern"]
    # One line: this is usual while another process is writing.
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]


def test_while_everything_is_rebuilt_a_search_finds_what_it_found(client):
    film("Lantern")
    triggers.note_everything()
    assert titles(client, "lantern") == ["Lantern"]


def test_a_row_without_an_address_stops_nothing():
    Work.objects.filter(pk=film("Nowhere").work_id).update(slug="")
    film("Lantern")
    assert found("lantern") == {"work": ["Lantern"]}
    assert found("nowhere") == {}
    assert Change.objects.count() == 0


def test_a_row_that_was_noted_several_times_is_indexed_once():
    work = make.SubmissionFactory(contest__revealed=True)
    other = make.SubmissionFactory(contest=work.contest)
    index.refresh()
    for row in (work, other, work, work):
        Change.objects.create(kind=Kind.WORK, object_id=row.pk, reason=Reason.TEXTS)
    assert index.refresh(limit=1) == 3
    assert list(Change.objects.values_list("object_id", flat=True)) == [other.pk]


def test_a_row_is_noted_once_however_many_of_its_rows_change():
    contest = make.ContestFactory(revealed=True)
    works = [film(f"Lantern {number}", contest=contest) for number in range(3)]
    for work in works:
        make.CreditFactory(submission=work, person__name=f"Ada {work.pk}", source=make.SourceFactory())
        make.RecognitionFactory(award__contest=contest, submission=work)
    index.refresh()
    Submission.objects.update(title="Candle")
    Submission.objects.update(title="Torch", reveal_at=contest.reveal_at)
    Contest.objects.update(reveal_at=contest.reveal_at - timedelta(hours=1))
    Contest.objects.update(reveal_at=contest.reveal_at)
    noted = list(Change.objects.values_list("kind", "object_id"))
    assert len(noted) == len(set(noted))
    assert {row for kind, row in noted if kind == Kind.WORK} == {work.pk for work in works}
    assert {row for kind, row in noted if kind == Kind.PERSON} >= set(Credit.objects.values_list("person", flat=True))
    assert {row for kind, row in noted if kind == Kind.SOURCE} >= set(Credit.objects.values_list("source", flat=True))
    assert set(Change.objects.filter(kind=Kind.WORK).values_list("reason", flat=True)) == {Reason.TEXTS}


def test_a_move_notes_the_rows_of_both_places():
    one, other = film("Lantern"), film("Candle")
    credit = make.CreditFactory(submission=one, person__name="Ada")
    index.refresh()
    Credit.objects.filter(pk=credit.pk).update(work=other.work)
    works = Change.objects.filter(kind=Kind.WORK, reason=Reason.TEXTS).order_by("object_id")
    assert list(works.values_list("object_id", flat=True)) == [one.pk, other.pk]


def test_a_note_that_hides_no_text_does_not_replace_one_that_does():
    row = film("Lantern")
    index.refresh()
    triggers.note_everything()
    Submission.objects.filter(pk=row.pk).update(title="Torch")
    assert Change.objects.filter(kind=Kind.WORK, object_id=row.pk, reason=Reason.TEXTS).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_note_of_another_transaction_counts_only_where_writers_wait_for_each_other():
    """On PostgreSQL, an update of the index may have read the row before this change, and then deletes that note."""
    row = film("Lantern")
    index.refresh()
    for title in ("Candle", "Torch"):
        Submission.objects.filter(pk=row.pk).update(title=title)
    notes = Change.objects.filter(kind=Kind.WORK, object_id=row.pk, reason=Reason.TEXTS).count()
    assert notes == (1 if connection.vendor == "sqlite" else 2)
