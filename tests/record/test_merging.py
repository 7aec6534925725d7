"""Merging two rows of the same person: nothing is lost, and the merge can be undone."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from simple_history.models import HistoricalChanges

from contests.models import Appearance, Credit, Party, Quote, Recognition
from people.models import Affiliation, NextProject, PastWork, Person
from record.merging import BOTH, GONE, KEPT, ChangedSinceError, Plan, holds, merge, undo
from record.models import FormerSlug, Merge
from record.slug_lookup import keep_former_slug
from tests import factories as make
from tests.reveal_rows import picture

pytestmark = pytest.mark.django_db


def database():
    """Return every row of every table, except history, merges, and tables that are derived from others."""
    connection.check_constraints()
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, HistoricalChanges) and model is not Merge and model._meta.app_label != "search"
    }


def attach(person, source, film, award, event, number):
    """Add everything to `person` that a person can have. Some of it is the same for all people."""
    portrait = ContentFile(picture("face").read(), name="face.png")
    person.portrait.save("face.png", portrait, save=False)
    person.portrait_alt, person.biography, person.country = f"Face {number}", f"Life {number}", ["PL", "KR"][number]
    person.user = make.UserFactory()
    person.save()
    person.sources.set([source, make.SourceFactory()])
    keep_former_slug(person, f"old-{number}")
    keep_former_slug(person, "old-of-both")
    make.CreditFactory(submission=film, person=person, order=31_000 + number)
    make.CreditFactory(person=person, submission__contest=film.contest)
    make.RecognitionFactory(award=award, submission=None, person=person, order=31_000 + number, presenters=[person])
    make.RecognitionFactory(award__contest=film.contest, submission=None, person=person)
    make.AppearanceFactory(event=event, person=person, role="host", order=31_000 + number)
    make.AppearanceFactory(event=event, person=person, role=["moderator", "winner"][number])
    make.QuoteFactory(event=event, speaker=person)
    make.AffiliationFactory(person=person, role="Founder", organisation__name=f"House {number}")
    make.PastWorkFactory(person=person, order=1)
    make.PastWorkFactory(person=person, order=2)
    make.NextProjectFactory(person=person, order=1)
    return person


@pytest.fixture
def both():
    contest = make.ContestFactory(revealed=True)
    source, film, award = (
        make.SourceFactory(),
        make.SubmissionFactory(contest=contest),
        make.AwardFactory(contest=contest),
    )
    event = make.EventFactory(contest=contest)
    presented = make.RecognitionFactory(award=award, submission=film, order=31_009)
    people = [
        attach(make.PersonFactory(name=name, slug=["ann", "anna"][number]), source, film, award, event, number)
        # Both rows have the same name, because a public award can't move to a person with another name.
        for number, name in enumerate(["Ann", "ANN"])
    ]
    presented.presenters.set(people)
    house = make.OrganisationFactory(name="House of both")
    for person in people:
        make.AffiliationFactory(person=person, organisation=house, role="Member", source=None)
    Affiliation.objects.filter(person=people[1], role="Member").update(source=source)
    return people


def test_a_merge_of_two_with_everything_attached_is_undone_to_the_last_row(both, editor):
    kept, gone = both
    before = database()
    merged = merge(kept, gone, actor=editor, reason="The same person")
    assert not Person.objects.filter(pk=gone.pk).exists()
    assert database() != before
    done = undo(merged, actor=editor)
    assert done.left == []
    after = database()
    assert {label for label in before if after[label] != before[label]} == set()
    merged.refresh_from_db()
    assert (merged.undone_by, Person.objects.get(pk=gone.pk).key) == (editor, gone.key)


@pytest.mark.parametrize("choice", [KEPT, GONE])
def test_whatever_was_chosen_can_be_undone(both, editor, choice):
    kept, gone = both
    before = database()
    choices = {choice_.name: choice for choice_ in Plan(kept, gone, timezone.now()).fields}
    assert {"name", "portrait", "user", "sources", "biography"} <= set(choices)
    merged = merge(kept, gone, choices, actor=editor)
    kept = Person.objects.get(pk=kept.pk)
    wanted = [kept, gone][choice == GONE]
    assert (kept.biography, kept.portrait.name, kept.user, kept.portrait_alt) == (
        wanted.biography,
        wanted.portrait.name,
        wanted.user,
        wanted.portrait_alt,
    )
    assert kept.sort_key == wanted.sort_key == Person.objects.values_list("sort_key", flat=True).get(pk=kept.pk)
    undo(merged, actor=editor)
    assert database() == before


def test_everything_that_pointed_at_one_points_at_the_other(both, editor):
    kept, gone = both
    merge(kept, gone, actor=editor)
    kept = Person.objects.get(pk=kept.pk)
    assert kept.biography == "Life 0"
    counts = {
        model: model.objects.filter(**{name: kept}).count()
        for model, name in [
            (Credit, "person"),
            (Party, "person"),
            (Recognition, "presenters"),
            (Appearance, "person"),
            (Quote, "speaker"),
            (Affiliation, "person"),
            (NextProject, "person"),
        ]
    }
    # Of two equal related rows, one is left: the credit on one work, the host of one event, one membership. Both may
    # have the same award.
    assert counts == {Credit: 3, Party: 4, Recognition: 3, Appearance: 3, Quote: 2, Affiliation: 3, NextProject: 2}
    assert list(PastWork.objects.filter(person=kept).values_list("order", flat=True)) == [1, 2, 3, 4]
    assert list(NextProject.objects.filter(person=kept).values_list("order", flat=True)) == [1, 2]
    assert kept.sources.count() == 3
    # Facts that only the deleted row had are kept.
    assert kept.affiliations.get(role="Member").source is not None
    assert set(FormerSlug.objects.filter(object_id=kept.pk).values_list("slug", flat=True)) == {
        "anna",
        "old-0",
        "old-1",
        "old-of-both",
    }


def test_the_history_says_who_merged_and_why_and_that_of_the_one_that_went_stays(both, editor):
    kept, gone = both
    credit = gone.credits.exclude(work__in=kept.credits.values("work")).get()
    presented = Recognition.objects.get(submissions__isnull=False)
    merge(kept, gone, actor=editor, reason="One and the same")
    entry = credit.history.first()
    assert (entry.history_type, entry.person_id, entry.history_user) == ("~", kept.pk, editor)
    assert entry.history_change_reason == "Merged: One and the same"
    assert kept.history.first().history_change_reason == "Merged: One and the same"
    assert [link.person_id for link in presented.history.first().presenters.all()] == [kept.pk]
    went = Person.history.filter(id=gone.pk).first()
    assert (went.history_type, went.biography) == ("-", "Life 1")


def test_the_old_addresses_lead_to_the_one_that_stayed(both, client, editor):
    kept, gone = both
    merged = merge(kept, gone, actor=editor)
    for slug in ("anna", "old-1", "old-0", "old-of-both"):
        response = client.get(f"/people/{slug}/")
        assert (response.status_code, response["Location"]) == (301, "/people/ann/")
    undo(merged, actor=editor)
    assert client.get("/people/anna/").status_code == 200
    assert client.get("/people/old-1/")["Location"] == "/people/anna/"


@pytest.mark.parametrize(
    ("made", "attach"),
    [
        (
            make.OrganisationFactory,
            lambda row: [
                make.EventFactory(host=row),
                make.FigureFactory(organisation=row),
                make.ContestFactory(organiser=row),
                make.AffiliationFactory(organisation=row),
            ],
        ),
        (
            make.SourceFactory,
            lambda row: [
                make.CreditFactory(source=row),
                make.SeriesFactory(sources=[row]),
                make.QuoteFactory(source=row),
                make.PersonFactory(sources=[row]),
                make.SubmissionFactory(sources=[row]),
                make.PastWorkFactory(source=row),
            ],
        ),
    ],
)
def test_organisations_and_sources_are_merged_and_undone_in_the_same_way(made, attach, editor):
    kept, gone = made(), made()
    for row in (kept, gone):
        attach(row)
    if hasattr(kept, "people"):
        make.PersonFactory(sources=[kept, gone])
    before = database()
    merged = merge(kept, gone, actor=editor)
    assert not type(gone).objects.filter(pk=gone.pk).exists()
    undo(merged, actor=editor)
    assert database() == before


def test_what_was_changed_since_in_the_same_field_stays_and_is_named(both, editor):
    kept, gone = both
    quote = gone.quotes.get()
    merged = merge(kept, gone, {"biography": GONE, "portrait": GONE}, actor=editor)
    other = make.PersonFactory()
    quote.speaker = other
    quote.save()
    kept = Person.objects.get(pk=kept.pk)
    kept.biography = "A third life"
    kept.save()
    rehearsed = undo(merged, actor=editor, rehearse=True)
    assert not Person.objects.filter(pk=gone.pk).exists()
    done = undo(merged, actor=editor)
    assert done == rehearsed
    kept, quote = Person.objects.get(pk=kept.pk), Quote.objects.get(pk=quote.pk)
    assert (kept.biography, kept.portrait_alt, quote.speaker) == ("A third life", "Face 0", other)
    assert len(done.left) == 2
    assert [("biography" in said, "speaker" in said) for said in done.left] == [(True, False), (False, True)]


def test_a_slug_and_a_place_that_others_took_since_are_given_anew(both, editor):
    kept, gone = both
    work = kept.credits.order_by("order").last().work
    merged = merge(kept, gone, actor=editor)
    make.PersonFactory(name="Another Anna", slug="anna")
    make.CreditFactory(work=work, order=31_001)
    done = undo(merged, actor=editor)
    again = Person.objects.get(pk=gone.pk)
    assert (again.slug, again.credits.get(work=work).order) == ("anna-2", 31_002)
    assert len(done.left) == 2


def test_what_is_gone_itself_or_undone_already_is_not_undone(both, editor):
    kept, gone = both
    first = merge(kept, gone, actor=editor)
    third = make.PersonFactory()
    second = merge(third, Person.objects.get(pk=kept.pk), actor=editor)
    with pytest.raises(ValidationError, match="Undo the later merge first"):
        undo(first, actor=editor)
    undo(second, actor=editor)
    undo(first, actor=editor)
    with pytest.raises(ValidationError, match="undone already"):
        undo(first, actor=editor)


def test_a_row_that_was_loaded_again_since_stands_in_the_way_of_an_undo(both, editor):
    kept, gone = both
    merged = merge(kept, gone, actor=editor)
    make.PersonFactory(key=gone.key)
    before = database()
    with pytest.raises(ValidationError, match="permanent key"):
        undo(merged, actor=editor)
    assert database() == before


def test_the_files_of_a_merge_are_held_until_it_is_undone(both, editor):
    kept, gone = both
    name = gone.portrait.name
    assert not holds(name)
    merged = merge(kept, gone, actor=editor)
    assert holds(name)
    assert holds(kept.portrait.name)
    assert not holds("")
    undo(merged, actor=editor)
    assert not holds(name)


def test_what_is_made_up_and_what_is_of_another_kind_is_not_merged(editor):
    person = make.PersonFactory()
    for other in (make.PersonFactory(key="synthetic-x:1"), make.SourceFactory(), person):
        with pytest.raises(ValidationError):
            merge(person, other, actor=editor)


def test_two_rows_that_contradict_each_other_are_not_merged(editor, monkeypatch):
    # Only a field that editors can’t change is a contradiction, if it is blank in one of the rows.
    monkeypatch.setattr(Party._meta.get_field("credited_as"), "editable", False)
    won = make.RecognitionFactory(approved_at=None)
    kept, gone = (make.PartyFactory(recognition=won, credited_as=name).person for name in ("A. Lis", ""))
    before = database()
    with pytest.raises(ValidationError, match="differ in “credited as”"):
        merge(kept, gone, actor=editor)
    assert database() == before


def test_what_changed_since_it_was_shown_is_shown_again(both, editor):
    kept, gone = both
    shown = Plan(kept, gone, timezone.now()).fingerprint
    make.QuoteFactory(speaker=gone)
    with pytest.raises(ChangedSinceError), transaction.atomic():
        merge(kept, gone, actor=editor, shown=shown)
    shown = Plan(kept, gone, timezone.now()).fingerprint
    merge(kept, gone, actor=editor, shown=shown)
    with pytest.raises(ChangedSinceError):
        merge(kept, gone, actor=editor)


def test_where_both_are_seen_alike_blanks_are_filled_and_sources_stand_side_by_side():
    kept, gone = (
        make.PersonFactory(),
        make.PersonFactory(biography="A life.", headline="A line", sources=[make.SourceFactory()]),
    )
    kept.headline = "Another line"
    kept.save()
    chosen = Plan(kept, gone, timezone.now()).chosen
    assert (chosen["biography"], chosen["headline"], chosen["sources"]) == (GONE, KEPT, BOTH)
