"""
Find rows for the search of the admin lists (`record.admin.search`): by words anywhere in their texts, however many rows
the table has.
"""

from functools import partial

from django.db import connection

from record.admin.search import FINDERS
from search.documents import MODELS
from search.models import HIDDEN, OPEN, Kind
from search.partitions import mark_of
from search.query import Question
from search.triggers import form

MOST = 1_000
# Each entry that is not public has its tokens in the hidden part.
EVERYWHERE = [mark_of(OPEN), mark_of(HIDDEN)]


def keys(kind: Kind, text: str) -> list[int]:
    """
    Return the primary keys of at most `MOST` rows of `kind`, public or not, with all words of `text` in their entry;
    the last word may be the beginning of one. Needs one SQL statement.
    """
    question = Question(text)
    if question.is_empty:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*form().matches(question.tiers()[-1], EVERYWHERE, kind, MOST))
        return [object_id for *_order, object_id in cursor.fetchall()]


def register() -> None:
    """Let the search of the admin lists use the index. Called once at the start."""
    for kind, model in MODELS.items():
        FINDERS[model._meta.label] = partial(keys, kind)
