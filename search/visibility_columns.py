# ruff: noqa: S608 - the SQL is put together from the names of our own tables and columns.
"""
Find out which models and columns decide whether rows are public. They are read from the querysets that the `public()`
methods return, so this module needs no change when those methods change.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Field, ForeignKey, Model
from django.db.models.expressions import Col
from django.db.models.sql import Query

from contests.models import AwardLine, Contest, Quote, Series, SeriesOrganiser, Submission, Work
from people.models import Organisation, Person
from record.models import Source
from record.viewpoint import Viewpoint
from search.models import Kind

# Models with search entries for which a row's own foreign keys help decide whether the row is public.
_THEMSELVES: dict[type[Model], Kind] = {Contest: Kind.CONTEST, Submission: Kind.WORK, Quote: Kind.QUOTE}
_ORGANISATION: Any = SeriesOrganiser._meta.get_field("organisation")
_SOME_VIEWPOINT = Viewpoint(datetime(2001, 1, 1, tzinfo=UTC))


def record() -> list[type[Model]]:
    """
    Return all models of the apps `record`, `people` and `contests`, including those of many-to-many tables, but without
    the history models.
    """
    configs = [apps.get_app_config(label) for label in ("record", "people", "contests")]
    models = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return [model for model in models if not hasattr(model, "history_object")]


@cache
def deciding() -> dict[type[Model], set[Field]]:
    """
    Return a dict that maps each model to those fields whose values decide whether rows, of this or other models, are
    public. Primary keys and relations are left out.
    """
    fields: dict[type[Model], set[Field]] = defaultdict(set)
    for model in record():
        manager: Any = getattr(model, "objects", None)
        if hasattr(manager, "public"):
            for field in _fields(manager.public(_SOME_VIEWPOINT).query):
                if not field.primary_key and not field.is_relation:
                    fields[field.model].add(field)
    return dict(fields)


@cache
def _asked_about(model: type[Model]) -> set[type[Model]]:
    """Return the models whose columns decide whether a row of `model` is public."""
    manager: Any = getattr(model, "objects", None)
    return (
        {field.model for field in _fields(manager.public(_SOME_VIEWPOINT).query)}
        if hasattr(manager, "public")
        else set()
    )


def _fields(node: Any) -> Iterator[Field]:
    """Yield the fields that a query, or a part of its condition, reads."""
    if isinstance(node, Query):
        yield from _fields(node.where)
    elif isinstance(node, Col):
        yield node.target
    elif hasattr(node, "query"):
        yield from _fields(node.query)
    else:
        for child in getattr(node, "children", None) or getattr(node, "get_source_expressions", list)():
            yield from _fields(child)


@cache
def deciding_moment_columns() -> list[tuple[str, str]]:
    """Return the table and name of each column with times at which something may become public."""
    return sorted(
        (model._meta.db_table, str(field.column))
        for model, fields in deciding().items()
        for field in fields
        if isinstance(field, DateTimeField)
    )


def deciding_moments(after: datetime) -> list[datetime]:
    """Return the sorted times after `after` at which something may become public. Needs one SQL statement."""
    moments = [
        model._default_manager.filter(**{f"{field.name}__gt": after}).order_by().values_list(field.name)
        for model, fields in deciding().items()
        for field in fields
        if isinstance(field, DateTimeField)
    ]
    return sorted(moment for (moment,) in moments[0].union(*moments[1:]))


def shown_by(model: type[Model], row: str) -> Iterator[tuple[Kind, str]]:
    """
    Yield pairs of a kind and SQL. The SQL selects the ids of the rows of that kind, such as people or sources, whose
    visibility may change together with a row of `model`. `row` is the prefix of that row's columns, such as "NEW".
    """
    for field in _foreign_keys(model):
        yield from _of_key(field, f"{row}.{field.column}")
        if model in _asked_about(field.related_model) and field.related_model not in (Series, AwardLine):
            # Rows can depend on this row through the related row: a public award makes its work public, and so the
            # creators of the work. `_of_key` says what depends on a series or a continuing award.
            yield from below(field.related_model, f"{row}.{field.column}")


def below(model: type[Model], ids: str, above: frozenset[type[Model]] = frozenset()) -> Iterator[tuple[Kind, str]]:
    """
    Yield pairs of a kind and SQL. The SQL selects the ids of the rows of that kind whose visibility depends, directly
    or through other rows, on rows of `model`. `ids` is an SQL expression or subquery for the ids of these rows of
    `model`. Rows of the models `above` are not followed again.
    """
    if model in _THEMSELVES:
        yield _THEMSELVES[model], f"SELECT id FROM {model._meta.db_table} WHERE id IN ({ids})"
    if model is Submission:  # An entry makes its work public, and so the creators of the work.
        yield from below(Work, f"SELECT work_id FROM {model._meta.db_table} WHERE id IN ({ids})")
    for child in record():
        if (model, child) == (Work, Submission):  # The work of an entry doesn't decide whether the entry is public.
            continue
        for field in _foreign_keys(child):
            if field.related_model is model and child is not model:
                table = child._meta.db_table
                rows = f"SELECT id FROM {table} WHERE {field.column} IN ({ids})"
                for other in _foreign_keys(child):
                    if other is field:
                        continue
                    linked = f"SELECT {other.column} FROM {table} WHERE {field.column} IN ({ids})"
                    yield from _of_key(other, linked)
                    # Recognitions and works depend on each other through the table between them.
                    target = other.related_model
                    if child._meta.auto_created and target not in above and model in _asked_about(target):
                        for own in _foreign_keys(target):
                            keys = f"SELECT {own.column} FROM {target._meta.db_table} WHERE id IN ({linked})"
                            yield from _of_key(own, keys)
                        yield from below(target, linked, above | {model})
                yield from below(child, rows, above)


def _of_key(field: ForeignKey, ids: str) -> Iterator[tuple[Kind, str]]:
    """
    Yield pairs of a kind and SQL. The SQL selects the ids of the people, sources, series or continuing awards to which
    the foreign key `field` leads, and of the sources that are public with them. `ids` is SQL for the values of the key.
    """
    if field.related_model is Person:
        yield Kind.PERSON, f"SELECT id FROM people_person WHERE id IN ({ids})"
    elif field.related_model is Source:
        yield Kind.SOURCE, f"SELECT id FROM record_source WHERE id IN ({ids})"
    elif field.related_model in (Organisation, Series):
        if field.related_model is Organisation:
            yield Kind.ORGANISATION, f"SELECT id FROM people_organisation WHERE id IN ({ids})"
        through = field.related_model.sources.through._meta.db_table
        owner = field.related_model._meta.model_name
        yield Kind.SOURCE, f"SELECT source_id AS id FROM {through} WHERE {owner}_id IN ({ids})"
    if field.related_model is Series:
        yield Kind.SERIES, f"SELECT id FROM contests_series WHERE id IN ({ids})"
        organisers = f"FROM contests_seriesorganiser WHERE series_id IN ({ids})"
        yield Kind.SOURCE, f"SELECT source_id AS id {organisers}"
        yield from _of_key(_ORGANISATION, f"SELECT organisation_id {organisers}")
    elif field.related_model is AwardLine:
        yield Kind.AWARD_LINE, f"SELECT id FROM contests_awardline WHERE id IN ({ids})"
        yield Kind.SOURCE, f"SELECT source_id AS id FROM contests_awardline WHERE id IN ({ids})"


def _foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
