"""
Loading the fixture `nextgen`, once and repeatedly. Its contents are compared with the report in test_fixture_facts.
"""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models, transaction
from django.utils import timezone

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Category,
    Contest,
    Credit,
    CreditRole,
    Event,
    Figure,
    LeadingRegion,
    Party,
    PreviewLink,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    Work,
    WorkIdentifier,
)
from people.models import (
    Affiliation,
    NextProject,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.models import Record, Source
from record.partial_dates import PartialDateField
from record.slugs import SlugField, slug_from
from record.viewpoint import Viewpoint

from .fixture_rows import bring_in

pytestmark = pytest.mark.django_db

FIXTURE = settings.BASE_DIR / "fixtures" / "nextgen.json"

# Each model comes after those that it refers to.
COUNTS = {
    Source: 1,
    Organisation: 2,
    Person: 7,
    Affiliation: 2,
    PastWork: 2,
    NextProject: 4,
    Series: 0,
    SeriesOrganiser: 0,
    AwardLine: 0,
    Contest: 1,
    Figure: 5,
    LeadingRegion: 3,
    Category: 0,
    Work: 3,
    WorkIdentifier: 0,
    Submission: 3,
    Credit: 3,
    Award: 2,
    Recognition: 3,
    Party: 0,
    PersonName: 0,
    PersonIdentifier: 0,
    OrganisationName: 0,
    OrganisationIdentifier: 0,
    Event: 2,
    Appearance: 7,
    Quote: 14,
    PreviewLink: 0,
}

LABELS = [model._meta.label for model in COUNTS]


def load(path="nextgen"):
    call_command("loaddata", path, verbosity=0)


def dump():
    """Return the whole record in the format of `dumpdata`, by model and key."""
    out = StringIO()
    call_command("dumpdata", *LABELS, use_natural_foreign_keys=True, use_natural_primary_keys=True, stdout=out)
    rows = json.loads(out.getvalue())
    assert not any("pk" in row for row in rows)
    return {(row["model"], row["fields"]["key"]): row["fields"] for row in rows}


def counts():
    return {model: model.objects.count() for model in COUNTS}


def primary_keys():
    return {model: dict(model.objects.values_list("key", "pk")) for model in COUNTS}


def history():
    return {model: model.history.count() for model in COUNTS}


def rows():
    return [row for model in COUNTS for row in model.objects.all()]


def text_fields(model):
    """Return the names of the fields for free text. The text of a partial date has a form."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and not isinstance(field, PartialDateField)
    ]


def texts(row):
    return {field.name: getattr(row, field.name) for field in text_fields(type(row))}


def fixture_rows():
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def test_it_leaves_no_trace_in_the_history():
    load()
    load()
    assert set(history().values()) == {0}


def test_where_a_row_has_a_history_a_link_that_comes_back_is_in_it():
    load()
    person = Person.objects.get(slug="tim-yip")
    person.sources.clear()
    known = person.history.count()
    load()
    assert person.sources.count() == 1
    assert person.history.count() == known + 1


def test_what_other_tests_are_given_is_what_it_makes():
    """`bring_in` inserts stored rows, which must equal those of `loaddata`."""
    found = []
    for bring in (load, lambda: bring_in("nextgen"), lambda: bring_in("nextgen")):
        with transaction.atomic():
            bring()
            found.append((dump(), history()))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]


def test_what_other_tests_are_given_joins_what_is_there():
    Source.objects.create(slug="another", title="Another")
    bring_in("nextgen")
    assert counts() == COUNTS | {Source: 2}


def test_every_model_of_the_record_is_looked_at_here():
    # Every database has the roles in credits, so they are not in the fixture.
    of_the_fixture = {*COUNTS, CreditRole}
    assert {model for model in apps.get_models() if issubclass(model, Record)} == of_the_fixture


def test_loading_twice_changes_nothing():
    load()
    assert counts() == COUNTS
    first = primary_keys(), dump(), history()
    load()
    assert (primary_keys(), dump(), history()) == first


def test_rows_are_found_by_their_key_whatever_an_editor_made_of_their_texts(nextgen):
    first = primary_keys(), dump()
    for row in rows():
        for field in text_fields(type(row)):
            text = f"edited-{row.pk}" if isinstance(field, SlugField) else f"{row.pk} edited"[: field.max_length]
            type(row).objects.filter(pk=row.pk).update(**{field.name: text})
    assert set(Quote.objects.values_list("slug", flat=True)) == {f"edited-{q.pk}" for q in Quote.objects.all()}
    load()
    assert counts() == COUNTS
    assert (primary_keys(), dump()) == first


def test_rows_that_an_editor_added_stay(nextgen):
    person = Person.objects.create(slug="someone", name="Someone", sort_name="Someone")
    quote = Quote.objects.create(
        slug="someone-hello",
        text="Hello.",
        speaker=person,
        event=Event.objects.get(slug="awards-ceremony"),
        order=15,
        source=Source.objects.get(),
    )
    before = primary_keys()
    load()
    assert counts() == COUNTS | {Person: 8, Quote: 15}
    assert primary_keys() == before
    assert Quote.objects.get(key=quote.key).speaker == person


def entered_by_hand(model):
    """Create a row as an editor would before the fixture is loaded: with the same slug but another key."""
    if model is Person:
        return Person.objects.create(slug="tim-yip", name="Tim Yip", sort_name="Tim Yip")
    if model is Organisation:
        return Organisation.objects.create(slug="kling-ai", name="Kling")
    if model is Source:
        return Source.objects.create(slug="nextgen-ceremony-report", title="A report")
    return Contest.objects.create(slug="nextgen", title="NextGen", organiser=entered_by_hand(Organisation))


@pytest.mark.parametrize("model", [Person, Organisation, Source, Contest])
def test_row_entered_by_hand_under_the_same_slug_is_taken_over(model):
    row = entered_by_hand(model)
    slug = row.slug
    assert row.key != slug
    load()
    assert counts() == COUNTS
    row.refresh_from_db()
    assert (row.key, row.slug) == (slug, slug)


def test_what_is_dumped_is_what_was_loaded(tmp_path):
    load()
    dumped = dump()
    expected = {(row["model"], row["fields"]["key"]): row["fields"] for row in fixture_rows()}
    assert {key: {name: dumped[key][name] for name in fields} for key, fields in expected.items()} == expected
    left_out = {
        str(value)
        for key, fields in dumped.items()
        for name, value in fields.items()
        # Without an image, the focal point is the centre.
        if name not in expected.get(key, {}) and not name.endswith(("_focus_x", "_focus_y"))
    }
    # By default an entry is not selected, and its link is only for the jury. An award honours works, and was given.
    assert left_out <= {"", "None", "[]", "False", "jury", "works", "given"}

    for model in reversed(COUNTS):
        for row in model.objects.order_by("-pk"):
            row.delete()
    assert set(counts().values()) == {0}
    path = tmp_path / "dump.json"
    path.write_text(json.dumps([{"model": model, "fields": fields} for (model, _), fields in dumped.items()]))
    load(path)
    assert dump() == dumped


def test_fixture_refers_by_permanent_keys_only():
    rows = fixture_rows()
    assert {tuple(row) for row in rows} == {("model", "fields")}
    assert all(next(iter(row["fields"])) == "key" for row in rows)
    keys = [row["fields"]["key"] for row in rows]
    assert len(keys) == len(set(keys)) == sum(COUNTS.values())


def test_every_row_is_valid(nextgen):
    for row in rows():
        row.full_clean()


def test_every_row_has_its_source(nextgen):
    source = Source.objects.get()
    backed = set()
    for row in rows():
        fields = {field.name for field in row._meta.get_fields()}
        if "source" in fields:
            backed.add(type(row))
            assert row.source == source
        if "sources" in fields:
            backed.add(type(row))
            assert list(row.sources.all()) == [source]
    assert backed == {model for model, number in COUNTS.items() if number} - {Source}


def test_slugs_are_what_the_admin_would_fill_in(nextgen):
    for model, field in [(Person, "name"), (Organisation, "name"), (Submission, "title"), (Award, "name")]:
        for row in model.objects.all():
            assert row.slug == slug_from(getattr(row, field))
    assert {s.slug for s in Submission.objects.all()} == {"alzheimer", "im-not-a-robot", "lost-and-found"}
    for model in (Source, Organisation, Person, Contest, Quote):
        assert all(row.key == row.slug for row in model.objects.all())
    for quote in Quote.objects.select_related("speaker"):
        assert quote.slug.startswith(f"{quote.speaker.slug}-")


def test_typography_is_that_of_print(nextgen):
    for row in rows():
        for name, text in texts(row).items():
            assert not re.search(r"""['"`]|\.\.\.|--| - |  |^\s|\s$""", text), (row.key, name)
    assert Submission.objects.filter(title="I’m Not a Robot").count() == 1
    assert Person.objects.filter(name="C·one").count() == 1


def test_everything_is_public(nextgen):
    now = timezone.now()
    for model, count in COUNTS.items():
        if hasattr(model.objects.all(), "public"):
            assert model.objects.public(Viewpoint(now)).count() == count, model


def test_nothing_that_shows_before_the_reveal_names_a_winner(nextgen):
    now = timezone.now()
    Contest.objects.update(reveal_at=now + timedelta(days=1))
    shown = {
        model: list(model.objects.public(Viewpoint(now))) for model in COUNTS if hasattr(model.objects.all(), "public")
    }
    for model in (Affiliation, PastWork, NextProject):
        shown[model] = list(model.objects.filter(person__in=shown[Person]))
    assert {model: len(found) for model, found in shown.items() if found} == {
        Source: 1,
        Organisation: 2,
        Person: 4,
        Affiliation: 2,
        PastWork: 2,
        Contest: 1,
        Figure: 5,
        LeadingRegion: 3,
        Award: 2,
        Event: 2,
        Appearance: 4,
    }
    told = "\n".join(f"{row.key} {texts(row)}" for found in shown.values() for row in found).lower()
    winners = [s.title for s in Submission.objects.all()] + [c.person.name for c in Credit.objects.all()]
    assert len(winners) == 6
    for name in winners:
        assert name.lower() not in told
        assert slug_from(name) not in told
