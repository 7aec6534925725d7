"""The arithmetic of the statistics, without the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contests.tallies import CLASSES, DOTS, DRAWN, RUNTIMES, Step, chart, step_of, steps, tally


def lines(drawn):
    return [(row.label, row.count) for row in drawn.rows]


def test_the_counts_of_one_key_are_summed():
    assert tally([("a", 2), ("b", 1), ("a", 3)]) == {"a": 5, "b": 1}


def test_the_largest_comes_first_and_equals_by_name():
    assert lines(chart({"b": 2, "c": 5, "A": 2})) == [("c", 5), ("A", 2), ("b", 2)]


def test_keys_with_an_order_keep_it_and_are_named():
    assert lines(chart({3: 1, 1: 2}, lambda key: f"n{key}", order=int)) == [("n1", 2), ("n3", 1)]


def test_what_is_unknown_is_counted_apart_and_never_drawn():
    made = chart({"": 3, "pl": 2, None: 1})
    assert (lines(made), made.unknown) == ([("pl", 2)], 4)


def test_a_count_of_nothing_is_no_line():
    assert lines(chart({"a": 0, "b": 1})) == [("b", 1)]


def test_shares_are_of_the_largest_and_parts_of_all_that_are_known():
    first, second = chart({"a": 3, "b": 1, "": 6}).rows
    assert [(row.share, row.part, row.is_most) for row in (first, second)] == [(1, 0.75, True), (1 / 3, 0.25, False)]


def test_parts_are_of_the_total_where_one_thing_has_several_keys():
    assert [row.part for row in chart({"PL": 3, "KR": 3}, total=4).rows] == [0.75, 0.75]


def test_a_bar_that_is_there_can_be_seen():
    assert [row.width for row in chart({"a": 100_000, "b": 1}).rows] == ["100.0%", "0.5%"]


def test_few_are_drawn_as_dots_and_many_as_bars():
    assert (chart({"a": DOTS, "b": 1}).is_dotted, chart({"a": DOTS + 1, "b": 1}).is_dotted) == (True, False)
    assert list(chart({"a": 3, "b": 1}).rows[0].dots) == [7, 23, 39]


@pytest.mark.parametrize(("counts", "telling"), [({}, False), ({"a": 9}, False), ({"a": 9, "b": 9}, True)])
def test_a_chart_compares_two_lines_at_least(counts, telling):
    assert chart(counts).is_telling is telling


def test_a_long_chart_is_drawn_in_part_and_says_how_many_lines_it_leaves_out():
    made = chart({f"k{number}": number for number in range(1, DRAWN + 4)})
    assert (len(made.drawn), made.undrawn, len(made.rows)) == (DRAWN, 3, DRAWN + 3)


@pytest.mark.parametrize(
    ("counts", "classes"),
    [
        ([], []),
        ([1, 1], [(2, 1, 1)]),
        ([1, 3], [(3, 1, 1), (4, 2, 3)]),
        ([120, 4], [(1, 1, 4), (2, 5, 19), (3, 20, 99), (4, 100, 120)]),
        ([1000], [(1, 1, 9), (2, 10, 99), (3, 100, 999), (4, 1000, 1000)]),
    ],
)
def test_the_classes_of_a_map_have_round_limits_and_end_with_the_largest(counts, classes):
    assert steps(counts) == tuple(Step(*values) for values in classes)


@given(some.lists(some.integers(1, 10**9), min_size=1))
def test_every_count_falls_in_exactly_one_of_at_most_four_classes(counts):
    classes = steps(counts)
    assert len(classes) <= CLASSES
    assert [below.most + 1 for below in classes[:-1]] == [above.least for above in classes[1:]]
    for count in counts:
        holding = [step.number for step in classes if step.least <= count <= step.most]
        assert holding == [step_of(count, classes)]


def test_the_runtime_classes_start_at_nothing_and_rise():
    assert RUNTIMES[0] == 0
    assert sorted(set(RUNTIMES)) == list(RUNTIMES)
