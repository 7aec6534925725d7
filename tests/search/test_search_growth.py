"""Searches of very many entries: how many matches are read, and how the databases find them."""

import pytest
from django.db import connection

from record.viewpoint import Viewpoint
from search import engine, index, postgresql, row_finder
from search.models import NO_AWARD, OPEN, Entry, Kind
from search.partitions import mark_of
from search.query import Term
from search.triggers import form
from tests import factories as make
from tests.search.test_search import film

pytestmark = pytest.mark.django_db
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
MANY = 5_000


def entries(kind, numbers, tokens, weight=NO_AWARD):
    """Create an entry for each of `numbers`: its id. A smaller number has a longer title."""
    Entry.objects.bulk_create(
        Entry(
            kind=kind,
            object_id=number,
            part=OPEN,
            weight=weight,
            title_length=max(1, 500 - number),
            title="Lantern",
            url="/",
            key=f"{kind}-{number}",
            tokens=tokens,
        )
        for number in numbers
    )


def rows(query):
    sql, parameters = query
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def word(text):
    return [[(Term(text),)]], [mark_of(OPEN)]


@pytest.mark.parametrize("kind", [Kind.WORK, Kind.PERSON])
def test_all_of_few_matches_are_sorted(kind):
    entries(kind, range(1, 8), "lantern")
    assert [number for *_order, number in rows(form().matches(*word("lantern"), kind, 5))] == [7, 6, 5, 4, 3]


def test_of_many_matches_postgresql_reads_the_newest_and_the_best_with_awards(monkeypatch):
    monkeypatch.setattr(postgresql, "LEAST", 3)
    monkeypatch.setattr(postgresql, "SAMPLE", 4)
    entries(Kind.WORK, range(1, 3), "lantern", weight=1)
    entries(Kind.WORK, [3], "lantern", weight=0)
    entries(Kind.WORK, range(4, 12), "lantern")
    everything = [3, 2, 1, 11, 10, 9, 8, 7, 6, 5, 4]
    read = everything if connection.vendor == "sqlite" else everything[:7]
    assert [number for *_order, number in rows(form().matches(*word("lantern"), Kind.WORK, 1))] == everything[:1]
    assert [number for *_order, number in rows(form().matches(*word("lantern"), Kind.WORK, 20))] == read


@pytest.fixture
def few(monkeypatch):
    """PostgreSQL reads only two matches."""
    monkeypatch.setattr(postgresql, "LEAST", 2)
    monkeypatch.setattr(postgresql, "SAMPLE", 2)


def titles(viewpoint):
    (works,) = engine.search("lantern", viewpoint).groups
    return {result.entry.title for result in works.results}, works.count


def test_newer_works_with_texts_that_have_changed_do_not_push_out_others(few):
    contest = make.ContestFactory(revealed=True)
    old = {film(f"Old lantern {number}", contest=contest).title for number in range(2)}
    for row in [film(f"New lantern {number}", contest=contest) for number in range(3)]:
        row.logline = "Changed."
        row.save()
    assert titles(Viewpoint.now()) == (old, 2)
    index.refresh()
    assert titles(Viewpoint.now())[1] >= 2


def test_newer_works_of_another_sealed_contest_do_not_push_out_those_of_a_preview(few):
    sealed = make.ContestFactory(sealed=True)
    old = {film(f"Old lantern {number}", contest=sealed).title for number in range(3)}
    newer = make.ContestFactory(sealed=True)
    for number in range(3):
        film(f"New lantern {number}", contest=newer)
    index.refresh()
    assert titles(Viewpoint(Viewpoint.now().at, sealed.pk)) == (old, 3)


def test_the_admin_search_finds_words_of_titles_before_those_of_other_texts(monkeypatch):
    monkeypatch.setattr(row_finder, "MOST", 2)
    contest = make.ContestFactory(revealed=True)
    named = [film(f"A long title about a lantern {number}", contest=contest).pk for number in range(2)]
    told = [film(f"Owl {number}", contest=contest, logline="About a lantern.").pk for number in range(2)]
    found = row_finder.keys(Kind.WORK, "lantern")
    assert len(found) == 3
    assert set(found[:2]) == set(named)
    assert found[2] in told


def test_a_common_word_is_found_without_reading_all_matches_and_a_rare_word_without_reading_all_entries(few):
    entries(Kind.PERSON, range(MANY), "lantern oak")
    entries(Kind.WORK, range(MANY), "lantern elm")
    entries(Kind.WORK, [MANY], "lantern rowan")
    index.settle()
    plans = {}
    with connection.cursor() as cursor:
        for text in ("lantern", "elm", "rowan", "unknown"):
            for name in ("matches", "any_match"):
                limit = [20] if name == "matches" else []
                sql, parameters = getattr(form(), name)(*word(text), Kind.WORK, *limit)
                cursor.execute(f"{EXPLAIN[connection.vendor]} {sql}", parameters)
                plans[text, name] = "\n".join(str(line[-1]) for line in cursor.fetchall())
    for (text, name), plan in plans.items():
        if connection.vendor == "sqlite":
            assert "VIRTUAL TABLE INDEX" in plan, (text, name, plan)
            assert "TEMP B-TREE" not in plan, (text, name, plan)
        else:
            by = "search_entry_once" if text in ("lantern", "elm") else "search_entry_by_token"
            assert by in plan, (text, name, plan)
            assert "Seq Scan" not in plan, (text, name, plan)
    # Each token belongs to entries of one kind.
    assert rows(form().any_match(*word("oak"), Kind.PERSON))
    assert not rows(form().any_match(*word("oak"), Kind.WORK))
