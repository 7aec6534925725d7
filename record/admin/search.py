"""
The search of the admin lists. No index of a column finds a part of a text. So these rows are read: those that begin
like the search text, those with its words in the index of the portal's search (`FINDERS`), and the newest `NEWEST`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Lookup
from django.utils.text import smart_split, unescape_string_literal

from record.slugs import SlugField, slug_from
from record.sort_keys import NameKeyField, SortKeyField, name_key, sort_key

NEWEST = 5_000
#: For the label of a model: a function that returns the primary keys of rows with the words of a text. Other apps
#: register theirs.
FINDERS: dict[str, Callable[[str], list[int]]] = {}
# At most this many rows are found by their beginning in a related table, such as the people of credits.
BEGINNING = 1_000


class Begins(Lookup):
    """
    The lookup `begins`: the text starts with the value, with the same case and accents. An index of the column supports
    it. SQLite uses no index for `startswith`; on PostgreSQL, the order of texts may not be that of their characters.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.process_lhs(compiler, connection)
        value = str(self.rhs)
        if connection.vendor == "postgresql":
            return f"{sql} LIKE %s", (*params, f"{connection.ops.prep_for_like_query(value)}%")
        return f"({sql} >= %s AND {sql} < %s)", (*params, value, *params, f"{value}\U0010ffff")


CharField.register_lookup(Begins)


def near(rows: QuerySet, relations: Sequence[str], term: str) -> Q:
    """
    Return the condition for the rows that the search reads for `term`: the newest `NEWEST` rows of the table, those
    that begin like `term` or have its words, and those that belong to such a row in one of `relations`.
    """
    first = rows.model._base_manager.order_by("-pk").values("pk")[NEWEST - 1 : NEWEST]
    condition = Q(pk__gte=Coalesce(Subquery(first), 0))
    if own := _named(rows.model, term):
        condition |= own
    for relation in relations:
        condition |= _by_relation(rows.model, relation, term)
    return condition


def _by_relation(model: type[Model], relation: str, term: str) -> Q:
    name, _separator, further = relation.partition("__")
    field: Any = model._meta.get_field(name)
    if further:  # such as "credits__person": rows that point here, and belong to a row that begins like the text
        others = field.related_model._base_manager.filter(_by_relation(field.related_model, further, term))
        return Q(pk__in=others.order_by().values(field.field.name)[: BEGINNING + 1])
    condition = _named(field.related_model, term)
    named = (
        field.related_model._base_manager.filter(condition) if condition else field.related_model._base_manager.none()
    )
    return Q(**{f"{name}__in": named.order_by().values("pk")[: BEGINNING + 1]})


def _named(model: type[Model], term: str) -> Q:
    """
    Return the condition for rows of `model` that an index finds: by the beginning of their name, by all of it, or by
    their words. It is empty if the model has no such index.
    """
    texts: dict[str, Any] = {}
    for field in model._meta.fields:
        if isinstance(field, NameKeyField):
            texts[field.name] = name_key(term)
        elif isinstance(field, SortKeyField):
            texts[f"{field.name}__begins"] = sort_key(term)
        elif isinstance(field, SlugField) and field.unique:
            texts[f"{field.name}__begins"] = slug_from(term)
    if finder := FINDERS.get(model._meta.label):
        texts["pk__among"] = finder(term)
    return Q(*((name, text) for name, text in texts.items() if text), _connector=Q.OR)


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
