"""Reads and replaces the rows of a formset in POST data."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.datastructures import MultiValueDict


class PostedRows:
    """
    The rows of one formset in the POST data `data`. A row is a `MultiValueDict` with field names without prefix and
    number. `known` has the rows that were in the database when the page was opened, as {primary key: row}. `new` has
    the rows that the editor added. `is_whole` is False if the POST data are incomplete.
    """

    def __init__(self, formset: Any, data: MultiValueDict):
        self.data, self.prefix = data, formset.prefix
        self.rows: dict[int, MultiValueDict] = {}
        for name in data:
            if found := re.fullmatch(rf"{re.escape(self.prefix)}-(\d{{1,6}})-(\w+)", name):
                self.rows.setdefault(int(found[1]), MultiValueDict()).setlist(found[2], data.getlist(name))
        first_new, end = (_number(data.get(f"{self.prefix}-{name}_FORMS", "")) for name in ("INITIAL", "TOTAL"))
        pk_name = formset.model._meta.pk.name
        self.rows = {number: row for number, row in sorted(self.rows.items()) if number < end}
        self.known = {row.get(pk_name, ""): row for number, row in self.rows.items() if number < first_new}
        self.new = [row for number, row in self.rows.items() if number >= first_new]
        self.is_whole = len(self.known) == first_new and all(_number(key) > 0 for key in self.known)
        self._sent = [dict(row.lists()) for row in self.rows.values()]

    def write(self, rows: Sequence[MultiValueDict], initial: int) -> None:
        """
        Replace the rows of the formset in the POST data by `rows`, followed by the rows in `new`. `initial` is the
        number of rows at the start of `rows` that are in the database.
        """
        everything = [*rows, *self.new]
        if [dict(row.lists()) for row in everything] == self._sent:
            return
        for name in [name for name in self.data if re.match(rf"{re.escape(self.prefix)}-\d", name)]:
            del self.data[name]
        for number, row in enumerate(everything):
            for name, texts in row.lists():
                self.data.setlist(f"{self.prefix}-{number}-{name}", texts)
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(everything))


def _number(text: str) -> int:
    """Return `text` as a number, or -1 if it is not a number of at most 18 digits."""
    return int(text) if text.isdecimal() and len(text) < 19 else -1
