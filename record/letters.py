"""The letters of an alphabetical list: how many rows are listed under each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from record.facets import Facet
from record.sort_keys import place_of_initial

#: The rows of a letter are counted up to this number.
MOST = 500


@dataclass(frozen=True)
class Jump:
    """
    A link to the rows under one letter. `number` is their number, formatted; "" if it is unknown. If `plus` is "+",
    there are more.
    """

    id: str
    letter: str
    number: str
    plus: str
    href: str
    is_chosen: bool


class LetterFacet(Facet):
    """A filter by the letter of an alphabetical index, in the column `field_name`. It is shown as a row of jumps."""


def numbers_by_letter(rows: QuerySet, column: str = "letter") -> list[tuple[str, int]]:
    """
    Return the letters under which at least one of `rows` is listed, each with its number of rows, counted up to `MOST`
    + 1. An index of `column` is needed. Needs one SQL statement, which reads at most so many rows of each letter.
    """
    of_letter = rows.filter(**{column: RawSQL("letters.letter", [])}).order_by().values("pk")[: MOST + 1]  # noqa: S611
    try:
        sql, parameters = of_letter.query.sql_with_params()
    except EmptyResultSet:
        return []
    table, field = map(connection.ops.quote_name, (rows.model._meta.db_table, column))
    next_one = f"SELECT MIN({field}) FROM {table} WHERE {field}"  # noqa: S608 (names of the model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE letters(letter) AS ({next_one} > '' UNION ALL "  # noqa: S608
            f"SELECT ({next_one} > letters.letter) FROM letters WHERE letters.letter IS NOT NULL) "
            f"SELECT letter, (SELECT COUNT(*) FROM ({sql}) counted) FROM letters WHERE letter IS NOT NULL",
            parameters,
        )
        found = [(letter, number) for letter, number in cursor.fetchall() if number]
    return sorted(found, key=lambda pair: place_of_initial(pair[0]))


def in_order(options: Sequence[tuple[str, Any, int]]) -> list[tuple[str, int]]:
    """Return the counted options of a `LetterFacet`, in the order of the list: pairs of a letter and a number."""
    pairs = [(letter, number) for letter, _text, number in options]
    return sorted(pairs, key=lambda pair: place_of_initial(pair[0]))
