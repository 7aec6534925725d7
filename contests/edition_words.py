"""The title and the year of an edition as SQL expressions, as `Contest.__str__` and its pages show them."""

from typing import Any

from django.db.models import Case, CharField, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, StrIndex
from django.db.models.lookups import Exact, GreaterThan

from record.prepared_queries import Given
from record.synthetic import MARK, is_synthetic


def edition_named(via: str) -> Case:
    """
    Return an expression for the title of a contest, with the year or the number of the edition if the title doesn’t
    have it, so that the editions of a series are told apart. `via` is the path to the contest, such as "contest__".
    Used for the labels of filter options.
    """
    title, number = F(f"{via}title"), Cast(F(f"{via}edition_number"), CharField())
    said = Case(When(**{f"{via}year_label__gt": ""}, then=F(f"{via}year_label")), default=Coalesce(number, Value("")))
    name = Case(When(GreaterThan(StrIndex(title, said), 0), then=title), default=Concat(title, Value(" "), said))
    return Case(When(is_synthetic(via), then=Concat(name, Value(f" ({MARK})"))), default=name, output_field=CharField())


def year_of(via: str) -> Case:
    """
    Return an expression for the year of a contest: as people write it, such as "1927/28", or else the year in which it
    was held. It is "" if both are unknown.
    """
    held = Case(When(**{f"{via}edition_key__gte": "0"}, then=Left(F(f"{via}edition_key"), 4)), default=Value(""))
    label = {f"{via}year_label__gt": ""}
    return Case(When(**label, then=F(f"{via}year_label")), default=held, output_field=CharField())


def in_year(value: Any) -> Q:
    """Return the condition that the year of a contest is `value`, as `year_of` returns it."""
    given = value if isinstance(value, Given) else Value(value, output_field=TextField())
    # The limits help the databases to use an index. "~" sorts after all characters that follow the year in the key.
    near = Q(edition_key__gte=value, edition_key__lt=Concat(given, Value("~")))
    return Q(year_label=value) | Q(near, Exact(Left("edition_key", 4), given), year_label="")
