"""
Converts the values of form fields to text, to compare what a page showed, what it sends and what the database has.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.forms.models import InlineForeignKeyField
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_date, parse_datetime

from record.field_text import as_text, deleted
from record.forms import ROWS_SOURCE

NO_VALUES = {"change_reason", "opened_with", ROWS_SOURCE, "DELETE"}


def fields_of(form: Any) -> dict[str, forms.Field]:
    """
    Return {name: field} for the fields of `form` that hold data of the row. Left out are the primary key, the link to
    the parent row, and fields of the page such as the reason for the change.
    """
    primary_key = form.instance._meta.pk.name
    return {
        name: field
        for name, field in form.fields.items()
        if name not in NO_VALUES and name != primary_key and not isinstance(field, InlineForeignKeyField)
    }


def values_of(form: Any) -> dict[str, str]:
    """
    Return the values of the unbound `form`, {field name: text}. The texts are those that `normalised` would return if
    the form were sent unchanged.
    """
    return {name: _initially(form[name]) for name in fields_of(form)}


def _initially(bound: BoundField) -> str:
    if isinstance(bound.field, forms.FileField):
        return str(bound.initial or "")
    return normalised(bound.field, bound.name, MultiValueDict(sent(bound)))


def sent(bound: BoundField) -> dict[str, list[str]]:
    """
    Return what a browser sends for the field `bound` if the editor has not changed it: {input name without the prefix
    of the form: list of texts}.
    """
    value, name = bound.value(), bound.name
    widget: Any = _widget(bound.field)
    if isinstance(bound.field, forms.FileField):
        return {}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if value else {}
    if isinstance(widget, forms.MultiWidget):
        endings: list[str] = widget.widgets_names  # type: ignore[attr-defined]
        values = widget.decompress(value) or []
        parts = zip(endings, widget.widgets, values, strict=True)
        return {f"{name}{ending}": [str(part.format_value(found) or "")] for ending, part, found in parts}
    text = widget.format_value(value)
    return {name: list(text) if isinstance(text, list) else ["" if text is None else str(text)]}


def put(data: MultiValueDict, bound: BoundField) -> None:
    """Replace the input in `data` for the field `bound` by the current value of this field."""
    for name in names(bound.field, bound.name):
        data.pop(name, None)
    for name, texts in sent(bound).items():
        data.setlist(name, texts)


def names(field: forms.Field, name: str) -> list[str]:
    """
    Return the input names that a browser sends for the field called `name`. There are several if the widget has several
    inputs.
    """
    widget = _widget(field)
    return [f"{name}{ending}" for ending in getattr(widget, "widgets_names", [""])]


def _widget(field: forms.Field) -> Any:
    return getattr(field.widget, "widget", field.widget)  # the admin wraps the widgets of relations


def normalised(field: forms.Field, name: str, data: MultiValueDict) -> str:
    """
    Return the input for the field `name` in `data` as normalised text: equal values give equal texts. Runs no query.
    """
    raw = field.widget.value_from_datadict(data, MultiValueDict(), name)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ",".join(sorted(set(raw or ())))
    if isinstance(field, forms.ModelChoiceField):
        return str(raw or "")
    try:
        return _text(field.clean(raw))
    except ValidationError:  # the form reports the error; here, the raw input is compared
        return _text(raw)


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple | set):
        return ",".join(sorted(_text(part) for part in value))
    return str(value).replace("\r\n", "\n").strip()


def in_words(field: Any, texts: Iterable[str]) -> dict[str, str]:
    """
    Return {text: readable text} for all `texts`, which `normalised` has returned for `field`. Runs at most one query.
    """
    texts = set(texts)
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        keys = {key for text in texts for key in text.split(",") if key.isdecimal() and len(key) < 19}
        known = {str(row.pk): field.label_from_instance(row) for row in rows.filter(pk__in=keys)}
        return {text: as_text([known.get(key) or deleted(key) for key in text.split(",") if key]) for text in texts}
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        known = {str(key): str(label) for key, label in choices}
        return {text: as_text([known.get(key, key) for key in text.split(",") if key]) for text in texts}
    return {text: as_text(_value_of(field, text), field) for text in texts}


def _value_of(field: forms.Field, text: str) -> Any:
    """
    Convert `text`, which `normalised` has returned for `field`, back to a value. Return `text` itself if this fails.
    """
    if isinstance(field, forms.BooleanField):
        return bool(text)
    if isinstance(field, forms.FileField):
        return text.rpartition("/")[2]
    if isinstance(field, forms.DateTimeField | forms.SplitDateTimeField):
        return _parsed(parse_datetime, text) or text
    if isinstance(field, forms.DateField):
        return _parsed(parse_date, text) or text
    return text


def _parsed(parse: Any, text: str) -> Any:
    try:
        found = parse(text)
    except ValueError:
        return None
    return None if isinstance(found, datetime) and timezone.is_naive(found) else found
