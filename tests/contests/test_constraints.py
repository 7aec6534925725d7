"""Rules of contests that must always hold: the database enforces them, and the form shows the reason at the field."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests import factories as make
from tests.people.test_constraints import Broken, but, constraints, refused_by_the_database, told_at_the_field, twin

pytestmark = pytest.mark.django_db

NOON = timezone.now()
BEFORE = NOON - timedelta(hours=1)


def both_person_and_organisation():
    values = {"person": make.PersonFactory(), "organisation": make.OrganisationFactory()}
    return make.PartyFactory.build(recognition=make.RecognitionFactory(), **values)


def seventh_of_series():
    return make.ContestFactory(series=make.SeriesFactory(), edition_number=7).series


def credit_of_both():
    row = make.CreditFactory.build(work=make.WorkFactory(), source=make.SourceFactory())
    row.person, row.organisation = make.PersonFactory(), make.OrganisationFactory()
    return row


def second_credit_of_an_organisation():
    first = make.CreditFactory(person=None, organisation=make.OrganisationFactory())
    return make.CreditFactory.build(work=first.work, person=None, organisation=first.organisation, source=first.source)


DATES = [
    (make.ContestFactory, "opens_at", "closes_at", "published_at", "approved_at", "reveal_at"),
    (make.EventFactory, "starts_at", "ends_at"),
    (make.SubmissionFactory, "reveal_at"),
    (make.RecognitionFactory, "approved_at", "reveal_at"),
    (make.PreviewLinkFactory, "expires_at"),
]


def within_years(factory, name, value):
    model = factory._meta.model._meta.model_name
    return Broken(f"{model}_{name}_within_years", but(factory, **{name: value}), name)


CASES = [
    *(within_years(factory, name, datetime(2201, 1, 1, tzinfo=UTC)) for factory, *names in DATES for name in names),
    Broken(
        "recognition_revoked_on_within_years",
        but(make.RecognitionFactory, revoked_on=date(1799, 12, 31), revocation_reason="It was not theirs."),
        "revoked_on",
    ),
    within_years(make.SubmissionFactory, "year", 1799),
    within_years(make.WorkFactory, "year_from", 1799),
    Broken("work_year_to_within_years", but(make.WorkFactory, year_from=2200, year_to=2201), "year_to"),
    Broken("work_years_in_order", but(make.WorkFactory, year_from=1994, year_to=1993), "year_to"),
    Broken("workidentifier_once", twin(make.WorkIdentifierFactory, "scheme", "value"), "value"),
    Broken("workidentifier_has_value", but(make.WorkIdentifierFactory, value=""), "value"),
    *(within_years(make.ContestFactory, name, "1799-05") for name in ("held_from", "held_to")),
    *(within_years(make.SeriesOrganiserFactory, name, "1799") for name in ("since", "until")),
    Broken(
        "contest_held_to_after_held_from",
        but(make.ContestFactory, held_from="1929-05-16", held_to="1929-04"),
        "held_to",
    ),
    Broken("contest_edition_number_from_one", but(make.ContestFactory, edition_number=0), "edition_number"),
    Broken(
        "contest_edition_number_unique",
        but(make.ContestFactory, series=seventh_of_series, edition_number=7),
        "edition_number",
    ),
    Broken(
        "series_organiser_ends_after_beginning",
        but(make.SeriesOrganiserFactory, since="1950", until="1949-12-31"),
        "until",
    ),
    Broken(
        "series_organiser_named_once",
        twin(make.SeriesOrganiserFactory, "series", "organisation", "since"),
        "organisation",
    ),
    Broken("award_line_slug_unique", twin(make.AwardLineFactory, "series", "slug"), "slug"),
    Broken("award_line_order_unique", twin(make.AwardLineFactory, "series", "order"), "order"),
    Broken("contest_closes_after_opening", but(make.ContestFactory, opens_at=NOON, closes_at=BEFORE), "closes_at"),
    Broken(
        "contest_prize_pool_not_negative",
        but(make.ContestFactory, prize_pool=Decimal(-1), prize_currency="USD"),
        "prize_pool",
    ),
    Broken("contest_prize_pool_with_currency", but(make.ContestFactory, prize_pool=Decimal(1)), "prize_currency"),
    Broken("figure_slug_unique", twin(make.FigureFactory, "contest", "slug"), "slug"),
    Broken("figure_order_unique", twin(make.FigureFactory, "contest", "order"), "order"),
    Broken("figure_has_qualifier", but(make.FigureFactory, qualifier=""), "qualifier"),
    Broken("leading_region_rank_unique", twin(make.LeadingRegionFactory, "contest", "rank"), "rank"),
    Broken("leading_region_named_once", twin(make.LeadingRegionFactory, "contest", "country"), "country"),
    Broken("leading_region_rank_from_one", but(make.LeadingRegionFactory, rank=0), "rank"),
    Broken("category_slug_unique", twin(make.CategoryFactory, "contest", "slug"), "slug"),
    Broken("category_order_unique", twin(make.CategoryFactory, "contest", "order"), "order"),
    Broken("submission_slug_unique", twin(make.SubmissionFactory, "contest", "slug"), "slug"),
    Broken(
        "submission_tracking_number_unique",
        twin(make.SubmissionFactory, "contest", tracking_number="SP1"),
        "tracking_number",
    ),
    Broken("contest_hero_focus_within", but(make.ContestFactory, hero_focus_x=101), "hero_focus_x"),
    Broken("submission_poster_focus_within", but(make.SubmissionFactory, poster_focus_x=101), "poster_focus_x"),
    Broken("submission_runtime_positive", but(make.SubmissionFactory, runtime=0), "runtime"),
    Broken("credit_role_order_unique", twin(make.CreditRoleFactory, "order"), "order"),
    Broken("credit_of_person_or_organisation", credit_of_both, "person"),
    Broken("credit_once_per_role", twin(make.CreditFactory, "work", "person", "role"), "role"),
    Broken("credit_once_per_role_of_organisation", second_credit_of_an_organisation, "role"),
    Broken("credit_order_unique", twin(make.CreditFactory, "work", "order"), "order"),
    Broken("award_slug_unique", twin(make.AwardFactory, "contest", "slug"), "slug"),
    Broken("award_precedence_unique", twin(make.AwardFactory, "contest", "precedence"), "precedence"),
    Broken(
        "award_prize_not_negative",
        but(make.AwardFactory, prize_amount=Decimal(-1), prize_currency="USD"),
        "prize_amount",
    ),
    Broken("award_prize_with_currency", but(make.AwardFactory, prize_amount=Decimal(1)), "prize_currency"),
    Broken("recognition_rank_from_one", but(make.RecognitionFactory, rank=0), "rank"),
    Broken(
        "recognition_revoked_with_date_and_reason",
        but(make.RecognitionFactory, revocation_reason="It was not theirs."),
        "revocation_reason",
    ),
    Broken("party_person_or_organisation", both_person_and_organisation, "person"),
    Broken("party_order_unique", twin(make.PartyFactory, "recognition", "order"), "order"),
    Broken("party_person_once_per_part", twin(make.PartyFactory, "recognition", "person", "part"), "person"),
    Broken(
        "party_organisation_once_per_part",
        twin(make.PartyFactory, "recognition", "organisation", "part", of_organisation=True),
        "organisation",
    ),
    Broken("recognition_order_unique", twin(make.RecognitionFactory, "award", "order", of_person=True), "order"),
    Broken("event_slug_unique", twin(make.EventFactory, "contest", "slug"), "slug"),
    Broken("event_order_unique", twin(make.EventFactory, "contest", "order"), "order"),
    Broken("event_ends_after_start", but(make.EventFactory, starts_at=NOON, ends_at=BEFORE), "ends_at"),
    Broken("appearance_once_per_role", twin(make.AppearanceFactory, "event", "person", "role"), "role"),
    Broken("appearance_order_unique", twin(make.AppearanceFactory, "event", "order"), "order"),
    Broken("quote_not_empty", but(make.QuoteFactory, text=" \u0020"), "text"),
    Broken("quote_order_unique", twin(make.QuoteFactory, "event", "order"), "order"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_database_refuses(case):
    refused_by_the_database(case, "contests")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_editor_is_told_at_the_field(case):
    told_at_the_field(case, "contests")


def test_every_constraint_has_its_case():
    assert sorted(case.name for case in CASES) == sorted(constraints("contests"))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("party_person_or_organisation", but(make.PartyFactory, person=None)),
        ("recognition_revoked_with_date_and_reason", but(make.RecognitionFactory, revoked_on=timezone.localdate)),
    ],
    ids=["party without a name", "revoked without a reason"],
)
def test_database_refuses_the_other_side_of_a_rule(name, broken):
    refused_by_the_database(Broken(name, broken, ""), "contests")


def hung_on(kind):
    film = make.SubmissionFactory()
    if kind == "category":
        category = make.CategoryFactory(contest=film.contest)
        film.categories.add(category)
        return category
    if kind == "won":
        return make.RecognitionFactory(submission=film, award__contest=film.contest).submission
    quote = make.QuoteFactory(submission=film, event__contest=film.contest)
    if kind == "part":
        return make.EventFactory(contest=film.contest, part_of=quote.event).part_of
    return quote.event if kind == "event" else film


@pytest.mark.parametrize("kind", ["category", "won", "quoted", "event", "part"])
def test_row_stays_with_the_contest_of_what_refers_to_it(kind):
    row = type(hung := hung_on(kind)).objects.get(pk=hung.pk)
    row.full_clean()
    row.contest = make.ContestFactory()
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict["contest"] == [
        "The contest can’t be changed, because other rows of the contest refer to this record. Change those rows first."
    ]
