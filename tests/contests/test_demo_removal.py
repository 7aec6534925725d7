"""`manage.py create_demo_contest --remove` deletes everything of the contest, and nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from contests import demo, preview
from contests.models import Award, Contest, Event, Quote, Recognition, Submission
from people.models import Person
from record.merging import merge
from record.models import FormerSlug, Merge, Record, Source
from record.slug_lookup import keep_former_slug
from search.models import Entry, Spelling
from tests import factories as make
from tests.reveal_rows import picture

pytestmark = pytest.mark.django_db


def create(*options, **kwargs):
    call_command("create_demo_contest", *options, stdout=StringIO(), **kwargs)


def remove(**kwargs):
    out = StringIO()
    call_command("create_demo_contest", "--remove", stdout=out, **kwargs)
    return out.getvalue()


def everything():
    """Return the primary keys of all rows, by table."""
    return {
        model._meta.db_table: sorted(model._base_manager.values_list("pk", flat=True))
        for model in apps.get_models(include_auto_created=True)
    }


def edited(editor):
    """Create a synthetic contest with every kind of edit that creates further rows."""
    create(submissions=20)
    film = Submission.objects.first()
    film.title = "Edited"
    film.sources.add(Source.objects.get(slug="real"))
    film.save()
    keep_former_slug(film, "before")
    keep_former_slug(Contest.objects.get(key="synthetic-demo-revealed:contest"), "demo-before")
    LogEntry.objects.log_actions(editor.pk, [film], CHANGE, "edited", single_object=True)
    gone = Quote.objects.first()
    LogEntry.objects.log_actions(editor.pk, [gone], CHANGE, "edited", single_object=True)
    keep_former_slug(gone, "gone")
    gone.delete()
    merge(*Person.objects.filter(key__startswith="synthetic-").order_by("pk")[:2], actor=editor)
    contest = Contest.objects.get(key="synthetic-demo-revealed:contest")
    preview.make(contest, actor=editor, note="Press", expires_at=timezone.now() + timedelta(days=1))
    return film


def test_no_row_of_any_table_stays(nextgen, editor):
    make.SourceFactory(slug="real")
    call_command("refresh_search", stdout=StringIO())
    before = everything()
    film = edited(editor)
    assert film.history.count() == 2
    assert FormerSlug.objects.count() == 4
    assert Merge.objects.count() == 1
    assert LogEntry.objects.count() == 2
    assert Entry.objects.filter(key__startswith="synthetic-").count() > 60
    assert Spelling.objects.filter(word="specimen").exists()
    remove()
    after = everything()
    # A word stays if it is the stem of a word in real entries.
    stems = {token for entry in Entry.objects.all() for token in entry.tokens.split()}
    new = Spelling.objects.exclude(pk__in=before.pop("search_spelling"))
    assert set(new.values_list("word", flat=True)) <= stems - {"specimen"}
    after.pop("search_spelling")
    assert after == before


def test_uploaded_files_go_too_once_the_rows_are_gone(django_capture_on_commit_callbacks):
    create(submissions=3)
    film = Submission.objects.first()
    with django_capture_on_commit_callbacks(execute=True):
        film.poster.save("one.png", picture("one"))
        former = film.poster.name
        film.poster.save("two.png", picture("two"))
        real = make.SubmissionFactory()
        real.poster.save("real.png", picture("real"))
    made = sorted(default_storage.listdir("posters")[1])
    with django_capture_on_commit_callbacks(execute=True):
        remove()
    assert [default_storage.exists(name) for name in (former, film.poster.name, real.poster.name)] == [
        False,
        False,
        True,
    ]
    assert len(made) == 9
    assert sorted(default_storage.listdir("posters")[1]) == [name for name in made if name.startswith("real")]


def test_another_contest_stays_even_where_its_slug_begins_alike():
    create(slug="demo", submissions=5)
    alone = everything()
    create(slug="demo-two", submissions=5)
    remove(slug="demo-two")
    assert everything() == alone
    create(slug="demo-two", submissions=5)
    remove(slug="demo")
    assert demo.slugs() == ["demo-two"]
    assert Submission.objects.count() == 5


def refers_to_a_person():
    speaker = Person.objects.first()
    return make.QuoteFactory(speaker=speaker, text="Real words"), "quote “"


def refers_to_a_source():
    return make.PersonFactory(name="Real Person", sources=[Source.objects.first()]), "person “Real Person”"


def refers_to_a_presenter():
    recognition = make.RecognitionFactory(award__name="Real award", presenters=[Person.objects.first()])
    return recognition, "recognition “Real award"


def refers_to_a_contest():
    return make.AwardFactory(
        contest=Contest.objects.first(), precedence=99, name="Added by hand"
    ), "award “Added by hand”"


def refers_to_an_event():
    event = Event.objects.first()
    return make.EventFactory(contest=make.ContestFactory(), part_of=event, title="Real part"), "event “Real part”"


@pytest.mark.parametrize(
    "reference",
    [refers_to_a_person, refers_to_a_source, refers_to_a_presenter, refers_to_a_contest, refers_to_an_event],
)
def test_where_something_real_refers_to_it_nothing_is_removed_and_that_is_named(reference):
    create(submissions=5)
    row, name = reference()
    before = everything()
    with pytest.raises(CommandError) as refused:
        remove()
    first, *found = str(refused.value).splitlines()
    assert first == "Nothing was removed. The synthetic contest is used by these rows, which are not part of it:"
    assert len(found) == 1
    assert found[0].startswith(name)
    assert f"({row.pk}) → “" in found[0]
    assert everything() == before


def test_of_much_in_the_way_the_beginning_is_named():
    create(submissions=5)
    for number in range(30):
        make.AwardFactory(contest=Contest.objects.first(), precedence=100 + number, name=f"By hand {number}")
    with pytest.raises(CommandError) as refused:
        remove()
    assert len(str(refused.value).splitlines()) == 1 + 10 + 1


def test_replacing_is_refused_too_where_something_real_refers_to_it():
    create(submissions=5)
    make.QuoteFactory(speaker=Person.objects.first())
    before = everything()
    with pytest.raises(CommandError, match="Nothing was removed"):
        create("--replace", submissions=7)
    assert everything() == before


def test_it_is_found_by_its_key_after_an_editor_changed_its_address():
    create(submissions=5)
    Contest.objects.update(slug="renamed")
    remove()
    assert Contest.objects.count() == 0


def test_where_there_is_none_it_says_which_there_are(nextgen):
    with pytest.raises(CommandError, match="^There is no synthetic contest “demo-revealed”.$"):
        remove()
    create(stage="open", submissions=5)
    with pytest.raises(CommandError) as refused:
        remove()
    assert str(refused.value).splitlines() == [
        "There is no synthetic contest “demo-revealed”.",
        "There are: demo-open.",
    ]
    with pytest.raises(CommandError, match="There is no synthetic contest “nextgen”"):
        remove(slug="nextgen")
    assert Contest.objects.filter(slug="nextgen").exists()


@pytest.mark.parametrize("prefix", ["", "synthetic-", "synthetic-demo", "nextgen:", "nextgen"])
def test_a_prefix_that_could_be_that_of_something_real_is_refused(prefix):
    with pytest.raises(ValueError, match="is not the prefix of a synthetic contest"):
        demo.remove(prefix)


def test_it_takes_the_same_few_statements_whatever_its_size(django_assert_max_num_queries):
    create(submissions=5)
    create(slug="large", submissions=300)
    with django_assert_max_num_queries(400):
        demo.remove("synthetic-large:")
    assert not Contest.objects.filter(slug="large").exists()


def test_whatever_refers_to_the_record_is_a_part_of_it_or_is_known_here():
    """
    The test fails for a new table that refers to the record. Then decide what happens to its rows when the row of the
    record is deleted.
    """
    known = {"accounts_user"}
    strangers = {
        relation.related_model._meta.db_table
        for model in demo.removal.records()
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and isinstance(relation, models.ForeignObjectRel)
        if not issubclass(relation.related_model, Record) and not relation.related_model._meta.auto_created
        if relation.field.db_constraint
    }
    assert strangers - known == set()


def test_there_is_something_to_remove_in_each_table_of_the_record():
    create(submissions=60)
    preview.make(
        Contest.objects.get(),
        actor=make.UserFactory(editor=True),
        note="Press",
        expires_at=timezone.now() + timedelta(days=1),
    )
    assert [model for model in demo.removal.records() if not model.objects.exists()] == []
    assert Award.objects.exists()
    assert Recognition.presenters.through.objects.exists()
