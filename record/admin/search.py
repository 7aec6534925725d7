"""
The search of the admin lists. No index of a column finds a part of a text. So these rows are read: those that begin
like the search text, those with its words in the index of the portal's search (`FINDERS`), and the newest `NEWEST`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, CharField, Model, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.lookups import IsNull, Lookup
from django.utils.text import smart_split, unescape_string_literal

from record.slugs import SlugField, slug_from
from record.sort_keys import NameKeyField, SortKeyField, name_key, sort_key
from record.text_folding import Folded, FoldedField

NEWEST = 5_000
#: For the label of a model: a function that returns the primary keys of rows with the words of a text. Other apps
#: register theirs.
FINDERS: dict[str, Callable[[str], list[int]]] = {}
# At most this many rows are found by their beginning, in the table itself and in each related one, such as the people
# of credits.
BEGINNING = 1_000
# Names of querysets, beside those of relations.
NEW, OWN = "newest", "own"


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


class BeginsOtherwise(Lookup):
    """
    The lookup `begins_otherwise`: the text does not start with the value, which has only ASCII characters. An index of
    the column supports it, on PostgreSQL that with `varchar_pattern_ops`; no index supports NOT LIKE.
    """

    lookup_name = "begins_otherwise"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.process_lhs(compiler, connection)
        value = str(self.rhs)
        smaller, not_smaller = ("~<~", "~>=~") if connection.vendor == "postgresql" else ("<", ">=")
        # The first text after all those that start with the value.
        after = f"{value[:-1]}{chr(ord(value[-1]) + 1)}"
        return f"({sql} {smaller} %s OR {sql} {not_smaller} %s)", (*params, value, *params, after)


class FoldedBeginning(Folded):
    """
    The lookup `folded_begins`: the text begins with the value, ignoring case and accents. No index supports it, so it
    only sorts rows that a search has found.
    """

    lookup_name = "folded_begins"
    pattern = "{}%"


for lookup in (Begins, BeginsOtherwise, FoldedBeginning):
    CharField.register_lookup(lookup)
TextField.register_lookup(FoldedBeginning)


@dataclass(frozen=True)
class Reach:
    """The rows that a search reads."""

    condition: Q
    is_cut: bool
    """Whether more than `BEGINNING` rows begin like the search text or have its words, so that some are not read."""


def near(rows: QuerySet, relations: Sequence[str], term: str) -> Reach:
    """
    Return which rows the search reads for `term`: the newest `NEWEST` rows of the table, those of `rows` that begin
    like `term` or have its words, and those that belong to such a row in one of `relations`.

    The condition has only whole numbers, no subqueries: PostgreSQL cannot tell how few rows a subquery finds, and would
    read whole tables. Needs one SQL statement, one for each relation over two tables, and those of `FINDERS`.
    """
    model = rows.model
    paths = [_Path(model, relation) for relation in relations]
    asked = {NEW: [model._base_manager.order_by("-pk").values("pk")[NEWEST - 1 : NEWEST]]}
    asked |= {OWN: _named(rows, term)}
    asked |= {path.name: _named(path.far._base_manager.all(), term) for path in paths}
    keys = _keys(asked)
    with_words = _with_words(model, term)
    is_cut = any(len(found) > BEGINNING for found in (with_words, *keys.values()))
    condition = Q(pk__gte=keys[NEW][0] if keys[NEW] else 0) | Q(pk__among=with_words + keys[OWN])
    for path in paths:
        others = list(dict.fromkeys(_with_words(path.far, term) + keys[path.name]))[: BEGINNING + 1]
        near_ones = path.nearest(others)
        is_cut = is_cut or max(len(others), len(near_ones)) > BEGINNING
        condition |= Q(**{f"{path.column}__among": near_ones})
    return Reach(condition, is_cut)


class _Path:
    """
    A relation from `model`: to a row ("person"), to the rows that point to `model` ("other_names"), over these rows to
    another row ("credits__person"), or to many rows ("submissions"). The last three kinds are `to_many`. A path to a
    row may go on from there ("work__credits__person"). `far` is the model at its end. `column` is the field of `model`
    where it begins.
    """

    def __init__(self, model: type[Model], name: str):
        self.name = name
        first, _separator, self.further = name.partition("__")
        self.relation: Any = model._meta.get_field(first)
        self.to_many = bool(self.relation.one_to_many or self.relation.many_to_many)
        beside: Any = self.relation.related_model
        self.onward = _Path(beside, self.further) if self.further and not self.to_many else None
        if self.onward:
            self.far: type[Model] = self.onward.far
        else:
            self.far = beside._meta.get_field(self.further).related_model if self.further else beside
        self.column = "pk" if self.to_many else first

    def nearest(self, keys: list[int]) -> list[int]:
        """
        Return the values of `column` for the rows that belong to one of the rows with the primary keys `keys`. A long
        or reverse relation needs one SQL statement, and has at most `BEGINNING` + 1 values.
        """
        if self.onward:
            return self.onward.nearest(keys)
        if not self.to_many:
            return keys
        if self.relation.many_to_many:
            links, owner = self.relation.remote_field.through, f"{self.relation.m2m_field_name()}_id"
            column = self.relation.m2m_reverse_field_name()
        else:
            links, owner = self.relation.related_model, self.relation.field.attname
            column = self.further or "pk"
        between = links._base_manager.filter(**{f"{column}__among": keys}).order_by()
        return list(between.values_list(owner, flat=True)[: BEGINNING + 1])


def _named(rows: QuerySet, term: str) -> list[QuerySet]:
    """
    Return the querysets for those of `rows` that an index finds by the beginning of their name or by all of it, each
    with at most `BEGINNING` + 1 primary keys. The list is empty if the model has no such index.
    """
    texts: dict[str, str] = {}
    for field in rows.model._meta.fields:
        if isinstance(field, NameKeyField):
            texts[field.name] = name_key(term)
        elif isinstance(field, SortKeyField):
            # More than `BEGINNING` rows may begin like the one that has exactly this name.
            texts |= {field.name: sort_key(term), f"{field.name}__begins": sort_key(term)}
        elif isinstance(field, SlugField) and field.unique:
            texts[f"{field.name}__begins"] = slug_from(term)
    named = [rows.filter(**{name: text}) for name, text in texts.items() if text]
    return [each.order_by().values("pk")[: BEGINNING + 1] for each in named]


def _keys(asked: Mapping[str, Sequence[QuerySet]]) -> dict[str, list[int]]:
    """
    Return the primary keys that the querysets of each name find, without repetition. Runs one SQL statement, with a
    subquery for each queryset, so that each can use its own index.
    """
    parts: list[str] = []
    values: list[Any] = []
    for number, querysets in enumerate(asked.values()):
        for rows in querysets:
            with suppress(EmptyResultSet):
                sql, its_values = rows.query.sql_with_params()
                parts.append(f"SELECT {number}, * FROM ({sql}) found")  # noqa: S608 (Django made the SQL, without values)
                values += its_values
    found: list[dict[int, None]] = [{} for _name in asked]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for number, key in cursor.fetchall():
            found[number][key] = None
    return {name: list(keys) for name, keys in zip(asked, found, strict=True)}


def _with_words(model: type[Model], term: str) -> list[int]:
    finder = FINDERS.get(model._meta.label)
    return finder(term) if finder else []


def found(rows: QuerySet, lookups: Sequence[str], term: str) -> QuerySet:
    """
    Return those of `rows` that have each word of `term` in one of the fields `lookups`, which name their lookup. Some
    of these fields belong to relations to many rows. Then all words must be in the row and in one row of the same
    relation.

    The rows are the same as with the `get_search_results` of Django, which joins the related rows. Because a join can
    return a row several times, Django removes duplicates, and for this the database must find and sort all rows before
    it can return the first.
    """
    words = list(_words(term))
    related = [name for name in lookups if lookup_spawns_duplicates(rows.model._meta, name)]
    own = [name for name in lookups if name not in related]
    if not words:
        return rows
    condition = _each_word(words, own)
    ways = {name: _to_many(rows.model, name) for name in related}
    for way, back, model in dict.fromkeys(ways.values()):
        theirs = [name.removeprefix(f"{way}__") for name in related if ways[name][0] == way]
        # A row that has the only word itself needs no related row, so this condition asks only for related rows.
        theirs += [f"{back}__{name}" for name in own] if len(words) > 1 else []
        there = model._base_manager.filter(_each_word(words, theirs), **{back: OuterRef("pk")})
        # With `Exists`, PostgreSQL would find the related rows of all rows first, by reading their whole table.
        condition |= Q(IsNull(Subquery(there.order_by().values("pk")[:1]), False))
    return rows.filter(condition)


def best_first(rows: QuerySet, term: str) -> QuerySet:
    """
    Return `rows`, which a search for `term` has found, in this order: those with exactly this name or title, those with
    a name or title that begins like `term`, the others. In each of the three groups, the order is that of `rows`.
    """
    text = " ".join(_words(term))
    fields = [field for field in rows.model._meta.fields if isinstance(field, CharField)]
    exact, beginning = Q(), Q()
    for field in fields:
        if isinstance(field, NameKeyField):
            exact |= Q((field.name, name_key(text)), **{f"{field.name}__gt": ""})
        elif isinstance(field, SortKeyField):
            exact |= Q((field.name, sort_key(text)))
            beginning |= Q((f"{field.name}__begins", sort_key(text)))
        elif field.name in ("name", "title"):
            # Folded text that is stored need not be folded again.
            stored = (each.name for each in fields if isinstance(each, FoldedField) and each.source == field.name)
            shown = next(stored, field.name)
            exact |= Q((f"{shown}__folded_exact", text))
            beginning |= Q((f"{shown}__folded_begins", text))
    if not exact:
        return rows
    place = Case(When(exact, then=0), When(beginning, then=1), default=2)
    return rows.order_by(place, *(rows.query.order_by or rows.model._meta.ordering))


def _to_many(model: type[Model], name: str) -> tuple[str, str, type[Model]]:
    """
    Return the beginning of the path `name` from `model`, as far as its first relation to many rows, the path back, and
    the model of these rows: "work__credits", "work__entries" and Credit for "work__credits__person__name_key".
    """
    way: list[str] = []
    back: list[str] = []
    for part in name.split("__"):
        relation: Any = model._meta.get_field(part)
        way.append(part)
        back.insert(0, relation.field.name if relation.one_to_many else relation.related_query_name())
        model = relation.related_model
        if relation.one_to_many or relation.many_to_many:
            break
    return "__".join(way), "__".join(back), model


def _each_word(words: Iterable[str], lookups: Iterable[str]) -> Q:
    return Q(*(Q(*((name, word) for name in lookups), _connector=Q.OR) for word in words))


def _words(term: str) -> Iterator[str]:
    """Split the text of a search like Django: quotation marks keep words together."""
    for word in smart_split(term):
        is_quoted = word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word
