"""
The values of columns in a backup. They are JSON, and the same for a row on SQLite and on PostgreSQL.

Values are read and written without the fields' own code, so that a row is restored exactly as it was, whatever a field
would make of it today.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field

from .errors import BackupError

Convert = Callable[[Any], Any]
#: Integers that are too large for a float, from which on PostgreSQL writes no exponent.
_LARGE = 1e16
_FIFTEEN = Context(prec=15)


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if abs(number) >= _LARGE else number


def _json_text(value: str) -> str:
    """
    Return JSON in one form, as PostgreSQL keeps neither the order of names nor spaces. JSON's `null` stays different
    from a missing value.
    """
    return json.dumps(json.loads(value, parse_float=_number), sort_keys=True)


def _moment(value: datetime) -> str:
    # SQLite has times without a time zone, in UTC.
    return f"{(value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()}Z"


def _decimal(field: Field) -> Convert:
    unit = Decimal(1).scaleb(-field.decimal_places)  # type: ignore[attr-defined]

    def text(value: Any) -> str:
        # SQLite keeps decimals as floats.
        exact = _FIFTEEN.create_decimal_from_float(value) if isinstance(value, float) else Decimal(value)
        return str(exact.quantize(unit))

    return text


def _binary(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def _duration(value: Any) -> int:
    return value if isinstance(value, int) else value // timedelta(microseconds=1)


_PLAIN = {
    *("CharField", "TextField", "SlugField", "URLField", "EmailField", "FileField", "FilePathField", "UUIDField"),
    *("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"),
    *("PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField", "FloatField", "BooleanField"),
    *("GenericIPAddressField", "JSONField", "DateField", "TimeField", "DateTimeField", "BinaryField", "DecimalField"),
    "DurationField",
}
_TO_JSON: dict[str, Convert] = {
    "JSONField": _json_text,
    "DateTimeField": _moment,
    "DateField": date.isoformat,
    "TimeField": time.isoformat,
    "BinaryField": _binary,
    "UUIDField": lambda value: str(value if isinstance(value, UUID) else UUID(value)),
    "GenericIPAddressField": str,
    "DurationField": _duration,
}
#: For SQLite. PostgreSQL reads most values as they are in the backup.
_TO_SQLITE: dict[str, Convert] = {
    "DateTimeField": lambda value: value.removesuffix("Z").replace("T", " "),
    "UUIDField": lambda value: UUID(value).hex,
    "BinaryField": base64.b64decode,
}
_TO_POSTGRESQL: dict[str, Convert] = {
    "BinaryField": base64.b64decode,
    "DurationField": lambda value: timedelta(microseconds=value),
}


def _kind(field: Field) -> str:
    while field.remote_field and not field.many_to_many:
        field = field.target_field  # type: ignore[attr-defined]
    kind = field.get_internal_type()
    if kind not in _PLAIN:
        raise BackupError(f"Backups don't know fields of the kind {kind} ({field}).")
    return kind


def reader(field: Field) -> Convert | None:
    """Return the function that turns a value of the column as the database returns it into JSON; None if it is JSON."""
    kind = _kind(field)
    return _decimal(field) if kind == "DecimalField" else _TO_JSON.get(kind)


def writer(field: Field) -> Convert | None:
    """Return the function that turns JSON of a backup into a value for the database; None if it can stay as it is."""
    return (_TO_SQLITE if connection.vendor == "sqlite" else _TO_POSTGRESQL).get(_kind(field))


def converted(row: list[Any] | tuple[Any, ...], converters: list[tuple[int, Convert]]) -> list[Any]:
    """Return a row with the converters applied, which are pairs of a position and a function. NULL stays NULL."""
    values = list(row)
    for position, convert in converters:
        if values[position] is not None:
            values[position] = convert(values[position])
    return values
