"""The ranks of search results: by the number of public recognitions, which says nothing about hidden ones."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from contests.models import Contest, CreditRole, Party, Recognition
from record.viewpoint import Viewpoint
from search import engine, index, ranks, triggers
from search.models import NO_AWARD, Entry, Kind, Part
from search.query import Question, fact
from tests import factories as make
from tests.search.test_search import film

pytestmark = pytest.mark.django_db


def recognised(name, number, contest, **values):
    """Create a person with a number of nominations, each for a work of their own. Return the person."""
    person = make.PersonFactory(name=name, **values)
    for each in range(number):
        work = make.SubmissionFactory(contest=contest, title=f"Film {each} of {person.slug}")
        make.CreditFactory(submission=work, person=person)
        make.RecognitionFactory(award__contest=contest, submission=work, person=person, standing="nominee")
    return person


def people(question):
    groups = engine.search(question, Viewpoint.now(), kind=Kind.PERSON).groups
    return [r.entry.object_id for group in groups for r in group.results if group.kind == Kind.PERSON]


def test_of_two_namesakes_the_one_with_more_recognitions_comes_first():
    contest = make.ContestFactory(revealed=True)
    obscure = recognised("Ada Quill", 0, contest, slug="first")
    make.AppearanceFactory(event__contest=contest, person=obscure)
    known = recognised("Ada Quill", 3, contest, slug="second")
    less_known = recognised("Ada Quill", 1, contest, slug="third")
    index.refresh()
    assert people("ada quill") == people("quill") == people("qui") == [known.pk, less_known.pk, obscure.pk]


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.ORGANISATION, Kind.WORK])
def test_hidden_recognitions_count_from_the_reveal_on(kind):
    past, coming = make.ContestFactory(revealed=True), make.ContestFactory(approved_future=True)
    sealed = make.ContestFactory(sealed=True)
    person, house = make.PersonFactory(name="Ada Quill"), make.OrganisationFactory(name="Quill House")
    for contest in (past, coming, coming, sealed):
        work = make.SubmissionFactory(contest=contest)
        recognition = make.RecognitionFactory(award__contest=contest, submission=work)
        make.PartyFactory(recognition=recognition, person=person)
        make.PartyFactory(recognition=recognition, person=None, organisation=house)
    row = {Kind.PERSON: person, Kind.ORGANISATION: house, Kind.WORK: past.submissions.get()}[kind]

    def points():
        return NO_AWARD - Entry.objects.get(kind=kind, object_id=row.pk).weight

    index.refresh()
    before = points()
    assert before == {Kind.PERSON: 4, Kind.ORGANISATION: 4, Kind.WORK: 6}[kind]
    with time_machine.travel(coming.reveal_at - timedelta(seconds=1), tick=False):
        triggers.note_everything()
        index.refresh()
        assert points() == before
    with time_machine.travel(coming.reveal_at, tick=False):
        index.refresh()
        assert points() == (before if kind == Kind.WORK else 3 * before)
        assert not Part.objects.exists()


def test_a_recognition_revealed_ahead_waits_although_nothing_else_does():
    contest = make.ContestFactory(approved_future=True)
    person = recognised("Ada Quill", 1, make.ContestFactory(revealed=True))
    index.refresh()
    recognition = make.RecognitionFactory(award__contest=contest, submission=None, person=person)
    moment = contest.reveal_at - timedelta(hours=1)
    Recognition.objects.filter(pk=recognition.pk).update(reveal_at=moment)
    index.refresh()
    assert Part.objects.filter(public_from=moment).exists()
    for at, weight in ((moment - timedelta(seconds=1), 4), (moment, 8)):
        with time_machine.travel(at, tick=False):
            index.refresh()
            assert NO_AWARD - Entry.objects.get(kind=Kind.PERSON, object_id=person.pk).weight == weight


def test_a_recognition_that_names_nobody_counts_for_the_authors_of_the_work():
    contest = make.ContestFactory(revealed=True)
    work = film(contest=contest)
    author, actor = (make.CreditFactory(submission=work, role=role).person for role in ("creator", "cast"))
    recognition = make.RecognitionFactory(award__contest=contest, submission=work)
    index.refresh()

    def ranked():
        rows = Entry.objects.filter(kind=Kind.PERSON, weight__lt=NO_AWARD).values_list("object_id", flat=True)
        return set(rows)

    assert ranked() == {author.pk}
    CreditRole.objects.filter(key="cast").update(is_author=True)
    index.refresh()
    assert ranked() == {author.pk, actor.pk}
    party = make.PartyFactory(recognition=recognition)
    index.refresh()
    assert ranked() == {party.person_id}
    Party.objects.all().update(person=actor)
    index.refresh()
    assert ranked() == {actor.pk}
    for outcome, those in (("withdrawn", set()), ("declined", {actor.pk})):
        Recognition.objects.update(outcome=outcome)
        index.refresh()
        assert ranked() == those
    Recognition.objects.update(revoked_on="2026-01-01", revocation_reason="Not theirs")
    index.refresh()
    assert ranked() == set()


def test_weights_need_as_many_statements_for_many_rows(django_assert_num_queries):
    contest = make.ContestFactory(revealed=True)
    now = timezone.now()
    for number in (1, 3):
        ids = [recognised("Ada Quill", 2, contest, slug=f"quill-{number}-{each}").pk for each in range(number)]
        with django_assert_num_queries(3):
            assert set(ranks.weights(Kind.PERSON, dict.fromkeys(ids, 0), now)) == set(ids)


def test_former_names_of_an_award_are_found_once_their_contest_is_public():
    line = make.AwardLineFactory(name="Best Picture")
    moment = timezone.now() + timedelta(days=1)
    contests = {
        "Best Picture": make.ContestFactory(series=line.series, published=True),
        "Outstanding Production": make.ContestFactory(series=line.series, published_at=moment),
    }
    for name, contest in contests.items():
        make.AwardFactory(contest=contest, line=line, name=name)

    def found():
        index.refresh()
        groups = engine.search("outstanding production", Viewpoint.now()).groups
        return {result.entry.title for group in groups for result in group.results if group.kind == Kind.AWARD_LINE}

    assert found() == set()
    with time_machine.travel(moment, tick=False):
        assert found() == {"Best Picture"}
    Contest.objects.filter(pk=contests["Outstanding Production"].pk).update(published_at=F("published_at"))
    Contest.objects.update(published_at=timezone.now() - timedelta(days=1))
    assert found() == {"Best Picture"}
    hidden = Contest.objects.filter(pk=contests["Outstanding Production"].pk)
    hidden.update(published_at=None)
    assert engine.search("outstanding production", Viewpoint.now()).is_loose
    assert found() == set()


def test_a_nominee_is_not_found_as_the_winner():
    contest = make.ContestFactory(title="Gala", year_label="1994", revealed=True)
    award = make.AwardFactory(contest=contest, name="Best Picture")
    won, nominated = film("Winter", contest=contest), film("A", contest=contest)
    make.RecognitionFactory(award=award, submission=won)
    for _each in range(2):
        make.RecognitionFactory(award=award, submission=nominated, standing="nominee")
    index.refresh()
    for question in ("best picture 1994", "1994 best picture winner", "gala best picture 1994"):
        [group] = engine.search(question, Viewpoint.now(), kind=Kind.WORK).groups[:1]
        assert group.results[0].entry.title == "Winter", question


def test_a_fact_has_the_same_token_however_it_is_asked_for():
    asked = ("Best Picture 1994", "1994, best picture", "who won the award for Best Picture in 1994?")
    assert {fact(Question(text).words) for text in asked} == {"1994.best.picture"}
    assert fact(Question("The Who").words) == "the.who"


def test_a_result_names_a_few_makers_and_quotes_the_paragraph_that_answers_best():
    contest = make.ContestFactory(revealed=True)
    work = make.SubmissionFactory(contest=contest, title="Rain", logline="A waltz in the rain.")
    for number in range(6):
        make.CreditFactory(submission=work, person__name=f"Maker {number} Quill", order=number + 1)
    song = make.RecognitionFactory(award__contest=contest, submission=work, detail="Waltz of the Larch")
    make.PartyFactory(recognition=song, person__name="Ada Reed")
    index.refresh()
    (group,) = [g for g in engine.search("waltz larch", Viewpoint.now()).groups if g.kind == Kind.WORK]
    (result,) = group.results
    assert result.entry.byline == "Maker 0 Quill, Maker 1 Quill, Maker 2 Quill"
    assert "Waltz</mark> of the <mark>Larch" in result.passage
    (group,) = [g for g in engine.search("maker 5", Viewpoint.now()).groups if g.kind == Kind.WORK]
    assert "Maker</mark> <mark>5" in group.results[0].passage
