"""How the databases carry out a search: they look up the row of each match, and never join all rows to the matches."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record.viewpoint import Viewpoint
from search import engine, index
from tests import factories as make
from tests.search.test_search import film

pytestmark = pytest.mark.django_db
# What a plan contains if it reads all rows of a table to find out which matches are public.
READS_ALL = {"sqlite": "SCAN contests_submission", "postgresql": "Semi Join"}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.mark.parametrize("search", [engine.search, engine.suggest])
def test_a_search_for_a_common_word_looks_up_the_row_of_each_match(search):
    contest = make.ContestFactory(revealed=True)
    for number in range(20):
        make.CreditFactory(submission=film(f"Lantern {number}", contest=contest), person__name=f"Ada Lantern {number}")
    make.QuoteFactory(event__contest=contest, text="Lantern of all")
    index.refresh()
    with CaptureQueriesContext(connection) as captured:
        assert search("lantern", Viewpoint.now())
    matching = [query["sql"] for query in captured if "AS tier" in query["sql"] and "weight" in query["sql"]]
    assert len(matching) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {matching[0]}")
        plan = "\n".join(str(line[-1]) for line in cursor.fetchall())
    assert "search_entry" in plan
    assert READS_ALL[connection.vendor] not in plan
