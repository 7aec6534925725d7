"""The visibility rule: which rows each queryset considers public, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from contests.models import (
    Appearance,
    Award,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Submission,
)
from contests.visibility import Results
from people.models import Organisation, Person
from record.models import Source
from record.prepared_queries import forget
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now
SOON = timedelta(days=3)


def everything(contest):
    """
    Create a row of each kind in `contest`, and people and sources that are public only because these rows refer to
    them.
    """
    film = make.SubmissionFactory(contest=contest)
    event = make.EventFactory(contest=contest)
    return {
        "announced": [
            contest,
            event,
            make.FigureFactory(contest=contest),
            make.LeadingRegionFactory(contest=contest),
            make.AwardFactory(contest=contest),
            make.AppearanceFactory(event=event, role="moderator"),
        ],
        "revealed": [
            film,
            make.CreditFactory(submission=film),
            make.RecognitionFactory(award__contest=contest, submission=film),
            make.QuoteFactory(event=event),
            make.AppearanceFactory(event=event, role="winner"),
        ],
    }


def is_public(row, at):
    return type(row).objects.public(Viewpoint(at)).filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("trait", "announced", "revealed"),
    [({}, False, False), ({"sealed": True}, True, False), ({"approved_future": True}, True, False),
     ({"revealed": True}, True, True)],
)  # fmt: skip
def test_what_is_public_follows_the_state_of_the_contest(trait, announced, revealed):
    rows = everything(make.ContestFactory(**trait))
    assert {is_public(row, NOW()) for row in rows["announced"]} == {announced}
    assert {is_public(row, NOW()) for row in rows["revealed"]} == {revealed}


def test_an_approved_result_is_public_from_its_reveal_on_and_not_a_moment_sooner():
    contest = make.ContestFactory(approved_future=True)
    rows = everything(contest)["revealed"]
    just_before = contest.reveal_at - timedelta(microseconds=1)
    assert {is_public(row, just_before) for row in rows} == {False}
    assert {is_public(row, contest.reveal_at) for row in rows} == {True}


def test_a_reveal_without_approval_shows_nothing():
    contest = make.ContestFactory(sealed=True, reveal_at=NOW() - SOON)
    assert {is_public(row, NOW()) for row in everything(contest)["revealed"]} == {False}


def test_approval_without_a_reveal_shows_nothing():
    contest = make.ContestFactory(sealed=True, approved_at=NOW() - SOON)
    assert {is_public(row, NOW()) for row in everything(contest)["revealed"]} == {False}


@pytest.mark.parametrize("status", ["draft", "submitted", "ineligible", "withdrawn"])
def test_an_entry_that_is_not_eligible_is_not_public_and_nothing_tied_to_it(status):
    contest = make.ContestFactory(revealed=True)
    film = make.SubmissionFactory(contest=contest, status=status)
    rows = [
        film,
        make.CreditFactory(submission=film),
        make.RecognitionFactory(award__contest=contest, submission=film),
        make.QuoteFactory(event__contest=contest, submission=film),
    ]
    assert {is_public(row, NOW()) for row in rows} == {False}


def test_a_quote_about_a_film_of_a_sealed_contest_stays_hidden():
    quote = make.QuoteFactory(
        event__contest=make.ContestFactory(revealed=True),
        submission=make.SubmissionFactory(contest=make.ContestFactory(sealed=True)),
    )
    assert not is_public(quote, NOW())


def test_a_revoked_recognition_stays_public_but_is_no_longer_in_force():
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True), revoked=True)
    assert is_public(recognition, NOW())
    assert not Recognition.objects.public(Viewpoint.now()).in_force().exists()


TIES = {
    "credit": lambda person, contest: make.CreditFactory(person=person, submission__contest=contest),
    "recognition": lambda person, contest: make.RecognitionFactory(
        award__contest=contest, submission=None, person=person
    ),
    "presented": lambda person, contest: make.RecognitionFactory(award__contest=contest, presenters=[person]),
    "winner": lambda person, contest: make.AppearanceFactory(person=person, event__contest=contest, role="winner"),
    "quote": lambda person, contest: make.QuoteFactory(speaker=person, event__contest=contest),
}


@pytest.mark.parametrize("tie", TIES)
def test_a_person_is_public_through_each_public_tie_alone(tie):
    hidden, shown = make.PersonFactory(), make.PersonFactory()
    TIES[tie](hidden, make.ContestFactory(sealed=True))
    TIES[tie](shown, make.ContestFactory(revealed=True))
    make.PersonFactory()
    assert list(Person.objects.public(Viewpoint.now()).filter(pk__in=[hidden.pk, shown.pk])) == [shown]
    assert not is_public(hidden, NOW())


def test_a_moderator_is_public_before_the_reveal():
    appearance = make.AppearanceFactory(event__contest=make.ContestFactory(sealed=True), role="moderator")
    assert is_public(appearance.person, NOW())


def backed(contest):
    """
    Return sources with one row each: of rows that are public before the results, and of rows that are public with them.
    """
    rows = everything(contest)
    hidden_people = [row.person for row in rows["revealed"] if hasattr(row, "person") and row.person]
    announced = [row.source for row in rows["announced"] if hasattr(row, "source")]
    revealed = [row.source for row in rows["revealed"] if hasattr(row, "source")]
    for noun, group in [(contest, announced), (rows["announced"][1], announced), (rows["revealed"][0], revealed)]:
        group.append(make.SourceFactory())
        noun.sources.add(group[-1])
    for person in hidden_people:
        revealed += [
            make.AffiliationFactory(person=person).source,
            make.PastWorkFactory(person=person).source,
            make.NextProjectFactory(person=person).source,
            make.SourceFactory(),
        ]
        person.sources.add(revealed[-1])
    return announced, revealed


def test_a_source_is_public_with_the_first_public_thing_that_it_backs():
    announced, revealed = backed(make.ContestFactory(approved_future=True))
    assert len(announced) == 6
    assert len(revealed) == 13
    assert {is_public(source, NOW()) for source in announced} == {True}
    assert {is_public(source, NOW()) for source in revealed} == {False}
    assert {is_public(source, NOW() + SOON) for source in revealed} == {True}


def test_a_source_that_backs_nothing_is_not_public():
    assert not is_public(make.SourceFactory(), NOW())


def test_an_organisation_is_public_as_organiser_as_host_by_a_figure_or_by_its_people():
    contest = make.ContestFactory(sealed=True)
    hosts = make.EventFactory(contest=contest, host=make.OrganisationFactory()).host
    counted = make.FigureFactory(contest=contest, organisation=make.OrganisationFactory()).organisation
    moderator = make.AppearanceFactory(event__contest=contest, role="moderator").person
    of_moderator = make.AffiliationFactory(person=moderator).organisation
    of_nobody = make.AffiliationFactory().organisation
    public = set(Organisation.objects.public(Viewpoint.now()))
    assert public == {contest.organiser, hosts, counted, of_moderator}
    assert of_nobody not in public


@pytest.mark.parametrize(
    ("trait", "expected"),
    [({}, Results.SEALED), ({"sealed": True}, Results.SEALED), ({"approved_future": True}, Results.APPROVED),
     ({"revealed": True}, Results.PUBLIC)],
)  # fmt: skip
def test_a_contest_says_where_its_results_stand(trait, expected):
    contest = make.ContestFactory(**trait)
    assert contest.results(Viewpoint.now()) is expected
    assert Contest.objects.with_public_results(Viewpoint.now()).exists() is (expected is Results.PUBLIC)


def test_every_model_that_a_visitor_reads_has_the_rule():
    models = [Appearance, Award, Contest, Credit, Event, Figure, LeadingRegion, Quote, Recognition, Submission]
    models += [Organisation, Person, Source]
    assert [model.__name__ for model in models if not hasattr(model.objects, "public")] == []


def test_what_is_kept_of_the_rule_holds_for_any_moment_for_any_preview_and_within_another_question():
    forget()
    contest = make.ContestFactory(approved_future=True)
    quote = make.QuoteFactory(event__contest=contest)
    host = make.AffiliationFactory(person=quote.speaker).organisation
    now, then = Viewpoint.now(), Viewpoint(contest.reveal_at)
    other = make.ContestFactory(approved_future=True)
    for viewpoint, shown in (
        (now, False),
        (replace(now, preview=contest.pk), True),
        (replace(now, preview=other.pk), False),
        (then, True),
        (now, False),
    ):
        for row in (quote.speaker, quote.source, host):
            assert type(row).objects.public(viewpoint).filter(pk=row.pk).exists() is shown, row
        # The rule can be nested in itself, including tables with the same aliases.
        people = Person.objects.public(viewpoint)
        assert Quote.objects.filter(speaker__in=people, event__contest=contest).exists() is shown
        assert people.exclude(pk__in=Person.objects.public(then)).count() == 0
