"""Prepared queries: compiled once, with values filled in for each call."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, models
from django.db.models import Count, Exists, OuterRef, Value

from contests.models import Award, Contest, Recognition
from people.models import Person
from record.prepared_queries import KEY, PreparedQuery, forget, prepared
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


def of_contest(*, contest, name):
    return Award.objects.filter(contest=contest, name=name).select_related("contest").order_by("pk")


FIELDS = {"contest": models.BigIntegerField(), "name": models.TextField()}


def test_each_call_gets_the_rows_for_its_own_values():
    query = PreparedQuery(of_contest, FIELDS)
    one, other = make.AwardFactory(name="Lantern"), make.AwardFactory(name="Lantern")
    make.AwardFactory(contest=one.contest, name="Candle")
    assert query.rows("default", contest=one.contest_id, name="Lantern") == [one]
    assert query.rows("default", contest=other.contest_id, name="Lantern") == [other]
    assert query.rows("default", contest=other.contest_id, name="100 % 'quoted' %s") == []
    assert query.rows("default", contest=None, name="Lantern") == []


def test_sql_is_built_once_until_it_is_forgotten(django_assert_num_queries):
    built = []
    query = PreparedQuery(lambda **given: built.append(1) or of_contest(**given), FIELDS)
    award = make.AwardFactory(name="Lantern")
    for _each in range(3):
        with django_assert_num_queries(1):
            (row,) = query.rows("default", contest=award.contest_id, name="Lantern")
            assert row.contest.title == award.contest.title
    assert len(built) == 1
    forget()
    query.rows("default", contest=award.contest_id, name="Lantern")
    assert len(built) == 2


def test_a_patch_and_its_end_clear_the_kept_sql(monkeypatch):
    built = []
    query = PreparedQuery(lambda **given: built.append(1) or of_contest(**given), FIELDS)
    query.rows("default", contest=1, name="")
    with monkeypatch.context() as patched:
        patched.setattr(make, "PASSWORD", make.PASSWORD)
        for _each in range(2):
            query.rows("default", contest=1, name="")
        assert len(built) == 2
    query.rows("default", contest=1, name="")
    assert len(built) == 3


def test_conditions_that_no_row_can_meet_need_no_statement(django_assert_num_queries):
    query = PreparedQuery(lambda *, contest, name: Award.objects.filter(pk__in=[], contest=contest), FIELDS)
    with django_assert_num_queries(0):
        assert query.rows("default", contest=1, name="") == []


def test_a_value_is_no_column_to_group_by():
    def numbers(*, contest, name):
        return (
            Award.objects.values("contest").annotate(given=contest, number=Count("pk")).values_list("given", "number")
        )

    award = make.AwardFactory()
    make.AwardFactory(contest=award.contest)
    query = PreparedQuery(numbers, FIELDS)
    assert query.rows("default", contest=2, name="") == [(2, 2)]


def test_each_variant_is_compiled_for_itself():
    def in_order(column, *, contest):
        return Award.objects.filter(contest=contest).order_by(column).values_list("name", flat=True)

    query = PreparedQuery(in_order, {"contest": models.BigIntegerField()})
    contest = make.ContestFactory()
    make.AwardFactory(contest=contest, name="B", precedence=1)
    make.AwardFactory(contest=contest, name="A", precedence=2)
    assert query.rows("default", "precedence", contest=contest.pk) == ["B", "A"]
    assert query.rows("default", "name", contest=contest.pk) == ["A", "B"]


def test_a_time_is_filled_in_also_within_the_rule_of_people():
    """The rule of people is compiled once itself, so its time is a placeholder within a placeholder."""
    query = PreparedQuery(
        lambda *, at: Person.objects.public(Viewpoint(at)).order_by("pk"), {"at": models.DateTimeField()}
    )
    contest = make.ContestFactory(approved_future=True)
    credit = make.CreditFactory(submission__contest=contest)
    make.RecognitionFactory(award__contest=contest, submission=credit.work.entries.get())
    Recognition.objects.update(approved_at=contest.approved_at)
    before, after = contest.reveal_at - timedelta(seconds=1), contest.reveal_at
    for _each in range(2):
        assert query.rows("default", at=before) == []
        assert query.rows("default", at=after) == [credit.person]


def test_a_prepared_function_obeys_the_time_and_the_preview_of_each_call():
    @prepared(contest=KEY)
    def given_in(viewpoint, contest):
        return Recognition.objects.public(viewpoint).filter(award__contest=contest)

    contest = make.ContestFactory(approved_future=True)
    row = make.RecognitionFactory(award__contest=contest)
    Recognition.objects.update(approved_at=contest.approved_at)
    before, after = contest.reveal_at - timedelta(seconds=1), contest.reveal_at
    for _each in range(2):
        assert given_in(Viewpoint(before), contest=contest.pk) == []
        assert given_in(Viewpoint(before, preview=contest.pk), contest=contest.pk) == [row]
        assert given_in(Viewpoint(before, preview=contest.pk + 1), contest=contest.pk) == []
        assert given_in(Viewpoint(after), contest=contest.pk) == [row]
        assert given_in(Viewpoint(after), contest=contest.pk + 1) == []


def test_columns_have_the_types_of_their_fields():
    at = datetime(2026, 11, 28, 6, 13, 0, 5, tzinfo=UTC)
    query = PreparedQuery(
        lambda *, at: Contest.objects.annotate(
            at=at, is_old=Exists(Contest.objects.filter(pk=OuterRef("pk"), published_at__lt=at)), word=Value("100 %")
        ).values_list("at", "is_old", "word"),
        {"at": models.DateTimeField()},
    )
    make.ContestFactory(revealed=True)
    assert query.rows("default", at=at) == [(at, at > Contest.objects.get().published_at, "100 %")]


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_but_not_the_connection():
    query = PreparedQuery(of_contest, FIELDS)
    award = make.AwardFactory(name="Lantern")
    query.rows("default", contest=award.contest_id, name="Lantern")

    def ask(_number):
        try:
            return query.rows("default", contest=award.contest_id, name="Lantern")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(20))) == [[award]] * 20
