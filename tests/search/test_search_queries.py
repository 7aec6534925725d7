"""The queries in `search_corpus` and `archive_corpus` have the same first results on every database under test."""

import pytest

from record.viewpoint import Viewpoint
from search import engine, index
from tests.search import archive_corpus, search_corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus(nextgen):
    search_corpus.fill()
    index.refresh()


def first_answer(question):
    groups = engine.search(question, Viewpoint.now()).groups
    if not groups:
        return None
    entry = groups[0].results[0].entry
    return f"{entry.title} ({entry.told_apart})" if entry.told_apart else entry.title


def answers_of(questions):
    expected = {question: title for rows in questions.values() for question, title in rows}
    return {question: first_answer(question) for question in expected}, expected


def test_each_question_has_the_expected_first_answer(corpus):
    answers, expected = answers_of(search_corpus.QUESTIONS)
    assert answers == expected
    assert len(expected) >= 60


def test_each_question_about_an_archive_has_the_expected_first_answer(corpus):
    """The works in many scripts are in the index too."""
    archive_corpus.fill()
    index.refresh()
    answers, expected = answers_of(archive_corpus.QUESTIONS)
    assert answers == expected
    assert len(expected) >= 40
