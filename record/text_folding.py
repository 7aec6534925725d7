"""Searches in texts that ignore case and accents, with the same results on SQLite and PostgreSQL."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from record.derived_fields import DerivedField
from record.sort_keys import LETTERS, NameKeyField, folded, name_key

# A regular expression for PostgreSQL that matches the characters that `folded` removes.
_TAKEN_OUT = r"[\u0300-\u036f\u00ad\u200b-\u200f\u2060-\u2064\u2800\ufe00-\ufe0f\ufeff]"
_ONE = {chr(letter): read_as for letter, read_as in LETTERS.items() if len(read_as) == 1} | {"ς": "σ"}
_SEVERAL = {chr(letter): read_as for letter, read_as in LETTERS.items() if len(read_as) > 1} | {"ß": "ss"}


def _on_postgresql(sql: str) -> str:
    """
    Return a PostgreSQL expression that has the same result as the function `folded` for the expression `sql`. A text in
    ASCII is only converted to lower case, which is faster.
    """
    plain = f"regexp_replace(normalize({sql}, NFKD), '{_TAKEN_OUT}', '', 'g')"
    plain = f"translate(lower({plain}), '{''.join(_ONE)}', '{''.join(_ONE.values())}')"
    for letter, read_as in _SEVERAL.items():
        plain = f"replace({plain}, '{letter}', '{read_as}')"
    plain = f"normalize({plain}, NFC)"
    return f"CASE WHEN octet_length({sql}) = char_length({sql}) THEN lower({sql}) ELSE {plain} END"


def keep_function(sender: Any, connection: Any, **kwargs: Any) -> None:
    """
    Add the function `laurel_folded` to a new SQLite connection, because SQLite's own `lower` converts only ASCII
    letters. A receiver of `connection_created`.
    """
    if connection.vendor == "sqlite":
        connection.connection.create_function("laurel_folded", 1, _of_sqlite, deterministic=True)


def _of_sqlite(text: Any) -> Any:
    return searched(text) if isinstance(text, str) else text


def searched(text: str) -> str:
    """Return `text` folded, as the lookup `folded` compares it."""
    return text.lower() if text.isascii() else folded(text)


class FoldedField(DerivedField):
    """
    A derived field with the text of the field `source` as the lookup `folded` searches it. Folding a text takes ten
    microseconds, so a search in a large table would take seconds if it folded the text of each row again.
    """

    # One character can become up to 18 characters, and no source has more than 300.
    length = 18 * 300

    def value_of(self, text: str) -> str:
        return searched(text)


class Folded(Lookup):
    """
    The lookup `folded`: the text contains the value, ignoring case and accents. The text of a `DerivedField` is not
    folded again, because the column contains folded text.
    """

    lookup_name = "folded"
    prepare_rhs = False
    pattern = "%{}%"

    def parts(self) -> list[str]:
        """Return the folded parts of the value. A text matches if it contains all of them, in any order."""
        return [folded(str(self.rhs)) or str(self.rhs)]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        sql, params = self.process_lhs(compiler, connection)
        if not isinstance(self.lhs.output_field, DerivedField):
            sql, params = self._folded(connection, sql, params)
        parts = [self.pattern.format(connection.ops.prep_for_like_query(part)) for part in self.parts()]
        like = f"{sql} LIKE %s ESCAPE '\\'"
        values = [value for part in parts for value in (*params, part)]
        return f"({' AND '.join([like] * len(parts))})", values

    @staticmethod
    def _folded(connection: BaseDatabaseWrapper, sql: str, params: Any) -> tuple[str, Any]:
        if connection.vendor != "postgresql":
            return f"laurel_folded({sql})", params
        expression = _on_postgresql(f"({sql})::text")
        return expression, tuple(params) * expression.count(f"({sql})::text")


class FoldedExactly(Folded):
    """The lookup `folded_exact`: the text equals the value, ignoring case and accents."""

    lookup_name = "folded_exact"
    pattern = "{}"


class FoldedName(Folded):
    """The lookup `folded` of a `NameKeyField`: the name contains all words of the value, in any order."""

    def parts(self) -> list[str]:
        # The name key of a value without letters and digits is empty. Then use the value itself, which matches no name
        # key.
        return name_key(str(self.rhs)).split() or [str(self.rhs)]


for field in (models.CharField, models.TextField):
    field.register_lookup(Folded)
    field.register_lookup(FoldedExactly)
NameKeyField.register_lookup(FoldedName)


def by_letters(name: str) -> str:
    """
    Return `name`, a field in a ModelAdmin's `search_fields`, with the lookup `folded`. A field with one of Django's
    prefixes "^", "=" and "@" is not changed.
    """
    return name if name[0] in "^=@" else f"{name}__folded"
