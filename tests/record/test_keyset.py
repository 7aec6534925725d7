"""Keyset pagination: no row is repeated or missing, even if rows are added or deleted while a visitor reads."""

import base64
import json

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contests.models import Contest, Recognition, Submission
from people.models import Person
from record.encrypted_cursors import seal, unseal
from record.keyset import Column, Page, encode_cursor, is_after
from record.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db
ORDERS = {
    "one column": ["pk"],
    "one direction": ["sort_key", "pk"],
    "backwards": ["-sort_key", "-pk"],
    "both directions": ["-country", "sort_key", "-pk"],
}


def walk(queryset, order, size):
    """Return all pages from the first to the last, and back to the first, as lists of rows."""
    page = Page(queryset, order, {}, size)
    there = [page.rows]
    while page.after:
        page = Page(queryset, order, {"after": page.after}, size)
        there.append(page.rows)
    back = [page.rows]
    while page.before:
        page = Page(queryset, order, {"before": page.before}, size)
        back.append(page.rows)
    return there, back[::-1]


class TestWalk(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("aAáb受-"), st.sampled_from(["", "PL", "KR"])), max_size=12),
        st.sampled_from(sorted(ORDERS)),
        st.integers(1, 5),
    )
    def test_every_row_stands_on_one_page_in_order_there_and_back(self, people, order, size):
        for name, country in people:
            make.PersonFactory(sort_name=name, country=country)
        expected = list(Person.objects.order_by(*ORDERS[order]))
        there, back = walk(Person.objects.all(), ORDERS[order], size)
        assert [row for page in there for row in page] == expected
        assert back == there


def test_an_order_over_relations_in_both_directions_is_walked():
    for _ in range(2):
        contest = make.ContestFactory(revealed=True)
        for _ in range(2):
            award = make.AwardFactory(contest=contest)
            make.RecognitionFactory.create_batch(3, award=award)
    order = ["-award__contest__published_at", "-award__contest_id", "award__precedence", "order", "pk"]
    rows = Recognition.objects.select_related("award__contest")
    there, back = walk(rows, order, 5)
    assert [row for page in there for row in page] == list(rows.order_by(*order))
    assert [row for page in back for row in page] == list(rows.order_by(*order))


def people(count):
    return [make.PersonFactory(sort_name=f"p{number:02}") for number in range(count)]


def names(page):
    return [person.sort_name for person in page]


ORDER = ORDERS["one direction"]


def test_rows_with_the_longest_names_are_walked():
    for number in range(7):
        make.SourceFactory(title="題" * 298 + f"{number}x", slug=f"title-{number}")
        make.PersonFactory(name="🎬" * 199 + str(number), slug=f"person-{number}")
    there, back = walk(Source.objects.all(), ["title", "pk"], 3)
    assert [len(page) for page in there] == [3, 3, 1]
    assert back == there
    assert [len(page) for page in walk(Person.objects.all(), ["sort_key", "pk"], 3)[0]] == [3, 3, 1]


def test_rows_whose_key_the_database_has_otherwise_are_walked_all_the_same():
    for number in range(7):
        make.PersonFactory(name=f"Person {number}")
    Person.objects.filter(name__in=["Person 1", "Person 5"]).update(sort_name="Zz")
    there, back = walk(Person.objects.all(), ["sort_key", "pk"], 2)
    assert sorted(row.name for page in there for row in page) == [f"Person {number}" for number in range(7)]
    assert back == there


def test_the_last_page_is_full_and_says_so():
    people(7)
    page = Page(Person.objects, ORDER, {"page": "last"}, 3)
    assert (names(page), page.is_first, page.is_last, page.after) == (["p04", "p05", "p06"], False, True, "")
    assert names(Page(Person.objects, ORDER, {"before": page.before}, 3)) == ["p01", "p02", "p03"]


def test_rows_that_come_and_go_move_no_other_row():
    people(6)
    second = {"after": Page(Person.objects, ORDER, {}, 3).after}
    make.PersonFactory(sort_name="p00a")
    assert names(Page(Person.objects, ORDER, second, 3)) == ["p03", "p04", "p05"]
    Person.objects.filter(sort_name__in=["p01", "p02"]).delete()
    assert names(Page(Person.objects, ORDER, second, 3)) == ["p03", "p04", "p05"]


def test_a_place_with_nothing_behind_it_any_more_is_the_first_page():
    people(4)
    page = Page(Person.objects, ORDER, {}, 3)
    Person.objects.filter(sort_name="p03").delete()
    again = Page(Person.objects, ORDER, {"after": page.after}, 3)
    assert (names(again), again.is_first, again.params) == (["p00", "p01", "p02"], True, {})


def forged(value):
    return seal(json.dumps(value))


# The values differ in each run, but all workers need the same test names, so the tests are numbered.
FORGED = [
    "",
    "x",
    "é",
    "%00",
    "W" * 3000,
    forged("p01"),
    forged(["p01"]),
    forged(["p01", 1, 2]),
    forged(["p\x00", 1]),
    forged(["p01", "one"]),
    forged(["p01", True]),
    forged(["p01", None]),
    forged(["p01", 1.5]),
    forged(["p01", 2**63]),
    forged(["p01", -(2**63)]),
    forged([["p01"], 1]),
    forged([{}, {}]),
    seal("[" * 1400),
    seal('["\\ud800", 1]'),
    seal("[1e999, Infinity]"),
    seal('["p", ' + "9" * 1200 + "]"),
]


@pytest.mark.parametrize("token", FORGED, ids=range(len(FORGED)))
def test_a_forged_place_is_the_first_page(token):
    people(3)
    for way in ("after", "before"):
        assert names(Page(Person.objects, ORDER, {way: token}, 2)) == ["p00", "p01"]


@pytest.mark.parametrize(
    "moment",
    [
        *("2026-01-01", "2026-01-01T00:00:00", "soon", "9999-99-99T00:00:00+00:00", "", 5),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_a_forged_moment_is_the_first_page(moment):
    contest = make.ContestFactory(revealed=True)
    question = {"after": forged([moment, contest.pk])}
    assert Page(Contest.objects, ["-published_at", "-pk"], question, 2).rows == [contest]


def test_a_place_that_only_was_made_up_is_a_place_all_the_same():
    people(3)
    assert names(Page(Person.objects, ORDER, {"after": encode_cursor(["p01", 0])}, 2)) == ["p01", "p02"]


def test_a_page_takes_one_statement(django_assert_num_queries):
    people(7)
    after = Page(Person.objects, ORDER, {}, 3).after
    for question in ({}, {"after": after}, {"before": after}, {"page": "last"}):
        with django_assert_num_queries(1):
            Page(Person.objects, ORDER, question, 3)


def test_one_index_answers_the_place_and_the_order_of_the_gallery():
    rows = Submission.objects.filter(contest=make.ContestFactory(revealed=True), status="eligible")
    condition = is_after([Column(Submission, "sort_key"), Column(Submission, "pk")], ["m", 1])
    plan = rows.filter(condition).order_by("sort_key", "pk")[:3].explain()
    if connection.vendor == "sqlite":
        assert plan.splitlines() == [plan]
        assert "submission_by_sort_key (contest_id=? AND status=? AND sort_key>?)" in plan
    else:
        assert "ROW(" in plan


def test_a_place_shows_nothing_of_its_row_and_is_the_same_each_time(settings):
    row = make.PersonFactory(id=987_654_321, sort_name="Zed")
    token = encode_cursor([row.sort_key, row.pk])
    assert token == encode_cursor([row.sort_key, row.pk])
    opened = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"987654321" not in opened
    assert b"zed" not in opened.lower()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(token) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(token) is None


@pytest.mark.parametrize("length", range(1, 24))
def test_a_token_that_was_changed_or_made_up_is_none_of_ours(length):
    token = seal('["a",1]')
    assert unseal(token[:length]) is None
    assert unseal(token[: -length - 1] + "A" * length) is None
