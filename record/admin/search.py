"""The search of an admin list whose search fields include a field of several related rows, such as credits."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal


def found(rows: QuerySet, lookups: Sequence[str], term: str) -> QuerySet:
    """
    Return those of `rows` that have each word of `term` in one of the fields `lookups`, which name their lookup. Some
    of these fields belong to a reverse relation, the same for all of them; then all words must be in the row and in
    the same related row.

    The rows are the same as with the `get_search_results` of Django, which joins the related rows. Because a join can
    return a row several times, Django removes duplicates, and for this the database must find and sort all rows before
    it can return the first.
    """
    words = list(_words(term))
    related = [name for name in lookups if lookup_spawns_duplicates(rows.model._meta, name)]
    own = [name for name in lookups if name not in related]
    (relation,) = {name.partition("__")[0] for name in related}
    others: Any = rows.model._meta.get_field(relation)
    back = others.field.name
    theirs = [name.partition("__")[2] for name in related]
    # A row that has the only word itself needs no related row, so the second condition asks only for related rows.
    theirs += [f"{back}__{name}" for name in own] if len(words) > 1 else []
    there = others.related_model._base_manager.filter(_each_word(words, theirs), **{back: OuterRef("pk")})
    return rows.filter(_each_word(words, own) | Q(Exists(there))) if words else rows


def _each_word(words: Iterable[str], lookups: Iterable[str]) -> Q:
    return Q(*(Q(*((name, word) for name in lookups), _connector=Q.OR) for word in words))


def _words(term: str) -> Iterator[str]:
    """Split the text of a search like Django: quotation marks keep words together."""
    for word in smart_split(term):
        is_quoted = word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word
