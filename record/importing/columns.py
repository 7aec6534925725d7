"""The columns that an import understands, and how the headers of a file are matched with them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, override
from django_countries.fields import CountryField

from record.content_languages import LanguageField, LanguagesField
from record.importing import cells, dates
from record.importing.errors import quoted
from record.importing.reading import Value
from record.partial_dates import DAY, PartialDateField
from record.slugs import SlugField, normalised
from record.sort_keys import folded
from record.web_urls import WebURLField

#: The most characters of a text without a limit of its own.
MOST_CHARACTERS = 100_000


@dataclass(frozen=True)
class Reading:
    """
    What a column needs to know besides the cell: the order of day and month, the time zone of moments, and how numbers
    and times of day are runtimes (`record.importing.runtimes`).
    """

    order: dates.DateOrder | None = None
    zone: tzinfo = UTC
    unit: str = "seconds"
    is_clock: bool = False


Reader = Callable[[Value, Reading], Any]


@dataclass(frozen=True)
class Column:
    """
    One column of a kind of import. `read` turns a cell that is not blank into a value, or raises
    `record.importing.cells.CellError`. `also` has other headers that files use for it; `unsure` those that it
    is called by only if the file has no other header for it, such as "Country" beside "Country of Origin". `field` is
    the field of the model that it fills in, "" if the kind does more with it. `of` returns the value of a row for an
    export; columns without it are only read. `has_names` says that this value is made of names by
    `matching.written_name`. `choices` are the codes and labels that a cell may have, if they are a fixed list.
    """

    name: str
    label: Any
    read: Reader
    help: Any = ""
    also: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    example: str = ""
    field: str = ""
    of: Callable[[Any], Any] | None = None
    required: bool = False
    is_date: bool = False
    has_names: bool = False
    choices: tuple[tuple[str, Any], ...] = ()

    @property
    def headers(self) -> frozenset[str]:
        """All headers that files use for this column, as `header_key` returns them."""
        return _headers(self)


@cache
def _headers_of(name: str, also: tuple[str, ...], labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(header_key, (name, name.replace("_", " "), *also, *labels))))


def _headers(column: Column) -> frozenset[str]:
    return _headers_of(column.name, column.also + column.unsure, in_all_languages(column.label))


def in_all_languages(label: Any) -> tuple[str, ...]:
    """Return a lazy text in each language of the interface."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.append(str(label))
    return tuple(found)


def header_key(text: str) -> str:
    """
    Return a header in a form for comparing headers: letters and digits only, without case and accents.

    >>> header_key("Country of Origin *"), header_key("country_of_origin")
    ('country of origin', 'country of origin')
    """
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def matched(header: Sequence[str], columns: Iterable[Column], known: Mapping[str, str]) -> list[str]:
    """
    Return the name of the column for each header, "" for a header that no column has. `known` has what editors chose
    before: {key of a header: name of a column}. Of two headers for the same column, the first one gets it, but an exact
    name comes before a synonym, and a synonym before an unsure one.
    """
    columns = list(columns)
    by_header: dict[str, str] = {}
    for column in columns:
        for name in column.headers:
            by_header.setdefault(name, column.name)
    exact = {header_key(column.name): column.name for column in columns}
    unsure = {header_key(text) for column in columns for text in column.unsure}
    sure = {key: name for key, name in by_header.items() if key not in unsure}
    names = set(exact.values())
    keys = [header_key(text) for text in header]
    found = [""] * len(keys)
    taken: set[str] = set()
    for table in ({key: name for key, name in known.items() if name in names}, exact, sure, by_header):
        for place, key in enumerate(keys):
            name = table.get(key, "")
            if name and not found[place] and name not in taken:
                found[place] = name
                taken.add(name)
    ignored = {key for key, name in known.items() if not name}
    return ["" if key in ignored else name for key, name in zip(keys, found, strict=True)]


def column_for(
    model: type[models.Model],
    name: str,
    *,
    also: tuple[str, ...] = (),
    unsure: tuple[str, ...] = (),
    named: str = "",
    help: Any = "",  # noqa: A002 (the name of the attribute)
    example: str = "",
    label: Any = "",
    required: bool = False,
    read: Reader | None = None,
) -> Column:
    """Return the column that fills in the field `name` of `model`, read and exported as its type needs it."""
    of_model: Any = model._meta.get_field(name)
    return Column(
        name=named or name,
        label=label or of_model.verbose_name,
        read=read or _reader(of_model),
        help=help or of_model.help_text,
        also=also,
        unsure=unsure,
        example=example,
        field=name,
        of=plain_value(of_model),
        required=required,
        is_date=isinstance(of_model, PartialDateField | models.DateField),
        choices=tuple(of_model.flatchoices) if _is_choice(of_model) else (),
    )


def _is_choice(of_model: Any) -> bool:
    """Return whether the field has a short list of choices: languages and countries have hundreds."""
    return bool(of_model.flatchoices) and not isinstance(of_model, CountryField | LanguageField | LanguagesField)


def _reader(of_model: Any) -> Reader:  # noqa: PLR0911 - one line for each type
    longest = of_model.max_length or MOST_CHARACTERS
    if isinstance(of_model, PartialDateField):
        return lambda value, reading: dates.partial_date(value, reading.order, with_time=of_model.time)
    if isinstance(of_model, CountryField):
        if of_model.multiple:
            # Sorted, as the field stores them.
            return lambda value, _reading: ",".join(sorted(cells.parse_countries(value)))
        return lambda value, _reading: cells.parse_country(value)
    if isinstance(of_model, LanguagesField):
        return lambda value, _reading: ",".join(cells.parse_languages(value))
    if isinstance(of_model, LanguageField):
        return lambda value, _reading: cells.parse_language(value)
    if isinstance(of_model, SlugField):
        return lambda value, _reading: normalised(cells.parse_text(value, longest))
    if isinstance(of_model, WebURLField):
        return lambda value, _reading: cells.parse_web_url(value)
    if of_model.flatchoices:
        labels = {code: in_all_languages(label) for code, label in of_model.flatchoices}
        return lambda value, _reading: cells.parse_choice(value, labels)
    if isinstance(of_model, models.BooleanField):
        return lambda value, _reading: cells.parse_yes_no(value)
    if isinstance(of_model, models.DateTimeField):
        return lambda value, reading: dates.moment(value, reading.order, reading.zone)
    if isinstance(of_model, models.DateField):
        return lambda value, reading: _day(value, reading)
    if isinstance(of_model, models.IntegerField):
        return lambda value, _reading: cells.parse_whole_number(value)
    if isinstance(of_model, models.DecimalField):
        return lambda value, _reading: (cells.parse_decimal_amount(value) or (None,))[0]
    return lambda value, _reading: _converted(of_model, cells.parse_text(value, longest))


def _day(value: Value, reading: Reading) -> date | None:
    found = dates.partial_date(value, reading.order)
    if found and len(found) < DAY:
        message = gettext("“%(value)s” has no day. Write the date as 2026-04-03.")
        raise cells.CellError(message % {"value": quoted(value)})
    return date.fromisoformat(found) if found else None


def _converted(of_model: Any, text: str) -> Any:
    """Return a text as the field stores it, for fields that change what is typed, such as currencies."""
    try:
        return of_model.to_python(text)
    except ValidationError as error:
        raise cells.CellError(error.messages[0]) from error


def plain_value(of_model: Any) -> Callable[[Any], Any]:
    """Return a function from a row to the value of the field as an export writes it: codes, not labels."""

    def value(row: Any) -> Any:
        found = getattr(row, of_model.attname)
        if found is None or isinstance(found, bool | int):
            return found
        if isinstance(of_model, CountryField) and of_model.multiple:
            return ",".join(country.code for country in found)
        if hasattr(found, "isoformat"):
            return found.isoformat()
        return str(getattr(found, "code", found))

    return value
