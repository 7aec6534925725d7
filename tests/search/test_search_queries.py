"""The queries in `search_corpus` have the same first results on every database under test."""

import pytest

from record.viewpoint import Viewpoint
from search import engine, index
from tests.search import search_corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus(nextgen):
    search_corpus.fill()
    index.refresh()


def first_answer(question):
    groups = engine.search(question, Viewpoint.now()).groups
    return groups[0].results[0].entry.title if groups else None


def test_each_question_has_the_expected_first_answer(corpus):
    expected = {question: title for rows in search_corpus.QUESTIONS.values() for question, title in rows}
    answers = {question: first_answer(question) for question in expected}
    assert answers == expected
    assert len(expected) >= 60
