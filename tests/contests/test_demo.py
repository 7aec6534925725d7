"""`manage.py create_demo_contest`: what it creates for each stage of a contest."""

from datetime import UTC, datetime
from io import StringIO
from itertools import count

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from contests import demo
from contests.demo import languages, vocabulary
from contests.management.commands import create_demo_contest
from contests.models import (
    Appearance,
    Award,
    Category,
    Contest,
    Credit,
    CreditRole,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Submission,
)
from contests.visibility import Results
from people.models import Person
from record.history import FIRST_VERSION
from record.models import Source
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db
STAGES = [*demo.Stage]
TODAY = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def indexed(monkeypatch):
    """
    Count the calls that update the search index instead of making them, because they are slow and not under test here.
    """
    told = []
    monkeypatch.setattr(create_demo_contest, "call_command", lambda name, **_kwargs: told.append(name))
    return told


def create(*options, **kwargs):
    """Run the command. Return the lines that it prints."""
    out = StringIO()
    call_command("create_demo_contest", *options, stdout=out, **kwargs)
    return out.getvalue().splitlines()


def rows():
    """Return every row of the record by its key, without primary keys. Relations are given as keys."""
    found = {}
    for model in demo.removal.records():
        for row in model.objects.all():
            values = {}
            for field in model._meta.concrete_fields:
                value = getattr(row, field.name)
                values[field.name] = getattr(value, "key", value) if field.is_relation else str(value)
            for field in model._meta.many_to_many:
                values[field.name] = sorted(other.key for other in getattr(row, field.name).all())
            del values["id"]
            found[row.key] = values
    return found


def counts():
    return {model.__name__: model.objects.count() for model in demo.removal.records()}


@pytest.mark.parametrize("stage", STAGES)
def test_every_row_obeys_every_rule_of_its_model(stage):
    create(stage=stage, submissions=30, awards=14, quotes=60)
    for model in demo.removal.records():
        for row in model.objects.all():
            row.full_clean()
            assert row.is_synthetic or model is CreditRole


@pytest.mark.parametrize(
    ("stage", "published", "results", "statuses"),
    [
        ("upcoming", True, Results.SEALED, set()),
        ("open", True, Results.SEALED, {"draft", "submitted", "withdrawn"}),
        ("judging", True, Results.SEALED, {"eligible", "ineligible", "withdrawn"}),
        ("sealed", True, Results.SEALED, {"eligible", "ineligible", "withdrawn"}),
        ("revealed", True, Results.PUBLIC, {"eligible", "ineligible", "withdrawn"}),
    ],
)
def test_a_stage_is_what_its_name_says(stage, published, results, statuses):
    create(stage=stage, submissions=500)
    contest, now = Contest.objects.get(), timezone.now()
    assert Contest.objects.public(Viewpoint(now)).exists() is published
    assert contest.results(Viewpoint(now)) is results
    assert set(Submission.objects.values_list("status", flat=True)) == statuses
    assert (contest.opens_at > now) is (stage == "upcoming")
    assert (contest.closes_at > now) is (stage in ("upcoming", "open"))
    assert Recognition.objects.exists() is (stage in ("sealed", "revealed"))
    assert Quote.objects.exists() is (stage in ("sealed", "revealed"))
    assert Figure.objects.exists() is (stage in ("judging", "sealed", "revealed"))
    assert Recognition.objects.public(Viewpoint(now)).exists() is (stage == "revealed")
    assert Submission.objects.public(Viewpoint(now)).exists() is (stage == "revealed")
    assert Award.objects.public(Viewpoint(now)).count() == 6


def test_a_contest_for_trying_out_the_reveal_has_results_that_wait_for_approval():
    from contests.results import approve, reveal

    create(stage="sealed")
    contest = approve(Contest.objects.get(), actor=None)
    reveal(contest, actor=None)
    assert Recognition.objects.public(Viewpoint.now()).count() == Recognition.objects.count()


def test_approval_reveal_and_revocation_are_told_in_the_history_as_nobody_s_doing():
    create()
    told = Contest.history.order_by("history_id").values_list("history_change_reason", "history_user")
    assert [(reason.split(" to ")[0], user) for reason, user in told] == [
        (FIRST_VERSION, None),
        ("Results approved", None),
        ("Reveal set", None),
    ]
    revoked = Recognition.objects.get(revoked_on__isnull=False)
    assert revoked.revocation_reason == vocabulary.REVOCATION
    assert set(Recognition.history.values_list("key", flat=True)) == {revoked.key}


def test_numbers_that_are_given_are_made_exactly():
    create(submissions=300, awards=60, quotes=500, countries=122)
    assert Submission.objects.count() == 300
    assert Award.objects.count() == 60
    assert Quote.objects.count() == 500
    creators = Credit.objects.public(Viewpoint.now()).filter(role__key="creator")
    assert creators.values("person__country").distinct().count() == 122
    assert {*Award.objects.values_list("kind", flat=True)} == {*Award.Kind.values}
    assert {*Recognition.objects.values_list("standing", flat=True)} == {*Recognition.Standing.values}
    roles = {*Credit.objects.values_list("role__key", flat=True)}
    assert roles == {"creator", *demo.works._ROLES, demo.works.COMPANY}
    assert Credit.objects.filter(person=None, organisation__isnull=False, role__key=demo.works.COMPANY).exists()
    assert Credit.objects.exclude(character="").filter(role__key="cast").exists()
    assert Credit.objects.exclude(credited_as="").exists()
    assert {*Appearance.objects.values_list("role", flat=True)} == {*Appearance.Role.values}
    assert {*Person.objects.values_list("kind", flat=True)} == {*Person.Kind.values}
    assert Recognition.objects.filter(parties__isnull=False).exists()
    assert Event.objects.filter(part_of__isnull=False).exists()
    assert Category.objects.count() == 5
    assert LeadingRegion.objects.count() == 5


@pytest.mark.parametrize(
    ("submissions", "awards", "quotes", "countries"),
    [(0, 6, 24, 12), (60, 6, 24, 30), (5_000, 60, 500, 122), (1_000_000, 60, 500, 122)],
)
def test_numbers_that_are_not_given_grow_with_the_number_of_submissions(submissions, awards, quotes, countries):
    plan = demo.Plan.of(today=TODAY, submissions=submissions)
    assert (plan.awards, plan.quotes, plan.countries) == (awards, quotes, countries)


@pytest.mark.parametrize("submissions", [0, 1, 3, 11])
@pytest.mark.parametrize("stage", ["open", "sealed", "revealed"])
def test_a_very_small_contest_can_be_made(stage, submissions):
    create(stage=stage, submissions=submissions, awards=20, quotes=3)
    assert Submission.objects.count() == submissions


@time_machine.travel(TODAY, tick=False)
@pytest.mark.parametrize("stage", STAGES)
def test_the_same_options_make_the_same_contest(stage):
    create(stage=stage, submissions=40)
    first = rows()
    create("--remove", stage=stage)
    make.PersonFactory.create_batch(3)
    Person.objects.all().delete()
    create(stage=stage, submissions=40)
    assert rows() == first


def test_another_seed_makes_another_contest():
    def titles():
        return [*Submission.objects.order_by("key").values_list("title", flat=True)]

    create()
    first = titles()
    create("--replace", seed=2)
    assert len(titles()) == len(first)
    assert titles() != first


def test_films_are_handed_over_a_thousand_at_a_time_so_that_a_million_fit():
    plan = demo.Plan.of(today=TODAY, submissions=2_500)
    entries = demo.works.Entries(
        plan,
        demo.cast.Cast(plan),
        categories=[],
        eligible=set(),
        roles={"creator": 1},
        company=1,
        people_keys=count(1),
        work_keys=count(1),
        entry_keys=count(1),
    )
    assert [len(batch.works) for batch in entries.batches()] == [1_000, 1_000, 500]
    assert len(entries.known) == demo.works.KNOWN


def test_every_name_has_a_word_for_sample_in_it():
    create(submissions=2_000, countries=122)
    samples = {sample for tongue in languages.TONGUES for sample in tongue.samples}
    samples |= {sample for tongue in languages.TONGUES if tongue.latin for sample in tongue.latin[0]}
    names = set(Person.objects.values_list("name", flat=True)) - {*vocabulary.HARD_NAMES}
    assert [name for name in names if not any(sample in name for sample in samples)] == []
    spoken = set(Submission.objects.values_list("title_language", flat=True))
    assert spoken == {tongue.tag for tongue in languages.TONGUES}


def test_the_hardest_titles_and_names_are_there_and_win():
    create()
    titles = set(Recognition.objects.exclude(submissions=None).values_list("submissions__title", flat=True))
    assert {title for title, _language in vocabulary.HARD_TITLES} <= titles
    lengths = [len(title) for title in titles]
    assert (min(lengths), max(lengths)) == (1, 200)
    names = [len(name) for name in Person.objects.filter(appearances__isnull=False).values_list("name", flat=True)]
    assert (min(names), max(names)) == (1, 200)
    first = Recognition.objects.order_by("award__precedence", "order").first()
    assert first.submission.title not in {title for title, _language in vocabulary.HARD_TITLES}


def test_one_source_backs_everything():
    create()
    source = Source.objects.get()
    assert source.title == "Synthetic data, made by the portal"
    for model in (Award, Recognition, Credit, Appearance, Quote, Figure, LeadingRegion):
        assert model.objects.exclude(source=source).count() == 0
    for model in (Contest, Submission, Event, Person):
        assert model.objects.exclude(sources=source).count() == 0


def test_made_twice_it_says_how_to_replace_it_and_changes_nothing():
    create(submissions=10)
    before = counts()
    with pytest.raises(CommandError, match="There is already a synthetic contest “demo-revealed”. Add --replace"):
        create(submissions=20)
    assert counts() == before
    lines = create("--replace", submissions=20)
    assert lines[0].startswith("Removed the synthetic contest “demo-revealed”: ")
    assert Submission.objects.count() == 20


def test_several_contests_stand_beside_each_other():
    for stage in STAGES:
        create(stage=stage, submissions=10)
    create(slug="another", submissions=10)
    assert sorted(Contest.objects.values_list("slug", flat=True)) == [
        "another",
        "demo-judging",
        "demo-open",
        "demo-revealed",
        "demo-sealed",
        "demo-upcoming",
    ]


def test_the_slug_of_a_real_contest_is_refused():
    make.ContestFactory(slug="demo-revealed")
    with pytest.raises(CommandError, match="The slug “demo-revealed” is used by a contest that is not synthetic"):
        create()
    assert Person.objects.count() == 0


def test_where_something_real_stands_in_the_way_nothing_at_all_is_made():
    make.SourceFactory(slug="synthetic-data-demo-revealed")
    before = counts()
    with pytest.raises(CommandError, match="A row of the record stands in the way, nothing was made"):
        create()
    assert counts() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"submissions": -1}, "The number of submissions must be between 0 and 10,000,000."),
        ({"awards": 0}, "The number of awards must be between 1 and 1,000."),
        ({"quotes": 40_000}, "The number of quotes must be between 0 and 30,000."),
        ({"countries": 500}, "The number of countries must be between 1 and "),
        ({"slug": "Not One"}, "Use 1 to 40 lowercase letters, digits and hyphens for the slug"),
        ({"slug": ""}, "Use 1 to 40 lowercase letters, digits and hyphens for the slug"),
    ],
)
def test_a_number_or_slug_that_cannot_be_is_refused_in_words(options, message):
    with pytest.raises(CommandError, match=message):
        create(**options)


def test_in_production_it_asks_to_be_told_twice(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--even-in-production"):
        create()
    with pytest.raises(CommandError, match="--even-in-production"):
        create("--remove")
    assert Contest.objects.count() == 0
    create("--even-in-production")
    assert Contest.objects.count() == 1


def test_what_it_made_is_brought_into_the_search(indexed):
    create(submissions=3)
    assert indexed == ["refresh_search"]


def test_it_says_how_far_it_is_and_how_fast():
    lines = create(submissions=1_200)
    assert lines[:2] == ["1,000 of 1,200 submissions", "1,200 of 1,200 submissions"]
    assert lines[2].startswith("Made “Specimen Contest in Full Light” at /contests/demo-revealed/ in ")
    assert lines[2].endswith(" submissions a second)")


def test_a_plan_knows_its_stage():
    with pytest.raises(ValueError, match="'finished' is not a valid Stage"):
        demo.Plan.of(today=TODAY, stage="finished")
    with pytest.raises(ValidationError):
        demo.Plan.of(today=TODAY, slug="x" * 41)
