"""
The parsers of one cell. Each takes a value of a table and returns what it means, and a blank result for a blank cell.
It raises `CellError` with what was found and what is expected.
"""

from record.importing.country_names import parse_countries, parse_country
from record.importing.errors import CellError
from record.importing.language_names import parse_language, parse_languages
from record.importing.people_names import Name, parse_names
from record.importing.plain_cells import (
    labels_of,
    parse_choice,
    parse_decimal_amount,
    parse_text,
    parse_web_url,
    parse_whole_number,
    parse_year,
    parse_yes_no,
)
from record.importing.runtimes import clock_of, parse_runtime

__all__ = [
    "CellError",
    "Name",
    "clock_of",
    "labels_of",
    "parse_choice",
    "parse_countries",
    "parse_country",
    "parse_decimal_amount",
    "parse_language",
    "parse_languages",
    "parse_names",
    "parse_runtime",
    "parse_text",
    "parse_web_url",
    "parse_whole_number",
    "parse_year",
    "parse_yes_no",
]
