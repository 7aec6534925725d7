"""
Find rows for the search of the admin lists (`record.admin.search`): by words anywhere in their texts, however many rows
the table has.
"""

from functools import partial
from operator import itemgetter

from django.db import connection

from contests.models import Submission, Work
from record.admin.search import FINDERS
from search.documents import MODELS
from search.models import HIDDEN, OPEN, Kind
from search.partitions import mark_of
from search.query import Question, Tier
from search.triggers import form

MOST = 1_000
# Each entry that is not public has its tokens in the hidden part.
EVERYWHERE = [mark_of(OPEN), mark_of(HIDDEN)]


def keys(kind: Kind, text: str) -> list[int]:
    """
    Return the primary keys of at most `MOST` + 1 rows of `kind`, public or not, that have all words of `text` in their
    entry, first those with the words in their title. The last word may be the beginning of one. Needs one SQL
    statement.
    """
    question = Question(text)
    if question.is_empty:
        return []
    tiers = question.tiers()
    queries = [form().matches(tiers[tier], EVERYWHERE, kind, MOST + 1) for tier in (Tier.WORDS, Tier.TEXT)]
    parts = [f"SELECT {number}, object_id FROM ({sql}) found{number}" for number, (sql, _values) in enumerate(queries)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [value for _sql, values in queries for value in values])
        found = [object_id for _number, object_id in sorted(cursor.fetchall(), key=itemgetter(0))]
    return list(dict.fromkeys(found))[: MOST + 1]


def keys_of_works(text: str) -> list[int]:
    """Return the primary keys of the works with such an entry, as `keys` does. The index has the entries of works."""
    entries = Submission.objects.filter(pk__among=keys(Kind.WORK, text)).order_by()
    return list(dict.fromkeys(entries.values_list("work_id", flat=True)))


def register() -> None:
    """Let the search of the admin lists use the index. Called once at the start."""
    FINDERS[Work._meta.label] = keys_of_works
    for kind, model in MODELS.items():
        FINDERS[model._meta.label] = partial(keys, kind)
